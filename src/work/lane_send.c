/* Sending: intents are committed before the first byte leaves, answers after it. A few batches go at
 * once, so that Apple's pace is kept although each answer takes its time. */
#include <stddef.h>
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

#define OPEN_LATELY_MS (10 * 60 * 1000)

/* One request. */
struct batch {
	const struct job *job;
	struct apple_call call;
	struct item *items;
	struct vpp_user *users;
	struct apple_request_user *requests;
	size_t count;
	struct apple_batch sent;
	const char *words; /* why it is in doubt; NULL: nothing was said */
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

/* What is open since a moment ago is read now; from there on each list tells only what is new. */
static enum err know_open_calls(struct lane *lane, struct ctx *cx)
{
	struct apple_call oldest;
	bool is_whole;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = calls_oldest_open(db, cx, lane->location_id, &oldest);
	db_release(&db);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e || !oldest.since_version_id || clock_now_ms() - oldest.intended_at > OPEN_LATELY_MS)
		return e;
	return lane_read_changes(lane, cx, &oldest, 1, &is_whole);
}

/* Reading back begins at the version the user list had before the call. */
static enum err know_version(struct lane *lane, struct ctx *cx)
{
	enum err e = lane->users_version[0] ? OK : know_open_calls(lane, cx);
	if (e || lane->users_version[0] || !lane->may_go_on)
		return e;
	struct apple_users_query query = { .page_index = 0 };
	struct apple_reply reply = { 0 };
	struct apple_users_page page = { 0 };
	e = apple_users_get(lane->session, cx, &query, &reply, &page);
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

/* The items as they stand now, inside the transaction that marks them. */
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

static enum err intend(
	struct lane *lane, struct db *db, struct ctx *cx, const char *kind, struct batch *b)
{
	b->call = (struct apple_call){
		.location_id = lane->location_id,
		.job_id = b->job->id,
		.kind = kind,
		.users = (int64_t)b->count,
		.state = "intended",
		.since_version_id = lane->users_version[0] ? lane->users_version : NULL,
		.attempts = 1,
		.intended_at = clock_now_ms(),
	};
	enum err e = calls_insert(db, cx, &b->call, &b->call.id);
	for (size_t i = 0; !e && i < b->count; i++) {
		b->items[i].state = "intended";
		b->items[i].call_id = b->call.id;
		b->items[i].reason = NULL;
		e = items_save(db, cx, &b->items[i]);
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
	e = intend(lane, db, cx, kind, b);
	if (!e)
		e = jobs_set_step(db, cx, b->job->id, "Sending to Apple");
	if (!e && !PLANT("call_then_record"))
		e = db_commit(&db, cx);
	if (!e && !lane->covered_from && lane->users_version[0])
		lane->covered_from = b->call.id;
	KILL_POINT("call.intended");
	return e;
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

/* Of many people Apple tells by itself, and reading before costs more than it brings. */
static int64_t first_poll_ms(const struct lane *lane, const struct batch *b)
{
	bool is_told = text_equal(lane->location.hook_state, "on") && b->count > LANE_FEW;
	return is_told ? LANE_TOLD_POLL_MS : LANE_FIRST_POLL_MS;
}

static enum err took(
	struct lane *lane, struct db *db, struct ctx *cx, struct batch *b, const char *event_id)
{
	b->call.state = "accepted";
	b->call.event_id = event_id;
	b->call.accepted_at = clock_now_ms();
	b->call.look_at = b->call.accepted_at + first_poll_ms(lane, b);
	enum err e = save_all(db, cx, b, "accepted", NULL, 0, true);
	if (!e)
		e = jobs_set_step(db, cx, b->job->id, "Waiting for Apple to finish");
	return e;
}

static enum err doubt(struct lane *lane, struct db *db, struct ctx *cx, struct batch *b)
{
	int64_t now = clock_now_ms();
	const char *words =
		b->words ? b->words
			 : "The connection broke before Apple answered. Apple is looked up "
			   "before anything is sent again.";
	for (size_t i = 0; i < b->count; i++)
		b->items[i].apple_number = b->sent.reply.number;
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

static enum err write_outcome(struct lane *lane, struct db *db, struct ctx *cx, struct batch *b,
	const struct apple_batch *sent)
{
	const struct apple_reply *reply = &sent->reply;
	enum err e = OK;
	bool is_answer = reply->sent == HTTP_ANSWERED;
	if (PLANT("call_then_record") && calls_insert(db, cx, &b->call, &b->call.id))
		return ERR_BUG;
	if (sent->result == ERR_UNCERTAIN && PLANT("repeat_at_once"))
		e = not_done(db, cx, b, "", 0);
	else if (sent->result == OK && sent->event_id)
		e = took(lane, db, cx, b, sent->event_id);
	else if (sent->result == OK || sent->result == ERR_UNCERTAIN ||
		 (is_answer && reply->number && reply->class == APPLE_UNKNOWN))
		e = doubt(lane, db, cx, b);
	else if (is_answer && (reply->class == APPLE_ITEM || reply->class == APPLE_FIX_US))
		e = refused(lane, db, cx, b, reply);
	else
		e = not_done(db, cx, b, wait_words(cx, reply), 0);
	return e ? e : calls_save(db, cx, &b->call);
}

static enum err commit_outcome(
	struct lane *lane, struct ctx *cx, struct batch *b, const struct apple_batch *sent)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = write_outcome(lane, db, cx, b, sent);
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

/* --- a row of batches ------------------------------------------------------------------------ */

struct sending {
	struct lane *lane;
	struct ctx *cx;
	const struct job *job;
	const char *kind;
	size_t made, most;
	int64_t until; /* monotonic: others have their turn then */
	enum err e;
};

static struct apple_batch *next_batch(void *arg)
{
	struct sending *s = arg;
	if (s->e || !s->lane->may_go_on || s->made == s->most ||
		(s->made && clock_mono_ms() >= s->until))
		return NULL;
	struct batch *b = ARENA_NEW(s->cx->mem, struct batch);
	*b = (struct batch){ .job = s->job };
	s->e = write_intent(s->lane, s->cx, s->kind, b);
	if (s->e || !b->count)
		return NULL;
	s->made++;
	b->sent = (struct apple_batch){ .users = b->requests, .count = b->count };
	return &b->sent;
}

static void batch_done(void *arg, struct apple_batch *sent)
{
	struct sending *s = arg;
	struct lane *lane = s->lane;
	struct batch *b = (struct batch *)((char *)sent - offsetof(struct batch, sent));
	KILL_POINT("call.sent");
	if (sent->result == ERR_UNCERTAIN && s->cx->error.code == ERR_UNCERTAIN)
		b->words = arena_strdup(s->cx->mem, s->cx->error.sentence);
	/* A wait or another owner is known before anything else: after a kill it still holds. */
	lane_heard(lane, s->cx, sent->result, &sent->reply);
	enum err e = commit_outcome(lane, s->cx, b, sent);
	lane->is_in_doubt = lane->is_in_doubt || (e != OK && !PLANT("leave_intended"));
	s->e = s->e ? s->e : e;
	if (e)
		return;
	if (sent->result == OK && lane->batch_limit)
		lane->batch_limit *= 2;
	log_event(LOG_INFO, "apple.call",
		"location=%lld job=%lld kind=%s users=%zu result=%s ms=%lld",
		(long long)lane->location_id, (long long)s->job->id, s->kind, b->count,
		err_name(sent->result), (long long)sent->reply.duration_ms);
	jobs_publish(lane->app, s->cx, s->job->id);
}

enum err lane_send(struct lane *lane, struct ctx *cx, const struct job *job, const char *kind,
	bool *ret_worked)
{
	bool has_some = false;
	enum err e = has_items(lane, cx, job, kind, &has_some);
	if (e || !has_some)
		return e;
	e = know_version(lane, cx);
	if (!e && lane->may_go_on)
		e = know_owner(lane, cx);
	if (e || !lane->may_go_on)
		return e;
	struct sending s = { .lane = lane, .cx = cx, .job = job, .kind = kind };
	/* Halves of a batch that was refused go one by one. */
	s.most = lane->batch_limit ? 1 : LANE_CALLS_A_ROUND;
	s.until = clock_mono_ms() + LANE_ROUND_MS;
	enum apple_users_verb verb = text_equal(kind, "create")   ? APPLE_USERS_CREATE
	                             : text_equal(kind, "update") ? APPLE_USERS_UPDATE
	                                                          : APPLE_USERS_RETIRE;
	apple_users_send(
		lane->session, cx, verb, &(struct apple_batches){ next_batch, batch_done, &s });
	*ret_worked = *ret_worked || s.made;
	return s.e;
}
