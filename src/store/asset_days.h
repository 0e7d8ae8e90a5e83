/* asset_days.h - how many licences of an app or book there were, day by day. Days are counted since
 * 1970-01-01 (UTC). Rows are written when the numbers moved only, so what grows is bounded by what
 * changes; older ones than ASSET_DAYS_KEPT go. Every function may return ERR_DB. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

#define ASSET_DAYS_KEPT 400

struct asset_day {
	int64_t day;
	int64_t total, assigned, available;
};

/* Writes the location's assets as they stand as those of the day, and drops what is too old; in the
 * caller's transaction. */
must_check enum err asset_days_keep(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t day);
/* The rows from a day on, oldest first; before them the one that held on that day, if there is one.
 * ret_days has room for limit. */
must_check enum err asset_days_list(struct db *db, struct ctx *cx, int64_t location_id,
	const char *adam_id, const char *pricing_param, int64_t from, size_t limit,
	struct asset_day *ret_days, size_t *ret_count);
