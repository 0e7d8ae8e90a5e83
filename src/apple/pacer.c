#include "apple/pacer.h"

#include "base/clock.h"
#include "base/ctx.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Requests are spread over the second, so that no second of Apple's clock, wherever it begins, sees
 * more than the limit. Three in a hundred are left free: half of that for a caller who comes a little
 * late and makes up for it, half for the jitter of the network. */
struct pacer {
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	double rate;     /* requests per millisecond */
	double capacity; /* one and half of what is left free, or what two milliseconds bring */
	double level;
	int64_t filled_at;    /* monotonic */
	int64_t closed_until; /* wall clock; 0: open */
	int64_t clock_seen;   /* a wait lasts as long when the clock is set */
	int interactive_waiting;
};

static void set_rate_locked(struct pacer *p, int64_t requests_per_second)
{
	double rate = requests_per_second < 1 ? 1 : (double)requests_per_second;
	p->rate = rate * 0.97 / 1000;
	p->capacity = 1 + rate * 0.015 > 2 * p->rate ? 1 + rate * 0.015 : 2 * p->rate;
	if (p->level > p->capacity)
		p->level = p->capacity;
}

struct pacer *pacer_new(int64_t requests_per_second)
{
	struct pacer *p = calloc(1, sizeof(*p));
	if (!p)
		abort();
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	set_rate_locked(p, requests_per_second);
	p->level = p->capacity;
	p->filled_at = clock_mono_ms();
	return p;
}

void pacer_free(struct pacer *p)
{
	if (!p)
		return;
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void pacer_set_rate(struct pacer *p, int64_t requests_per_second)
{
	pthread_mutex_lock(&p->lock);
	set_rate_locked(p, requests_per_second);
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

static int64_t closed_until_locked(struct pacer *p)
{
	int64_t step = clock_step_ms(&p->clock_seen);
	if (p->closed_until)
		p->closed_until += step;
	if (p->closed_until && p->closed_until <= clock_now_ms())
		p->closed_until = 0;
	return p->closed_until;
}

void pacer_close_until(struct pacer *p, int64_t until_ms)
{
	pthread_mutex_lock(&p->lock);
	(void)closed_until_locked(p);
	if (until_ms == 0 || until_ms > p->closed_until)
		p->closed_until = until_ms;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

int64_t pacer_closed_until(struct pacer *p)
{
	pthread_mutex_lock(&p->lock);
	int64_t until = closed_until_locked(p);
	pthread_mutex_unlock(&p->lock);
	return until;
}

static void fill_locked(struct pacer *p)
{
	int64_t now = clock_mono_ms();
	p->level += (double)(now - p->filled_at) * p->rate;
	if (p->level > p->capacity)
		p->level = p->capacity;
	p->filled_at = now;
}

/* How long until the next may go, at least a millisecond. A background caller also waits while
 * interactive ones do: it looks again soon. */
static int64_t wait_locked(struct pacer *p, enum pacer_priority priority)
{
	if (priority == PACER_BACKGROUND && p->interactive_waiting > 0)
		return 20;
	return (int64_t)((1 - p->level) / p->rate) + 1;
}

static void sleep_locked(struct pacer *p, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&p->changed, &p->lock, &until);
}

static enum err closed(struct ctx *cx, int64_t closed_until)
{
	enum err e = err_set(cx, ERR_LIMITED, "apple.wait",
		"Apple asked us to wait until %s. Nothing is sent before.",
		clock_rfc3339(cx->mem, closed_until));
	cx->error.retry_after_ms = closed_until - clock_now_ms();
	return e;
}

static bool take_locked(struct pacer *p, bool is_interactive)
{
	fill_locked(p);
	if (p->level < 1 || (!is_interactive && p->interactive_waiting > 0))
		return false;
	p->level -= 1;
	return true;
}

enum err pacer_try(
	struct pacer *p, struct ctx *cx, enum pacer_priority priority, int64_t *ret_wait_ms)
{
	pthread_mutex_lock(&p->lock);
	int64_t closed_until = closed_until_locked(p);
	bool is_taken = !closed_until && take_locked(p, priority == PACER_INTERACTIVE);
	*ret_wait_ms = is_taken || closed_until ? 0 : wait_locked(p, priority);
	pthread_mutex_unlock(&p->lock);
	return closed_until ? closed(cx, closed_until) : OK;
}

enum err pacer_take(struct pacer *p, struct ctx *cx, enum pacer_priority priority)
{
	bool is_interactive = priority == PACER_INTERACTIVE;
	int64_t closed_until;

	pthread_mutex_lock(&p->lock);
	if (is_interactive)
		p->interactive_waiting++;
	while (!(closed_until = closed_until_locked(p)) && !take_locked(p, is_interactive))
		sleep_locked(p, wait_locked(p, priority));
	if (is_interactive && --p->interactive_waiting == 0)
		pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	return closed_until ? closed(cx, closed_until) : OK;
}
