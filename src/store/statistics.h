/* statistics.h - how many there were of what, day by day. Days are counted since 1970-01-01 (UTC).
 * Every function may return ERR_DB. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct statistics_day {
	int64_t day;
	int64_t requested, registered, invited, associated; /* live VPP users of that state */
	int64_t retired;                           /* removed records of people, all up to then */
	int64_t licences_total, licences_assigned; /* of content that is counted */
};

/* Writes the present numbers as those of the day, in the caller's transaction. What is the same is not
 * written again. unlimited: the count with which Apple says that content has none. */
must_check enum err statistics_keep(struct db *db, struct ctx *cx, int64_t day, int64_t unlimited);
/* The present numbers; location_id 0: of all together. day is left 0. */
must_check enum err statistics_now(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t unlimited, struct statistics_day *ret_now);
/* The days that were kept, oldest first: from the one up to before the other. */
must_check enum err statistics_days(struct db *db, struct ctx *cx, int64_t from, int64_t before,
	int64_t location_id, size_t limit, struct statistics_day *ret_days, size_t *ret_count);
