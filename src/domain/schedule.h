/* schedule.h - when a location is synced by itself: off, every N hours, or daily at a wall-clock
 * time on chosen weekdays in a named zone.
 *
 * The time functions are pure. A daily run at a time that a spring gap leaves out happens at the
 * first minute after the gap; one that an autumn overlap has twice happens at the first. Each planned
 * run has a key, so that it becomes one job at most; runs that passed while the server was down are
 * made up for by one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/schedules.h"

struct app;
struct ctx;

#define SCHEDULE_EVERY_HOURS_MAX 168
#define SCHEDULE_SHOWN_RUNS      5

/* The first run after an instant; 0 when there is none (off). */
int64_t schedule_next(const struct schedule *s, int64_t after_ms);

/* Up to SCHEDULE_SHOWN_RUNS runs after an instant; gives how many. */
int schedule_next_runs(
	const struct schedule *s, int64_t after_ms, int64_t ret_runs[SCHEDULE_SHOWN_RUNS]);

/* The name of a planned run: "2026-11-24T03:30 Europe/Berlin" (daily, the local time it stands for,
 * the same in both hours of an overlap), "every 6 h 1764000000" (interval). In cx->mem. */
const char *schedule_run_key(struct ctx *cx, const struct schedule *s, int64_t run_at);

/* The schedule of a location, "off" when it was never set. ERR_NOT_FOUND "location.unknown". */
must_check enum err schedule_get(
	struct app *app, struct ctx *cx, int64_t location_id, struct schedule *ret_schedule);

/* Checks (ERR_INVALID with the field), stores, audits, and rings the scheduler. location_id, mode
 * and apply must be set; what the mode does not use is ignored. */
must_check enum err schedule_set(struct app *app, struct ctx *cx, const struct schedule *wanted,
	struct schedule *ret_schedule);

/* Turns what is due into sync jobs, each once, and sets the next run of each. *ret_next_at: when to
 * come again, 0 when nothing is planned. Used by work/scheduler. */
must_check enum err schedule_run_due(struct app *app, struct ctx *cx, int64_t *ret_next_at);
