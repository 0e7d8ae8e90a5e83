#include "domain/asset_days.h"

#include "base/clock.h"
#include "base/ctx.h"

#define DAY_MS (24 * 60 * 60 * 1000LL)

enum err asset_days_keep_today(struct db *db, struct ctx *cx, int64_t location_id)
{
	return asset_days_keep(db, cx, location_id, clock_now_ms() / DAY_MS);
}

enum err asset_days_last(struct db *db, struct ctx *cx, int64_t location_id, const char *adam_id,
	const char *pricing_param, int64_t days, struct asset_day **ret_days, size_t *ret_count)
{
	int64_t today = clock_now_ms() / DAY_MS, from = today - days + 1;
	size_t known = 0, next = 0, count = 0;
	struct asset_day *rows = ARENA_ARRAY(cx->mem, struct asset_day, (size_t)days + 1);
	struct asset_day *all = ARENA_ARRAY(cx->mem, struct asset_day, (size_t)days);
	enum err e = asset_days_list(
		db, cx, location_id, adam_id, pricing_param, from, (size_t)days + 1, rows, &known);
	if (e)
		return e;
	for (int64_t day = from; day <= today; day++) {
		while (next < known && rows[next].day <= day)
			next++;
		if (!next)
			continue;
		all[count] = rows[next - 1];
		all[count++].day = day;
	}
	*ret_days = all;
	*ret_count = count;
	return OK;
}
