#include "base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"

static const char *const day_names[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
	"Sep", "Oct", "Nov", "Dec" };

static int64_t read_ms(clockid_t which)
{
	struct timespec ts;
	clock_gettime(which, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

#ifdef POMONA_TEST_BUILD
static int64_t clock_offset_ms(void)
{
	const char *path = getenv("POMONA_CLOCK_OFFSET_FILE");
	FILE *file = path ? fopen(path, "re") : NULL;
	if (!file)
		return 0;
	long long offset = 0;
	if (fscanf(file, "%lld", &offset) != 1)
		offset = 0;
	fclose(file);
	return offset;
}
#else
static int64_t clock_offset_ms(void)
{
	return 0;
}
#endif

int64_t clock_now_ms(void)
{
	return read_ms(CLOCK_REALTIME) + clock_offset_ms();
}

int64_t clock_mono_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_step_ms(int64_t *seen)
{
	int64_t apart = clock_now_ms() - clock_mono_ms();
	int64_t step = *seen ? apart - *seen : 0;
	*seen = apart;
	return step > -CLOCK_STEP_MS && step < CLOCK_STEP_MS ? 0 : step;
}

/* Whole seconds, rounded towards the past also before 1970; the rest in ret_ms. */
static struct tm to_tm(int64_t ms, int *ret_ms)
{
	int64_t seconds = ms / 1000, rest = ms % 1000;
	if (rest < 0) {
		seconds--;
		rest += 1000;
	}
	time_t t = (time_t)seconds;
	struct tm tm = { 0 };
	gmtime_r(&t, &tm);
	*ret_ms = (int)rest;
	return tm;
}

char *clock_rfc3339(struct arena *a, int64_t ms)
{
	int rest;
	struct tm tm = to_tm(ms, &rest);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

char *clock_rfc3339_ms(struct arena *a, int64_t ms)
{
	int rest;
	struct tm tm = to_tm(ms, &rest);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, rest);
}

char *clock_rfc5322(struct arena *a, int64_t ms)
{
	int rest;
	struct tm tm = to_tm(ms, &rest);
	return arena_printf(a, "%s, %02d %s %04d %02d:%02d:%02d +0000", day_names[tm.tm_wday],
		tm.tm_mday, month_names[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		tm.tm_sec);
}

/* Exactly count digits at *s; -1 when there are others. Moves *s behind them. */
static int digits(const char **s, int count)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		if ((*s)[i] < '0' || (*s)[i] > '9')
			return -1;
		value = value * 10 + ((*s)[i] - '0');
	}
	*s += count;
	return value;
}

static bool take(const char **s, const char *any_of)
{
	if (!**s || !strchr(any_of, **s))
		return false;
	(*s)++;
	return true;
}

static bool day_exists(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap);
}

static enum err combine(
	int year, int month, int day, int hour, int minute, int second, int64_t *ret_ms)
{
	/* 60 is a leap second of UTC: it counts as the first second of the next minute. */
	if (year < 0 || !day_exists(year, month, day) || hour < 0 || hour > 23 || minute < 0 ||
		minute > 59 || second < 0 || second > 60)
		return ERR_INVALID;
	struct tm tm = { .tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_min = minute,
		.tm_sec = second };
	*ret_ms = (int64_t)timegm(&tm) * 1000;
	return OK;
}

/* ".123456" → 123; nothing → 0; -1 when the dot has no digits. */
static int fraction_ms(const char **s)
{
	if (!take(s, ".,"))
		return 0;
	int ms = 0, weight = 100, count = 0;
	for (; **s >= '0' && **s <= '9'; (*s)++, count++) {
		ms += (**s - '0') * weight;
		weight /= 10;
	}
	return count && count <= 9 ? ms : -1;
}

/* "Z", "+02:00", "-0700" */
static enum err zone_offset(const char **s, int64_t *ret_ms)
{
	if (take(s, "Zz")) {
		*ret_ms = 0;
		return OK;
	}
	int64_t sign = **s == '-' ? -1 : 1;
	if (!take(s, "+-"))
		return ERR_INVALID;
	int hours = digits(s, 2);
	if (hours < 0 || hours > 23)
		return ERR_INVALID;
	take(s, ":");
	int minutes = digits(s, 2);
	if (minutes < 0 || minutes > 59)
		return ERR_INVALID;
	*ret_ms = sign * (hours * 60 + minutes) * 60000;
	return OK;
}

enum err clock_parse(const char *s, int64_t *ret_ms)
{
	if (!s)
		return ERR_INVALID;
	int year = digits(&s, 4);
	if (year < 0 || !take(&s, "-"))
		return ERR_INVALID;
	int month = digits(&s, 2);
	if (month < 0 || !take(&s, "-"))
		return ERR_INVALID;
	int day = digits(&s, 2);
	if (day < 0 || !take(&s, "Tt "))
		return ERR_INVALID;
	int hour = digits(&s, 2);
	if (hour < 0 || !take(&s, ":"))
		return ERR_INVALID;
	int minute = digits(&s, 2);
	if (minute < 0 || !take(&s, ":"))
		return ERR_INVALID;
	int second = digits(&s, 2);
	int ms = second < 0 ? -1 : fraction_ms(&s);
	int64_t at, offset;
	if (ms < 0 || zone_offset(&s, &offset) || *s)
		return ERR_INVALID;
	if (combine(year, month, day, hour, minute, second, &at))
		return ERR_INVALID;
	*ret_ms = at + ms - offset;
	return OK;
}

/* A year of two digits is the one that is at most 50 years ahead (RFC 9110). */
static int whole_year(int of_century)
{
	time_t now = (time_t)(clock_now_ms() / 1000);
	struct tm tm;
	gmtime_r(&now, &tm);
	int this_year = tm.tm_year + 1900;
	int year = this_year - this_year % 100 + of_century;
	return year > this_year + 50 ? year - 100 : year;
}

/* The form that is sent today, and the two of old that RFC 9110 wants to be read: "Mon, 23 Nov 2026 15:22:01 GMT",
 * "Monday, 23-Nov-26 15:22:01 GMT", "Mon Nov 23 15:22:01 2026". */
enum err clock_parse_http_date(const char *s, int64_t *ret_ms)
{
	char name[10] = "", month_name[4] = "";
	int day = 0, year = 0, hour = 0, minute = 0, second = 0, end = 0;
	if (!s || strlen(s) > 40)
		return ERR_INVALID;
	bool is_read = sscanf(s, "%3c, %2d %3c %4d %2d:%2d:%2d GMT%n", name, &day, month_name,
			       &year, &hour, &minute, &second, &end) == 7 &&
	               end && !s[end];
	if (!is_read) {
		end = 0;
		is_read = sscanf(s, "%9[A-Za-z], %2d-%3c-%2d %2d:%2d:%2d GMT%n", name, &day,
				  month_name, &year, &hour, &minute, &second, &end) == 7 &&
		          end && !s[end] && year >= 0;
		year = whole_year(year);
	}
	if (!is_read) {
		end = 0;
		is_read = sscanf(s, "%3[A-Za-z] %3c %2d %2d:%2d:%2d %4d%n", name, month_name, &day,
				  &hour, &minute, &second, &year, &end) == 7 &&
		          end && !s[end];
	}
	for (int month = 0; is_read && month < 12; month++)
		if (strcmp(month_names[month], month_name) == 0)
			return combine(year, month + 1, day, hour, minute, second, ret_ms);
	return ERR_INVALID;
}
