/* schedules.h - when a location is synced by itself. Every function may return ERR_DB. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct schedule {
	int64_t location_id;
	const char *mode;      /* off, interval, daily */
	int every_hours;       /* interval; 0 otherwise */
	int at_minute;         /* daily: of the day, in the zone */
	int weekdays;          /* bits: 1 Monday … 64 Sunday */
	const char *time_zone; /* IANA name */
	const char *apply;     /* plan_and_apply, plan_only */
	int64_t anchor_at;     /* interval: hours are counted from here */
	int64_t next_run_at;   /* 0: never */
	int64_t updated_at;
};

/* ERR_NOT_FOUND without detail: never set. */
must_check enum err schedules_get(
	struct db *db, struct ctx *cx, int64_t location_id, struct schedule *ret_schedule);
must_check enum err schedules_put(struct db *db, struct ctx *cx, const struct schedule *s);
/* The next run of a schedule that did not change since it was read (updated_at); ERR_NOT_FOUND
 * without detail when it did. */
must_check enum err schedules_set_next(
	struct db *db, struct ctx *cx, const struct schedule *s, int64_t next_run_at);
/* Those with next_run_at <= now, earliest first, at most 100. */
must_check enum err schedules_due(struct db *db, struct ctx *cx, int64_t now,
	struct schedule **ret_schedules, size_t *ret_count);
/* The earliest next_run_at; 0: none. */
must_check enum err schedules_earliest(struct db *db, struct ctx *cx, int64_t *ret_at);

/* Writes that a planned run became a job; *ret_is_new false: it did before. */
must_check enum err schedules_add_run(struct db *db, struct ctx *cx, int64_t location_id,
	const char *run_key, int64_t job_id, int64_t ran_at, bool *ret_is_new);
struct schedule_run {
	const char *run_key; /* which planned run it was */
	int64_t job_id;      /* 0: it could not become one */
	int64_t ran_at;
};
/* The latest first. */
must_check enum err schedules_runs(struct db *db, struct ctx *cx, int64_t location_id, size_t limit,
	struct schedule_run *ret_runs, size_t *ret_count);
must_check enum err schedules_has_run(
	struct db *db, struct ctx *cx, int64_t location_id, const char *run_key, bool *ret_has_run);
