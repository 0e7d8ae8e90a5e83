#include "store/schedules.h"

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/schedules.sql.h"

#define DUE_MAX 100 /* as in schedules_due */

static void read_row(const struct db_stmt *st, struct ctx *cx, struct schedule *ret_schedule)
{
	*ret_schedule = (struct schedule){
		.location_id = db_i64(st, 0),
		.mode = db_text(st, cx, 1),
		.every_hours = (int)db_i64(st, 2),
		.at_minute = (int)db_i64(st, 3),
		.weekdays = (int)db_i64(st, 4),
		.time_zone = db_text(st, cx, 5),
		.apply = db_text(st, cx, 6),
		.anchor_at = db_i64(st, 7),
		.next_run_at = db_i64(st, 8),
		.updated_at = db_i64(st, 9),
	};
}

enum err schedules_get(
	struct db *db, struct ctx *cx, int64_t location_id, struct schedule *ret_schedule)
{
	DB_STMT_AUTO(st, db, &schedules_get_query);
	db_bind_i64(st, location_id);
	enum err e = db_step(st, cx);
	if (!e)
		read_row(st, cx, ret_schedule);
	return e;
}

enum err schedules_put(struct db *db, struct ctx *cx, const struct schedule *s)
{
	struct db_stmt *st = db_query(db, &schedules_put_query);
	db_bind_i64(st, s->location_id);
	db_bind_text(st, s->mode);
	db_bind_i64(st, s->every_hours);
	db_bind_i64(st, s->at_minute);
	db_bind_i64(st, s->weekdays);
	db_bind_text(st, s->time_zone);
	db_bind_text(st, s->apply);
	db_bind_i64(st, s->anchor_at);
	db_bind_id(st, s->next_run_at);
	db_bind_i64(st, s->updated_at);
	return db_run(st, cx, NULL);
}

enum err schedules_set_next(
	struct db *db, struct ctx *cx, const struct schedule *s, int64_t next_run_at)
{
	struct db_stmt *st = db_query(db, &schedules_set_next_query);
	db_bind_i64(st, s->location_id);
	db_bind_i64(st, s->updated_at);
	db_bind_id(st, next_run_at);
	int64_t changed;
	enum err e = db_run(st, cx, &changed);
	if (e)
		return e;
	return changed ? OK : ERR_NOT_FOUND;
}

enum err schedules_due(struct db *db, struct ctx *cx, int64_t now, struct schedule **ret_schedules,
	size_t *ret_count)
{
	struct schedule *due = ARENA_ARRAY(cx->mem, struct schedule, DUE_MAX);
	size_t count = 0;
	DB_STMT_AUTO(st, db, &schedules_due_query);
	db_bind_i64(st, now);
	enum err e;
	while ((e = db_step(st, cx)) == OK && count < DUE_MAX)
		read_row(st, cx, &due[count++]);
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_schedules = due;
	*ret_count = count;
	return OK;
}

enum err schedules_earliest(struct db *db, struct ctx *cx, int64_t *ret_at)
{
	return db_run_i64(db_query(db, &schedules_earliest_query), cx, ret_at);
}

enum err schedules_add_run(struct db *db, struct ctx *cx, int64_t location_id, const char *run_key,
	int64_t job_id, int64_t ran_at, bool *ret_is_new)
{
	struct db_stmt *st = db_query(db, &schedules_add_run_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, run_key);
	db_bind_id(st, job_id);
	db_bind_i64(st, ran_at);
	int64_t changed;
	enum err e = db_run(st, cx, &changed);
	if (!e)
		*ret_is_new = changed > 0;
	return e;
}

enum err schedules_has_run(
	struct db *db, struct ctx *cx, int64_t location_id, const char *run_key, bool *ret_has_run)
{
	struct db_stmt *st = db_query(db, &schedules_has_run_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, run_key);
	int64_t count;
	enum err e = db_run_i64(st, cx, &count);
	if (!e)
		*ret_has_run = count > 0;
	return e;
}

enum err schedules_runs(struct db *db, struct ctx *cx, int64_t location_id, size_t limit,
	struct schedule_run *ret_runs, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &schedules_runs_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, (int64_t)limit);
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_runs[count++] = (struct schedule_run){
			.run_key = db_text(st, cx, 0),
			.job_id = db_i64(st, 1),
			.ran_at = db_i64(st, 2),
		};
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}
