#include "domain/invitation_queue.h"

#include "apple/service_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/events.h"
#include "domain/invitation_settle.h"
#include "domain/invitations.h"
#include "domain/jobs.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/vpp_users.h"

#define RECOVER_AT_ONCE 64
#define PASSED_AT_ONCE  64 /* settled without being sent, in one transaction */
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

/* NULL when a part of it is missing. */
static const char *make_link(struct app *app, struct ctx *cx, const struct vpp_user *user,
	const struct location *location)
{
	const char *template = location->invite_template;
	char *code = NULL;
	if (app->apple && apple_invite_template(app->apple, cx))
		template = apple_invite_template(app->apple, cx);
	if (secret_unseal(cx, app->key, VPP_INVITE_CODE, user->invite_code_box, &code))
		return NULL;
	return apple_invite_link(cx, template, code);
}

/* What stands in the way of sending: the outcome and its words, or NULL. */
static const char *find_obstacle(struct ctx *cx, const struct person *person,
	const struct vpp_user *user, struct delivery *d, enum delivery_outcome *ret_outcome)
{
	bool is_email = text_equal(d->row.channel, "email");
	*ret_outcome = DELIVERY_OUT_OF_ORDER;
	if (is_email && !d->smtp.host)
		return "no mail server is set up (Setting > iOS > VPP Server Setting)";
	if (is_email && d->smtp.is_password_lost)
		return "the stored password of the mail server cannot be opened; enter it again";
	if (!is_email && !d->mdm_url)
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

/* What all messages of a transaction share, read once. */
struct desk {
	struct app *app;
	struct db *db;
	struct ctx *cx;
	bool is_read;
	struct smtp_settings smtp;
	const char *mdm_url;
	struct location location;
};

static enum err read_desk(struct desk *desk, int64_t location_id)
{
	enum err e = OK;
	if (!desk->is_read)
		e = message_smtp_load(desk->app, desk->db, desk->cx, &desk->smtp);
	if (!e && !desk->is_read)
		e = message_mdm_load(desk->app, desk->db, desk->cx, &desk->mdm_url);
	desk->is_read = !e;
	if (!e && desk->location.id != location_id)
		e = locations_get(desk->db, desk->cx, location_id, &desk->location);
	return e;
}

/* All that the hand-over needs, read in the transaction that marks it; d lives longer than the desk. */
static enum err gather(struct desk *desk, struct ctx *cx, const struct vpp_user *user,
	struct delivery *d, struct person **ret_person)
{
	struct arena *mem = cx->mem;
	enum err e = people_find_even_deleted(desk->db, cx, user->person_id, 0, ret_person);
	if (!e)
		e = read_desk(desk, user->location_id);
	if (e)
		return e;
	d->smtp = desk->smtp;
	d->smtp.host = arena_strdup(mem, desk->smtp.host);
	d->smtp.user = arena_strdup(mem, desk->smtp.user);
	d->smtp.password = arena_strdup(mem, desk->smtp.password);
	d->smtp.from_address = arena_strdup(mem, desk->smtp.from_address);
	d->smtp.from_name = arena_strdup(mem, desk->smtp.from_name);
	d->mdm_url = arena_strdup(mem, desk->mdm_url);
	d->link = make_link(desk->app, cx, user, &desk->location);
	d->organisation = arena_strdup(mem, desk->location.organisation);
	d->person_name = (*ret_person)->display_name;
	return OK;
}

/* A due message. *ret_is_taken is false when it was settled without being sent. */
static enum err take_one(struct desk *desk, struct ctx *cx, struct delivery *d, bool *ret_is_taken)
{
	struct vpp_user user;
	struct person *person = NULL;
	const char *unwanted = NULL;
	*ret_is_taken = false;
	enum err e = vpp_users_find(desk->db, cx, d->row.vpp_user_id, &user);
	if (!e)
		e = find_unwanted(desk->db, cx, &d->row, &user, d, &unwanted);
	if (e)
		return e;
	if (unwanted)
		return discard(desk->db, cx, &d->row, unwanted);
	d->row.attempts++;
	e = gather(desk, cx, &user, d, &person);
	if (e)
		return e;
	enum delivery_outcome outcome;
	const char *obstacle = find_obstacle(cx, person, &user, d, &outcome);
	if (obstacle)
		return invitation_settle(desk->app, desk->db, cx, &d->row, outcome, obstacle);
	d->row.state = "sending";
	*ret_is_taken = true;
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

static enum err settle(struct desk *desk, const struct delivery_turn *turn, struct moved *moved)
{
	struct invitation n;
	enum err e = invitations_find(desk->db, desk->cx, turn->done->row.id, &n);
	if (e || !text_equal(n.state, "sending"))
		return e;
	note_moved(moved, turn->done->job_id);
	/* It had waited and does not any more: neither does its job. */
	int64_t changed = 0, job_id = turn->done->job_id;
	if (turn->outcome == DELIVERY_SENT && turn->done->row.reason && job_id)
		e = jobs_set_message_wait(desk->db, desk->cx, job_id, NULL, 0, &changed);
	if (e)
		return e;
	return invitation_settle(desk->app, desk->db, desk->cx, &n, turn->outcome, turn->words);
}

static enum err take(struct desk *desk, struct delivery_turn *turn, struct moved *moved)
{
	turn->has_next = turn->is_over = false;
	for (int i = 0; i < PASSED_AT_ONCE && !turn->has_next; i++) {
		struct delivery d = { 0 };
		enum err e = invitations_next_due(desk->db, turn->cx, clock_now_ms(), &d.row);
		turn->is_over = e == ERR_NOT_FOUND;
		if (turn->is_over)
			return OK;
		if (!e)
			e = take_one(desk, turn->cx, &d, &turn->has_next);
		if (e)
			return e;
		if (turn->has_next)
			turn->next = d;
		else
			note_moved(moved, d.job_id);
	}
	return OK;
}

enum err invitation_queue_turn(
	struct app *app, struct ctx *cx, struct delivery_turn *const *turns, size_t count)
{
	struct moved moved = { .count = 0 };
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	struct desk desk = { .app = app, .db = db, .cx = cx };
	for (size_t i = 0; !e && i < count; i++)
		if (turns[i]->done)
			e = settle(&desk, turns[i], &moved);
	for (size_t i = 0; !e && i < count; i++)
		if (turns[i]->cx)
			e = take(&desk, turns[i], &moved);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("message.settled");
	if (!e)
		publish(app, cx, &moved);
	return e;
}

enum err invitation_queue_settle(struct app *app, struct ctx *cx, const struct delivery *delivery,
	enum delivery_outcome outcome, const char *words)
{
	struct delivery_turn turn = { .done = delivery, .outcome = outcome, .words = words };
	return invitation_queue_turn(app, cx, &(struct delivery_turn *){ &turn }, 1);
}

enum err invitation_queue_take(struct app *app, struct ctx *cx, struct delivery *ret_delivery)
{
	struct delivery_turn turn = { .cx = cx };
	enum err e = OK;
	while (!e && !turn.has_next && !turn.is_over)
		e = invitation_queue_turn(app, cx, &(struct delivery_turn *){ &turn }, 1);
	if (!e && turn.has_next)
		*ret_delivery = turn.next;
	return e || turn.has_next ? e : ERR_NOT_FOUND;
}

enum err invitation_queue_recover(struct app *app, struct ctx *cx)
{
	struct invitation rows[RECOVER_AT_ONCE];
	size_t count = RECOVER_AT_ONCE;
	while (count == RECOVER_AT_ONCE) {
		DB_AUTO(db);
		enum err e = db_write(app->db, cx, &db);
		if (!e)
			e = invitations_broken_off(db, cx, RECOVER_AT_ONCE, rows, &count);
		for (size_t i = 0; !e && i < count; i++)
			e = invitation_settle(app, db, cx, &rows[i], DELIVERY_UNKNOWN,
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
