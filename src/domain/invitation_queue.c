#include "domain/invitation_queue.h"

#include "apple/service_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/events.h"
#include "domain/invitations.h"
#include "domain/jobs.h"
#include "mail/message.h"
#include "store/items.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/vpp_users.h"

#define LATER_FIRST_MS    (15 * 1000LL)
#define LATER_LAST_MS     (60 * 60 * 1000LL)
#define ORDER_FIRST_MS    (5 * 1000LL)
#define ORDER_LAST_MS     (15 * 60 * 1000LL)
#define GIVE_UP_MS        (24 * 60 * 60 * 1000LL)
#define FALLBACK_AFTER_MS (10 * 60 * 1000LL)
#define RECOVER_AT_ONCE   64

/* The wait before the next try: doubling from first up to last. */
static int64_t gap_ms(int64_t first, int64_t last, int64_t attempts)
{
	int64_t gap = first;
	while (attempts-- > 0 && gap < last)
		gap *= 2;
	return gap < last ? gap : last;
}

/* A sentence of words that begin small: "Not sent yet: the mail server …". */
static const char *sentence(struct ctx *cx, const char *begin, const char *words)
{
	return arena_printf(cx->mem, "%s: %s.", begin, words);
}

static enum err write_people(struct db *db, struct ctx *cx, const struct invitation *n,
	const char *message_state, const char *reason)
{
	return vpp_users_set_message(
		db, cx, n->vpp_user_id, message_state, n->channel, reason, clock_now_ms());
}

static enum err settle_sent(struct db *db, struct ctx *cx, struct invitation *n)
{
	const char *waited_for = n->reason;
	bool is_email = text_equal(n->channel, "email");
	n->state = "sent";
	n->sent_at = clock_now_ms();
	n->next_at = 0;
	n->reason = NULL;
	enum err e = invitations_save(db, cx, n);
	if (!e)
		e = write_people(db, cx, n, "sent", NULL);
	if (!e && n->item_id)
		e = jobs_end_item(db, cx, n->item_id, "done", 0,
			arena_printf(cx->mem,
				is_email ? "Sent by e-mail to %s." : "Handed to the device %s.",
				n->recipient));
	/* The server is in order again: what was put off with this one need not wait longer. */
	if (!e && waited_for)
		e = invitations_hurry(db, cx, n->channel, waited_for, n->sent_at);
	return e;
}

static enum err wait_more(
	struct db *db, struct ctx *cx, struct invitation *n, int64_t gap, const char *reason)
{
	n->state = "waiting";
	n->next_at = clock_now_ms() + gap;
	n->reason = reason;
	enum err e = invitations_save(db, cx, n);
	if (!e)
		e = write_people(db, cx, n, "not_sent", reason);
	if (!e && n->item_id)
		e = jobs_item_waits(db, cx, n->item_id, reason);
	return e;
}

static enum err give_up(
	struct db *db, struct ctx *cx, struct invitation *n, const char *state, const char *reason)
{
	n->state = state;
	n->next_at = 0;
	n->reason = reason;
	enum err e = invitations_save(db, cx, n);
	if (!e)
		e = write_people(db, cx, n, "not_sent", reason);
	if (!e && n->item_id)
		e = jobs_end_item(db, cx, n->item_id, "failed", 0, reason);
	return e;
}

static enum err take_other_channel(struct app *app, struct db *db, struct ctx *cx,
	struct invitation *n, const char *email, const char *reason)
{
	struct smtp_settings smtp;
	enum err e = message_smtp_load(app, db, cx, &smtp);
	n->state = "failed";
	n->next_at = 0;
	n->reason = reason;
	if (!e)
		e = invitations_save(db, cx, n);
	if (e)
		return e;
	int64_t id = 0, now = clock_now_ms();
	struct invitation other = { .vpp_user_id = n->vpp_user_id,
		.item_id = n->item_id,
		.channel = "email",
		.state = "waiting",
		.recipient = email,
		.message_id = mail_message_id(cx, smtp.from_address),
		.language = n->language,
		.next_at = now,
		.created_at = now };
	e = invitations_insert(db, cx, &other, &id);
	return e ? e : write_people(db, cx, &other, "waiting", reason);
}

static enum err settle_refused(
	struct app *app, struct db *db, struct ctx *cx, struct invitation *n, const char *words)
{
	if (n->fallback) {
		struct vpp_user user;
		struct person *person = NULL;
		enum err e = vpp_users_find(db, cx, n->vpp_user_id, &user);
		if (!e)
			e = people_find_even_deleted(db, cx, user.person_id, 0, &person);
		if (e)
			return e;
		if (text_is_email(person->email))
			return take_other_channel(app, db, cx, n, person->email,
				sentence(cx, "The notification was not taken", words));
	}
	return give_up(db, cx, n, "failed", sentence(cx, "Not sent", words));
}

static enum err settle_later(
	struct app *app, struct db *db, struct ctx *cx, struct invitation *n, const char *words)
{
	if (clock_now_ms() - n->created_at >= GIVE_UP_MS)
		return settle_refused(
			app, db, cx, n, arena_printf(cx->mem, "given up after a day; %s", words));
	int64_t gap = gap_ms(LATER_FIRST_MS, LATER_LAST_MS, n->attempts - 1);
	return wait_more(db, cx, n, gap, sentence(cx, "Not sent yet", words));
}

/* May a notification that its MDM does not take go by e-mail by now? */
static bool wants_other_channel(const struct invitation *n)
{
	return n->fallback && clock_now_ms() - n->created_at >= FALLBACK_AFTER_MS;
}

static enum err settle_out_of_order(
	struct app *app, struct db *db, struct ctx *cx, struct invitation *n, const char *words)
{
	if (wants_other_channel(n))
		return settle_refused(app, db, cx, n, words);
	int64_t gap = gap_ms(ORDER_FIRST_MS, ORDER_LAST_MS, n->attempts - 1);
	int64_t now = clock_now_ms();
	const char *reason = sentence(cx, "Not sent yet", words);
	enum err e = wait_more(db, cx, n, gap, reason);
	if (e)
		return e;
	return invitations_postpone(db, cx, n->channel, now + gap, reason, FALLBACK_AFTER_MS, now);
}

static enum err settle_unknown(
	struct db *db, struct ctx *cx, struct invitation *n, const char *words)
{
	n->doubts++;
	if (n->doubts > 1)
		return give_up(db, cx, n, "unknown",
			arena_printf(cx->mem,
				"It is not known whether the message arrived: %s. It was repeated "
				"once. "
				"Ask the person, and send the invitation again if it is not there.",
				words));
	return wait_more(
		db, cx, n, ORDER_FIRST_MS, sentence(cx, "Repeated once, because of doubt", words));
}

static enum err settle(struct app *app, struct db *db, struct ctx *cx, struct invitation *n,
	enum delivery_outcome outcome, const char *words)
{
	switch (outcome) {
	case DELIVERY_SENT:
		return settle_sent(db, cx, n);
	case DELIVERY_LATER:
		return settle_later(app, db, cx, n, words);
	case DELIVERY_OUT_OF_ORDER:
		return settle_out_of_order(app, db, cx, n, words);
	case DELIVERY_REFUSED:
		return settle_refused(app, db, cx, n, words);
	case DELIVERY_UNKNOWN:
		return settle_unknown(db, cx, n, words);
	}
	return err_set(cx, ERR_BUG, "invitation.outcome", "An outcome that is none.");
}

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
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = invitations_find(db, cx, delivery->row.id, &n);
	if (e)
		return e;
	if (!text_equal(n.state, "sending"))
		return OK;
	e = settle(app, db, cx, &n, outcome, words);
	if (!e)
		e = db_commit(&db, cx);
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
	if (!is_email && d->row.reason && wants_other_channel(&d->row))
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
		return settle(app, db, cx, &d->row, outcome, obstacle);
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
			e = settle(app, db, cx, &rows[i], DELIVERY_UNKNOWN,
				"the server was stopped while it was sent");
		if (!e)
			e = db_commit(&db, cx);
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
