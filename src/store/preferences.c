#include "store/preferences.h"

#include "db/db.h"
#include "store/preferences.sql.h"

enum err preferences_get(
	struct db *db, struct ctx *cx, int64_t admin_id, struct preferences *ret_preferences)
{
	DB_STMT_AUTO(st, db, &preferences_get_query);
	db_bind_i64(st, admin_id);
	enum err e = db_step(st, cx);
	if (e)
		return e;
	*ret_preferences = (struct preferences){
		.language = db_text(st, cx, 0),
		.theme = db_text(st, cx, 1),
		.single_keys = db_bool(st, 2),
		.page_size = db_i64(st, 3),
		.density = db_text(st, cx, 4),
		.user_columns = db_text(st, cx, 5),
		.dismissed = db_text(st, cx, 6),
	};
	return OK;
}

enum err preferences_put(struct db *db, struct ctx *cx, int64_t admin_id,
	const struct preferences *preferences, int64_t now)
{
	struct db_stmt *st = db_query(db, &preferences_put_query);
	db_bind_i64(st, admin_id);
	db_bind_text(st, preferences->language);
	db_bind_text(st, preferences->theme);
	db_bind_bool(st, preferences->single_keys);
	db_bind_i64(st, preferences->page_size);
	db_bind_text(st, preferences->density);
	db_bind_text(st, preferences->user_columns);
	db_bind_text(st, preferences->dismissed);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}
