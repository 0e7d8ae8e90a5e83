/* Sending one batch: the intent is committed before the first byte leaves, the answer after it. */
#include <string.h>

#include "apple/client_config.h"
#include "apple/service_config.h"
#include "apple/users.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/plant.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/jobs.h"
#include "domain/life_cycle.h"
#include "store/calls.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/people.h"
#include "store/vpp_users.h"
#include "work/lane.h"

struct batch {
	const struct job *job;
	struct apple_call call;
	struct item *items;
	struct vpp_user *users;
	struct apple_request_user *requests;
	size_t count;
};

static size_t batch_size(struct lane *lane)
{
	int64_t limit = apple_limits(lane->app->apple).max_users;
	size_t size = limit < 1 ? 1 : (size_t)limit;
	if (size > LANE_BATCH_MAX)
		size = LANE_BATCH_MAX;
	if (lane->batch_limit && size > lane->batch_limit)
		size = lane->batch_limit;
	return size;
}

/* Reading back begins at the version the user list had before the call. */
static enum err know_version(struct lane *lane, struct ctx *cx)
{
	if (lane->users_version[0])
		return OK;
	struct apple_users_query query = { .page_index = 0 };
	struct apple_reply reply = { 0 };
	struct apple_users_page page = { 0 };
	enum err e = apple_users_get(lane->session, cx, &query, &reply, &page);
	lane_heard(lane, cx, e, &reply);
	if (e || !page.page.version_id ||
		strlen(page.page.version_id) >= sizeof(lane->users_version))
		return e;
	memcpy(lane->users_version, page.page.version_id, strlen(page.page.version_id) + 1);
	return OK;
}

/* Apple has no lock on a location: before a write, a fresh answer must have shown whose it is. */
static enum err know_owner(struct lane *lane, struct ctx *cx)
{
	if (clock_now_ms() - lane->owner_seen_at < LANE_OWNER_MS)
		return OK;
	struct apple_client_config config;
	struct apple_reply reply = { 0 };
	enum err e = apple_client_config_get(lane->session, cx, &reply, &config);
	lane_heard(lane, cx, e, &reply);
	return e;
}

/* What a create or update tells Apple about the person: only an address that Apple would take. */
static enum err fill_request(
	struct db *db, struct ctx *cx, const struct item *item, struct apple_request_user *request)
{
	struct person *person = NULL;
	if (text_equal(item->kind, "retire"))
		return OK;
	enum err e = people_find_even_deleted(db, cx, item->person_id, 0, &person);
	if (!e && text_is_email(person->email))
		request->email = person->email;
	return e;
}

/* The items of the batch as they stand now, inside the transaction that marks them. */
static enum err load(
	struct lane *lane, struct db *db, struct ctx *cx, const char *kind, struct batch *b)
{
	size_t limit = batch_size(lane);
	b->items = ARENA_ARRAY(cx->mem, struct item, limit);
	b->users = ARENA_ARRAY(cx->mem, struct vpp_user, limit);
	b->requests = ARENA_ARRAY(cx->mem, struct apple_request_user, limit);
	enum err e = items_sendable(
		db, cx, b->job->id, kind, clock_now_ms(), limit, b->items, &b->count);
	for (size_t i = 0; !e && i < b->count; i++) {
		e = vpp_users_find(db, cx, b->items[i].vpp_user_id, &b->users[i]);
		b->requests[i].client_user_id = b->users[i].client_user_id;
		if (!e)
			e = fill_request(db, cx, &b->items[i], &b->requests[i]);
	}
	return e;
}

static enum err write_intent(struct lane *lane, struct ctx *cx, const char *kind, struct batch *b)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = load(lane, db, cx, kind, b);
	if (e || !b->count)
		return e;
	b->call = (struct apple_call){
		.location_id = lane->location_id,
		.job_id = b->job->id,
		.kind = kind,
		.state = "intended",
		.since_version_id = lane->users_version[0] ? lane->users_version : NULL,
		.attempts = 1,
		.intended_at = clock_now_ms(),
	};
	e = calls_insert(db, cx, &b->call, &b->call.id);
	for (size_t i = 0; !e && i < b->count; i++) {
		b->items[i].state = "intended";
		b->items[i].call_id = b->call.id;
		b->items[i].reason = NULL;
		e = items_save(db, cx, &b->items[i]);
	}
	if (!e)
		e = jobs_set_step(db, cx, b->job->id, "Sending to Apple");
	if (!e && !PLANT("call_then_record"))
		e = db_commit(&db, cx);
	KILL_POINT("call.intended");
	return e;
}

static enum err send(struct lane *lane, struct ctx *cx, const struct batch *b,
	struct apple_reply *reply, const char **ret_event_id)
{
	if (text_equal(b->call.kind, "create"))
		return apple_users_create(
			lane->session, cx, b->requests, b->count, reply, ret_event_id);
	if (text_equal(b->call.kind, "update"))
		return apple_users_update(
			lane->session, cx, b->requests, b->count, reply, ret_event_id);
	return apple_users_retire(lane->session, cx, b->requests, b->count, reply, ret_event_id);
}

/* --- what came of it ------------------------------------------------------------------------ */

static enum err save_all(struct db *db, struct ctx *cx, struct batch *b, const char *state,
	const char *reason, int64_t not_before, bool counts_as_try)
{
	enum err e = OK;
	bool is_planned = text_equal(state, "planned");
	for (size_t i = 0; !e && i < b->count; i++) {
		b->items[i].state = state;
		b->items[i].reason = reason;
		b->items[i].not_before = not_before;
		b->items[i].attempts += counts_as_try;
		if (is_planned)
			b->items[i].call_id = 0;
		e = items_save(db, cx, &b->items[i]);
	}
	return e;
}

static enum err took(struct db *db, struct ctx *cx, struct batch *b, const char *event_id)
{
	b->call.state = "accepted";
	b->call.event_id = event_id;
	b->call.accepted_at = clock_now_ms();
	b->call.look_at = b->call.accepted_at + LANE_FIRST_POLL_MS;
	enum err e = save_all(db, cx, b, "accepted", NULL, 0, true);
	if (!e)
		e = jobs_set_step(db, cx, b->job->id, "Waiting for Apple to finish");
	return e;
}

static enum err doubt(struct lane *lane, struct db *db, struct ctx *cx, struct batch *b)
{
	int64_t now = clock_now_ms();
	const char *words = "The connection broke before Apple answered. Apple is looked up before "
			    "anything is sent again.";
	b->call.state = "unknown";
	b->call.reason = words;
	b->call.look_at = now + lane->app->settings.settle_ms;
	enum err e = save_all(db, cx, b, "unknown", words, 0, true);
	bool is_create = text_equal(b->call.kind, "create");
	for (size_t i = 0; !e && i < b->count && !text_equal(b->call.kind, "update"); i++)
		if (life_cycle_move(
			    &b->users[i], is_create ? LIFE_DOUBT_CREATE : LIFE_DOUBT_REMOVE, now))
			e = vpp_users_save(db, cx, &b->users[i]);
	return e;
}

static enum err not_done(
	struct db *db, struct ctx *cx, struct batch *b, const char *words, int64_t not_before)
{
	b->call.state = "final";
	b->call.reason = words;
	b->call.finished_at = clock_now_ms();
	return save_all(db, cx, b, "planned", words, not_before, false);
}

/* Apple refuses a batch whole when one of its users is wrong: halves find which one. */
static enum err refused(struct lane *lane, struct db *db, struct ctx *cx, struct batch *b,
	const struct apple_reply *reply)
{
	const struct apple_error *known = apple_error_find(reply->number);
	const char *words =
		known->number
			? arena_printf(cx->mem, "%s (Apple %d)", known->means, known->number)
			: arena_printf(cx->mem, "Apple refused it with the unknown number %d: %s",
				  reply->number, reply->message ? reply->message : "");
	if (reply->class == APPLE_FIX_US)
		apple_service_forget(lane->app->apple);
	if (b->count > 1) {
		lane->batch_limit = b->count / 2;
		return not_done(db, cx, b, words, 0);
	}
	b->call.state = "final";
	b->call.reason = words;
	b->call.finished_at = clock_now_ms();
	struct vpp_user *u = &b->users[0];
	u->failed_number = reply->number;
	u->failed_reason = words;
	if (text_equal(b->call.kind, "retire"))
		life_cycle_move(u,
			text_equal(u->apple_status, "Associated") ? LIFE_REMOVE_FAILED_ASSOCIATED
								  : LIFE_REMOVE_FAILED_REGISTERED,
			clock_now_ms());
	enum err e = vpp_users_save(db, cx, u);
	if (!e)
		e = jobs_end_item(db, cx, b->items[0].id, "failed", reply->number, words);
	return e;
}

static const char *wait_words(struct ctx *cx, const struct apple_reply *reply)
{
	if (reply->is_foreign)
		return "Held: another service manages this location at Apple.";
	if (reply->number)
		return arena_strdup(cx->mem, apple_error_find(reply->number)->means);
	if (reply->sent == HTTP_NOT_SENT)
		return "Apple could not be reached; nothing was sent. Tried again by itself.";
	return "Apple asked us to wait; nothing was changed. Tried again by itself.";
}

static enum err write_outcome(struct lane *lane, struct ctx *cx, struct batch *b, enum err sent,
	const struct apple_reply *reply, const char *event_id)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (e)
		return e;
	bool is_answer = reply->sent == HTTP_ANSWERED;
	if (PLANT("call_then_record") && calls_insert(db, cx, &b->call, &b->call.id))
		return ERR_BUG;
	if (sent == ERR_UNCERTAIN && PLANT("repeat_at_once"))
		e = not_done(db, cx, b, "", 0);
	else if (sent == OK && event_id)
		e = took(db, cx, b, event_id);
	else if (sent == OK || sent == ERR_UNCERTAIN ||
		 (is_answer && reply->number && reply->class == APPLE_UNKNOWN))
		e = doubt(lane, db, cx, b);
	else if (is_answer && (reply->class == APPLE_ITEM || reply->class == APPLE_FIX_US))
		e = refused(lane, db, cx, b, reply);
	else
		e = not_done(db, cx, b, wait_words(cx, reply), 0);
	if (!e)
		e = calls_save(db, cx, &b->call);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("call.outcome");
	return e;
}

/* A look without the writer: most rounds have nothing of a kind to send. */
static enum err has_items(
	struct lane *lane, struct ctx *cx, const struct job *job, const char *kind, bool *ret_has)
{
	struct item item;
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = items_sendable(db, cx, job->id, kind, clock_now_ms(), 1, &item, &count);
	*ret_has = count > 0;
	return e;
}

enum err lane_send(struct lane *lane, struct ctx *cx, const struct job *job, const char *kind,
	bool *ret_worked)
{
	struct batch b = { .job = job };
	struct apple_reply reply = { 0 };
	const char *event_id = NULL;
	bool has_some = false;
	enum err e = has_items(lane, cx, job, kind, &has_some);
	if (e || !has_some)
		return e;
	e = know_version(lane, cx);
	if (!e && lane->may_go_on)
		e = know_owner(lane, cx);
	if (e || !lane->may_go_on)
		return e;
	e = write_intent(lane, cx, kind, &b);
	if (e || !b.count)
		return e;
	*ret_worked = true;
	enum err sent = send(lane, cx, &b, &reply, &event_id);
	KILL_POINT("call.sent");
	/* A wait or another owner is known before anything else: after a kill it still holds. */
	lane_heard(lane, cx, sent, &reply);
	e = write_outcome(lane, cx, &b, sent, &reply, event_id);
	lane->is_in_doubt = e != OK && !PLANT("leave_intended");
	if (e)
		return e;
	if (sent == OK && lane->batch_limit)
		lane->batch_limit *= 2;
	log_event(LOG_INFO, "apple.call",
		"location=%lld job=%lld kind=%s users=%zu result=%s ms=%lld",
		(long long)lane->location_id, (long long)job->id, kind, b.count, err_name(sent),
		(long long)reply.duration_ms);
	jobs_publish(lane->app, cx, job->id);
	return OK;
}
