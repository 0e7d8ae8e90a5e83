/* When is the next run: wall clocks, gaps, overlaps, hours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/zone.h"
#include "domain/schedule.h"

enum { MON = 1, TUE = 2, WED = 4, THU = 8, FRI = 16, SAT = 32, SUN = 64, ALL = 127 };
#define WORKDAYS         (MON | TUE | WED | THU | FRI)
#define AT(hour, minute) ((hour)*60 + (minute))

static int64_t instant(const char *text)
{
	int64_t ms = 0;
	if (clock_parse(text, &ms))
		fail_msg("%s is not a time", text);
	return ms;
}

static const struct {
	const char *name, *zone;
	int at, days;
	const char *after, *want;
} daily_cases[] = {
	/* 2026-11-23 is a Monday. */
	{ "later today", "UTC", AT(3, 30), ALL, "2026-11-23T01:00:00Z", "2026-11-23T03:30:00Z" },
	{ "a second before", "UTC", AT(3, 30), ALL, "2026-11-23T03:29:59Z",
		"2026-11-23T03:30:00Z" },
	{ "exactly now is over", "UTC", AT(3, 30), ALL, "2026-11-23T03:30:00Z",
		"2026-11-24T03:30:00Z" },
	{ "tomorrow", "UTC", AT(3, 30), ALL, "2026-11-23T04:00:00Z", "2026-11-24T03:30:00Z" },
	{ "midnight", "UTC", AT(0, 0), ALL, "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z" },
	{ "last minute of the day", "UTC", AT(23, 59), ALL, "2026-11-23T23:58:00Z",
		"2026-11-23T23:59:00Z" },
	{ "over the week-end", "UTC", AT(3, 30), WORKDAYS, "2026-11-27T03:30:00Z",
		"2026-11-30T03:30:00Z" },
	{ "once a week, just over", "UTC", AT(3, 30), MON, "2026-11-23T03:30:00Z",
		"2026-11-30T03:30:00Z" },
	{ "Sunday alone", "UTC", AT(3, 30), SUN, "2026-11-23T03:30:00Z", "2026-11-29T03:30:00Z" },
	{ "no day", "UTC", AT(3, 30), 0, "2026-11-23T03:30:00Z", NULL },
	{ "end of the year", "UTC", AT(3, 30), ALL, "2026-12-31T12:00:00Z",
		"2027-01-01T03:30:00Z" },
	{ "leap day", "UTC", AT(3, 30), ALL, "2028-02-28T12:00:00Z", "2028-02-29T03:30:00Z" },
	{ "not a leap year", "UTC", AT(3, 30), ALL, "2100-02-28T12:00:00Z",
		"2100-03-01T03:30:00Z" },

	{ "winter in Berlin", "Europe/Berlin", AT(3, 30), ALL, "2026-11-23T00:00:00Z",
		"2026-11-23T02:30:00Z" },
	{ "summer in Berlin", "Europe/Berlin", AT(3, 30), ALL, "2026-07-01T00:00:00Z",
		"2026-07-01T01:30:00Z" },
	{ "the zone's weekday, not UTC's", "Europe/Berlin", AT(0, 30), TUE, "2026-11-23T12:00:00Z",
		"2026-11-23T23:30:00Z" },
	{ "the zone's weekday in the west", "America/Los_Angeles", AT(22, 0), MON,
		"2026-11-24T05:00:00Z", "2026-11-24T06:00:00Z" },
	{ "half an hour off", "Asia/Kolkata", AT(6, 0), ALL, "2026-11-23T00:00:00Z",
		"2026-11-23T00:30:00Z" },
	{ "45 minutes off", "Asia/Kathmandu", AT(6, 0), ALL, "2026-11-23T00:00:00Z",
		"2026-11-23T00:15:00Z" },
	{ "14 hours ahead", "Pacific/Kiritimati", AT(1, 0), TUE, "2026-11-23T00:00:00Z",
		"2026-11-23T11:00:00Z" },
	{ "11 hours behind", "Pacific/Pago_Pago", AT(23, 0), MON, "2026-11-24T00:00:00Z",
		"2026-11-24T10:00:00Z" },

	/* Berlin: on 2026-03-29 02:00 becomes 03:00; New York: 2026-03-08 likewise. */
	{ "in the gap: first minute after", "Europe/Berlin", AT(2, 30), ALL, "2026-03-29T00:00:00Z",
		"2026-03-29T01:00:00Z" },
	{ "the day after the gap", "Europe/Berlin", AT(2, 30), ALL, "2026-03-29T01:00:00Z",
		"2026-03-30T00:30:00Z" },
	{ "the day before the gap", "Europe/Berlin", AT(2, 30), ALL, "2026-03-28T00:00:00Z",
		"2026-03-28T01:30:00Z" },
	{ "gap begins", "Europe/Berlin", AT(2, 0), ALL, "2026-03-29T00:00:00Z",
		"2026-03-29T01:00:00Z" },
	{ "gap has ended", "Europe/Berlin", AT(3, 0), ALL, "2026-03-29T00:00:00Z",
		"2026-03-29T01:00:00Z" },
	{ "gap in New York", "America/New_York", AT(2, 15), SUN, "2026-03-07T12:00:00Z",
		"2026-03-08T07:00:00Z" },
	{ "half-hour gap at Lord Howe", "Australia/Lord_Howe", AT(2, 15), SUN,
		"2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z" },
	{ "gap at midnight in Cairo", "Africa/Cairo", AT(0, 30), FRI, "2026-04-23T12:00:00Z",
		"2026-04-23T22:00:00Z" },
	{ "a day that never was (Samoa)", "Pacific/Apia", AT(12, 0), FRI, "2011-12-29T23:00:00Z",
		"2011-12-30T10:00:00Z" },

	/* Berlin: on 2026-10-25 03:00 becomes 02:00. */
	{ "in the overlap: the first", "Europe/Berlin", AT(2, 30), ALL, "2026-10-25T00:00:00Z",
		"2026-10-25T00:30:00Z" },
	{ "not again at the second", "Europe/Berlin", AT(2, 30), ALL, "2026-10-25T00:30:00Z",
		"2026-10-26T01:30:00Z" },
	{ "between the two", "Europe/Berlin", AT(2, 30), ALL, "2026-10-25T01:00:00Z",
		"2026-10-26T01:30:00Z" },
	{ "overlap in New York", "America/New_York", AT(1, 30), SUN, "2026-10-31T12:00:00Z",
		"2026-11-01T05:30:00Z" },
	{ "after the overlap", "Europe/Berlin", AT(3, 0), ALL, "2026-10-25T00:30:00Z",
		"2026-10-25T02:00:00Z" },
};

static void next_daily_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(daily_cases) / sizeof(daily_cases[0]); i++) {
		struct schedule s = { .mode = "daily",
			.at_minute = daily_cases[i].at,
			.weekdays = daily_cases[i].days,
			.time_zone = daily_cases[i].zone };
		int64_t want = daily_cases[i].want ? instant(daily_cases[i].want) : 0;
		int64_t got = schedule_next(&s, instant(daily_cases[i].after));
		if (got != want) {
			CTX_AUTO(cx);
			fail_msg("%s: gave %s, wanted %s", daily_cases[i].name,
				clock_rfc3339(cx.mem, got),
				daily_cases[i].want ? daily_cases[i].want : "none");
		}
	}
}

static void next_interval_run(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int hours;
		const char *anchor, *after, *want;
	} cases[] = {
		{ "first", 6, "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z",
			"2026-11-23T16:00:00Z" },
		{ "second", 6, "2026-11-23T10:00:00Z", "2026-11-23T16:00:00Z",
			"2026-11-23T22:00:00Z" },
		{ "just before", 6, "2026-11-23T10:00:00Z", "2026-11-23T15:59:59Z",
			"2026-11-23T16:00:00Z" },
		{ "after days of silence", 6, "2026-11-23T10:00:00Z", "2026-11-30T11:00:00Z",
			"2026-11-30T16:00:00Z" },
		{ "clock was set back", 6, "2026-11-23T10:00:00Z", "2026-11-22T00:00:00Z",
			"2026-11-23T16:00:00Z" },
		{ "a week", 168, "2026-11-23T10:00:00Z", "2026-11-23T10:00:01Z",
			"2026-11-30T10:00:00Z" },
		{ "no hours", 0, "2026-11-23T10:00:00Z", "2026-11-23T10:00:01Z", NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct schedule s = { .mode = "interval",
			.every_hours = cases[i].hours,
			.anchor_at = instant(cases[i].anchor),
			.time_zone = "UTC" };
		int64_t want = cases[i].want ? instant(cases[i].want) : 0;
		if (schedule_next(&s, instant(cases[i].after)) != want)
			fail_msg("%s", cases[i].name);
	}
}

static void off_never_runs(void **state)
{
	(void)state;
	struct schedule s = {
		.mode = "off", .every_hours = 1, .weekdays = ALL, .time_zone = "UTC"
	};
	int64_t runs[SCHEDULE_SHOWN_RUNS];
	assert_int_equal(schedule_next(&s, 0), 0);
	assert_int_equal(schedule_next_runs(&s, 0, runs), 0);
}

static void five_runs_are_shown(void **state)
{
	(void)state;
	struct schedule s = { .mode = "daily",
		.at_minute = AT(2, 30),
		.weekdays = ALL,
		.time_zone = "Europe/Berlin" };
	static const char *const want[] = { "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z",
		"2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z", "2026-10-28T01:30:00Z" };
	int64_t runs[SCHEDULE_SHOWN_RUNS];
	assert_int_equal(schedule_next_runs(&s, instant("2026-10-23T12:00:00Z"), runs), 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(runs[i], instant(want[i]));
}

/* The days around each change of the clocks, against a slow search: the first quarter of an hour of the
 * day in the zone whose wall time is at or past the wanted one. */
static void agrees_with_a_slow_search(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *from;
		int at;
	} cases[] = {
		{ "Europe/Berlin", "2026-03-27T12:00:00Z", AT(2, 30) },
		{ "Europe/Berlin", "2026-10-23T12:00:00Z", AT(2, 30) },
		{ "America/New_York", "2026-03-06T12:00:00Z", AT(1, 0) },
		{ "America/New_York", "2026-10-30T12:00:00Z", AT(1, 0) },
		{ "Australia/Lord_Howe", "2026-04-03T00:00:00Z", AT(1, 45) },
		{ "Australia/Lord_Howe", "2026-10-02T00:00:00Z", AT(1, 45) },
		{ "Africa/Cairo", "2026-04-22T12:00:00Z", AT(0, 10) },
		{ "Africa/Cairo", "2026-10-28T12:00:00Z", AT(0, 10) },
	};
	const int64_t step = 15 * 60000;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct schedule s = { .mode = "daily",
			.at_minute = cases[c].at,
			.weekdays = ALL,
			.time_zone = cases[c].zone };
		int64_t begin = instant(cases[c].from), last_day = -1;
		int64_t next = schedule_next(&s, begin);
		for (int64_t t = begin; t < begin + 4 * 86400000LL; t += step) {
			struct wall_time w;
			zone_wall(cases[c].zone, t, &w);
			int64_t day = w.year * 10000 + w.month * 100 + w.day;
			bool is_past = w.hour * 60 + w.minute >= cases[c].at;
			if (t == begin && is_past)
				last_day = day;
			if (day == last_day || !is_past)
				continue;
			last_day = day;
			if (next > t || next <= t - step)
				fail_msg("%s: day %d", cases[c].zone, (int)day);
			next = schedule_next(&s, next);
		}
	}
}

static void run_keys_name_the_local_time(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct schedule s = { .mode = "daily",
		.at_minute = AT(2, 30),
		.weekdays = ALL,
		.time_zone = "Europe/Berlin" };
	const char *first = schedule_run_key(&cx, &s, instant("2026-10-25T00:30:00Z"));
	const char *second = schedule_run_key(&cx, &s, instant("2026-10-25T01:30:00Z"));
	assert_string_equal(first, "2026-10-25T02:30 Europe/Berlin");
	assert_string_equal(first, second);
	s = (struct schedule){ .mode = "interval", .every_hours = 6, .time_zone = "UTC" };
	assert_string_equal(schedule_run_key(&cx, &s, instant("2026-10-25T00:30:00Z")),
		"every 6 h 2026-10-25T00:30:00Z");
}

int main(void)
{
	secret_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_daily_run),
		cmocka_unit_test(next_interval_run),
		cmocka_unit_test(off_never_runs),
		cmocka_unit_test(five_runs_are_shown),
		cmocka_unit_test(agrees_with_a_slow_search),
		cmocka_unit_test(run_keys_name_the_local_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
