/* statistics.h - how many there were of what, day by day, for charts.
 *
 * A day (UTC) has the numbers that its end had: they are written when the server starts, with the end
 * of each job and every quarter of an hour. Days on which it did not run have no row. Today is read
 * from the tallies as they stand.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/statistics.h"

struct app;
struct ctx;
struct db;

#define STATISTICS_DAYS_MAX 400

/* Writes today's row, in the caller's write transaction. */
must_check enum err statistics_keep_today(struct db *db, struct ctx *cx);
/* The last so many days, oldest first, today last; location_id 0: all together. ERR_NOT_FOUND
 * "location.unknown". */
must_check enum err statistics_last(struct app *app, struct ctx *cx, int64_t days,
	int64_t location_id, struct statistics_day **ret_days, size_t *ret_count);
