/* What a read of Apple's records proves about the items of a call, and what follows. */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "base/plant.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/drift.h"
#include "domain/invitations.h"
#include "domain/jobs.h"
#include "domain/life_cycle.h"
#include "domain/observe.h"
#include "store/audit.h"
#include "store/calls.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/people.h"
#include "store/vpp_users.h"
#include "work/lane.h"

#define LOOK_FOR_SETTLES 4 /* not visible is not absent: this long before a call is repeated */
#define LOOKS_AT_LEAST   3
#define DETAIL_MAX_BYTES 1024

enum verdict {
	VERDICT_NOT_YET,
	VERDICT_REGISTERED, /* the message is next */
	VERDICT_DONE,
	VERDICT_ABSENT, /* retired, or never there */
	VERDICT_FAILED,
};

struct judged {
	enum verdict verdict;
	const char *words;
};

struct settling {
	struct lane *lane;
	struct apple_call *call;
	const struct lane_read *read;
	bool is_cancelled; /* the job was: what Apple did is counted, nothing new begins */
	bool any_left, any_message;
	int64_t done, failed;
	int64_t now;
};

static struct judged judge_create(const struct settling *s, const struct vpp_user *u)
{
	bool seen = u->apple_seen_at >= s->read->started_at;
	if (PLANT("partial_is_done"))
		return (struct judged){ VERDICT_DONE, "Registered at Apple." };
	switch (u->state) {
	case VPP_REGISTERED:
	case VPP_INVITED:
		if (u->missing_since || !u->invite_code_box)
			return (struct judged){ VERDICT_NOT_YET, NULL };
		return (struct judged){ VERDICT_REGISTERED,
			"Registered at Apple; the invitation is handed over next." };
	case VPP_ASSOCIATED:
		return (struct judged){ VERDICT_DONE,
			"Registered at Apple, and accepted already." };
	case VPP_REMOVED:
		return (struct judged){ VERDICT_FAILED, "Apple shows the user as retired." };
	case VPP_REMOVING:
		if (seen && observe_is_active(u->apple_status))
			return (struct judged){ VERDICT_DONE,
				"Registered at Apple; it is being removed again." };
		break;
	case VPP_NONE:
	case VPP_REQUESTED:
	case VPP_CHECKING:
		break;
	}
	return (struct judged){ VERDICT_NOT_YET, NULL };
}

static struct judged judge_retire(
	const struct settling *s, const struct item *item, const struct vpp_user *u)
{
	bool seen = u->apple_seen_at >= s->read->started_at;
	bool is_looked_at = s->call->looks > 0 && !text_equal(s->call->state, "accepted");
	bool says_so = item->apple_number || text_equal(s->call->state, "complete") ||
	               s->call->told_at || is_looked_at;
	if (u->state == VPP_REMOVED || PLANT("believe_complete"))
		return (struct judged){ VERDICT_DONE, "Retired at Apple; seen in Apple's list." };
	if (!seen && s->read->is_whole && says_so)
		return (struct judged){ VERDICT_ABSENT, "Apple does not list the user any more." };
	return (struct judged){ VERDICT_NOT_YET, NULL };
}

static enum err judge_update(const struct settling *s, struct db *db, struct ctx *cx,
	const struct item *item, const struct vpp_user *u, struct judged *ret)
{
	struct person *person = NULL;
	enum err e = people_find_even_deleted(db, cx, item->person_id, 0, &person);
	if (e)
		return e;
	bool is_so =
		person->email && u->apple_email && strcasecmp(person->email, u->apple_email) == 0;
	if (is_so || text_equal(s->call->state, "complete"))
		*ret = (struct judged){ VERDICT_DONE, "The e-mail is changed at Apple." };
	else
		*ret = (struct judged){ VERDICT_NOT_YET, NULL };
	return OK;
}

/* --- what follows --------------------------------------------------------------------------- */

static enum err hand_over(
	struct settling *s, struct db *db, struct ctx *cx, struct item *item, const char *words)
{
	if (s->is_cancelled)
		return jobs_end_item(db, cx, item->id, "done", 0,
			"Registered at Apple; cancelled before the invitation was sent.");
	item->kind = "message";
	item->state = "planned";
	item->detail = words;
	item->reason = NULL;
	item->apple_number = 0;
	enum err e = items_save(db, cx, item);
	if (!e)
		e = invitations_plan(s->lane->app, db, cx, item->vpp_user_id, item->id);
	s->any_message = true;
	return e;
}

static enum err absent(struct settling *s, struct db *db, struct ctx *cx, const struct item *item,
	struct vpp_user *u, const char *words)
{
	life_cycle_move(u, LIFE_REMOVE_UNSENT, s->now);
	u->look_wanted_at = 0;
	enum err e = vpp_users_save(db, cx, u);
	if (!e)
		e = jobs_end_item(db, cx, item->id, "done", item->apple_number, words);
	return e;
}

static enum err fail(struct db *db, struct ctx *cx, const struct item *item, struct vpp_user *u,
	const char *words)
{
	u->failed_number = item->apple_number;
	u->failed_reason = words;
	enum err e = vpp_users_save(db, cx, u);
	if (!e)
		e = jobs_end_item(db, cx, item->id, "failed", item->apple_number, words);
	return e;
}

/* Looked long enough: Apple did not do it, so it is asked again, or given up. */
static enum err again(
	struct settling *s, struct db *db, struct ctx *cx, struct item *item, struct vpp_user *u)
{
	bool is_create = text_equal(item->kind, "create");
	if (is_create && u->state == VPP_REMOVING)
		return jobs_end_item(db, cx, item->id, "cancelled", 0,
			"Replaced: the person is deleted from VPP.");
	bool moved = life_cycle_move(u, is_create ? LIFE_NOT_CREATED : LIFE_NOT_REMOVED, s->now);
	/* Nobody wants the person created any more. */
	if (is_create && s->is_cancelled && !u->apple_status)
		moved = life_cycle_move(u, LIFE_REMOVE_UNSENT, s->now) || moved;
	if (moved) {
		enum err e = vpp_users_save(db, cx, u);
		if (e)
			return e;
	}
	if (s->is_cancelled)
		return jobs_end_item(db, cx, item->id, "cancelled", 0,
			"Apple did not do it, and the job was cancelled.");
	if (item->attempts >= LANE_TRIES)
		return fail(db, cx, item, u,
			"Apple took the request three times, and its list does not show it. Try "
			"again later, or sync the location.");
	item->state = "planned";
	item->call_id = 0;
	item->apple_number = 0;
	item->reason = "Apple was looked up and does not show it; it is asked again.";
	return items_save(db, cx, item);
}

/* A create of which no answer came may be repeated after the first look: it carries our own
 * clientUserId, so that a late first request and the repeat meet as error 9716 and not as two
 * users. All else is looked at for longer. */
static bool looked_enough(const struct settling *s)
{
	int64_t since = s->call->accepted_at > s->call->intended_at ? s->call->accepted_at
	                                                            : s->call->intended_at;
	if (PLANT("look_at_once"))
		return true;
	if (text_equal(s->call->kind, "create") && text_equal(s->call->state, "unknown"))
		return s->now - since >= s->lane->app->settings.settle_ms;
	return s->call->looks + 1 >= LOOKS_AT_LEAST &&
	       s->now - since >= LOOK_FOR_SETTLES * s->lane->app->settings.settle_ms;
}

static enum err settle_item(struct settling *s, struct db *db, struct ctx *cx, struct item *item)
{
	struct vpp_user u;
	struct judged judged = { VERDICT_NOT_YET, NULL };
	enum err e = vpp_users_find(db, cx, item->vpp_user_id, &u);
	if (!e && text_equal(item->kind, "create"))
		judged = judge_create(s, &u);
	else if (!e && text_equal(item->kind, "retire"))
		judged = judge_retire(s, item, &u);
	else if (!e)
		e = judge_update(s, db, cx, item, &u, &judged);
	if (e)
		return e;
	bool is_retired = judged.verdict == VERDICT_DONE || judged.verdict == VERDICT_ABSENT;
	if (is_retired && !u.person_id && text_equal(item->kind, "retire"))
		e = drift_is_retired(db, cx, &u);
	if (e)
		return e;
	switch (judged.verdict) {
	case VERDICT_REGISTERED:
		s->done++;
		return hand_over(s, db, cx, item, judged.words);
	case VERDICT_DONE:
		s->done++;
		return jobs_end_item(db, cx, item->id, "done", item->apple_number, judged.words);
	case VERDICT_ABSENT:
		s->done++;
		return absent(s, db, cx, item, &u, judged.words);
	case VERDICT_FAILED:
		s->failed++;
		return fail(db, cx, item, &u, judged.words);
	case VERDICT_NOT_YET:
		break;
	}
	if (!text_equal(s->call->state, "accepted") && looked_enough(s))
		return again(s, db, cx, item, &u);
	s->any_left = true;
	return OK;
}

static enum err settle_items(struct settling *s, struct db *db, struct ctx *cx)
{
	struct item *items = ARENA_ARRAY(cx->mem, struct item, LANE_BATCH_MAX);
	size_t count = 0;
	enum err e = items_of_call(db, cx, s->call->id, LANE_BATCH_MAX, items, &count);
	for (size_t i = 0; !e && i < count; i++)
		if (jobs_item_is_open(&items[i]) && text_equal(items[i].kind, s->call->kind))
			e = settle_item(s, db, cx, &items[i]);
	return e;
}

static enum err write_audit(const struct settling *s, struct db *db, struct ctx *cx)
{
	BUF_AUTO(detail, DETAIL_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &detail);
	jw_object(&w, NULL);
	jw_i64(&w, "job", s->call->job_id);
	jw_i64(&w, "call", s->call->id);
	jw_i64(&w, "done", s->done);
	jw_i64(&w, "failed", s->failed);
	jw_end_object(&w);
	return audit_write_result(db, cx, arena_printf(cx->mem, "apple.%s", s->call->kind),
		"location", s->lane->location_id, s->lane->location.name, detail.bytes,
		!s->failed ? "ok"
		: s->done  ? "partial"
			   : "failed");
}

static void end_or_look_later(struct settling *s)
{
	struct apple_call *call = s->call;
	if (!s->any_left) {
		call->state = "final";
		call->look_at = 0;
		call->finished_at = s->now;
		return;
	}
	if (text_equal(call->state, "accepted"))
		return; /* Apple is asked for its state as planned */
	int64_t settle = s->lane->app->settings.settle_ms;
	call->look_at = s->now + (text_equal(call->state, "unknown")
						 ? settle
						 : lane_backoff_ms(1000, call->looks, settle));
	call->looks++;
}

static enum err settle_call(
	struct lane *lane, struct ctx *cx, struct apple_call *call, const struct lane_read *read)
{
	struct settling s = { .lane = lane, .call = call, .read = read, .now = clock_now_ms() };
	struct job job;
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, call->job_id, &job);
	if (e)
		return e;
	s.is_cancelled = text_equal(job.state, "cancelled");
	e = settle_items(&s, db, cx);
	if (e)
		return e;
	end_or_look_later(&s);
	e = calls_save(db, cx, call);
	if (!e && s.done + s.failed)
		e = write_audit(&s, db, cx);
	if (!e && s.any_message)
		e = jobs_set_step(db, cx, call->job_id, "Handing over invitations");
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("call.settled");
	if (e)
		return e;
	if (s.any_message)
		wake_ring(lane->app->deliver_wake);
	jobs_publish(lane->app, cx, call->job_id);
	return OK;
}

/* What one call needs is let go of before the next: a thousand of them may end in one round. */
enum err lane_settle_call(
	struct lane *lane, struct ctx *cx, struct apple_call *call, const struct lane_read *read)
{
	CTX_AUTO(own);
	own.actor = cx->actor;
	enum err e = settle_call(lane, &own, call, read);
	return e ? action_pass_error(cx, &own, e) : OK;
}
