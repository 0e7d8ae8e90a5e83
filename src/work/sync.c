/* A sync: reading Apple, the plan, and what of it is done here. Apple is read by sync_walk.c. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/jobs.h"
#include "domain/location_guard.h"
#include "domain/sync_plan.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "work/lane.h"
#include "work/sync_walk.h"

#define DROP_ROWS 4096 /* of an old plan, in a transaction */

static enum err set_step(struct lane *lane, struct ctx *cx, const struct job *job, const char *step)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = job->whole_location ? jobs_restart(db, cx, job->id, step)
		                        : jobs_set_step(db, cx, job->id, step);
	if (!e)
		e = db_commit(&db, cx);
	if (!e)
		jobs_publish(lane->app, cx, job->id);
	return e;
}

/* A plan that was half written when the process ended, or when the disk was full, is written anew. */
static enum err drop_plan(struct lane *lane, struct ctx *cx, const struct job *job)
{
	int64_t count = 0;
	do {
		DB_AUTO(db);
		enum err e = db_write(lane->app->db, cx, &db);
		if (!e)
			e = items_drop_plan(db, cx, job->id, DROP_ROWS, &count);
		if (!e)
			e = db_commit(&db, cx);
		if (e)
			return e;
	} while (count == DROP_ROWS);
	return OK;
}

static enum err begin(struct lane *lane, struct ctx *cx, const struct job *job)
{
	enum err e = sync_tidy(lane->app, cx);
	if (!e && job->whole_location)
		e = drop_plan(lane, cx, job);
	return e ? e : set_step(lane, cx, job, "Reading users from Apple");
}

static enum err make_plan(struct lane *lane, struct ctx *cx, const struct job *job,
	const struct sync_reading *reading)
{
	if (!job->whole_location)
		return sync_plan_chosen(lane->app, cx, reading);
	enum err e = drop_plan(lane, cx, job);
	if (!e)
		e = set_step(lane, cx, job, "Comparing with what is known here");
	return e ? e : sync_plan_whole(lane->app, cx, reading);
}

static enum err read_phase(
	struct lane *lane, struct ctx *cx, const struct job *job, bool *ret_waits, bool *ret_worked)
{
	bool is_over = false, was_begun = lane->walk != NULL;
	struct sync_walk *walk = NULL;
	struct sync_reading reading;
	*ret_waits = true;
	enum err e = sync_walk_of(lane, cx, job, &walk);
	*ret_worked = walk != NULL;
	if (e || !walk)
		return e;
	if (!was_begun)
		e = begin(lane, cx, job);
	if (!e)
		e = sync_walk_go_on(walk, cx, job, &reading, &is_over);
	if (!e && is_over && job->whole_location && lane->may_go_on)
		e = lane_read_assets(lane, cx);
	if (e || !is_over || !lane->may_go_on)
		return e;
	e = make_plan(lane, cx, job, &reading);
	KILL_POINT("sync.planned");
	if (e)
		return e;
	if (job->whole_location && sync_walk_version(walk)[0]) {
		lane->sync_job_id = job->id;
		snprintf(lane->sync_version, sizeof(lane->sync_version), "%s",
			sync_walk_version(walk));
		lane->sync_is_whole = !reading.is_delta && reading.is_consistent;
	}
	sync_walk_end(lane);
	return sync_plan_close(lane->app, cx, job->id, ret_waits);
}

/* The version is kept only when everything up to it was applied. */
static enum err keep_version(struct lane *lane, struct ctx *cx, const struct job *job)
{
	if (!job->whole_location)
		return OK;
	bool is_same = job->is_part || lane->sync_job_id != job->id ||
	               text_equal(lane->sync_version, lane->location.users_version_id);
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e && !is_same)
		e = locations_set_users_version(db, cx, lane->location_id, lane->sync_version);
	if (!e)
		e = locations_set_synced(db, cx, lane->location_id, clock_now_ms());
	bool is_whole = lane->sync_is_whole && lane->sync_job_id == job->id && !job->is_part;
	if (!e && is_whole)
		e = locations_set_whole(db, cx, lane->location_id, clock_now_ms());
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("sync.versioned");
	return e;
}

enum err lane_sync(struct lane *lane, struct ctx *cx, struct job *job, bool *ret_worked)
{
	bool waits = false;
	*ret_worked = true;
	if (text_equal(job->phase, "read")) {
		enum err e = read_phase(lane, cx, job, &waits, ret_worked);
		if (e == ERR_DB || e == ERR_IO)
			sync_walk_end(lane); /* the list may be damaged: nothing guards it */
		if (e || waits)
			return e;
		job->phase = "apply";
	}
	if (!lane->may_write && !location_is_observed(&lane->location)) {
		job->phase = "read"; /* nothing of it is sent in this round */
		*ret_worked = false;
		return OK;
	}
	enum err e = sync_apply(lane->app, cx, job->id);
	KILL_POINT("sync.applied");
	if (!e)
		e = keep_version(lane, cx, job);
	job->phase = NULL;
	return e;
}
