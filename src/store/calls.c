#include "store/calls.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/calls.sql.h"

static struct apple_call call_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct apple_call){
		.id = db_i64(st, 0),
		.location_id = db_i64(st, 1),
		.job_id = db_i64(st, 2),
		.kind = db_text(st, cx, 3),
		.state = db_text(st, cx, 4),
		.event_id = db_text(st, cx, 5),
		.since_version_id = db_text(st, cx, 6),
		.attempts = db_i64(st, 7),
		.intended_at = db_i64(st, 8),
		.accepted_at = db_i64(st, 9),
		.look_at = db_i64(st, 10),
		.looks = db_i64(st, 11),
		.reason = db_text(st, cx, 12),
		.finished_at = db_i64(st, 13),
		.told_at = db_i64(st, 14),
		.users = db_i64(st, 15),
	};
}

enum err calls_insert(struct db *db, struct ctx *cx, const struct apple_call *call, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &calls_insert_query);
	db_bind_i64(st, call->location_id);
	db_bind_i64(st, call->job_id);
	db_bind_text(st, call->kind);
	db_bind_text(st, call->state);
	db_bind_text(st, call->since_version_id);
	db_bind_i64(st, call->attempts);
	db_bind_i64(st, call->intended_at);
	db_bind_id(st, call->look_at);
	db_bind_i64(st, call->users);
	return db_run_i64(st, cx, ret_id);
}

enum err calls_save(struct db *db, struct ctx *cx, const struct apple_call *call)
{
	struct db_stmt *st = db_query(db, &calls_save_query);
	db_bind_i64(st, call->id);
	db_bind_text(st, call->state);
	db_bind_text(st, call->event_id);
	db_bind_i64(st, call->attempts);
	db_bind_id(st, call->accepted_at);
	db_bind_id(st, call->look_at);
	db_bind_i64(st, call->looks);
	db_bind_text(st, call->reason);
	db_bind_id(st, call->finished_at);
	return db_run(st, cx, NULL);
}

static enum err several(struct db_stmt *st, struct ctx *cx, size_t limit,
	struct apple_call *ret_calls, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_calls[count++] = call_of(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_count = count;
	return OK;
}

enum err calls_due(struct db *db, struct ctx *cx, int64_t location_id, int64_t now, size_t limit,
	struct apple_call *ret_calls, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &calls_due_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, now);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, limit, ret_calls, ret_count);
}

enum err calls_accepted(struct db *db, struct ctx *cx, int64_t location_id, size_t limit,
	struct apple_call *ret_calls, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &calls_accepted_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, limit, ret_calls, ret_count);
}

enum err calls_oldest_open(
	struct db *db, struct ctx *cx, int64_t location_id, struct apple_call *ret_call)
{
	DB_STMT_AUTO(st, db, &calls_oldest_open_query);
	db_bind_i64(st, location_id);
	enum err e = db_step(st, cx);
	if (!e)
		*ret_call = call_of(st, cx);
	return e;
}

enum err calls_shown(struct db *db, struct ctx *cx, const struct apple_call *call, int64_t since,
	int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &calls_shown_query);
	db_bind_i64(st, call->id);
	db_bind_i64(st, since);
	db_bind_text(st, call->kind);
	return db_run_i64(st, cx, ret_count);
}

enum err calls_next_look(struct db *db, struct ctx *cx, int64_t location_id, int64_t *ret_at)
{
	struct db_stmt *st = db_query(db, &calls_next_look_query);
	db_bind_i64(st, location_id);
	return db_run_i64(st, cx, ret_at);
}

enum err calls_look_now(struct db *db, struct ctx *cx, int64_t location_id, const char *event_id,
	int64_t now, bool *ret_is_ours)
{
	int64_t changed = 0;
	struct db_stmt *st = db_query(db, &calls_look_now_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, event_id);
	db_bind_i64(st, now);
	enum err e = db_run(st, cx, &changed);
	*ret_is_ours = changed > 0;
	return e;
}

enum err calls_recover(struct db *db, struct ctx *cx, int64_t location_id, int64_t now,
	int64_t look_at, int64_t *ret_count)
{
	const char *reason =
		"Pomona stopped, or could not write Apple's answer down, while this was on "
		"its way; it is looked up before anything is sent again.";
	struct db_stmt *st = db_query(db, &calls_recover_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, look_at);
	db_bind_text(st, reason);
	enum err e = db_run(st, cx, ret_count);
	if (e)
		return e;
	st = db_query(db, &calls_recover_items_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, now);
	db_bind_text(st, reason);
	e = db_run(st, cx, NULL);
	if (e)
		return e;
	st = db_query(db, &calls_recover_users_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}
