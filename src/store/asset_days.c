#include "store/asset_days.h"

#include "db/db.h"
#include "store/asset_days.sql.h"

enum err asset_days_keep(struct db *db, struct ctx *cx, int64_t location_id, int64_t day)
{
	struct db_stmt *st = db_query(db, &asset_days_keep_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, day);
	enum err e = db_run(st, cx, NULL);
	if (e)
		return e;
	st = db_query(db, &asset_days_drop_old_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, day - ASSET_DAYS_KEPT + 1);
	return db_run(st, cx, NULL);
}

enum err asset_days_list(struct db *db, struct ctx *cx, int64_t location_id, const char *adam_id,
	const char *pricing_param, int64_t from, size_t limit, struct asset_day *ret_days,
	size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	DB_STMT_AUTO(st, db, &asset_days_list_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, adam_id);
	db_bind_text(st, pricing_param);
	db_bind_i64(st, from);
	db_bind_i64(st, (int64_t)limit);
	for (; count < limit && (e = db_step(st, cx)) == OK; count++)
		ret_days[count] = (struct asset_day){
			.day = db_i64(st, 0),
			.total = db_i64(st, 1),
			.assigned = db_i64(st, 2),
			.available = db_i64(st, 3),
		};
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}
