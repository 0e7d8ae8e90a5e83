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
	return db_run(st, cx, NULL);
}

static struct staged_user staged_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct staged_user){
		.client_user_id = db_text(st, cx, 0),
		.status = db_text(st, cx, 1),
		.email = db_text(st, cx, 2),
		.id_hash = db_text(st, cx, 3),
		.invite_code_box = db_text(st, cx, 4),
	};
}

enum err user_stage_page(struct db *db, struct ctx *cx, int64_t job_id,
	const char *after_client_user_id, size_t limit, struct staged_user *ret_users,
	size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &user_stage_page_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, after_client_user_id);
	db_bind_i64(st, (int64_t)limit);
	size_t count = 0;
	enum err e;
	while ((e = db_step(st, cx)) == OK && count < limit)
		ret_users[count++] = staged_of(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_count = count;
	return OK;
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
	*ret_user = staged_of(st, cx);
	return OK;
}

enum err user_stage_count(struct db *db, struct ctx *cx, int64_t job_id, int64_t *ret_active)
{
	struct db_stmt *st = db_query(db, &user_stage_count_query);
	db_bind_i64(st, job_id);
	return db_run_i64(st, cx, ret_active);
}

enum err user_stage_clear(struct db *db, struct ctx *cx, int64_t job_id)
{
	struct db_stmt *st = db_query(db, &user_stage_clear_query);
	db_bind_i64(st, job_id);
	return db_run(st, cx, NULL);
}
