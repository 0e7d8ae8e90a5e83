#include "store/user_stage.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/user_stage.sql.h"

enum err user_stage_put(
	struct db *db, struct ctx *cx, int64_t job_id, const struct staged_user *user)
{
	struct db_stmt *st = db_query(db, &user_stage_put_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, user->client_user_id);
	db_bind_text(st, user->status);
	db_bind_text(st, user->email);
	db_bind_text(st, user->id_hash);
	db_bind_text(st, user->invite_code_box);
	return db_run_later(st, cx);
}

enum err user_stage_find(struct db *db, struct ctx *cx, int64_t job_id, const char *client_user_id,
	struct staged_user *ret_user)
{
	DB_STMT_AUTO(st, db, &user_stage_find_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, client_user_id);
	enum err e = db_step(st, cx);
	if (e)
		return e;
	*ret_user = (struct staged_user){
		.client_user_id = db_text(st, cx, 0),
		.status = db_text(st, cx, 1),
		.email = db_text(st, cx, 2),
		.id_hash = db_text(st, cx, 3),
		.invite_code_box = db_text(st, cx, 4),
	};
	return OK;
}

enum err user_stage_clear(
	struct db *db, struct ctx *cx, int64_t job_id, size_t limit, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &user_stage_clear_query);
	db_bind_i64(st, job_id);
	db_bind_i64(st, (int64_t)limit);
	return db_run(st, cx, ret_count);
}

enum err user_stage_next_job(
	struct db *db, struct ctx *cx, int64_t after_job_id, int64_t *ret_job_id)
{
	struct db_stmt *st = db_query(db, &user_stage_next_job_query);
	db_bind_i64(st, after_job_id);
	return db_run_i64(st, cx, ret_job_id);
}
