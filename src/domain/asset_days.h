/* asset_days.h - the licences of an app or book day by day, for a chart: from the first day that is
 * known to today, without holes. A day without a reading has the numbers of the day before. */
#pragma once

#include "store/asset_days.h"

/* The location's assets as they stand now are those of today; in the caller's transaction. */
must_check enum err asset_days_keep_today(struct db *db, struct ctx *cx, int64_t location_id);
/* The last so many days (at most ASSET_DAYS_KEPT), oldest first, today last; none when nothing is
 * known. */
must_check enum err asset_days_last(struct db *db, struct ctx *cx, int64_t location_id,
	const char *adam_id, const char *pricing_param, int64_t days, struct asset_day **ret_days,
	size_t *ret_count);
