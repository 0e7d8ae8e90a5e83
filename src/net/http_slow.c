#include <stdlib.h>

#include "net/http_private.h"

#define WORKERS      8
#define MOST_WAITING 128

struct http_slow {
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t changed;
	struct http_request_list waiting;
	int waiting_count;
	bool is_over;
	pthread_t workers[WORKERS];
};

static struct http_request *take(struct http_slow *slow)
{
	pthread_mutex_lock(&slow->lock);
	while (TAILQ_EMPTY(&slow->waiting) && !slow->is_over)
		pthread_cond_wait(&slow->changed, &slow->lock);
	struct http_request *rq = TAILQ_FIRST(&slow->waiting);
	if (rq) {
		TAILQ_REMOVE(&slow->waiting, rq, link);
		slow->waiting_count--;
	}
	pthread_mutex_unlock(&slow->lock);
	return rq;
}

static void *work(void *argument)
{
	struct http_slow *slow = argument;
	struct http_request *rq;
	while ((rq = take(slow))) {
		rq->server->options.handle(rq->server->options.app, &rq->cx, rq, &rq->reply);
		rq->stage = STAGE_MADE;
		MHD_resume_connection(rq->connection);
	}
	return NULL;
}

struct http_slow *http_slow_new(void)
{
	struct http_slow *slow = calloc(1, sizeof(*slow));
	if (!slow)
		abort();
	pthread_mutex_init(&slow->lock, NULL);
	pthread_cond_init(&slow->changed, NULL);
	TAILQ_INIT(&slow->waiting);
	for (int i = 0; i < WORKERS; i++)
		if (pthread_create(&slow->workers[i], NULL, work, slow))
			abort();
	return slow;
}

bool http_slow_put(struct http_slow *slow, struct http_request *rq)
{
	pthread_mutex_lock(&slow->lock);
	bool is_taken = slow->waiting_count < MOST_WAITING && !slow->is_over;
	if (is_taken) {
		TAILQ_INSERT_TAIL(&slow->waiting, rq, link);
		slow->waiting_count++;
		pthread_cond_signal(&slow->changed);
	}
	pthread_mutex_unlock(&slow->lock);
	return is_taken;
}

void http_slow_stop(struct http_slow *slow)
{
	pthread_mutex_lock(&slow->lock);
	slow->is_over = true;
	pthread_cond_broadcast(&slow->changed);
	pthread_mutex_unlock(&slow->lock);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(slow->workers[i], NULL);
}

void http_slow_free(struct http_slow *slow)
{
	pthread_cond_destroy(&slow->changed);
	pthread_mutex_destroy(&slow->lock);
	free(slow);
}
