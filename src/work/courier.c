#include "work/courier.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/plant.h"
#include "base/secret.h"
#include "base/text.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/invitation_queue.h"
#include "mail/message.h"
#include "mail/words.h"
#include "mdm/mdm.h"
#include "net/http_client.h"
#include "net/smtp_client.h"
#include "work/delivery_desk.h"
#include "work/handover_log.h"
#include "work/work.h"

#define TROUBLE_MS 5000
/* What is taken at once should be handed over within this; what is not begun after twice that is let go. */
#define ROUND_MS 250

static const struct actor delivery_actor = { .kind = "system", .name = "delivery", .from = "" };

struct courier {
	struct work *work;
	struct delivery_desk *desk;
	struct smtp_client *smtp;
	struct http_client *http;
	struct handover_log *log;
	size_t pace; /* how many it takes at once */
	atomic_bool is_off;
};

enum err courier_open(struct ctx *cx, struct work *work, struct delivery_desk *desk, size_t number,
	struct courier **ret_courier)
{
	struct courier *c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	*c = (struct courier){ .work = work, .desk = desk, .pace = 1 };
	enum err e = smtp_client_new(cx, &c->smtp);
	if (!e)
		e = http_client_new(cx, "Pomona/" POMONA_VERSION, &c->http);
	if (!e)
		e = handover_log_open(cx, work_app(work)->settings.data_folder, number, &c->log);
	if (e) {
		courier_close(c);
		return e;
	}
	*ret_courier = c;
	return OK;
}

void courier_close(struct courier *c)
{
	if (!c)
		return;
	smtp_client_free(c->smtp);
	http_client_free(c->http);
	handover_log_close(c->log);
	free(c);
}

void courier_call_off(struct courier *c)
{
	c->is_off = true;
	smtp_client_cancel(c->smtp);
	http_client_cancel(c->http);
}

/* --- one message ---------------------------------------------------------------------------- */

static enum delivery_outcome mail_outcome(const struct smtp_result *result)
{
	switch (result->outcome) {
	case SMTP_TAKEN:
		return DELIVERY_SENT;
	case SMTP_LATER:
		return result->is_general ? DELIVERY_AWAY : DELIVERY_LATER;
	case SMTP_REFUSED:
		return result->is_general ? DELIVERY_OUT_OF_ORDER : DELIVERY_REFUSED;
	case SMTP_NO_ACCESS:
		return DELIVERY_OUT_OF_ORDER;
	case SMTP_UNKNOWN:
		break;
	}
	return DELIVERY_UNKNOWN;
}

static enum delivery_outcome send_mail(struct courier *c, struct ctx *cx,
	const struct smtp_settings *s, const struct delivery *d, const char **ret_words)
{
	struct mail_words words = mail_words_invitation(
		cx, &(struct mail_invitation){
			    .language = d->row.language ? d->row.language : s->language,
			    .organisation = d->organisation,
			    .person_name = d->person_name,
			    .link = d->link,
			    .contact = s->is_from_set ? s->from_address : NULL });
	struct mail_message message = { .from_address = s->from_address,
		.from_name = s->from_name ? s->from_name : d->organisation,
		.to_address = d->row.recipient,
		.to_name = d->person_name,
		.subject = words.subject,
		.message_id = PLANT("new_message_id") ? secret_uuid(cx->mem) : d->row.message_id,
		.at_ms = clock_now_ms(),
		.text = words.text,
		.html = words.html,
		.language = words.language };
	struct smtp_server server = { .host = s->host,
		.port = (int)s->port,
		.security = s->security,
		.user = s->user,
		.password = s->password };
	const char *bytes = NULL;
	size_t length = 0;
	if (mail_compose(cx, &message, &bytes, &length)) {
		*ret_words = cx->error.sentence;
		return DELIVERY_REFUSED;
	}
	struct smtp_result result;
	enum err e = smtp_send(
		c->smtp, cx, &server, s->from_address, d->row.recipient, bytes, length, &result);
	(void)e; /* the outcome says more */
	*ret_words = result.words;
	return mail_outcome(&result);
}

static enum delivery_outcome send_command(struct courier *c, struct ctx *cx, const char *mdm_url,
	const struct delivery *d, const char **ret_words)
{
	struct mdm_result result = { .outcome = MDM_DOWN, .words = "" };
	mdm_find("http")->invite(
		cx, c->http, mdm_url, d->row.recipient, d->row.message_id, d->link, &result);
	*ret_words = result.words;
	switch (result.outcome) {
	case MDM_TAKEN:
		return DELIVERY_SENT;
	case MDM_LATER:
		return DELIVERY_LATER;
	case MDM_REFUSED:
		return DELIVERY_REFUSED;
	case MDM_DOWN:
		return DELIVERY_AWAY;
	case MDM_UNKNOWN:
		break;
	}
	return DELIVERY_UNKNOWN;
}

/* What our own stop broke off is nobody's to look at: the next start goes on. */
static void log_outcome(struct ctx *cx, const struct delivery *d, enum delivery_outcome outcome,
	const char *words, bool is_stopping)
{
	static const char *const names[] = { [DELIVERY_SENT] = "sent",
		[DELIVERY_LATER] = "later",
		[DELIVERY_OUT_OF_ORDER] = "out_of_order",
		[DELIVERY_AWAY] = "out_of_order",
		[DELIVERY_REFUSED] = "refused",
		[DELIVERY_UNKNOWN] = "unknown",
		[DELIVERY_UNTRIED] = "untried" };
	bool is_fine = outcome == DELIVERY_SENT || is_stopping;
	log_event(is_fine ? LOG_INFO : LOG_WARNING, "message",
		"invitation=%" PRId64 " channel=%s outcome=%s attempt=%" PRId64 " why=%s",
		d->row.id, d->row.channel, names[outcome], d->row.attempts,
		outcome == DELIVERY_SENT ? "-" : log_quote(cx->mem, words));
}

static void trouble(struct ctx *cx)
{
	log_event(LOG_ERROR, "message.trouble", "reason=%s detail=%s",
		cx->error.reason ? cx->error.reason : "-", log_quote(cx->mem, cx->error.sentence));
}

static void hand_over(struct courier *c, struct ctx *cx, const struct delivery_turn *turn,
	struct delivery_result *result)
{
	const struct delivery *d = result->delivery;
	if (handover_log_begun(c->log, cx, d->row.message_id)) {
		trouble(cx);
		return;
	}
	KILL_POINT("message.intended");
	result->words = "";
	result->outcome = text_equal(d->row.channel, "email")
	                          ? send_mail(c, cx, &turn->smtp, d, &result->words)
	                          : send_command(c, cx, turn->mdm_url, d, &result->words);
	KILL_POINT("message.sent");
	handover_log_answered(c->log, cx, d->row.message_id, result->outcome);
	KILL_POINT("message.answered");
	log_outcome(cx, d, result->outcome, result->words, c->is_off);
}

/* --- rounds --------------------------------------------------------------------------------- */

static bool is_about_this_one(enum delivery_outcome outcome)
{
	return outcome == DELIVERY_SENT || outcome == DELIVERY_REFUSED;
}

/* More at once while that takes little time, fewer when it takes long or the server hesitates. */
static void set_pace(
	struct courier *c, const struct delivery_result *results, size_t count, int64_t took_ms)
{
	bool is_smooth = true;
	for (size_t i = 0; i < count; i++)
		is_smooth = is_smooth && is_about_this_one(results[i].outcome);
	if (!is_smooth || took_ms > ROUND_MS)
		c->pace = c->pace > 1 && is_smooth ? c->pace / 2 : 1;
	else if (took_ms <= ROUND_MS / 2 && count == c->pace && c->pace < DELIVERIES_MAX)
		c->pace *= 2;
}

/* What the turn gave; results is as long. */
static void hand_over_all(struct courier *c, struct ctx *cx, const struct delivery_turn *turn,
	struct delivery_result *results)
{
	int64_t began_ms = clock_mono_ms();
	bool goes_on = true;
	if (handover_log_taken(c->log, cx, turn->next, turn->next_count)) {
		trouble(cx);
		goes_on = false;
		work_sleep(c->work, TROUBLE_MS);
	}
	for (size_t i = 0; i < turn->next_count; i++) {
		results[i] = (struct delivery_result){
			.delivery = &turn->next[i], .outcome = DELIVERY_UNTRIED, .words = ""
		};
		if (goes_on)
			hand_over(c, cx, turn, &results[i]);
		goes_on = goes_on && is_about_this_one(results[i].outcome) && !c->is_off &&
		          clock_mono_ms() - began_ms <= 2 * ROUND_MS;
	}
	set_pace(c, results, turn->next_count, clock_mono_ms() - began_ms);
}

/* The courier does not let go of what came of a message before it is written down: a database that
 * fails for a while would leave it "being sent" until the next start. */
void courier_make_rounds(struct courier *c)
{
	CTX_AUTO(one);
	CTX_AUTO(two);
	struct ctx *held = &one,
		   *next = &two; /* of the messages in hand, and of those after them */
	struct delivery_turn in_hand = { .next_count = 0 }, turn;
	struct delivery_result results[DELIVERIES_MAX];
	one.actor = two.actor = delivery_actor;
	for (;;) {
		bool is_off = c->is_off;
		size_t done = in_hand.next_count;
		if (is_off && !done)
			return;
		ctx_reset(next);
		turn = (struct delivery_turn){ .done = results,
			.done_count = done,
			.cx = is_off ? NULL : next,
			.wanted = c->pace };
		if (delivery_desk_turn(c->desk, next, &turn)) {
			trouble(next);
			bool lets_go = done && PLANT("leave_sending");
			if (lets_go || is_off || !work_sleep(c->work, TROUBLE_MS))
				return;
			continue;
		}
		handover_log_forget(c->log);
		in_hand = turn;
		if (turn.is_over || is_off)
			return;
		struct ctx *taken = next;
		next = held;
		held = taken;
		hand_over_all(c, held, &in_hand, results);
	}
}
