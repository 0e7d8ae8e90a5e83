#include "store/jobs.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/jobs.sql.h"

static struct job job_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct job){
		.id = db_i64(st, 0),
		.kind = db_text(st, cx, 1),
		.mode = db_text(st, cx, 2),
		.location_id = db_i64(st, 3),
		.whole_location = db_bool(st, 4),
		.state = db_text(st, cx, 5),
		.phase = db_text(st, cx, 6),
		.step = db_text(st, cx, 7),
		.asked_by = db_text(st, cx, 8),
		.asked_kind = db_text(st, cx, 9),
		.total = db_i64(st, 10),
		.done = db_i64(st, 11),
		.failed = db_i64(st, 12),
		.skipped = db_i64(st, 13),
		.wait_reason = db_text(st, cx, 14),
		.wait_until = db_i64(st, 15),
		.summary_json = db_text(st, cx, 16),
		.failure = db_text(st, cx, 17),
		.idempotency_key = db_text(st, cx, 18),
		.request_hash = db_text(st, cx, 19),
		.created_at = db_i64(st, 20),
		.started_at = db_i64(st, 21),
		.finished_at = db_i64(st, 22),
		.is_part = db_bool(st, 23),
		.message_wait_reason = db_text(st, cx, 24),
		.message_wait_until = db_i64(st, 25),
		.selection_json = db_text(st, cx, 26),
		.channel = db_text(st, cx, 27),
	};
}

static enum err one(struct db_stmt *st, struct ctx *cx, struct job *ret_job)
{
	enum err e = db_step(st, cx);
	if (e)
		return e;
	*ret_job = job_of(st, cx);
	return OK;
}

static enum err several(
	struct db_stmt *st, struct ctx *cx, size_t limit, struct job *ret_jobs, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_jobs[count++] = job_of(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_count = count;
	return OK;
}

enum err jobs_insert(struct db *db, struct ctx *cx, const struct job *job, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &jobs_insert_query);
	db_bind_text(st, job->kind);
	db_bind_text(st, job->mode ? job->mode : "apply");
	db_bind_id(st, job->location_id);
	db_bind_bool(st, job->whole_location);
	db_bind_text(st, job->state);
	db_bind_text(st, job->phase);
	db_bind_text(st, job->step);
	db_bind_text(st, job->asked_by);
	db_bind_text(st, job->asked_kind);
	db_bind_i64(st, job->total);
	db_bind_text(st, job->idempotency_key);
	db_bind_text(st, job->request_hash);
	db_bind_i64(st, job->created_at ? job->created_at : clock_now_ms());
	db_bind_text(st, job->selection_json);
	db_bind_text(st, job->channel);
	return db_run_i64(st, cx, ret_id);
}

enum err jobs_find(struct db *db, struct ctx *cx, int64_t id, struct job *ret_job)
{
	DB_STMT_AUTO(st, db, &jobs_find_query);
	db_bind_i64(st, id);
	enum err e = one(st, cx, ret_job);
	if (e == ERR_NOT_FOUND)
		return err_set(
			cx, ERR_NOT_FOUND, "job.unknown", "There is no job %lld.", (long long)id);
	return e;
}

enum err jobs_find_key(
	struct db *db, struct ctx *cx, const char *asked_by, const char *key, struct job *ret_job)
{
	DB_STMT_AUTO(st, db, &jobs_find_key_query);
	db_bind_text(st, asked_by);
	db_bind_text(st, key);
	return one(st, cx, ret_job);
}

enum err jobs_channel_of_item(
	struct db *db, struct ctx *cx, int64_t item_id, const char **ret_channel)
{
	DB_STMT_AUTO(st, db, &jobs_channel_of_item_query);
	db_bind_i64(st, item_id);
	enum err e = db_step(st, cx);
	*ret_channel = e ? NULL : db_text(st, cx, 0);
	return e == ERR_NOT_FOUND ? OK : e;
}

static void bind_rest(struct db_stmt *st, const struct jobs_filter *filter)
{
	db_bind_text(st, filter->asked_by);
	db_bind_id(st, filter->since);
	db_bind_id(st, filter->until);
	if (filter->superseded == JOBS_SUPERSEDED_TOO)
		db_bind_id(st, 0);
	else
		db_bind_i64(st, filter->superseded == JOBS_SUPERSEDED_ALONE);
}

enum err jobs_list(struct db *db, struct ctx *cx, const struct jobs_filter *filter, size_t limit,
	struct job *ret_jobs, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &jobs_list_query);
	db_bind_i64(st, filter->before_id ? filter->before_id : INT64_MAX);
	db_bind_text(st, filter->state);
	db_bind_text(st, filter->kind);
	db_bind_id(st, filter->location_id);
	db_bind_id(st, filter->person_id);
	db_bind_i64(st, (int64_t)limit);
	bind_rest(st, filter);
	return several(st, cx, limit, ret_jobs, ret_count);
}

enum err jobs_save(struct db *db, struct ctx *cx, const struct job *job)
{
	struct db_stmt *st = db_query(db, &jobs_save_query);
	db_bind_i64(st, job->id);
	db_bind_text(st, job->state);
	db_bind_text(st, job->phase);
	db_bind_text(st, job->step);
	db_bind_text(st, job->wait_reason);
	db_bind_id(st, job->wait_until);
	db_bind_i64(st, job->total);
	db_bind_text(st, job->summary_json);
	db_bind_text(st, job->failure);
	db_bind_id(st, job->started_at);
	db_bind_id(st, job->finished_at);
	db_bind_text(st, job->mode);
	db_bind_bool(st, job->is_part);
	return db_run(st, cx, NULL);
}

enum err jobs_set_step(struct db *db, struct ctx *cx, int64_t id, const char *step)
{
	struct db_stmt *st = db_query(db, &jobs_set_step_query);
	db_bind_i64(st, id);
	db_bind_text(st, step);
	return db_run(st, cx, NULL);
}

enum err jobs_restart(struct db *db, struct ctx *cx, int64_t id, const char *step)
{
	struct db_stmt *st = db_query(db, &jobs_restart_query);
	db_bind_i64(st, id);
	db_bind_text(st, step);
	return db_run(st, cx, NULL);
}

enum err jobs_set_wait(struct db *db, struct ctx *cx, int64_t location_id, const char *reason,
	int64_t until, int64_t *ret_changed)
{
	struct db_stmt *st = db_query(db, &jobs_set_wait_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, reason);
	db_bind_id(st, until);
	return db_run(st, cx, ret_changed);
}

enum err jobs_set_message_wait(struct db *db, struct ctx *cx, int64_t id, const char *reason,
	int64_t until, int64_t *ret_changed)
{
	struct db_stmt *st = db_query(db, &jobs_set_message_wait_query);
	db_bind_i64(st, id);
	db_bind_text(st, reason);
	db_bind_id(st, until);
	return db_run(st, cx, ret_changed);
}

enum err jobs_with_message_wait(struct db *db, struct ctx *cx, int64_t after_id, size_t limit,
	int64_t *ret_ids, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &jobs_with_message_wait_query);
	db_bind_i64(st, after_id);
	db_bind_i64(st, (int64_t)limit);
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_ids[count++] = db_i64(st, 0);
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err jobs_count_up(struct db *db, struct ctx *cx, int64_t id, int64_t done, int64_t failed,
	int64_t skipped, int64_t *ret_left)
{
	struct db_stmt *st = db_query(db, &jobs_count_up_query);
	db_bind_i64(st, id);
	db_bind_i64(st, done);
	db_bind_i64(st, failed);
	db_bind_i64(st, skipped);
	return db_run_i64(st, cx, ret_left);
}

enum err jobs_grow(struct db *db, struct ctx *cx, int64_t id, int64_t more)
{
	struct db_stmt *st = db_query(db, &jobs_grow_query);
	db_bind_i64(st, id);
	db_bind_i64(st, more);
	return db_run(st, cx, NULL);
}

enum err jobs_open(struct db *db, struct ctx *cx, int64_t location_id, size_t limit,
	struct job *ret_jobs, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &jobs_open_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, limit, ret_jobs, ret_count);
}

enum err jobs_open_whole(struct db *db, struct ctx *cx, int64_t location_id, struct job *ret_job)
{
	DB_STMT_AUTO(st, db, &jobs_open_whole_query);
	db_bind_i64(st, location_id);
	return one(st, cx, ret_job);
}

enum err jobs_overtaken(struct db *db, struct ctx *cx, const struct job *newer, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &jobs_overtaken_query);
	db_bind_i64(st, newer->location_id);
	db_bind_i64(st, newer->id);
	db_bind_bool(st, newer->whole_location);
	return db_run_i64(st, cx, ret_id);
}

enum err jobs_planned_of(struct db *db, struct ctx *cx, int64_t location_id, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &jobs_planned_of_query);
	db_bind_i64(st, location_id);
	return db_run_i64(st, cx, ret_id);
}

enum err jobs_half_cancelled(struct db *db, struct ctx *cx, int64_t *ret_job_id)
{
	return db_run_i64(db_query(db, &jobs_half_cancelled_query), cx, ret_job_id);
}

enum err jobs_drop_preparing(struct db *db, struct ctx *cx, int64_t *ret_dropped)
{
	enum err e = db_run(db_query(db, &jobs_drop_preparing_wishes_query), cx, NULL);
	if (!e)
		e = db_run(db_query(db, &jobs_drop_preparing_invitations_query), cx, NULL);
	if (!e)
		e = db_run(db_query(db, &jobs_drop_preparing_items_query), cx, ret_dropped);
	if (!e && *ret_dropped)
		e = db_run(db_query(db, &jobs_drop_preparing_users_query), cx, NULL);
	if (e)
		return e;
	return db_run(db_query(db, &jobs_drop_preparing_query), cx, NULL);
}

enum err jobs_count(
	struct db *db, struct ctx *cx, const struct jobs_filter *filter, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &jobs_count_query);
	db_bind_text(st, filter->state);
	db_bind_text(st, filter->kind);
	db_bind_id(st, filter->location_id);
	db_bind_id(st, filter->person_id);
	bind_rest(st, filter);
	return db_run_i64(st, cx, ret_count);
}
