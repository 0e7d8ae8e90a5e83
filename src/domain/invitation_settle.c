#include "domain/invitation_settle.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "domain/jobs.h"
#include "domain/message_settings.h"
#include "mail/message.h"
#include "store/invitations.h"
#include "store/people.h"
#include "store/vpp_users.h"

#define LATER_FIRST_MS    (15 * 1000LL)
#define LATER_LAST_MS     (60 * 60 * 1000LL)
#define ORDER_FIRST_MS    (5 * 1000LL)
#define ORDER_LAST_MS     (15 * 60 * 1000LL)
#define AWAY_LAST_MS      (60 * 1000LL)
#define GIVE_UP_MS        (24 * 60 * 60 * 1000LL)
#define FALLBACK_AFTER_MS (10 * 60 * 1000LL)

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

bool invitation_wants_other_channel(const struct invitation *n)
{
	return n->fallback && clock_now_ms() - n->created_at >= FALLBACK_AFTER_MS;
}

/* last: the longest wait before the next of the messages that were put off asks the server again. */
static enum err settle_out_of_order(struct app *app, struct db *db, struct ctx *cx,
	struct invitation *n, const char *words, int64_t last)
{
	if (invitation_wants_other_channel(n))
		return settle_refused(app, db, cx, n, words);
	int64_t gap = gap_ms(ORDER_FIRST_MS, last, n->attempts - 1);
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

static enum err settle_untried(struct db *db, struct ctx *cx, struct invitation *n)
{
	n->state = "waiting";
	n->attempts--;
	return invitations_save(db, cx, n);
}

enum err invitation_settle(struct app *app, struct db *db, struct ctx *cx, struct invitation *n,
	enum delivery_outcome outcome, const char *words)
{
	switch (outcome) {
	case DELIVERY_SENT:
		return settle_sent(db, cx, n);
	case DELIVERY_LATER:
		return settle_later(app, db, cx, n, words);
	case DELIVERY_OUT_OF_ORDER:
		return settle_out_of_order(app, db, cx, n, words, ORDER_LAST_MS);
	case DELIVERY_AWAY:
		return settle_out_of_order(app, db, cx, n, words, AWAY_LAST_MS);
	case DELIVERY_REFUSED:
		return settle_refused(app, db, cx, n, words);
	case DELIVERY_UNKNOWN:
		return settle_unknown(db, cx, n, words);
	case DELIVERY_UNTRIED:
		return settle_untried(db, cx, n);
	}
	return err_set(cx, ERR_BUG, "invitation.outcome", "An outcome that is none.");
}
