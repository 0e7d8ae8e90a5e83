#include "work/deliver.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/plant.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/wake.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/invitation_queue.h"
#include "mail/message.h"
#include "mail/words.h"
#include "mdm/mdm.h"
#include "net/http_client.h"
#include "net/smtp_client.h"
#include "work/work.h"

#define COURIERS      4
#define LOOK_AGAIN_MS 1000
#define IDLE_MS       60000
#define TROUBLE_MS    5000

static const struct actor delivery_actor = { .kind = "system", .name = "delivery", .from = "" };

struct courier {
	struct office *office;
	struct smtp_client *smtp;
	struct http_client *http;
	pthread_t thread;
	bool is_running;
};

struct slip;

/* What the couriers share. */
struct office {
	struct work *work;
	struct app *app;
	pthread_mutex_t lock; /* guards all that follows but the couriers */
	pthread_cond_t called, served;
	struct slip *slips[COURIERS]; /* that wait for the desk */
	size_t slip_count;
	bool desk_is_busy;
	unsigned calls; /* counted up whenever something may be due */
	bool is_over;
	bool has_news; /* something was settled since the jobs were told what waits */
	struct courier couriers[COURIERS];
};

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

static enum delivery_outcome send_mail(
	struct courier *c, struct ctx *cx, const struct delivery *d, const char **ret_words)
{
	const struct smtp_settings *s = &d->smtp;
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

static enum delivery_outcome send_command(
	struct courier *c, struct ctx *cx, const struct delivery *d, const char **ret_words)
{
	struct mdm_result result = { .outcome = MDM_DOWN, .words = "" };
	mdm_find("http")->invite(
		cx, c->http, d->mdm_url, d->row.recipient, d->row.message_id, d->link, &result);
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

static bool is_over(struct office *office)
{
	pthread_mutex_lock(&office->lock);
	bool over = office->is_over;
	pthread_mutex_unlock(&office->lock);
	return over;
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
		[DELIVERY_UNKNOWN] = "unknown" };
	bool is_fine = outcome == DELIVERY_SENT || is_stopping;
	log_event(is_fine ? LOG_INFO : LOG_WARNING, "message",
		"invitation=%" PRId64 " channel=%s outcome=%s attempt=%" PRId64 " why=%s",
		d->row.id, d->row.channel, names[outcome], d->row.attempts,
		outcome == DELIVERY_SENT ? "-" : log_quote(cx->mem, words));
}

static void trouble(struct ctx *cx, const char *event)
{
	log_event(LOG_ERROR, event, "reason=%s detail=%s",
		cx->error.reason ? cx->error.reason : "-", log_quote(cx->mem, cx->error.sentence));
}

/* --- the desk: what couriers bring and take meanwhile goes into one transaction ----------------- */

struct slip {
	struct delivery_turn turn;
	struct ctx *cx; /* gets the error */
	enum err result;
	bool is_served;
};

/* Under the lock, which is let go of meanwhile. */
static void serve_desk(struct office *office)
{
	struct slip *slips[COURIERS];
	struct delivery_turn *turns[COURIERS];
	size_t count = office->slip_count;
	for (size_t i = 0; i < count; i++) {
		slips[i] = office->slips[i];
		turns[i] = &slips[i]->turn;
	}
	office->slip_count = 0;
	office->desk_is_busy = true;
	pthread_mutex_unlock(&office->lock);
	CTX_AUTO(cx);
	cx.actor = delivery_actor;
	enum err e = invitation_queue_turn(office->app, &cx, turns, count);
	pthread_mutex_lock(&office->lock);
	for (size_t i = 0; i < count; i++) {
		slips[i]->result = e ? action_pass_error(slips[i]->cx, &cx, e) : OK;
		slips[i]->is_served = true;
	}
	office->desk_is_busy = false;
	pthread_cond_broadcast(&office->served);
}

static enum err take_turn(struct office *office, struct ctx *cx, struct delivery_turn *turn)
{
	struct slip slip = { .turn = *turn, .cx = cx };
	pthread_mutex_lock(&office->lock);
	office->slips[office->slip_count++] = &slip;
	while (!slip.is_served) {
		if (office->desk_is_busy)
			pthread_cond_wait(&office->served, &office->lock);
		else
			serve_desk(office);
	}
	pthread_mutex_unlock(&office->lock);
	*turn = slip.turn;
	return slip.result;
}

static void tell_news(struct office *office)
{
	pthread_mutex_lock(&office->lock);
	office->has_news = true;
	pthread_mutex_unlock(&office->lock);
	wake_ring(office->app->deliver_wake);
}

static enum delivery_outcome hand_over(
	struct courier *c, struct ctx *cx, const struct delivery *d, const char **ret_words)
{
	KILL_POINT("message.intended");
	*ret_words = "";
	enum delivery_outcome outcome = text_equal(d->row.channel, "email")
	                                        ? send_mail(c, cx, d, ret_words)
	                                        : send_command(c, cx, d, ret_words);
	KILL_POINT("message.sent");
	log_outcome(cx, d, outcome, *ret_words, is_over(c->office));
	return outcome;
}

/* Sends until nothing is due. The courier does not let go of what came of a message before it is
 * written down: a database that fails for a while would leave it "being sent" until the next start. */
static void make_rounds(struct courier *c)
{
	CTX_AUTO(one);
	CTX_AUTO(two);
	struct ctx *held = &one, *next = &two; /* of the message in hand, and of the one after it */
	struct delivery d;
	struct delivery_turn turn = { 0 };
	one.actor = two.actor = delivery_actor;
	for (;;) {
		bool over = is_over(c->office);
		ctx_reset(next);
		turn.cx = over ? NULL : next;
		if (over && !turn.done)
			return;
		if (take_turn(c->office, next, &turn)) {
			trouble(next, "message.trouble");
			bool lets_go = turn.done && PLANT("leave_sending");
			if (lets_go || over || !work_sleep(c->office->work, TROUBLE_MS))
				return;
			continue;
		}
		turn.done = NULL;
		if (turn.is_over || over) {
			tell_news(c->office);
			return;
		}
		if (!turn.has_next)
			continue;
		struct ctx *taken = next;
		next = held;
		held = taken;
		d = turn.next;
		turn.outcome = hand_over(c, held, &d, &turn.words);
		turn.done = &d;
	}
}

static void *serve(void *argument)
{
	struct courier *c = argument;
	struct office *office = c->office;
	unsigned seen = 0;
	pthread_setname_np(pthread_self(), "courier");
	for (;;) {
		pthread_mutex_lock(&office->lock);
		while (office->calls == seen && !office->is_over)
			pthread_cond_wait(&office->called, &office->lock);
		seen = office->calls;
		bool over = office->is_over;
		pthread_mutex_unlock(&office->lock);
		if (over)
			return NULL;
		make_rounds(c);
	}
}

static void call_couriers(struct office *office, bool over)
{
	pthread_mutex_lock(&office->lock);
	office->calls++;
	office->is_over = over;
	pthread_cond_broadcast(&office->called);
	pthread_mutex_unlock(&office->lock);
}

static enum err open_courier(struct office *office, struct ctx *cx, struct courier *c)
{
	c->office = office;
	enum err e = smtp_client_new(cx, &c->smtp);
	if (!e)
		e = http_client_new(cx, "Pomona/" POMONA_VERSION, &c->http);
	if (e)
		return e;
	if (pthread_create(&c->thread, NULL, serve, c))
		return err_set(cx, ERR_BUG, "deliver.thread", "A courier's thread cannot be made.");
	c->is_running = true;
	return OK;
}

/* What is under way is broken off: the queue then knows that it is in doubt. */
static void close_office(struct office *office)
{
	call_couriers(office, true);
	for (size_t i = 0; i < COURIERS; i++) {
		if (office->couriers[i].smtp)
			smtp_client_cancel(office->couriers[i].smtp);
		if (office->couriers[i].http)
			http_client_cancel(office->couriers[i].http);
	}
	for (size_t i = 0; i < COURIERS; i++) {
		if (office->couriers[i].is_running)
			pthread_join(office->couriers[i].thread, NULL);
		smtp_client_free(office->couriers[i].smtp);
		http_client_free(office->couriers[i].http);
	}
	pthread_cond_destroy(&office->called);
	pthread_cond_destroy(&office->served);
	pthread_mutex_destroy(&office->lock);
}

/* Until a message may be due, or the bell rings. While some wait it is looked at each second,
 * because the wall clock may be set. */
static void wait_for_work(struct office *office)
{
	CTX_AUTO(cx);
	int64_t next_at = 0;
	int64_t wait_ms = IDLE_MS;
	if (invitation_queue_next_at(office->app, &cx, &next_at))
		wait_ms = TROUBLE_MS;
	else if (next_at)
		wait_ms = LOOK_AGAIN_MS;
	wake_wait(office->app->deliver_wake, wait_ms);
}

static bool is_due(struct office *office)
{
	CTX_AUTO(cx);
	int64_t next_at = 0;
	enum err e = invitation_queue_next_at(office->app, &cx, &next_at);
	return e || (next_at && next_at <= clock_now_ms());
}

/* Only when nothing is due: what is left then was put off. After a start too. */
static void note_waits(struct office *office)
{
	pthread_mutex_lock(&office->lock);
	bool has_news = office->has_news;
	office->has_news = false;
	pthread_mutex_unlock(&office->lock);
	if (!has_news)
		return;
	CTX_AUTO(cx);
	if (!invitation_queue_note_waits(office->app, &cx))
		return;
	trouble(&cx, "message.waits");
	pthread_mutex_lock(&office->lock);
	office->has_news = true;
	pthread_mutex_unlock(&office->lock);
}

void deliver_run(struct work *w)
{
	struct office office = { .work = w, .app = work_app(w), .has_news = true };
	pthread_mutex_init(&office.lock, NULL);
	pthread_cond_init(&office.called, NULL);
	pthread_cond_init(&office.served, NULL);
	CTX_AUTO(cx);
	if (!PLANT("forget_messages") && invitation_queue_recover(office.app, &cx))
		trouble(&cx, "message.recover");
	for (size_t i = 0; i < COURIERS; i++)
		if (open_courier(&office, &cx, &office.couriers[i]))
			trouble(&cx, "message.courier");
	while (!work_is_stopping(w)) {
		if (is_due(&office))
			call_couriers(&office, false);
		else
			note_waits(&office);
		wait_for_work(&office);
	}
	close_office(&office);
}
