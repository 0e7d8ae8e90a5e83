/* rate.h - how often each of many callers may ask: a bucket of turns per caller, filled steadily.
 *
 * Kept in memory: a restart fills all buckets, which harms nobody. The callers that asked longest ago
 * make room for new ones; theirs were full by then, or soon will be.
 */
#pragma once

#include <stdint.h>

struct rate;

/* per_minute 0: no limit. A full bucket holds the turns of one minute. */
struct rate *rate_new(int64_t per_minute);
void rate_free(struct rate *rate); /* accepts NULL */
/* Takes a turn of the caller's: 0, or how many ms until there is one. now_ms is monotonic. */
int64_t rate_take(struct rate *rate, const char *caller, int64_t now_ms);
