/* What Apple's list proves about calls that Apple took: one list of changes answers for all of them,
 * so that a call is asked for its state only when the list does not show what it should. */
#include <string.h>

#include "apple/errors.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "store/calls.h"
#include "store/vpp_users.h"
#include "work/lane.h"
#include "work/lane_traffic.h"

#define CHAIN_LOOKS 2 /* after so many in vain a call is read back from its own version on */

/* While more is sent, or may be over any moment: of all pages read only a few are then not full. */
static int64_t gather_until_all(const struct lane *lane, const struct lane_waiting *w, int64_t now)
{
	if (w->due != w->due_told_retires)
		return lane->is_sending && lane->gathered_at
		               ? lane->gathered_at + LANE_GATHER_NEXT_MS
		               : w->due_since + LANE_GATHER_MS;
	/* Who is gone is read best when all are gone; whether more is coming changes with time. */
	int64_t until = w->due_since + LANE_HOLD_MS;
	return until < now + LANE_COMING_MS ? until : now + LANE_COMING_MS;
}

static int64_t gather_until(const struct lane *lane, const struct lane_waiting *w, int64_t now)
{
	int64_t until = gather_until_all(lane, w, now);
	int64_t few_until = w->few_since + LANE_GATHER_MS;
	return w->few_since && few_until < until ? few_until : until;
}

/* What Apple still works on when a list is begun is in its last pages, and again in the next list:
 * before a long one a moment's rest costs less. */
static int64_t drain_until(struct lane *lane, const struct lane_waiting *w, int64_t now)
{
	if (!lane->is_sending || !lane->gathered_at || w->due < LANE_LONG_LIST)
		return 0;
	if (!lane->drain_until)
		lane->drain_until = now + LANE_DRAIN_MS;
	return w->coming > LANE_FEW ? lane->drain_until : 0;
}

bool lane_may_gather(struct lane *lane, const struct lane_waiting *w)
{
	int64_t now = clock_now_ms();
	lane->gather_until = 0;
	if (!w->due || (!lane->is_sending && !w->coming))
		return false;
	int64_t until = gather_until(lane, w, now);
	if (until <= now)
		until = drain_until(lane, w, now);
	if (until <= now)
		return false;
	lane->gather_until = until;
	return true;
}

static void earliest(int64_t *at, int64_t candidate)
{
	if (!*at || candidate < *at)
		*at = candidate;
}

void lane_wait_for(struct lane_waiting *w, const struct apple_call *call, int64_t now)
{
	if (call->look_at > now) {
		w->coming += now - call->accepted_at < LANE_COMING_MS;
		return;
	}
	w->due++;
	earliest(&w->due_since, call->look_at);
	if (call->users <= LANE_FEW)
		earliest(&w->few_since, call->look_at);
	w->due_told_retires += call->told_at && text_equal(call->kind, "retire");
}

/* Apple forgets old versions: then the whole list is read. */
static enum err read_or_all(struct lane *lane, struct ctx *cx, struct lane_list *list)
{
	enum err e = lane_read_list(lane, cx, list);
	if (e == ERR_REMOTE && lane->last_number == APPLE_BAD_VERSION && list->since[0]) {
		lane->may_go_on = true;
		*list = (struct lane_list){ .since = "" };
		e = lane_read_list(lane, cx, list);
	}
	return e;
}

enum err lane_read_since(struct lane *lane, struct ctx *cx, const char *since)
{
	struct lane_list list = { .since = since };
	return read_or_all(lane, cx, &list);
}

static const struct apple_call *oldest_of(const struct apple_call *calls, size_t count)
{
	const struct apple_call *oldest = &calls[0];
	for (size_t i = 1; i < count; i++)
		if (calls[i].id < oldest->id)
			oldest = &calls[i];
	return oldest;
}

/* The lane has seen every change from the version of its oldest call to the newest version it knows,
 * so what came after that is all that can be new. Calls of an earlier life begin where they began. */
enum err lane_read_changes(struct lane *lane, struct ctx *cx, const struct apple_call *calls,
	size_t count, bool *ret_is_whole)
{
	const struct apple_call *oldest = oldest_of(calls, count);
	bool is_covered = lane->covered_from && oldest->id >= lane->covered_from;
	for (size_t i = 0; i < count; i++)
		is_covered = is_covered && (text_equal(calls[i].state, "accepted") ||
						   calls[i].looks < CHAIN_LOOKS);
	const char *own = oldest->since_version_id, *synced = lane->location.users_version_id;
	struct lane_list list = { .is_older = !is_covered && own };
	list.since = arena_strdup(cx->mem, is_covered ? lane->users_version
					   : own      ? own
					   : synced   ? synced
						      : "");
	enum err e = read_or_all(lane, cx, &list);
	*ret_is_whole = !list.since[0] && !list.has_moved;
	bool is_covering = !list.since[0] || list.is_older;
	if (!e && lane->may_go_on && is_covering &&
		(!lane->covered_from || oldest->id < lane->covered_from))
		lane->covered_from = oldest->id;
	return e;
}

/* Retires of which Apple told that they are done are proven by who is left, when few are. */
static enum err is_active_list_short(
	struct lane *lane, struct ctx *cx, const struct lane_waiting *w, bool *ret_is)
{
	int64_t n[VPP_STATE_COUNT];
	*ret_is = false;
	if (w->coming || !w->due || w->due != w->due_told_retires)
		return OK;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = vpp_users_count_states(db, cx, lane->location_id, n);
	if (e)
		return e;
	int64_t left = n[VPP_REQUESTED] + n[VPP_REGISTERED] + n[VPP_INVITED] + n[VPP_ASSOCIATED] +
	               n[VPP_CHECKING];
	*ret_is = n[VPP_REMOVING] > LANE_FEW && left < n[VPP_REMOVING] / 2;
	return OK;
}

static enum err read_active(struct lane *lane, struct ctx *cx, bool *ret_is_whole)
{
	struct lane_list list = { .since = "", .active_only = true };
	enum err e = lane_read_list(lane, cx, &list);
	*ret_is_whole = !list.has_moved;
	return e;
}

/* Settles the call if the read showed anything of it. */
static enum err settle_shown(struct lane *lane, struct ctx *cx, struct apple_call *call,
	const struct lane_read *read, bool *ret_is_shown)
{
	int64_t shown = 0;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = calls_shown(db, cx, call, read->started_at, &shown);
	db_release(&db);
	bool is_absent = read->is_whole && call->told_at && text_equal(call->kind, "retire");
	*ret_is_shown = shown > 0;
	if (e || (!shown && !is_absent))
		return e;
	return lane_settle_call(lane, cx, call, read);
}

enum err lane_prove(struct lane *lane, struct ctx *cx, const struct lane_waiting *w,
	struct apple_call *calls, size_t count, struct lane_proof *ret_proof)
{
	struct lane_read read = { .started_at = clock_now_ms() };
	bool is_short = false;
	*ret_proof = (struct lane_proof){ .started_at = read.started_at };
	ret_proof->is_partly = ARENA_ARRAY(cx->mem, bool, count);
	lane->gathered_at = lane->is_sending ? read.started_at : 0;
	lane->drain_until = 0;
	lane_traffic_of(lane, calls[0].job_id);
	for (size_t i = 1; i < count; i++)
		lane_traffic_also(lane, calls[i].job_id);
	enum err e = is_active_list_short(lane, cx, w, &is_short);
	if (!e && is_short)
		e = read_active(lane, cx, &read.is_whole);
	else if (!e)
		e = lane_read_changes(lane, cx, calls, count, &read.is_whole);
	ret_proof->has_moved = is_short && !read.is_whole;
	for (size_t i = 0; !e && lane->may_go_on && i < count; i++)
		e = settle_shown(lane, cx, &calls[i], &read, &ret_proof->is_partly[i]);
	return e;
}
