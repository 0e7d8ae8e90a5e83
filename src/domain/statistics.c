#include "domain/statistics.h"

#include "apple/assets.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"
#include "domain/app.h"
#include "store/locations.h"

#define DAY_MS (24 * 60 * 60 * 1000LL)

enum err statistics_keep_today(struct db *db, struct ctx *cx)
{
	return statistics_keep(db, cx, clock_now_ms() / DAY_MS, APPLE_UNLIMITED);
}

enum err statistics_last(struct app *app, struct ctx *cx, int64_t days, int64_t location_id,
	struct statistics_day **ret_days, size_t *ret_count)
{
	int64_t today = clock_now_ms() / DAY_MS;
	struct statistics_day *list = ARENA_ARRAY(cx->mem, struct statistics_day, (size_t)days);
	struct location location;
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e && location_id)
		e = locations_get(db, cx, location_id, &location);
	if (!e)
		e = statistics_days(db, cx, today - days + 1, today, location_id, (size_t)days - 1,
			list, &count);
	if (!e)
		e = statistics_now(db, cx, location_id, APPLE_UNLIMITED, &list[count]);
	if (e)
		return e;
	list[count].day = today;
	*ret_days = list;
	*ret_count = count + 1;
	return OK;
}
