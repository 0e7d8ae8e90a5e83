/* Asking Apple how far it is with what it took. A queued answer proves nothing: an event that is
 * over is only the sign to read the records back (lane_look.c). */
#include <string.h>

#include "apple/events.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/plant.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/jobs.h"
#include "domain/life_cycle.h"
#include "store/calls.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/vpp_users.h"
#include "work/lane.h"
#include "work/lane_traffic.h"

#define SLOW_MS     (60 * 60 * 1000LL)
#define LATE_MS     (60 * 1000LL)
#define PATIENCE_MS (10 * 1000LL)
#define GIVE_UP_MS  (24 * 60 * 60 * 1000LL)

int64_t lane_backoff_ms(int64_t base_ms, int64_t n, int64_t cap_ms)
{
	int64_t ms = base_ms;
	while (n-- > 0 && ms < cap_ms)
		ms *= 2;
	return ms < cap_ms ? ms : cap_ms;
}

/* Numbers that say "it is so already", which the record has to prove. */
static bool is_already(const char *kind, int number)
{
	if (text_equal(kind, "create"))
		return number == APPLE_ALREADY_REGISTERED && !PLANT("9716_fails");
	if (text_equal(kind, "retire"))
		return number == APPLE_ALREADY_RETIRED || number == APPLE_USER_NOT_FOUND;
	return false;
}

static const char *failure_words(struct ctx *cx, const struct apple_failure *failure)
{
	const struct apple_error *known = apple_error_find(failure->number);
	if (known->number)
		return arena_printf(
			cx->mem, "%s %s (Apple %d)", known->means, known->how, known->number);
	return arena_printf(cx->mem, "Apple refused it with the unknown number %d: %s",
		failure->number, failure->message ? failure->message : "no words");
}

static enum err fail_item(struct db *db, struct ctx *cx, const struct item *item,
	struct vpp_user *u, const struct apple_failure *failure)
{
	const char *words = failure_words(cx, failure);
	if (PLANT("no_words"))
		words = NULL;
	u->failed_number = failure->number;
	u->failed_reason = words;
	if (text_equal(item->kind, "retire"))
		life_cycle_move(u,
			text_equal(u->apple_status, "Associated") ? LIFE_REMOVE_FAILED_ASSOCIATED
								  : LIFE_REMOVE_FAILED_REGISTERED,
			clock_now_ms());
	enum err e = vpp_users_save(db, cx, u);
	if (!e)
		e = jobs_end_item(db, cx, item->id, "failed", failure->number, words);
	return e;
}

/* One item whose name stands among the event's failures. */
static enum err take_failure(struct db *db, struct ctx *cx, struct item *item, struct vpp_user *u,
	const struct apple_failure *failure)
{
	item->apple_number = failure->number;
	if (is_already(item->kind, failure->number)) {
		item->reason = failure_words(cx, failure);
		return items_save(db, cx, item);
	}
	bool is_later = apple_error_find(failure->number)->class == APPLE_WAIT;
	if (!is_later || item->attempts >= LANE_TRIES)
		return fail_item(db, cx, item, u, failure);
	item->state = "planned";
	item->call_id = 0;
	item->reason = failure_words(cx, failure);
	item->not_before = clock_now_ms() + lane_backoff_ms(5000, item->attempts * 2, 120000);
	return items_save(db, cx, item);
}

static enum err take_failures(struct db *db, struct ctx *cx, const struct apple_call *call,
	const struct apple_event *event)
{
	struct item *items = ARENA_ARRAY(cx->mem, struct item, LANE_BATCH_MAX);
	size_t count = 0;
	enum err e = items_of_call(db, cx, call->id, LANE_BATCH_MAX, items, &count);
	for (size_t i = 0; !e && i < count; i++) {
		struct vpp_user u;
		if (!jobs_item_is_open(&items[i]))
			continue;
		e = vpp_users_find(db, cx, items[i].vpp_user_id, &u);
		if (e)
			return e;
		const struct apple_failure *failure =
			apple_event_failure_of(event, u.client_user_id);
		if (failure)
			e = take_failure(db, cx, &items[i], &u, failure);
	}
	return e;
}

/* Apple is not done yet: ask again later, never send again because it is slow. */
static void ask_later(struct apple_call *call, int64_t now)
{
	call->looks++;
	call->look_at = now + lane_backoff_ms(LANE_FIRST_POLL_MS, call->looks, LANE_LAST_POLL_MS);
	if (now - call->accepted_at > SLOW_MS)
		call->reason =
			"Apple has not finished for more than an hour. It is asked every five "
			"minutes; nothing is sent twice.";
	if (now - call->accepted_at > GIVE_UP_MS) {
		call->state = "complete";
		call->looks = 0;
		call->look_at = now;
		call->reason = "Apple did not finish within a day; its list decides.";
	}
}

static enum err write_state(struct lane *lane, struct ctx *cx, struct apple_call *call,
	const struct apple_event *event, const struct apple_reply *reply)
{
	DB_AUTO(db);
	int64_t now = clock_now_ms();
	enum err e = db_write(lane->app->db, cx, &db);
	if (e)
		return e;
	if (reply->number == APPLE_UNKNOWN_EVENT) {
		call->state = "unknown";
		call->reason = "Apple does not know the event any more; its list decides.";
		call->looks = 0;
		call->look_at = now;
	} else if (event->state == APPLE_EVENT_COMPLETE || event->state == APPLE_EVENT_FAILED) {
		e = PLANT("drop_failures") ? OK : take_failures(db, cx, call, event);
		call->state = "complete";
		call->looks = 0;
		call->look_at = now;
	} else {
		ask_later(call, now);
	}
	if (!e)
		e = calls_save(db, cx, call);
	if (!e && call->reason && text_equal(call->state, "accepted"))
		e = jobs_set_step(db, cx, call->job_id, call->reason);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("event.written");
	return e;
}

static enum err poll_one(struct lane *lane, struct ctx *cx, struct apple_call *call)
{
	struct apple_reply reply = { 0 };
	struct apple_event event = { 0 };
	lane_traffic_of(lane, call->job_id);
	enum err e = apple_event_get(lane->session, cx, call->event_id, &reply, &event);
	bool may_go_on = lane_heard(lane, cx, e, &reply);
	if (e && reply.number == APPLE_UNKNOWN_EVENT)
		e = OK;
	if (e || !may_go_on)
		return e;
	e = write_state(lane, cx, call, &event, &reply);
	if (!e)
		jobs_publish(lane->app, cx, call->job_id);
	return e;
}

/* --- which to ask ----------------------------------------------------------------------------- */

/* Calls that Apple took: those that are due longest come first. */
static enum err find_accepted(struct lane *lane, struct ctx *cx, struct apple_call *calls,
	size_t *ret_count, struct lane_waiting *ret_waiting)
{
	int64_t now = clock_now_ms();
	*ret_count = 0;
	*ret_waiting = (struct lane_waiting){ 0 };
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = calls_accepted(db, cx, lane->location_id, LANE_CALLS_DUE, calls, ret_count);
	for (size_t i = 0; !e && i < *ret_count; i++)
		lane_wait_for(ret_waiting, &calls[i], now);
	return e;
}

/* A call that the list does not prove is asked for its state when there is a reason to think that
 * it is over: Apple told so, a part of it is done, it is the first of those that wait, or it is late. */
static bool is_worth_asking(const struct lane *lane, const struct apple_call *call,
	const struct lane_proof *proof, bool is_partly, bool is_first)
{
	int64_t waited = proof->started_at - call->accepted_at;
	if (call->told_at)
		return call->told_at < proof->started_at && !proof->has_moved;
	return is_partly || waited > LATE_MS ||
	       (is_first && (!lane->is_sending || waited > PATIENCE_MS));
}

/* No reason to ask: the list is looked at again later. */
static enum err put_off(
	struct lane *lane, struct ctx *cx, struct apple_call *const *calls, size_t count)
{
	if (!count)
		return OK;
	DB_AUTO(db);
	int64_t now = clock_now_ms();
	enum err e = db_write(lane->app->db, cx, &db);
	for (size_t i = 0; !e && i < count; i++) {
		ask_later(calls[i], now);
		e = calls_save(db, cx, calls[i]);
	}
	return e ? e : db_commit(&db, cx);
}

static enum err poll_unproven(struct lane *lane, struct ctx *cx, struct apple_call *calls,
	size_t count, const struct lane_proof *proof)
{
	struct apple_call **later = ARENA_ARRAY(cx->mem, struct apple_call *, count);
	size_t later_count = 0;
	bool is_first = true; /* of those whose end is not known */
	enum err e = OK;
	for (size_t i = 0; !e && i < count && lane->may_go_on; i++) {
		struct apple_call *call = &calls[i];
		if (!text_equal(call->state, "accepted") || call->look_at > proof->started_at)
			continue;
		if (!is_worth_asking(lane, call, proof, proof->is_partly[i], is_first)) {
			later[later_count++] = call;
			is_first = false;
			continue;
		}
		e = poll_one(lane, cx, call);
		is_first = is_first && !text_equal(call->state, "accepted");
	}
	return e ? e : put_off(lane, cx, later, later_count);
}

enum err lane_poll(struct lane *lane, struct ctx *cx, bool *ret_worked)
{
	struct apple_call *calls = ARENA_ARRAY(cx->mem, struct apple_call, LANE_CALLS_DUE);
	struct lane_waiting waiting;
	struct lane_proof proof;
	size_t count = 0;
	enum err e = find_accepted(lane, cx, calls, &count, &waiting);
	if (e || !waiting.due || lane_may_gather(lane, &waiting))
		return e;
	*ret_worked = true;
	e = lane_prove(lane, cx, &waiting, calls, count, &proof);
	return e || !lane->may_go_on ? e : poll_unproven(lane, cx, calls, count, &proof);
}
