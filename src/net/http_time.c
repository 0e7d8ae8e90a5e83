#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "net/http_private.h"

#define BEAT_MS 15000

struct http_time {
	struct http_server *server;
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t changed;
	struct http_request_list delayed; /* the earliest first */
	bool is_hurried, is_over;
	pthread_t thread;
};

static void wait_until(struct http_time *time, int64_t at_ms)
{
	struct timespec until = { .tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000 };
	pthread_cond_timedwait(&time->changed, &time->lock, &until);
}

static void resume_due(struct http_time *time, int64_t now)
{
	struct http_request *rq;
	while ((rq = TAILQ_FIRST(&time->delayed)) && (rq->due_at <= now || time->is_hurried)) {
		TAILQ_REMOVE(&time->delayed, rq, link);
		MHD_resume_connection(rq->connection);
	}
}

static void *keep_time(void *argument)
{
	struct http_time *time = argument;
	int64_t beat_at = clock_mono_ms() + BEAT_MS;
	pthread_mutex_lock(&time->lock);
	while (!time->is_over) {
		int64_t now = clock_mono_ms();
		resume_due(time, now);
		if (now >= beat_at) {
			beat_at = now + BEAT_MS;
			http_streams_beat(time->server);
		}
		struct http_request *first = TAILQ_FIRST(&time->delayed);
		wait_until(time, first && first->due_at < beat_at ? first->due_at : beat_at);
	}
	pthread_mutex_unlock(&time->lock);
	return NULL;
}

struct http_time *http_time_new(struct http_server *server)
{
	struct http_time *time = calloc(1, sizeof(*time));
	if (!time)
		abort();
	time->server = server;
	TAILQ_INIT(&time->delayed);
	pthread_mutex_init(&time->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&time->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&time->thread, NULL, keep_time, time))
		abort();
	return time;
}

void http_time_put(struct http_time *time, struct http_request *rq, int64_t delay_ms)
{
	pthread_mutex_lock(&time->lock);
	rq->due_at = clock_mono_ms() + delay_ms;
	struct http_request *later = TAILQ_FIRST(&time->delayed);
	while (later && later->due_at <= rq->due_at)
		later = TAILQ_NEXT(later, link);
	if (later)
		TAILQ_INSERT_BEFORE(later, rq, link);
	else
		TAILQ_INSERT_TAIL(&time->delayed, rq, link);
	pthread_cond_signal(&time->changed);
	pthread_mutex_unlock(&time->lock);
}

void http_time_hurry(struct http_time *time)
{
	pthread_mutex_lock(&time->lock);
	time->is_hurried = true;
	pthread_cond_signal(&time->changed);
	pthread_mutex_unlock(&time->lock);
}

void http_time_free(struct http_time *time)
{
	pthread_mutex_lock(&time->lock);
	time->is_over = true;
	pthread_cond_signal(&time->changed);
	pthread_mutex_unlock(&time->lock);
	pthread_join(time->thread, NULL);
	pthread_cond_destroy(&time->changed);
	pthread_mutex_destroy(&time->lock);
	free(time);
}
