#include "store/settings.h"

#include "base/clock.h"
#include "db/db.h"
#include "store/settings.sql.h"

enum err settings_get(struct db *db, struct ctx *cx, const char *name, const char **ret_value)
{
	DB_STMT_AUTO(st, db, &settings_get_query);
	db_bind_text(st, name);
	enum err e = db_step(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_value = e ? NULL : db_text(st, cx, 0);
	return OK;
}

static enum err remove_one(struct db *db, struct ctx *cx, const char *name)
{
	struct db_stmt *st = db_query(db, &settings_remove_query);
	db_bind_text(st, name);
	return db_run(st, cx, NULL);
}

enum err settings_put(struct db *db, struct ctx *cx, const char *name, const char *value)
{
	if (!value)
		return remove_one(db, cx, name);
	struct db_stmt *st = db_query(db, &settings_put_query);
	db_bind_text(st, name);
	db_bind_text(st, value);
	db_bind_i64(st, clock_now_ms());
	return db_run(st, cx, NULL);
}

enum err settings_changed_at(
	struct db *db, struct ctx *cx, const char *from, const char *to, int64_t *ret_at)
{
	struct db_stmt *st = db_query(db, &settings_changed_at_query);
	db_bind_text(st, from);
	db_bind_text(st, to);
	return db_run_i64(st, cx, ret_at);
}
