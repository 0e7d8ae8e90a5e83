#include "base/wake.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct wake {
	pthread_mutex_t lock; /* guards is_rung */
	pthread_cond_t rung;
	bool is_rung;
};

struct wake *wake_new(void)
{
	struct wake *w = malloc(sizeof(*w));
	if (!w)
		abort();
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->rung, &monotonic);
	pthread_condattr_destroy(&monotonic);
	w->is_rung = false;
	return w;
}

void wake_free(struct wake *w)
{
	if (!w)
		return;
	pthread_cond_destroy(&w->rung);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void wake_ring(struct wake *w)
{
	pthread_mutex_lock(&w->lock);
	w->is_rung = true;
	pthread_cond_signal(&w->rung);
	pthread_mutex_unlock(&w->lock);
}

bool wake_wait(struct wake *w, int64_t timeout_ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += timeout_ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&w->lock);
	int over = 0;
	while (!w->is_rung && !over)
		over = timeout_ms < 0 ? pthread_cond_wait(&w->rung, &w->lock)
		                      : pthread_cond_timedwait(&w->rung, &w->lock, &until);
	bool was_rung = w->is_rung;
	w->is_rung = false;
	pthread_mutex_unlock(&w->lock);
	return was_rung;
}
