#include "store/sign_in_failures.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/sign_in_failures.sql.h"

enum err sign_in_failures_get(struct db *db, struct ctx *cx, const char *key, int64_t since,
	struct sign_in_failures *ret_failures)
{
	DB_STMT_AUTO(st, db, &sign_in_failures_get_query);
	db_bind_text(st, key);
	db_bind_i64(st, since);
	enum err e = db_step(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_failures = (struct sign_in_failures){ 0 };
	if (!e)
		*ret_failures = (struct sign_in_failures){
			.failures = db_i64(st, 0),
			.last_at = db_i64(st, 1),
		};
	return OK;
}

enum err sign_in_failures_add(
	struct db *db, struct ctx *cx, const char *key, int64_t since, int64_t now)
{
	struct db_stmt *st = db_query(db, &sign_in_failures_add_query);
	db_bind_text(st, key);
	db_bind_i64(st, since);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err sign_in_failures_clear(struct db *db, struct ctx *cx, const char *key)
{
	struct db_stmt *st = db_query(db, &sign_in_failures_clear_query);
	db_bind_text(st, key);
	return db_run(st, cx, NULL);
}

enum err sign_in_failures_sweep(struct db *db, struct ctx *cx, int64_t before)
{
	struct db_stmt *st = db_query(db, &sign_in_failures_sweep_query);
	db_bind_i64(st, before);
	return db_run(st, cx, NULL);
}
