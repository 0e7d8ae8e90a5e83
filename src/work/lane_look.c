/* Reading back: what calls should have done, and the records that a notice or the sweep points at.
 * Few records are asked for one by one; many by one list of what changed. */
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/jobs.h"
#include "store/calls.h"
#include "store/items.h"
#include "store/vpp_users.h"
#include "work/lane.h"
#include "work/lane_traffic.h"

struct due {
	struct apple_call calls[LANE_CALLS_DUE];
	size_t count;
	const char *ids[LANE_FEW];
	size_t id_count;
	bool is_many;
};

static bool wants_reading(const struct apple_call *call)
{
	return text_equal(call->state, "complete") || text_equal(call->state, "unknown");
}

static enum err gather_ids(struct db *db, struct ctx *cx, struct due *due)
{
	struct item *items = ARENA_ARRAY(cx->mem, struct item, LANE_BATCH_MAX);
	for (size_t i = 0; i < due->count && !due->is_many; i++) {
		size_t count = 0;
		enum err e = items_of_call(db, cx, due->calls[i].id, LANE_BATCH_MAX, items, &count);
		for (size_t k = 0; !e && k < count; k++) {
			struct vpp_user u;
			if (!jobs_item_is_open(&items[k]) ||
				!text_equal(items[k].kind, due->calls[i].kind))
				continue;
			due->is_many = due->id_count == LANE_FEW;
			if (due->is_many)
				break;
			e = vpp_users_find(db, cx, items[k].vpp_user_id, &u);
			if (!e)
				due->ids[due->id_count++] = u.client_user_id;
		}
		if (e)
			return e;
	}
	return OK;
}

static enum err find_due(struct lane *lane, struct ctx *cx, struct due *due)
{
	struct apple_call *calls = ARENA_ARRAY(cx->mem, struct apple_call, LANE_CALLS_DUE);
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = calls_due(
			db, cx, lane->location_id, clock_now_ms(), LANE_CALLS_DUE, calls, &count);
	if (e)
		return e;
	for (size_t i = 0; i < count; i++)
		if (wants_reading(&calls[i]))
			due->calls[due->count++] = calls[i];
	return gather_ids(db, cx, due);
}

enum err lane_read_back(struct lane *lane, struct ctx *cx, bool *ret_worked)
{
	struct due *due = ARENA_NEW(cx->mem, struct due);
	enum err e = find_due(lane, cx, due);
	if (e || !due->count)
		return e;
	*ret_worked = true;
	lane_traffic_of(lane, due->calls[0].job_id);
	for (size_t i = 1; i < due->count; i++)
		lane_traffic_also(lane, due->calls[i].job_id);
	struct lane_read read = { .started_at = clock_now_ms(), .is_whole = true };
	if (due->is_many)
		e = lane_read_changes(lane, cx, due->calls, due->count, &read.is_whole);
	else if (due->id_count)
		e = lane_read_ids(lane, cx, due->ids, due->id_count);
	for (size_t i = 0; !e && lane->may_go_on && i < due->count; i++)
		e = lane_settle_call(lane, cx, &due->calls[i], &read);
	return e;
}

/* Of a list every wish up to its beginning is fulfilled. Of records that were asked for one by one only
 * theirs are: a wish with an earlier time may have been committed since. */
static enum err forget_looks(struct lane *lane, struct ctx *cx, int64_t until,
	const struct vpp_user *users, size_t count)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e && count > LANE_FEW)
		e = vpp_users_looked(db, cx, lane->location_id, until);
	for (size_t i = 0; !e && count <= LANE_FEW && i < count; i++)
		e = vpp_users_looked_at(db, cx, users[i].id, until);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("look.forgotten");
	return e;
}

enum err lane_look_around(struct lane *lane, struct ctx *cx, bool *ret_worked)
{
	struct vpp_user users[LANE_FEW + 1];
	const char *ids[LANE_FEW];
	size_t count = 0;
	/* In this millisecond more may be wished for after the question; they wait for the next. */
	int64_t until = clock_now_ms() - 1;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = vpp_users_due_looks(
			db, cx, lane->location_id, until, LANE_FEW + 1, users, &count);
	db_release(&db);
	/* While calls are read back, what changed meanwhile is shown by the same lists. */
	bool is_shown_soon = lane->is_sending && lane->covered_from && count &&
	                     until - users[0].look_wanted_at < LANE_GATHER_NEXT_MS;
	if (e || !count || is_shown_soon)
		return e;
	*ret_worked = true;
	lane_traffic_of(lane, 0);
	const char *since = lane->observed_version;
	if (!since[0] && lane->location.users_version_id)
		since = lane->location.users_version_id;
	if (count <= LANE_FEW) {
		for (size_t i = 0; i < count; i++)
			ids[i] = users[i].client_user_id;
		e = lane_read_ids(lane, cx, ids, count);
	} else {
		e = lane_read_since(lane, cx, since);
	}
	/* What the list of changes does not show has not changed. */
	if (!e && lane->may_go_on)
		e = forget_looks(lane, cx, until, users, count);
	return e;
}
