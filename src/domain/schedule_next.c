/* schedule_next.c - the pure half of the schedule: when is the next run.
 *
 * Daily: walk the calendar in the zone from the day before the instant, take the days that are
 * chosen, and ask the zone for the instant of that day's wall time. zone_instant gives the first
 * instant after a spring gap and the first of an autumn overlap, which is what we want; the walk
 * goes on until an instant lies after the given one. The day before is looked at too, because in a
 * gap a day's run may fall behind midnight.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "base/zone.h"
#include "domain/schedule.h"

#define HOUR_MS (3600 * 1000LL)
/* At most a week lies between two chosen weekdays; a day more for the zone, one for the start. */
#define DAYS_TO_LOOK 10

static int64_t next_interval(const struct schedule *s, int64_t after_ms)
{
	int64_t step = s->every_hours * HOUR_MS;
	if (step <= 0)
		return 0;
	if (after_ms < s->anchor_at)
		return s->anchor_at + step;
	return s->anchor_at + ((after_ms - s->anchor_at) / step + 1) * step;
}

static int64_t next_daily(const struct schedule *s, int64_t after_ms)
{
	struct wall_time day;
	zone_wall(s->time_zone, after_ms, &day);
	wall_add_days(&day, -1);
	for (int i = 0; i < DAYS_TO_LOOK; i++, wall_add_days(&day, 1)) {
		if (!(s->weekdays & 1 << day.weekday))
			continue;
		day.hour = s->at_minute / 60;
		day.minute = s->at_minute % 60;
		int64_t at = zone_instant(s->time_zone, &day);
		if (at > after_ms)
			return at;
	}
	return 0;
}

int64_t schedule_next(const struct schedule *s, int64_t after_ms)
{
	if (text_equal(s->mode, "interval"))
		return next_interval(s, after_ms);
	if (text_equal(s->mode, "daily"))
		return next_daily(s, after_ms);
	return 0;
}

int schedule_next_runs(
	const struct schedule *s, int64_t after_ms, int64_t ret_runs[SCHEDULE_SHOWN_RUNS])
{
	int count = 0;
	while (count < SCHEDULE_SHOWN_RUNS && (after_ms = schedule_next(s, after_ms)) != 0)
		ret_runs[count++] = after_ms;
	return count;
}

const char *schedule_run_key(struct ctx *cx, const struct schedule *s, int64_t run_at)
{
	struct wall_time w;
	if (!text_equal(s->mode, "daily"))
		return arena_printf(
			cx->mem, "every %d h %s", s->every_hours, clock_rfc3339(cx->mem, run_at));
	zone_wall(s->time_zone, run_at, &w);
	return arena_printf(cx->mem, "%04d-%02d-%02dT%02d:%02d %s", w.year, w.month, w.day, w.hour,
		w.minute, s->time_zone);
}
