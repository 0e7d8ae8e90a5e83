#include "store/statistics.h"

#include "db/db.h"
#include "store/statistics.sql.h"

/* The seven numbers, from a column on. */
static void read_numbers(const struct db_stmt *st, int column, struct statistics_day *day)
{
	day->requested = db_i64(st, column);
	day->registered = db_i64(st, column + 1);
	day->invited = db_i64(st, column + 2);
	day->associated = db_i64(st, column + 3);
	day->retired = db_i64(st, column + 4);
	day->licences_total = db_i64(st, column + 5);
	day->licences_assigned = db_i64(st, column + 6);
}

enum err statistics_keep(struct db *db, struct ctx *cx, int64_t day, int64_t unlimited)
{
	struct db_stmt *st = db_query(db, &statistics_drop_left_query);
	db_bind_i64(st, day);
	enum err e = db_run(st, cx, NULL);
	if (e)
		return e;
	st = db_query(db, &statistics_keep_query);
	db_bind_i64(st, unlimited);
	db_bind_i64(st, day);
	return db_run(st, cx, NULL);
}

enum err statistics_now(struct db *db, struct ctx *cx, int64_t location_id, int64_t unlimited,
	struct statistics_day *ret_now)
{
	DB_STMT_AUTO(st, db, &statistics_now_query);
	db_bind_i64(st, unlimited);
	db_bind_id(st, location_id);
	enum err e = db_step(st, cx);
	*ret_now = (struct statistics_day){ 0 };
	if (!e)
		read_numbers(st, 0, ret_now);
	return e;
}

enum err statistics_days(struct db *db, struct ctx *cx, int64_t from, int64_t before,
	int64_t location_id, size_t limit, struct statistics_day *ret_days, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	DB_STMT_AUTO(st, db, &statistics_days_query);
	db_bind_i64(st, from);
	db_bind_i64(st, before);
	db_bind_id(st, location_id);
	db_bind_i64(st, (int64_t)limit);
	for (; count < limit && (e = db_step(st, cx)) == OK; count++) {
		ret_days[count].day = db_i64(st, 0);
		read_numbers(st, 1, &ret_days[count]);
	}
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}
