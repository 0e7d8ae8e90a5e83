#include "base/rate.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS      4096
#define CALLER_BYTES 64
#define LOOKED_AT    8 /* buckets in which a caller may be */
#define MINUTE_MS    60000

struct bucket {
	char caller[CALLER_BYTES]; /* "": free */
	int64_t turns_ms;          /* turns, each worth MINUTE_MS; what a minute fills */
	int64_t at_ms;             /* when it was filled last */
};

struct rate {
	pthread_mutex_t lock;
	int64_t per_minute;
	struct bucket buckets[BUCKETS];
};

struct rate *rate_new(int64_t per_minute)
{
	struct rate *rate = calloc(1, sizeof(*rate));
	if (!rate)
		abort();
	pthread_mutex_init(&rate->lock, NULL);
	rate->per_minute = per_minute;
	return rate;
}

void rate_free(struct rate *rate)
{
	if (!rate)
		return;
	pthread_mutex_destroy(&rate->lock);
	free(rate);
}

static size_t place_of(const char *caller)
{
	uint64_t hash = 1469598103934665603u;
	for (; *caller; caller++)
		hash = (hash ^ (unsigned char)*caller) * 1099511628211u;
	return (size_t)(hash ^ hash >> 32);
}

static struct bucket *bucket_of(struct rate *rate, const char *caller, int64_t now_ms)
{
	size_t place = place_of(caller);
	struct bucket *oldest = NULL;
	for (size_t i = 0; i < LOOKED_AT; i++) {
		struct bucket *b = &rate->buckets[(place + i) % BUCKETS];
		if (!strncmp(b->caller, caller, CALLER_BYTES - 1))
			return b;
		if (!oldest || b->at_ms < oldest->at_ms)
			oldest = b;
	}
	memset(oldest, 0, sizeof(*oldest));
	strncpy(oldest->caller, caller, CALLER_BYTES - 1);
	oldest->turns_ms = rate->per_minute * MINUTE_MS;
	oldest->at_ms = now_ms;
	return oldest;
}

int64_t rate_take(struct rate *rate, const char *caller, int64_t now_ms)
{
	if (!rate || !rate->per_minute)
		return 0;
	pthread_mutex_lock(&rate->lock);
	struct bucket *b = bucket_of(rate, caller, now_ms);
	int64_t full = rate->per_minute * MINUTE_MS;
	int64_t passed = now_ms - b->at_ms < MINUTE_MS ? now_ms - b->at_ms : MINUTE_MS;
	b->turns_ms += passed * rate->per_minute;
	b->turns_ms = b->turns_ms < full ? b->turns_ms : full;
	b->at_ms = now_ms;
	bool is_given = b->turns_ms >= MINUTE_MS;
	int64_t wait_ms = is_given ? 0 : (MINUTE_MS - b->turns_ms) / rate->per_minute + 1;
	if (is_given)
		b->turns_ms -= MINUTE_MS;
	pthread_mutex_unlock(&rate->lock);
	return wait_ms;
}
