/* zone.h - named time zones: what the wall says where the school is.
 *
 * Stands on GLib's GTimeZone, which reads the system's zoneinfo; GLib is known here alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* A wall-clock time without a zone. weekday: 0 Monday … 6 Sunday. */
struct wall_time {
	int year, month, day, hour, minute;
	int weekday;
};

/* Is it a zone of the IANA database ("Europe/Berlin", "UTC")? Paths and POSIX strings are not. */
bool zone_exists(const char *zone);

/* The wall time in the zone at an instant. The zone must exist. */
void zone_wall(const char *zone, int64_t at_ms, struct wall_time *ret_wall);

/* The instant of a wall time. In a spring gap: the first instant after the gap. In an autumn
 * overlap: the first of the two. The zone must exist. */
int64_t zone_instant(const char *zone, const struct wall_time *wall);

/* The calendar day that is days later (weekday set, time kept). */
void wall_add_days(struct wall_time *wall, int days);
