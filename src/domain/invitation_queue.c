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

static void publish(struct app *app, struct ctx *cx, int64_t job_id)
{
	if (job_id)
		jobs_publish(app, cx, job_id);
	events_post(app, "people-changed", 0, "{}");
}

enum err invitation_queue_settle(struct app *app, struct ctx *cx, const struct delivery *delivery,
	enum delivery_outcome outcome, const char *words)
{
	DB_AUTO(db);
	struct invitation n;
	int64_t changed = 0;
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = invitations_find(db, cx, delivery->row.id, &n);
	if (e)
		return e;
	if (!text_equal(n.state, "sending"))
		return OK;
	/* It had waited and does not any more: neither does its job. */
	if (outcome == DELIVERY_SENT && delivery->row.reason && delivery->job_id)
		e = jobs_set_message_wait(db, cx, delivery->job_id, NULL, 0, &changed);
	if (!e)
		e = invitation_settle(app, db, cx, &n, outcome, words);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("message.settled");
	if (!e)
		publish(app, cx, delivery->job_id);
	return e;
}

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

/* All that the hand-over needs, read in the transaction that marks it. */
static enum err gather(struct app *app, struct db *db, struct ctx *cx, const struct vpp_user *user,
	struct delivery *d, struct person **ret_person)
{
	struct location location;
	enum err e = people_find_even_deleted(db, cx, user->person_id, 0, ret_person);
	if (!e)
		e = locations_get(db, cx, user->location_id, &location);
	if (!e)
		e = message_smtp_load(app, db, cx, &d->smtp);
	if (!e)
		e = message_mdm_load(app, db, cx, &d->mdm_url);
	if (e)
		return e;
	d->link = make_link(app, cx, user, &location);
	d->organisation = location.organisation;
	d->person_name = (*ret_person)->display_name;
	return OK;
}

/* One due message. *ret_is_taken is false when it was settled without being sent. */
static enum err take_one(
	struct app *app, struct db *db, struct ctx *cx, struct delivery *d, bool *ret_is_taken)
{
	struct vpp_user user;
	struct person *person = NULL;
	const char *unwanted = NULL;
	*ret_is_taken = false;
	enum err e = invitations_next_due(db, cx, clock_now_ms(), &d->row);
	if (!e)
		e = vpp_users_find(db, cx, d->row.vpp_user_id, &user);
	if (!e)
		e = find_unwanted(db, cx, &d->row, &user, d, &unwanted);
	if (e)
		return e;
	if (unwanted)
		return discard(db, cx, &d->row, unwanted);
	d->row.attempts++;
	e = gather(app, db, cx, &user, d, &person);
	if (e)
		return e;
	enum delivery_outcome outcome;
	const char *obstacle = find_obstacle(cx, person, &user, d, &outcome);
	if (obstacle)
		return invitation_settle(app, db, cx, &d->row, outcome, obstacle);
	d->row.state = "sending";
	*ret_is_taken = true;
	return invitations_save(db, cx, &d->row);
}

enum err invitation_queue_take(struct app *app, struct ctx *cx, struct delivery *ret_delivery)
{
	for (;;) {
		DB_AUTO(db);
		struct delivery d = { 0 };
		bool is_taken = false;
		enum err e = db_write(app->db, cx, &db);
		if (!e)
			e = take_one(app, db, cx, &d, &is_taken);
		if (!e)
			e = db_commit(&db, cx);
		if (e)
			return e;
		if (is_taken) {
			*ret_delivery = d;
			return OK;
		}
		publish(app, cx, d.job_id);
	}
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
