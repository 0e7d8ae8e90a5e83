/* A plan that waited is applied: all of it, or the part that an admin chose. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/jobs.h"
#include "store/audit.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"

#define LIST_MAX_BYTES   (PLAN_PART_MAX * 21) /* an id and its comma */
#define DETAIL_MAX_BYTES 256
#define LEFT_OUT_WORDS   "Left out when the plan was applied"

/* NULL for an empty list. */
static const char *ids_json(struct ctx *cx, const int64_t *ids, size_t count)
{
	if (!count)
		return NULL;
	BUF_AUTO(out, LIST_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < count; i++)
		jw_i64(&w, NULL, ids[i]);
	jw_end_array(&w);
	return arena_strdup(cx->mem, out.bytes);
}

static const char *words_json(struct ctx *cx, const char *const *words, size_t count)
{
	if (!count)
		return NULL;
	BUF_AUTO(out, LIST_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < count; i++)
		jw_str(&w, NULL, words[i]);
	jw_end_array(&w);
	return arena_strdup(cx->mem, out.bytes);
}

/* Whoever names rows saw them; a plan that has others by now is looked at again first. */
static enum err check_rows(
	struct db *db, struct ctx *cx, int64_t job_id, const char *ids, size_t count)
{
	int64_t found = 0;
	enum err e = ids ? items_count_planned(db, cx, job_id, ids, &found) : OK;
	if (e || !ids || found == (int64_t)count)
		return e;
	return err_set(cx, ERR_CONFLICT, "job.not_in_plan",
		"%lld of the %zu rows are not in the plan of job %lld, or not any more. Read the "
		"plan again.",
		(long long)count - (long long)found, count, (long long)job_id);
}

static enum err leave_out(struct db *db, struct ctx *cx, struct job *job,
	const struct plan_part *part, int64_t *ret_left_out)
{
	struct items_part wanted = {
		.kinds = words_json(cx, part->kinds, part->kind_count),
		.ids = ids_json(cx, part->items, part->item_count),
		.except = ids_json(cx, part->except, part->except_count),
	};
	int64_t left = 0;
	job->is_part = wanted.kinds || wanted.ids || wanted.except;
	if (!job->is_part)
		return OK;
	enum err e = check_rows(db, cx, job->id, wanted.ids, part->item_count);
	if (!e)
		e = check_rows(db, cx, job->id, wanted.except, part->except_count);
	if (!e)
		e = items_leave_out(db, cx, job->id, &wanted, LEFT_OUT_WORDS, ret_left_out);
	if (!e)
		e = jobs_count_up(db, cx, job->id, 0, 0, *ret_left_out, &left);
	if (e || left > 0)
		return e;
	return err_set(cx, ERR_CONFLICT, "job.nothing_chosen",
		"Nothing of the plan of job %lld is chosen. Cancel the job if none of it is to be "
		"done.",
		(long long)job->id);
}

static enum err audit_apply(struct db *db, struct ctx *cx, const struct job *job, int64_t left_out)
{
	BUF_AUTO(detail, DETAIL_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &detail);
	jw_object(&w, NULL);
	jw_i64(&w, "applied", job->total - job->done - job->failed - job->skipped - left_out);
	jw_i64(&w, "left_out", left_out);
	jw_end_object(&w);
	return audit_write(db, cx, "jobs.apply", "job", job->id, job->kind, detail.bytes);
}

static enum err begin(struct db *db, struct ctx *cx, struct job *job, const struct plan_part *part)
{
	struct location location;
	int64_t left_out = 0;
	enum err e = locations_get(db, cx, job->location_id, &location);
	if (!e)
		e = leave_out(db, cx, job, part, &left_out);
	if (e)
		return e;
	job->state = "running";
	job->mode = "apply";
	job->phase = "apply";
	job->step = "Applying the plan";
	job->wait_reason = NULL;
	job->finished_at = 0;
	e = jobs_save(db, cx, job);
	if (!e)
		e = audit_apply(db, cx, job, left_out);
	if (!e && job->total <= job->done + job->failed + job->skipped)
		e = jobs_finish(db, cx, job->id);
	return e;
}

enum err jobs_give_up_plan(struct db *db, struct ctx *cx, int64_t job_id, const char *why)
{
	struct job job;
	int64_t left = 0, cancelled = 0;
	enum err e = jobs_find(db, cx, job_id, &job);
	if (e)
		return e;
	job.state = "cancelled";
	job.step = why;
	job.wait_reason = NULL;
	job.finished_at = clock_now_ms();
	e = items_cancel(db, cx, job_id, why, job.finished_at, &cancelled);
	if (!e)
		e = jobs_count_up(db, cx, job_id, 0, 0, cancelled, &left);
	return e ? e : jobs_save(db, cx, &job);
}

enum err jobs_apply(struct app *app, struct ctx *cx, int64_t job_id, const struct plan_part *part)
{
	DB_AUTO(db);
	struct job job;
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job_id, &job);
	if (e)
		return e;
	if (!text_equal(job.state, "planned"))
		return err_set(cx, ERR_CONFLICT, "job.not_planned",
			"Job %lld is %s. Only a sync whose plan waits can be applied.",
			(long long)job_id, job.state);
	e = begin(db, cx, &job, part);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("plan.confirmed");
	if (e)
		return e;
	wake_ring(app->lane_wake);
	jobs_publish(app, cx, job_id);
	return OK;
}
