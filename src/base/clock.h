/* clock.h - the only file that asks the time, and the forms time takes in text.
 *
 * Times are int64_t milliseconds since 1970-01-01T00:00:00Z; durations too. The test build can
 * move the wall clock (clock_offset_ms, read from the file named by POMONA_CLOCK_OFFSET_FILE,
 * a decimal number of milliseconds, read afresh at each call), never the monotonic one.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct arena;

int64_t clock_now_ms(void);
int64_t clock_mono_ms(void); /* for durations and time-outs */

#define CLOCK_STEP_MS 2000 /* less is the clock's own running */

/* By how much the wall clock was set since *seen, the caller's to keep (0 at first): negative for back,
 * 0 while it only ran. */
int64_t clock_step_ms(int64_t *seen);

/* "2026-11-23T15:22:01Z" (whole seconds), and with milliseconds "….123Z". */
char *clock_rfc3339(struct arena *a, int64_t ms);
char *clock_rfc3339_ms(struct arena *a, int64_t ms);

/* Reads RFC 3339 and Apple's forms with an offset without a colon ("+0000", "-0700").
 * ERR_INVALID without detail. */
must_check enum err clock_parse(const char *s, int64_t *ret_ms);

/* RFC 9110 HTTP-date in any of its three forms, as in Retry-After; ERR_INVALID without detail. */
must_check enum err clock_parse_http_date(const char *s, int64_t *ret_ms);

/* RFC 5322 date for mail: "Mon, 23 Nov 2026 15:22:01 +0000". */
char *clock_rfc5322(struct arena *a, int64_t ms);
