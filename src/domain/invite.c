#include "domain/invite.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "domain/eligibility.h"
#include "domain/invitations.h"
#include "domain/jobs.h"
#include "domain/life_cycle.h"
#include "store/items.h"
#include "store/people.h"
#include "store/vpp_users.h"

#define OPEN_ITEMS 16

#define WORDS_RECENT  "Was sent an invitation in the last 24 hours."
#define WORDS_MISSING "Missing at Apple: registered anew, then the invitation is sent."

/* Whether something is under way with the record. A message that could not be handed over yet does
 * not count: who asks again, perhaps with the mail server mended, wants it sent now, and the new
 * message replaces the one that waits. */
static enum err is_under_way(
	struct db *db, struct ctx *cx, const struct vpp_user *u, bool *ret_is_busy)
{
	struct item items[OPEN_ITEMS];
	size_t count = 0, waiting = 0;
	enum err e = items_open_of(db, cx, u->id, OPEN_ITEMS, items, &count);
	if (e)
		return e;
	for (size_t i = 0; i < count; i++)
		waiting += text_equal(items[i].kind, "message") &&
		           text_equal(u->message_state, "not_sent");
	*ret_is_busy = count > waiting;
	return OK;
}

static void skip(struct action_choice *choice, const char *why)
{
	choice->is_skipped = true;
	choice->words = why;
}

static void will(struct action_choice *choice, const char *kind, const char *words)
{
	choice->kind = kind;
	choice->words = words;
}

/* Was sent a message a moment ago that still serves. */
static bool is_recent(const struct action_run *run, const struct vpp_user *u)
{
	return text_equal(u->message_state, "sent") && !u->missing_since &&
	       u->message_at >= run->now - ACTION_RECENT_MS;
}

/* A record that Apple has, and that nobody accepted yet. */
static void choose_registered(const struct vpp_user *u, bool is_busy, struct action_choice *choice)
{
	if (is_busy && text_equal(u->message_state, "not_sent"))
		will(choice, "message",
			"The invitation could not be handed over yet: it is tried again now.");
	else if (is_busy)
		skip(choice, "An invitation to this person is on its way already.");
	else if (u->missing_since)
		will(choice, "create", WORDS_MISSING);
	else if (!u->invite_code_box)
		will(choice, "create",
			"The invitation code is read from Apple, then the invitation is sent.");
	else
		will(choice, "message", "Registered already: the same invitation is sent again.");
}

static enum err choose_live(const struct action_run *run, struct db *db, struct ctx *cx,
	int64_t vpp_user_id, struct action_choice *choice)
{
	struct vpp_user u;
	bool is_busy = false;
	enum err e = vpp_users_find(db, cx, vpp_user_id, &u);
	if (!e)
		e = is_under_way(db, cx, &u, &is_busy);
	if (e)
		return e;
	switch (u.state) {
	case VPP_REQUESTED:
		if (is_busy)
			skip(choice, "Requested already: the invitation follows when Apple has the "
				     "user.");
		else
			will(choice, "create", "Registered at Apple, then the invitation is sent.");
		break;
	case VPP_CHECKING:
		skip(choice, "Being checked at Apple: it is not known yet whether the last request "
			     "arrived.");
		break;
	case VPP_REGISTERED:
	case VPP_INVITED:
		choose_registered(&u, is_busy, choice);
		choice->is_recent = !choice->is_skipped && is_recent(run, &u);
		break;
	case VPP_ASSOCIATED:
		if (u.missing_since && !is_busy)
			will(choice, "create", WORDS_MISSING);
		else
			skip(choice, "Already associated: the invitation was accepted.");
		break;
	case VPP_REMOVING:
		skip(choice, "Being removed from VPP: invite again when that is done.");
		break;
	case VPP_NONE:
	case VPP_REMOVED:
		will(choice, "create", "Registered at Apple, then the invitation is sent.");
		break;
	}
	return OK;
}

static const char *why_not_eligible(const struct person *person)
{
	const char *why = eligibility_why_not(person);
	return why ? why : "Not eligible.";
}

static const char *why_not(const struct person *alike)
{
	return alike->is_eligible ? why_not_invite(alike) : why_not_eligible(alike);
}

/* What the request says beside whom it is for: by which channel, and not again so soon. */
static enum err narrow(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct person *person, struct action_choice *choice)
{
	const char *why = NULL;
	enum err e = run->channel ? invitations_why_not(db, cx, person, run->channel, &why) : OK;
	if (e)
		return e;
	if (why) {
		skip(choice, why);
		choice->is_recent = false;
	} else if (choice->is_recent && run->skip_recent) {
		skip(choice, WORDS_RECENT);
	}
	return OK;
}

static enum err choose(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct person *person, struct action_choice *choice)
{
	enum err e = OK;
	if (!person->is_eligible)
		skip(choice, why_not_eligible(person));
	else if (!person->vpp.id)
		will(choice, "create", "Registered at Apple, then the invitation is sent.");
	else
		e = choose_live(run, db, cx, person->vpp.id, choice);
	return e || choice->is_skipped ? e : narrow(run, db, cx, person, choice);
}

/* The record is made with its own random id before Apple hears of it, so that a repeat is known as one. */
static enum err ensure_user(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct person *person, int64_t *ret_id)
{
	struct vpp_user u = { 0 };
	*ret_id = person->vpp.id;
	enum err e = *ret_id ? vpp_users_find(db, cx, *ret_id, &u) : OK;
	if (!e && u.missing_since) {
		/* Apple does not have it any more. Should it come back, the sync retires it. */
		life_cycle_move(&u, LIFE_SEEN_RETIRED, run->now);
		e = vpp_users_save(db, cx, &u);
		u = (struct vpp_user){ 0 };
	}
	if (e)
		return e;
	if (!u.id) {
		u.location_id = run->location_id;
		u.person_id = person->id;
		u.is_live = true;
		u.client_user_id = secret_uuid(cx->mem);
		life_cycle_move(&u, LIFE_INVITE, run->now);
		return vpp_users_insert(db, cx, &u, ret_id);
	}
	if (!u.failed_reason && !u.failed_number)
		return OK;
	u.failed_reason = NULL;
	u.failed_number = 0;
	return vpp_users_save(db, cx, &u);
}

/* A message that could not be handed over makes room for the new one. */
static enum err replace_message(struct db *db, struct ctx *cx, int64_t vpp_user_id)
{
	struct item items[OPEN_ITEMS];
	size_t count = 0;
	enum err e = items_open_of(db, cx, vpp_user_id, OPEN_ITEMS, items, &count);
	for (size_t i = 0; !e && i < count; i++)
		if (text_equal(items[i].kind, "message"))
			e = jobs_end_item(db, cx, items[i].id, "cancelled", 0,
				"Replaced by a newer invitation.");
	if (!e && count)
		e = invitations_withdraw(db, cx, vpp_user_id, "Replaced by a newer invitation.");
	return e;
}

static enum err write(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct person *person, const struct action_choice *choice)
{
	int64_t vpp_user_id = 0, item_id = 0;
	bool is_message = text_equal(choice->kind, "message");
	enum err e = ensure_user(run, db, cx, person, &vpp_user_id);
	if (!e && is_message)
		e = replace_message(db, cx, vpp_user_id);
	if (!e)
		e = action_item(run, db, cx, person->id, vpp_user_id, choice->kind, choice->words,
			&item_id);
	if (!e && is_message)
		e = invitations_plan(run->app, db, cx, vpp_user_id, item_id);
	return e;
}

static const struct action_verb verb = {
	.job_kind = "invite",
	.audit_act = "vpp_users.invite",
	.minds_recent = true,
	.changes_apple = true,
	.why_not = why_not,
	.choose = choose,
	.write = write,
};

enum err invite_preview(struct app *app, struct ctx *cx, const struct action *action,
	struct action_preview *ret_preview)
{
	return action_preview(app, cx, &verb, action, ret_preview);
}

enum err invite_start(struct app *app, struct ctx *cx, const struct action *action,
	int64_t *ret_job_id, bool *ret_is_repeat)
{
	return action_start(app, cx, &verb, action, ret_job_id, ret_is_repeat);
}
