#include "apple/client.h"

#include "apple/redact.h"
#include "apple/service_config.h"
#include "apple/session.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/plant.h"
#include "base/secret.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define WAIT_MS         60000 /* for an answer, before it is looked for again */
#define SHOWN_BYTES     4096  /* of a body, in the record */
#define OWNER_FRESH_MS  (3 * 60 * 1000)
#define SLOWER_FIRST_MS 60000 /* "too many", "not available": Apple means it */
#define SLOWER_LAST_MS  (30 * 60 * 1000LL)
#define FAULT_FIRST_MS  2000 /* a fault that may be over at once */
#define FAULT_LAST_MS   (10 * 60 * 1000LL)

/* A wait is obeyed exactly and then a little more, so that many installations that were told the
 * same do not come back at the same moment. */
static int64_t with_jitter(int64_t ms)
{
	uint16_t random;
	secret_random(&random, sizeof(random));
	return ms + ms / 10 * random / UINT16_MAX;
}

/* Did Apple ask us to wait, or did something break there? */
static bool asks_to_wait(const struct apple_reply *reply)
{
	return reply->http_status == 429 || reply->http_status == 503 ||
	       reply->number == APPLE_TOO_MANY_REQUESTS || reply->number == APPLE_MAINTENANCE ||
	       reply->number == APPLE_UNAVAILABLE;
}

/* Apple need not say how long to wait. Our own wait doubles as long as it goes on. */
static int64_t own_wait(int64_t *wait_ms, const struct apple_reply *reply)
{
	bool is_asked = asks_to_wait(reply);
	int64_t first = is_asked ? SLOWER_FIRST_MS : FAULT_FIRST_MS;
	int64_t last = is_asked ? SLOWER_LAST_MS : FAULT_LAST_MS;
	int64_t wait = *wait_ms * 2;
	*wait_ms = wait < first ? first : wait > last ? last : wait;
	return *wait_ms;
}

/* A fault of Apple's on a write leaves the write in doubt, and is a reason to go slower like one on a
 * read: else each of a thousand batches would be put in doubt within a minute. */
static void note_wait(struct apple_session *s, enum err e, struct apple_reply *reply, bool is_write)
{
	struct apple_lane *lane = s->lane;
	bool is_fault = e == ERR_LIMITED || (e == ERR_UNCERTAIN && reply->sent == HTTP_ANSWERED);
	pthread_mutex_lock(&s->apple->lock);
	if (is_fault && reply->retry_after_ms == 0)
		reply->retry_after_ms = own_wait(&lane->own_wait_ms[is_write], reply);
	else if (e == OK)
		lane->own_wait_ms[is_write] = 0;
	pthread_mutex_unlock(&s->apple->lock);
	if (reply->retry_after_ms == 0)
		return;
	reply->retry_after_ms =
		with_jitter(PLANT("ignore_retry_after") ? 1 : reply->retry_after_ms);
	pacer_close_until(lane->pacer, clock_now_ms() + reply->retry_after_ms);
}

/* Owner marks are UUIDs: the case of their letters means nothing. */
static void compare_owner(struct apple_session *s, struct apple_reply *reply)
{
	reply->is_foreign = !PLANT("ignore_owner") && s->mdm_id && reply->mdm_id &&
	                    strcasecmp(s->mdm_id, reply->mdm_id) != 0;
	reply->is_other_location = s->uid && reply->uid && strcmp(s->uid, reply->uid) != 0;
	if (reply->is_foreign || reply->is_other_location)
		s->may_not_write = true;
	else if (reply->class == APPLE_FINE)
		s->owner_seen_at = clock_mono_ms();
}

/* The one place from which calls and answers are told, already without secrets. */
static void record(struct apple_session *s, struct ctx *cx, const char *operation,
	const struct http_call *call, const struct http_answer *answer, int number)
{
	if (!s->recorder)
		return;
	struct apple_exchange exchange = {
		.operation = operation,
		.method = call->method,
		.url = call->url,
		.request = apple_redact(cx, call->body, call->body_length, SHOWN_BYTES),
		.http_status = answer->status,
		.response = apple_redact(cx, answer->body, answer->body_length, SHOWN_BYTES),
		.failure = answer->failure,
		.number = number,
		.duration_ms = answer->duration_ms,
	};
	s->recorder(s->recorder_arg, &exchange);
}

static void note_clock(struct apple *apple, const struct http_answer *answer)
{
	int64_t theirs;
	if (answer->date && clock_parse_http_date(answer->date, &theirs) == OK)
		apple->clock_ahead_ms = clock_now_ms() - theirs;
}

static enum err judge(struct apple_session *s, struct ctx *cx, const char *operation,
	const struct http_call *call, const struct http_answer *answer, struct apple_reply *reply,
	const struct json **ret_root)
{
	bool is_write = call->body != NULL;
	enum err e = apple_judge(cx, answer, is_write, reply, ret_root);
	record(s, cx, operation, call, answer, reply->number);
	note_clock(s->apple, answer);
	reply->operation = operation;
	compare_owner(s, reply);
	note_wait(s, e, reply, is_write);
	if (e)
		cx->error.retry_after_ms = reply->retry_after_ms;
	if (reply->class == APPLE_FIX_US)
		apple_service_forget(s->apple);
	return e;
}

/* The part before any byte leaves: the address. The reply says "not sent". */
static enum err find_address(struct apple_session *s, struct ctx *cx, const char *operation,
	struct apple_reply *reply, const char **ret_url)
{
	*reply = (struct apple_reply){
		.operation = operation,
		.sent = HTTP_NOT_SENT,
		.class = APPLE_WAIT,
	};
	enum err e = apple_service_refresh(s->apple, cx);
	if (e) {
		reply->retry_after_ms = cx->error.retry_after_ms;
		return e;
	}
	*ret_url = apple_operation_url(s->apple, cx, operation);
	return *ret_url ? OK
	                : err_set(cx, ERR_BUG, "apple.operation", "There is no address for %s.",
				  operation);
}

/* The address, and our turn. */
static enum err prepare(struct apple_session *s, struct ctx *cx, const char *operation,
	struct apple_reply *reply, const char **ret_url)
{
	enum err e = find_address(s, cx, operation, reply, ret_url);
	if (e)
		return e;
	e = pacer_take(s->lane->pacer, cx, s->priority);
	if (e)
		reply->retry_after_ms = cx->error.retry_after_ms;
	return e;
}

static struct http_call read_call(
	struct apple_session *s, struct ctx *cx, const char *url, const char *query)
{
	const char *mark = strchr(url, '?') ? "&" : "?";
	return (struct http_call){
		.method = "GET",
		.url = *query ? arena_printf(cx->mem, "%s%s%s", url, mark, query) : url,
		.headers = { s->authorization, "Accept: application/json" },
		.answer_limit_bytes = APPLE_ANSWER_LIMIT_BYTES,
	};
}

enum err apple_read(struct apple_session *s, struct ctx *cx, const char *operation,
	const char *query, struct apple_reply *ret_reply, const struct json **ret_root)
{
	const char *url;
	*ret_root = NULL;
	enum err e = prepare(s, cx, operation, ret_reply, &url);
	if (e)
		return e;
	struct http_call call = read_call(s, cx, url, query);
	struct http_answer answer = { 0 };
	e = http_client_call(s->client, cx, &call, &answer);
	if (e && e != ERR_REMOTE)
		return e;
	return judge(s, cx, operation, &call, &answer, ret_reply, ret_root);
}

enum err apple_read_begin(struct apple_session *s, struct apple_flight *flight,
	const char *operation, const char *query, size_t place, struct apple_reply *ret_reply,
	int64_t *ret_wait_ms)
{
	const char *url;
	struct ctx *cx = &flight->cx;
	enum err e = find_address(s, cx, operation, ret_reply, &url);
	if (!e)
		e = pacer_try(s->lane->pacer, cx, s->priority, ret_wait_ms);
	if (e)
		ret_reply->retry_after_ms = cx->error.retry_after_ms;
	if (e || *ret_wait_ms)
		return e;
	flight->operation = operation;
	flight->call = read_call(s, cx, url, query);
	http_client_begin(s->client, cx, &flight->call, place);
	return OK;
}

enum err apple_read_take(struct apple_session *s, struct apple_flight *flight, size_t place,
	struct apple_reply *ret_reply, const struct json **ret_root)
{
	struct http_answer answer = { 0 };
	*ret_root = NULL;
	enum err e = http_client_take(s->client, place, &answer);
	if (e && e != ERR_REMOTE)
		return e;
	return judge(
		s, &flight->cx, flight->operation, &flight->call, &answer, ret_reply, ret_root);
}

static enum err refuse_foreign(const struct apple_session *s, struct ctx *cx)
{
	if (!s->may_not_write)
		return OK;
	return err_set(cx, ERR_CONFLICT, "apple.foreign_owner",
		"Another service manages this location now. Nothing was sent to Apple.");
}

/* Nothing is written on an old belief about whose the location is: an answer of the last minutes has
 * shown it, or Apple is asked now. What that question meets is told of the write as "not sent". */
static enum err check_owner(struct apple_session *s, struct ctx *cx, struct apple_reply *reply)
{
	const struct json *root;
	bool is_fresh = s->owner_seen_at && clock_mono_ms() - s->owner_seen_at < OWNER_FRESH_MS;
	if (s->mdm_id && !is_fresh && !s->may_not_write) {
		enum err e = apple_read(s, cx, "clientConfig", "", reply, &root);
		reply->sent = HTTP_NOT_SENT;
		if (e)
			return e;
	}
	return refuse_foreign(s, cx);
}

/* All that is ever written at Apple comes by here: what only observes goes no further. */
static enum err check_may_write(const struct apple_session *s, struct ctx *cx)
{
	if (!s->only_reads)
		return OK;
	return err_set(cx, ERR_CONFLICT, "apple.observe_only",
		"This location is only observed. Nothing was sent to Apple.");
}

static struct http_call write_call(
	const struct apple_session *s, const char *url, const struct apple_write_one *w)
{
	return (struct http_call){
		.method = "POST",
		.url = url,
		.headers = { s->authorization, "Accept: application/json",
			"Content-Type: application/json" },
		.body = w->body,
		.body_length = w->length,
		.answer_limit_bytes = APPLE_ANSWER_LIMIT_BYTES,
	};
}

/* May the next one leave? Not when an answer to those before showed another owner, or asked to wait. */
static enum err try_turn(struct apple_session *s, struct ctx *cx, int64_t *ret_wait_ms)
{
	enum err e = refuse_foreign(s, cx);
	return e ? e : pacer_try(s->lane->pacer, cx, s->priority, ret_wait_ms);
}

/* A row of writes under way. */
struct row {
	struct apple_session *session;
	struct ctx *cx;
	const char *operation, *url;
	const struct apple_writer *writer;
	struct apple_write_one *ready; /* waits for its turn; NULL: none */
	bool is_more;                  /* there may be another */
	enum err refused;              /* nothing more may leave, with this reply */
	struct apple_reply reply;
	struct apple_write_one *writes[APPLE_MAX_WRITES_IN_FLIGHT]; /* by place; NULL: it is free */
	struct http_call calls[APPLE_MAX_WRITES_IN_FLIGHT];
};

static size_t free_place(const struct row *r)
{
	size_t place = 0;
	while (place < APPLE_MAX_WRITES_IN_FLIGHT && r->writes[place])
		place++;
	return place;
}

static bool is_any_under_way(const struct row *r)
{
	for (size_t i = 0; i < APPLE_MAX_WRITES_IN_FLIGHT; i++)
		if (r->writes[i])
			return true;
	return false;
}

static void end_write(struct row *r, struct apple_write_one *write, enum err result)
{
	write->result = result;
	r->writer->done(r->writer->arg, write);
}

/* Sends what is ready if it is its turn; how long until it may be. */
static int64_t begin_ready(struct row *r)
{
	int64_t wait = WAIT_MS;
	size_t place = free_place(r);
	if (r->ready && !r->refused && place < APPLE_MAX_WRITES_IN_FLIGHT) {
		r->refused = try_turn(r->session, r->cx, &wait);
		if (r->refused)
			r->reply.retry_after_ms = r->cx->error.retry_after_ms;
	}
	if (r->ready && r->refused) {
		r->ready->reply = r->reply;
		end_write(r, r->ready, r->refused);
		r->ready = NULL;
	} else if (r->ready && !wait) {
		r->writes[place] = r->ready;
		r->calls[place] = write_call(r->session, r->url, r->ready);
		http_client_begin(r->session->client, r->cx, &r->calls[place], place);
		r->ready = NULL;
	}
	return wait;
}

/* An answer that asks to wait closes the pacer for those that have not left. */
static void hear_answers(struct row *r)
{
	for (size_t i = 0; i < APPLE_MAX_WRITES_IN_FLIGHT; i++) {
		struct apple_write_one *write = r->writes[i];
		struct http_answer answer = { 0 };
		if (!write || !http_client_is_over(r->session->client, i))
			continue;
		enum err e = http_client_take(r->session->client, i, &answer);
		r->writes[i] = NULL;
		if (!e || e == ERR_REMOTE)
			e = judge(r->session, r->cx, r->operation, &r->calls[i], &answer,
				&write->reply, &write->root);
		end_write(r, write, e);
	}
}

void apple_write_row(struct apple_session *s, struct ctx *cx, const char *operation,
	const struct apple_writer *writer)
{
	struct row r = { .session = s,
		.cx = cx,
		.operation = operation,
		.writer = writer,
		.is_more = true,
		.reply = { .operation = operation, .sent = HTTP_NOT_SENT } };
	r.refused = check_may_write(s, cx);
	if (!r.refused)
		r.refused = check_owner(s, cx, &r.reply);
	if (!r.refused)
		r.refused = find_address(s, cx, operation, &r.reply, &r.url);
	while (r.is_more || r.ready || is_any_under_way(&r)) {
		if (r.is_more && !r.ready) {
			r.ready = writer->next(writer->arg);
			r.is_more = r.ready != NULL;
		}
		int64_t wait = begin_ready(&r);
		r.is_more = r.is_more && !r.refused;
		/* Nothing to wait for: the next is made ready, or all is over. */
		if (!r.ready && (r.is_more || !is_any_under_way(&r)))
			wait = 0;
		http_client_go_on(s->client, wait);
		hear_answers(&r);
	}
}

/* A row of one. */
struct single {
	struct apple_write_one write;
	bool is_given;
};

static struct apple_write_one *single_next(void *arg)
{
	struct single *single = arg;
	bool was_given = single->is_given;
	single->is_given = true;
	return was_given ? NULL : &single->write;
}

static void single_done(void *arg, struct apple_write_one *write)
{
	(void)arg;
	(void)write;
}

enum err apple_write(struct apple_session *s, struct ctx *cx, const char *operation,
	const char *body, size_t length, struct apple_reply *ret_reply,
	const struct json **ret_root)
{
	struct single single = { .write = { .body = body, .length = length } };
	struct apple_writer writer = { single_next, single_done, &single };
	apple_write_row(s, cx, operation, &writer);
	*ret_reply = single.write.reply;
	if (!single.write.result)
		*ret_root = single.write.root;
	return single.write.result;
}
