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
	struct apple_call calls[LANE_CALLS_DUE];
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

/* The oldest version of the list that any of the calls was sent on; "": unknown, read it all. */
static const char *since_of(const struct lane *lane, const struct apple_call *calls, size_t count)
{
	const struct apple_call *oldest = &calls[0];
	for (size_t i = 1; i < count; i++)
		if (calls[i].id < oldest->id)
			oldest = &calls[i];
	if (oldest->since_version_id)
		return oldest->since_version_id;
	return lane->location.users_version_id ? lane->location.users_version_id : "";
}

bool lane_may_gather(const struct lane *lane, const struct apple_call *calls, size_t count)
{
	int64_t now = clock_now_ms();
	if (!lane->is_sending || count >= LANE_GATHER_CALLS)
		return false;
	for (size_t i = 0; i < count; i++)
		if (now - calls[i].look_at > LANE_GATHER_MS)
			return false;
	return true;
}

/* Apple forgets old versions: then the whole list is read. */
static enum err read_since(struct lane *lane, struct ctx *cx, const char *since, bool *ret_is_whole)
{
	*ret_is_whole = !since[0];
	enum err e = lane_read_since(lane, cx, since);
	if (e == ERR_REMOTE && lane->last_number == APPLE_BAD_VERSION && since[0]) {
		lane->may_go_on = true;
		*ret_is_whole = true;
		e = lane_read_since(lane, cx, "");
	}
	return e;
}

enum err lane_read_back(struct lane *lane, struct ctx *cx, bool *ret_worked)
{
	struct due *due = ARENA_NEW(cx->mem, struct due);
	enum err e = find_due(lane, cx, due);
	if (e || !due->count || lane_may_gather(lane, due->calls, due->count))
		return e;
	*ret_worked = true;
	lane_traffic_of(lane, due->calls[0].job_id);
	struct lane_read read = { .started_at = clock_now_ms(), .is_whole = true };
	if (due->is_many)
		e = read_since(lane, cx, since_of(lane, due->calls, due->count), &read.is_whole);
	else if (due->id_count)
		e = lane_read_ids(lane, cx, due->ids, due->id_count);
	for (size_t i = 0; !e && lane->may_go_on && i < due->count; i++)
		e = lane_settle_call(lane, cx, &due->calls[i], &read);
	return e;
}

enum err lane_prove_creates(
	struct lane *lane, struct ctx *cx, struct apple_call *calls, size_t count)
{
	struct lane_read read = { .started_at = clock_now_ms() };
	lane_traffic_of(lane, calls[0].job_id);
	enum err e = read_since(lane, cx, since_of(lane, calls, count), &read.is_whole);
	for (size_t i = 0; !e && lane->may_go_on && i < count; i++)
		e = lane_settle_call(lane, cx, &calls[i], &read);
	return e;
}

static enum err forget_looks(struct lane *lane, struct ctx *cx, int64_t until)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = vpp_users_looked(db, cx, lane->location_id, until);
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
	bool is_whole = false;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = vpp_users_due_looks(
			db, cx, lane->location_id, until, LANE_FEW + 1, users, &count);
	db_release(&db);
	if (e || !count)
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
		e = read_since(lane, cx, since, &is_whole);
	}
	/* What the list of changes does not show has not changed. */
	if (!e && lane->may_go_on)
		e = forget_looks(lane, cx, until);
	return e;
}
