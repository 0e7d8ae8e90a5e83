#include "base/zone.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ZONEINFO "/usr/share/zoneinfo/"
/* The widest step between two local times that any zone has made (Samoa, 2011) is a day. */
#define REACH_SECONDS (int64_t)(36 * 3600)

static bool name_is_plain(const char *zone)
{
	size_t length = zone ? strlen(zone) : 0;
	if (length < 2 || length > 64 || zone[0] == '/' || zone[length - 1] == '/')
		return false;
	if (strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") !=
		length)
		return false;
	static const char *const not_iana[] = { "posix", "right/", "localtime" };
	for (size_t i = 0; i < G_N_ELEMENTS(not_iana); i++)
		if (strncmp(zone, not_iana[i], strlen(not_iana[i])) == 0)
			return false;
	return true;
}

bool zone_exists(const char *zone)
{
	if (!name_is_plain(zone))
		return false;
	char path[sizeof(ZONEINFO) + 64];
	snprintf(path, sizeof(path), ZONEINFO "%s", zone);
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	char magic[4];
	bool is_zone = fread(magic, 1, 4, file) == 4 && memcmp(magic, "TZif", 4) == 0;
	fclose(file);
	return is_zone;
}

static GTimeZone *open_zone(const char *zone)
{
	GTimeZone *tz = g_time_zone_new_identifier(zone);
	return tz ? tz : g_time_zone_new_utc();
}

static int64_t offset_at(GTimeZone *tz, int64_t seconds)
{
	int interval = g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, seconds);
	return g_time_zone_get_offset(tz, interval);
}

static int64_t wall_seconds(const struct wall_time *wall)
{
	struct tm tm = { .tm_year = wall->year - 1900,
		.tm_mon = wall->month - 1,
		.tm_mday = wall->day,
		.tm_hour = wall->hour,
		.tm_min = wall->minute };
	return (int64_t)timegm(&tm);
}

static struct wall_time wall_of(int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm = { 0 };
	gmtime_r(&t, &tm);
	return (struct wall_time){ .year = tm.tm_year + 1900,
		.month = tm.tm_mon + 1,
		.day = tm.tm_mday,
		.hour = tm.tm_hour,
		.minute = tm.tm_min,
		.weekday = (tm.tm_wday + 6) % 7 };
}

static int64_t floor_seconds(int64_t ms)
{
	return ms / 1000 - (ms % 1000 < 0);
}

void zone_wall(const char *zone, int64_t at_ms, struct wall_time *ret_wall)
{
	GTimeZone *tz = open_zone(zone);
	int64_t seconds = floor_seconds(at_ms);
	*ret_wall = wall_of(seconds + offset_at(tz, seconds));
	g_time_zone_unref(tz);
}

/* The first second in (from, to] that has another offset than from. */
static int64_t find_step(GTimeZone *tz, int64_t from, int64_t to)
{
	int64_t before = offset_at(tz, from);
	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;
		if (offset_at(tz, middle) == before)
			from = middle;
		else
			to = middle;
	}
	return to;
}

int64_t zone_instant(const char *zone, const struct wall_time *wall)
{
	GTimeZone *tz = open_zone(zone);
	int64_t local = wall_seconds(wall);
	int64_t early = offset_at(tz, local - REACH_SECONDS);
	int64_t late = offset_at(tz, local + REACH_SECONDS);
	int64_t instant;
	/* With the offset of before comes the first of two; with that of after the only one. */
	if (offset_at(tz, local - early) == early)
		instant = local - early;
	else if (offset_at(tz, local - late) == late)
		instant = local - late;
	else
		instant = find_step(tz, local - REACH_SECONDS, local + REACH_SECONDS);
	g_time_zone_unref(tz);
	return instant * 1000;
}

void wall_add_days(struct wall_time *wall, int days)
{
	*wall = wall_of(wall_seconds(wall) + (int64_t)days * 86400);
}
