#include "work/deliver.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/plant.h"
#include "base/wake.h"
#include "domain/app.h"
#include "domain/invitation_queue.h"
#include "work/courier.h"
#include "work/delivery_desk.h"
#include "work/handover_log.h"
#include "work/work.h"

#define LOOK_AGAIN_MS 1000
#define IDLE_MS       60000
#define TROUBLE_MS    5000

/* What the couriers' threads share. */
struct office {
	struct work *work;
	struct app *app;
	struct delivery_desk desk;
	pthread_mutex_t lock; /* guards calls, is_over, has_news */
	pthread_cond_t called;
	unsigned calls; /* counted up whenever something may be due */
	bool is_over;
	bool has_news; /* something was settled since the jobs were told what waits */
	struct seat {
		struct office *office;
		struct courier *courier;
		pthread_t thread;
		bool is_running;
	} seats[COURIERS];
};

static void trouble(struct ctx *cx, const char *event)
{
	log_event(LOG_ERROR, event, "reason=%s detail=%s",
		cx->error.reason ? cx->error.reason : "-", log_quote(cx->mem, cx->error.sentence));
}

static void tell_news(struct office *office)
{
	pthread_mutex_lock(&office->lock);
	office->has_news = true;
	pthread_mutex_unlock(&office->lock);
	wake_ring(office->app->deliver_wake);
}

static void *serve(void *argument)
{
	struct seat *seat = argument;
	struct office *office = seat->office;
	unsigned seen = 0;
	pthread_setname_np(pthread_self(), "courier");
	for (;;) {
		pthread_mutex_lock(&office->lock);
		while (office->calls == seen && !office->is_over)
			pthread_cond_wait(&office->called, &office->lock);
		seen = office->calls;
		bool over = office->is_over;
		pthread_mutex_unlock(&office->lock);
		if (over)
			return NULL;
		courier_make_rounds(seat->courier);
		tell_news(office);
	}
}

static void call_couriers(struct office *office, bool over)
{
	pthread_mutex_lock(&office->lock);
	office->calls++;
	office->is_over = over;
	pthread_cond_broadcast(&office->called);
	pthread_mutex_unlock(&office->lock);
}

static enum err fill_seat(struct office *office, struct ctx *cx, size_t number)
{
	struct seat *seat = &office->seats[number];
	seat->office = office;
	enum err e = courier_open(cx, office->work, &office->desk, number, &seat->courier);
	if (e)
		return e;
	if (pthread_create(&seat->thread, NULL, serve, seat))
		return err_set(cx, ERR_BUG, "deliver.thread", "A courier's thread cannot be made.");
	seat->is_running = true;
	return OK;
}

static void open_office(struct office *office, struct work *w)
{
	*office = (struct office){ .work = w, .app = work_app(w), .has_news = true };
	delivery_desk_init(&office->desk, office->app);
	pthread_mutex_init(&office->lock, NULL);
	pthread_cond_init(&office->called, NULL);
	CTX_AUTO(cx);
	const char *folder = office->app->settings.data_folder;
	const struct handover_memory *memory = handover_memory_read(&cx, folder, COURIERS);
	if (!PLANT("forget_messages") &&
		invitation_queue_recover(office->app, &cx, handover_recall, memory))
		trouble(&cx, "message.recover");
	for (size_t i = 0; i < COURIERS; i++)
		if (fill_seat(office, &cx, i))
			trouble(&cx, "message.courier");
}

/* What is under way is broken off: the queue then knows that it is in doubt. */
static void close_office(struct office *office)
{
	call_couriers(office, true);
	for (size_t i = 0; i < COURIERS; i++)
		if (office->seats[i].courier)
			courier_call_off(office->seats[i].courier);
	for (size_t i = 0; i < COURIERS; i++) {
		if (office->seats[i].is_running)
			pthread_join(office->seats[i].thread, NULL);
		courier_close(office->seats[i].courier);
	}
	pthread_cond_destroy(&office->called);
	pthread_mutex_destroy(&office->lock);
	delivery_desk_fini(&office->desk);
}

/* Until a message may be due, or the bell rings. While some wait it is looked at each second,
 * because the wall clock may be set. */
static void wait_for_work(struct office *office)
{
	CTX_AUTO(cx);
	int64_t next_at = 0;
	int64_t wait_ms = IDLE_MS;
	if (invitation_queue_next_at(office->app, &cx, &next_at))
		wait_ms = TROUBLE_MS;
	else if (next_at)
		wait_ms = LOOK_AGAIN_MS;
	wake_wait(office->app->deliver_wake, wait_ms);
}

static bool is_due(struct office *office)
{
	CTX_AUTO(cx);
	int64_t next_at = 0;
	enum err e = invitation_queue_next_at(office->app, &cx, &next_at);
	return e || (next_at && next_at <= clock_now_ms());
}

/* Only when nothing is due: what is left then was put off. After a start too. */
static void note_waits(struct office *office)
{
	pthread_mutex_lock(&office->lock);
	bool has_news = office->has_news;
	office->has_news = false;
	pthread_mutex_unlock(&office->lock);
	if (!has_news)
		return;
	CTX_AUTO(cx);
	if (!invitation_queue_note_waits(office->app, &cx))
		return;
	trouble(&cx, "message.waits");
	pthread_mutex_lock(&office->lock);
	office->has_news = true;
	pthread_mutex_unlock(&office->lock);
}

void deliver_run(struct work *w)
{
	struct office office;
	open_office(&office, w);
	while (!work_is_stopping(w)) {
		if (is_due(&office))
			call_couriers(&office, false);
		else
			note_waits(&office);
		wait_for_work(&office);
	}
	close_office(&office);
}
