#include <string.h>

#include "../unit.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/zone.h"

static const struct {
	const char *text;
	enum err e;
	int64_t ms;
} instants[] = {
	{ "2026-11-23T15:22:01Z", OK, 1795447321000 },
	{ "2026-11-23T15:22:01.5Z", OK, 1795447321500 },
	{ "2026-11-23T15:22:01.123456Z", OK, 1795447321123 },
	{ "2026-11-23T15:22:01+0000", OK, 1795447321000 },
	{ "2026-11-23T08:22:01-0700", OK, 1795447321000 },
	{ "2026-11-23T16:22:01+01:00", OK, 1795447321000 },
	{ "2026-11-23t15:22:01z", OK, 1795447321000 },
	{ "2028-02-29T00:00:00Z", OK, 1835395200000 },
	{ "1969-12-31T23:59:59Z", OK, -1000 },
	{ "2026-12-31T23:59:60Z", OK, 1798761600000 },
	{ "2027-02-29T00:00:00Z", ERR_INVALID, 0 },
	{ "2026-13-01T00:00:00Z", ERR_INVALID, 0 },
	{ "2026-11-23T24:00:00Z", ERR_INVALID, 0 },
	{ "2026-11-23T15:22:01", ERR_INVALID, 0 },
	{ "2026-11-23", ERR_INVALID, 0 },
	{ "2026-11-23T15:22:01.Z", ERR_INVALID, 0 },
	{ "2026-11-23T15:22:01Z ", ERR_INVALID, 0 },
	{ "", ERR_INVALID, 0 },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(instants); i++) {
		int64_t ms = 0;
		print_message("%s\n", instants[i].text);
		assert_int_equal(clock_parse(instants[i].text, &ms), instants[i].e);
		assert_int_equal(ms, instants[i].ms);
	}
}

static void test_forms(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	int64_t ms;
	assert_string_equal(clock_rfc3339(cx.mem, 1795447321123), "2026-11-23T15:22:01Z");
	assert_string_equal(clock_rfc3339_ms(cx.mem, 1795447321123), "2026-11-23T15:22:01.123Z");
	assert_string_equal(clock_rfc3339_ms(cx.mem, -1), "1969-12-31T23:59:59.999Z");
	assert_string_equal(
		clock_rfc5322(cx.mem, 1795447321123), "Mon, 23 Nov 2026 15:22:01 +0000");
	assert_int_equal(clock_parse_http_date("Mon, 23 Nov 2026 15:22:01 GMT", &ms), OK);
	assert_int_equal(ms, 1795447321000);
	assert_int_equal(clock_parse_http_date("Monday, 23-Nov-26 15:22:01 GMT", &ms), OK);
	assert_int_equal(ms, 1795447321000);
	assert_int_equal(clock_parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", &ms), OK);
	assert_int_equal(ms, 784111777000);
	assert_int_equal(clock_parse_http_date("Mon Nov 23 15:22:01 2026", &ms), OK);
	assert_int_equal(ms, 1795447321000);
	assert_int_equal(clock_parse_http_date("Sun Nov  6 08:49:37 1994", &ms), OK);
	assert_int_equal(ms, 784111777000);
	assert_int_equal(clock_parse_http_date("Sun Nov  6 08:49:37", &ms), ERR_INVALID);
	assert_int_equal(clock_parse_http_date("Sunday, 31-Nov-94 08:49:37 GMT", &ms), ERR_INVALID);
	assert_int_equal(clock_parse_http_date("Mon, 23 Foo 2026 15:22:01 GMT", &ms), ERR_INVALID);
	assert_int_equal(clock_parse_http_date("120", &ms), ERR_INVALID);
}

static const struct {
	const char *name, *zone;
	struct wall_time wall;
	const char *instant;
} walls[] = {
	{ "winter", "Europe/Berlin", { 2026, 1, 15, 8, 30, 0 }, "2026-01-15T07:30:00Z" },
	{ "summer", "Europe/Berlin", { 2026, 7, 15, 8, 30, 0 }, "2026-07-15T06:30:00Z" },
	{ "before the gap", "Europe/Berlin", { 2026, 3, 29, 1, 59, 0 }, "2026-03-29T00:59:00Z" },
	{ "in the gap", "Europe/Berlin", { 2026, 3, 29, 2, 30, 0 }, "2026-03-29T01:00:00Z" },
	{ "after the gap", "Europe/Berlin", { 2026, 3, 29, 3, 0, 0 }, "2026-03-29T01:00:00Z" },
	{ "overlap: the first", "Europe/Berlin", { 2026, 10, 25, 2, 30, 0 },
		"2026-10-25T00:30:00Z" },
	{ "after the overlap", "Europe/Berlin", { 2026, 10, 25, 3, 0, 0 }, "2026-10-25T02:00:00Z" },
	{ "west, gap", "America/New_York", { 2026, 3, 8, 2, 15, 0 }, "2026-03-08T07:00:00Z" },
	{ "west, overlap", "America/New_York", { 2026, 11, 1, 1, 15, 0 }, "2026-11-01T05:15:00Z" },
	{ "half an hour", "Australia/Lord_Howe", { 2026, 4, 5, 1, 45, 0 }, "2026-04-04T14:45:00Z" },
	{ "the day that Samoa left out", "Pacific/Apia", { 2011, 12, 30, 12, 0, 0 },
		"2011-12-30T10:00:00Z" },
	{ "UTC", "UTC", { 2026, 3, 29, 2, 30, 0 }, "2026-03-29T02:30:00Z" },
};

static void test_zone_instant(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(walls); i++) {
		CTX_AUTO(cx);
		print_message("%s\n", walls[i].name);
		int64_t ms = zone_instant(walls[i].zone, &walls[i].wall);
		assert_string_equal(clock_rfc3339(cx.mem, ms), walls[i].instant);
	}
}

static void test_zone_wall(void **state)
{
	(void)state;
	struct wall_time wall;
	zone_wall("America/New_York", 1795447321000, &wall);
	assert_int_equal(wall.day, 23);
	assert_int_equal(wall.hour, 10);
	assert_int_equal(wall.minute, 22);
	assert_int_equal(wall.weekday, 0);
	wall_add_days(&wall, 9);
	assert_int_equal(wall.month, 12);
	assert_int_equal(wall.day, 2);
	assert_int_equal(wall.weekday, 2);
	assert_int_equal(wall.hour, 10);
}

static void test_zone_exists(void **state)
{
	(void)state;
	static const char *const real[] = { "Europe/Berlin", "UTC", "America/Argentina/Ushuaia",
		"Etc/GMT+5" };
	static const char *const none[] = { "", "Europe", "Europe/", "Europe/Atlantis", "../passwd",
		"/etc/localtime", "UTC+3", "CET-1CEST,M3.5.0,M10.5.0/3", "right/UTC", "tzdata.zi",
		"Europe/Berlin\n" };
	for (size_t i = 0; i < COUNT(real); i++)
		assert_true(zone_exists(real[i]));
	for (size_t i = 0; i < COUNT(none); i++)
		assert_false(zone_exists(none[i]));
	assert_false(zone_exists(NULL));
}

int main(void)
{
	secret_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_zone_instant),
		cmocka_unit_test(test_zone_wall),
		cmocka_unit_test(test_zone_exists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
