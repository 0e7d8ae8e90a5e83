#include "domain/invitation_queue.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/events.h"
#include "domain/invitation_link.h"
#include "domain/invitation_settle.h"
#include "domain/invitations.h"
#include "domain/jobs.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/vpp_users.h"

#define RECOVER_AT_ONCE 64
#define LOOK_AT         64 /* due ones in a turn, of which some may be settled without being sent */
#define MOVED_MAX       8

/* --- taking --------------------------------------------------------------------------------- */

/* The message is not wanted any more. */
static enum err discard(struct db *db, struct ctx *cx, struct invitation *n, const char *words)
{
	n->state = "replaced";
	n->next_at = 0;
	n->reason = words;
	enum err e = invitations_save(db, cx, n);
	if (!e)
		e = invitations_restore(db, cx, n->vpp_user_id);
	if (!e && n->item_id)
		e = jobs_end_item(db, cx, n->item_id, "not_needed", 0, words);
	return e;
}

/* Why nobody wants it any more; NULL: it is wanted. */
static enum err find_unwanted(struct db *db, struct ctx *cx, const struct invitation *n,
	const struct vpp_user *user, struct delivery *d, const char **ret_why)
{
	*ret_why = NULL;
	if (user->state == VPP_ASSOCIATED)
		*ret_why = "Accepted before the message was sent.";
	else if (!user->is_live || (user->state != VPP_REGISTERED && user->state != VPP_INVITED))
		*ret_why = "The person is not a registered VPP user any more.";
	if (!n->item_id)
		return OK;
	struct item item;
	enum err e = items_find(db, cx, n->item_id, &item);
	if (e)
		return e;
	d->job_id = item.job_id;
	if (!*ret_why && !jobs_item_is_open(&item))
		*ret_why = "Cancelled before it was sent.";
	return OK;
}

/* What stands in the way of sending: the outcome and its words, or NULL. */
static const char *find_obstacle(struct ctx *cx, const struct delivery_turn *turn,
	const struct person *person, const struct vpp_user *user, struct delivery *d,
	enum delivery_outcome *ret_outcome)
{
	bool is_email = text_equal(d->row.channel, "email");
	*ret_outcome = DELIVERY_OUT_OF_ORDER;
	if (is_email && !turn->smtp.host)
		return "no mail server is set up (Setting > iOS > VPP Server Setting)";
	if (is_email && turn->smtp.is_password_lost)
		return "the stored password of the mail server cannot be opened; enter it again";
	if (!is_email && !turn->mdm_url)
		return "no MDM connector is set up (Setting > iOS > VPP Server Setting)";
	if (!is_email && d->row.reason && invitation_wants_other_channel(&d->row))
		return "the MDM server has taken nothing for ten minutes";
	*ret_outcome = DELIVERY_REFUSED;
	if (is_email && !text_is_email(person->email))
		return "the person has no e-mail address any more";
	if (!user->invite_code_box)
		return "Apple has given no invitation code for this person";
	*ret_outcome = DELIVERY_LATER;
	if (!d->link)
		return "the link cannot be made: Apple's address for it is not known, or the "
		       "stored "
		       "code cannot be opened";
	if (is_email)
		d->row.recipient = arena_strdup(cx->mem, person->email);
	return NULL;
}

/* What the messages of a transaction share. */
struct desk {
	struct app *app;
	struct db *db;
	struct ctx *cx;
	struct location location; /* of the last one */
};

/* All that the hand-over needs, read in the transaction that marks it; d lives longer than the desk. */
static enum err gather(struct desk *desk, struct ctx *cx, const struct vpp_user *user,
	struct delivery *d, struct person **ret_person)
{
	enum err e = people_find_even_deleted(desk->db, cx, user->person_id, 0, ret_person);
	if (!e && desk->location.id != user->location_id)
		e = locations_get(desk->db, desk->cx, user->location_id, &desk->location);
	if (e)
		return e;
	d->link = invitation_link_make(desk->app, cx, user, &desk->location);
	d->organisation = arena_strdup(cx->mem, desk->location.organisation);
	d->person_name = (*ret_person)->display_name;
	return OK;
}

enum taking {
	TAKEN,
	PASSED, /* nobody wants it any more */
	HELD_UP /* it could not be sent; what follows from that may touch what is due after it */
};

static enum err take_one(
	struct desk *desk, struct delivery_turn *turn, struct delivery *d, enum taking *ret_taking)
{
	struct ctx *cx = turn->cx;
	struct vpp_user user;
	struct person *person = NULL;
	const char *unwanted = NULL;
	enum err e = vpp_users_find(desk->db, cx, d->row.vpp_user_id, &user);
	if (!e)
		e = find_unwanted(desk->db, cx, &d->row, &user, d, &unwanted);
	if (e)
		return e;
	*ret_taking = PASSED;
	if (unwanted)
		return discard(desk->db, cx, &d->row, unwanted);
	d->row.attempts++;
	e = gather(desk, cx, &user, d, &person);
	if (e)
		return e;
	enum delivery_outcome outcome;
	const char *obstacle = find_obstacle(cx, turn, person, &user, d, &outcome);
	*ret_taking = obstacle ? HELD_UP : TAKEN;
	if (obstacle)
		return invitation_settle(desk->app, desk->db, cx, &d->row, outcome, obstacle);
	d->row.state = "sending";
	return invitations_save(desk->db, cx, &d->row);
}

/* --- the turns of couriers ------------------------------------------------------------------ */

/* The jobs whose figures moved, each once. */
struct moved {
	int64_t jobs[MOVED_MAX];
	size_t count;
	bool any;
};

static void note_moved(struct moved *moved, int64_t job_id)
{
	moved->any = true;
	for (size_t i = 0; i < moved->count; i++)
		if (moved->jobs[i] == job_id)
			return;
	if (job_id && moved->count < MOVED_MAX)
		moved->jobs[moved->count++] = job_id;
}

static void publish(struct app *app, struct ctx *cx, const struct moved *moved)
{
	for (size_t i = 0; i < moved->count; i++)
		jobs_publish(app, cx, moved->jobs[i]);
	if (moved->any)
		events_post(app, "people-changed", 0, "{}");
}

static enum err settle(struct desk *desk, const struct delivery_result *result, struct moved *moved)
{
	const struct delivery *d = result->delivery;
	struct invitation n;
	enum err e = invitations_find(desk->db, desk->cx, d->row.id, &n);
	if (e || !text_equal(n.state, "sending"))
		return e;
	note_moved(moved, d->job_id);
	/* It had waited and does not any more: neither does its job. */
	int64_t changed = 0;
	if (result->outcome == DELIVERY_SENT && d->row.reason && d->job_id)
		e = jobs_set_message_wait(desk->db, desk->cx, d->job_id, NULL, 0, &changed);
	if (e)
		return e;
	return invitation_settle(desk->app, desk->db, desk->cx, &n, result->outcome, result->words);
}

/* What was not tried waits again before the others are settled: a server that is out of order then puts
 * it off with the rest. */
static enum err settle_all(struct desk *desk, const struct delivery_turn *turn, struct moved *moved)
{
	enum err e = OK;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; !e && i < turn->done_count; i++)
			if ((turn->done[i].outcome == DELIVERY_UNTRIED) == (pass == 0))
				e = settle(desk, &turn->done[i], moved);
	return e;
}

static enum err take_some(struct desk *desk, struct delivery_turn *turn, struct moved *moved)
{
	struct invitation due[LOOK_AT];
	size_t count = 0;
	size_t limit = turn->wanted > 1 ? LOOK_AT : LOOK_AT / 4;
	enum err e = invitations_due(desk->db, turn->cx, clock_now_ms(), limit, due, &count);
	turn->is_over = !e && count == 0;
	if (!e && count)
		e = message_smtp_load(desk->app, desk->db, turn->cx, &turn->smtp);
	if (!e && count)
		e = message_mdm_load(desk->app, desk->db, turn->cx, &turn->mdm_url);
	enum taking taking = PASSED;
	for (size_t i = 0; i < count && turn->next_count < turn->wanted && taking != HELD_UP; i++) {
		struct delivery d = { .row = due[i] };
		if (!e)
			e = take_one(desk, turn, &d, &taking);
		if (e)
			return e;
		if (taking == TAKEN)
			turn->next[turn->next_count++] = d;
		else
			note_moved(moved, d.job_id);
	}
	return e;
}

enum err invitation_queue_turn(
	struct app *app, struct ctx *cx, struct delivery_turn *const *turns, size_t count)
{
	struct moved moved = { .count = 0 };
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	struct desk desk = { .app = app, .db = db, .cx = cx };
	for (size_t i = 0; !e && i < count; i++)
		e = settle_all(&desk, turns[i], &moved);
	for (size_t i = 0; i < count; i++) {
		turns[i]->is_over = false;
		turns[i]->next_count = 0;
		if (!e && turns[i]->cx)
			e = take_some(&desk, turns[i], &moved);
	}
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("message.settled");
	if (!e)
		publish(app, cx, &moved);
	return e;
}

enum err invitation_queue_recover(
	struct app *app, struct ctx *cx, delivery_recall recall, const void *memory)
{
	struct invitation rows[RECOVER_AT_ONCE];
	size_t count = RECOVER_AT_ONCE;
	while (count == RECOVER_AT_ONCE) {
		DB_AUTO(db);
		enum err e = db_write(app->db, cx, &db);
		if (!e)
			e = invitations_broken_off(db, cx, RECOVER_AT_ONCE, rows, &count);
		for (size_t i = 0; !e && i < count; i++)
			e = invitation_settle(app, db, cx, &rows[i],
				recall(memory, rows[i].message_id),
				"the server was stopped while it was sent");
		if (!e)
			e = db_commit(&db, cx);
		KILL_POINT("message.recovered");
		if (e)
			return e;
	}
	return OK;
}

enum err invitation_queue_next_at(struct app *app, struct ctx *cx, int64_t *ret_at)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : invitations_next_at(db, cx, ret_at);
}
