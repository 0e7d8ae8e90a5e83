#include "work/work.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/ctx.h"
#include "base/wake.h"
#include "domain/app.h"
#include "work/audit_watcher.h"
#include "work/deliver.h"
#include "work/import_runner.h"
#include "work/lanes.h"
#include "work/scheduler.h"

static const struct {
	const char *name;
	void (*run)(struct work *w);
} rows[] = {
	{ "lanes", lanes_run },
	{ "import", import_runner_run },
	{ "scheduler", scheduler_run },
	{ "deliver", deliver_run },
	{ "audit", audit_watcher_run },
};

#define THREADS (sizeof(rows) / sizeof(rows[0]))

struct work {
	struct app *app;
	pthread_mutex_t lock; /* guards is_stopping */
	pthread_cond_t stopping;
	bool is_stopping;
	pthread_t threads[THREADS];
	size_t started;
	struct row_arg {
		struct work *work;
		size_t row;
	} args[THREADS];
};

static void *thread_main(void *arg)
{
	struct row_arg *a = arg;
	pthread_setname_np(pthread_self(), rows[a->row].name); /* top -H shows it */
	rows[a->row].run(a->work);
	return NULL;
}

enum err work_start(struct app *app, struct ctx *cx, struct work **ret_work)
{
	struct work *w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	w->app = app;
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->stopping, &monotonic);
	pthread_condattr_destroy(&monotonic);
	for (size_t i = 0; i < THREADS; i++) {
		w->args[i] = (struct row_arg){ w, i };
		if (pthread_create(&w->threads[i], NULL, thread_main, &w->args[i])) {
			work_stop(w);
			return err_set(cx, ERR_BUG, "work.thread",
				"The thread for %s could not be started: the system has no more.",
				rows[i].name);
		}
		w->started++;
	}
	*ret_work = w;
	return OK;
}

void work_stop(struct work *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->is_stopping = true;
	pthread_cond_broadcast(&w->stopping);
	pthread_mutex_unlock(&w->lock);
	wake_ring(w->app->lane_wake);
	wake_ring(w->app->deliver_wake);
	wake_ring(w->app->import_wake);
	wake_ring(w->app->schedule_wake);
	wake_ring(w->app->audit_wake);
	for (size_t i = 0; i < w->started; i++)
		pthread_join(w->threads[i], NULL);
	pthread_cond_destroy(&w->stopping);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

struct app *work_app(struct work *w)
{
	return w->app;
}

bool work_is_stopping(struct work *w)
{
	pthread_mutex_lock(&w->lock);
	bool is_stopping = w->is_stopping;
	pthread_mutex_unlock(&w->lock);
	return is_stopping;
}

bool work_sleep(struct work *w, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&w->lock);
	int over = 0;
	while (!w->is_stopping && over != ETIMEDOUT)
		over = pthread_cond_timedwait(&w->stopping, &w->lock, &until);
	bool is_stopping = w->is_stopping;
	pthread_mutex_unlock(&w->lock);
	return !is_stopping;
}
