/* The hub's thread wakes when something was posted or every 250 ms while events wait for their
 * turn, and every 15 s for the comment. Posting only puts the event into a small list under the
 * lock, so that a lane is never held up by a browser. */
#include "domain/events.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/wake.h"
#include "domain/app.h"
#include "net/http_server.h"

#define TURN_MS         250
#define HEARTBEAT_MS    15000
#define MAX_WAITING     1024
#define EVENT_MAX_BYTES (64 * 1024)
#define OWNER_MAX_BYTES 160
#define FORGET_AFTER_MS 10000

static const char heartbeat[] = ": still here\n\n";

struct listener {
	struct listener *next;
	char owner[OWNER_MAX_BYTES];
	struct http_stream *stream;
};

/* The newest state of one subject: waiting to be sent, or sent a moment ago. */
struct note {
	struct note *next;
	char name[32];
	int64_t subject;
	char *json; /* NULL: sent already */
	int64_t sent_ms;
};

struct events {
	pthread_mutex_t lock; /* guards what follows */
	struct listener *listeners;
	int listener_count;
	struct note *notes;
	int note_count;
	bool is_stopping;
	int64_t next_id;
	struct wake *bell;
	pthread_t thread;
};

static void listener_free(struct listener *l)
{
	http_stream_release(l->stream);
	free(l);
}

static void note_free(struct note *n)
{
	free(n->json);
	free(n);
}

/* Under the lock. Listeners that are gone leave the list. */
static void send_to_all(struct events *hub, const char *bytes, size_t length)
{
	for (struct listener **at = &hub->listeners; *at;) {
		struct listener *l = *at;
		if (http_stream_post(l->stream, bytes, length)) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		hub->listener_count--;
		listener_free(l);
	}
}

/* Under the lock. Sends the notes whose turn it is, forgets old ones; true when some still wait. */
static bool send_due(struct events *hub, int64_t now_ms)
{
	bool is_waiting = false;
	for (struct note **at = &hub->notes; *at;) {
		struct note *n = *at;
		if (n->json && now_ms - n->sent_ms >= TURN_MS) {
			BUF_AUTO(out, EVENT_MAX_BYTES + 256);
			buf_printf(&out, "id: %lld\nevent: %s\ndata: ", (long long)++hub->next_id,
				n->name);
			buf_puts(&out, n->json);
			buf_puts(&out, "\n\n");
			if (!out.is_full)
				send_to_all(hub, out.bytes, out.length);
			free(n->json);
			n->json = NULL;
			n->sent_ms = now_ms;
		} else if (n->json) {
			is_waiting = true;
		} else if (now_ms - n->sent_ms > FORGET_AFTER_MS) {
			*at = n->next;
			hub->note_count--;
			note_free(n);
			continue;
		}
		at = &n->next;
	}
	return is_waiting;
}

static void *run(void *argument)
{
	struct events *hub = argument;
	int64_t heartbeat_ms = clock_mono_ms() + HEARTBEAT_MS;
	bool is_waiting = false;
	for (;;) {
		int64_t now_ms = clock_mono_ms();
		int64_t wait_ms = heartbeat_ms > now_ms ? heartbeat_ms - now_ms : 0;
		wake_wait(hub->bell, is_waiting && wait_ms > TURN_MS ? TURN_MS : wait_ms);
		now_ms = clock_mono_ms();
		pthread_mutex_lock(&hub->lock);
		if (hub->is_stopping) {
			pthread_mutex_unlock(&hub->lock);
			return NULL;
		}
		is_waiting = send_due(hub, now_ms);
		if (now_ms >= heartbeat_ms) {
			send_to_all(hub, heartbeat, sizeof(heartbeat) - 1);
			heartbeat_ms = now_ms + HEARTBEAT_MS;
		}
		pthread_mutex_unlock(&hub->lock);
	}
}

struct events *events_new(void)
{
	struct events *hub = calloc(1, sizeof(*hub));
	if (!hub)
		abort();
	pthread_mutex_init(&hub->lock, NULL);
	hub->bell = wake_new();
	if (pthread_create(&hub->thread, NULL, run, hub))
		abort();
	return hub;
}

void events_free(struct events *hub)
{
	if (!hub)
		return;
	pthread_mutex_lock(&hub->lock);
	hub->is_stopping = true;
	pthread_mutex_unlock(&hub->lock);
	wake_ring(hub->bell);
	pthread_join(hub->thread, NULL);
	for (struct listener *l = hub->listeners, *next; l; l = next) {
		next = l->next;
		listener_free(l);
	}
	for (struct note *n = hub->notes, *next; n; n = next) {
		next = n->next;
		note_free(n);
	}
	wake_free(hub->bell);
	pthread_mutex_destroy(&hub->lock);
	free(hub);
}

/* Under the lock. The note of a subject, made when there is none; NULL when too many are kept. */
static struct note *note_of(struct events *hub, const char *name, int64_t subject)
{
	for (struct note *n = hub->notes; n; n = n->next)
		if (n->subject == subject && !strcmp(n->name, name))
			return n;
	if (hub->note_count >= MAX_WAITING)
		return NULL;
	struct note *n = calloc(1, sizeof(*n));
	if (!n)
		abort();
	snprintf(n->name, sizeof(n->name), "%s", name);
	n->subject = subject;
	n->sent_ms = clock_mono_ms() - TURN_MS;
	n->next = hub->notes;
	hub->notes = n;
	hub->note_count++;
	return n;
}

bool events_is_heard(struct app *app)
{
	struct events *hub = app->events;
	if (!hub)
		return false;
	pthread_mutex_lock(&hub->lock);
	bool is_heard = hub->listener_count > 0;
	pthread_mutex_unlock(&hub->lock);
	return is_heard;
}

void events_post(struct app *app, const char *name, int64_t subject, const char *json)
{
	struct events *hub = app->events;
	if (!hub || strlen(json) > EVENT_MAX_BYTES)
		return;
	pthread_mutex_lock(&hub->lock);
	struct note *n = hub->listener_count ? note_of(hub, name, subject) : NULL;
	if (n) {
		free(n->json);
		n->json = strdup(json);
		if (!n->json)
			abort();
	}
	pthread_mutex_unlock(&hub->lock);
	if (n)
		wake_ring(hub->bell);
}

enum err events_may_subscribe(struct events *hub, struct ctx *cx)
{
	int open = 0;
	pthread_mutex_lock(&hub->lock);
	for (struct listener *l = hub->listeners; l; l = l->next)
		open += http_stream_is_open(l->stream);
	pthread_mutex_unlock(&hub->lock);
	if (open < EVENTS_MAX_STREAMS)
		return OK;
	enum err e = err_set(cx, ERR_LIMITED, "events.too_many",
		"There are too many open event streams. Close a window of the portal.");
	cx->error.retry_after_ms = HEARTBEAT_MS;
	return e;
}

/* Under the lock; the newest is first in the list. */
static void end_oldest_of(struct events *hub, const char *owner)
{
	int of_owner = 0;
	for (struct listener **at = &hub->listeners; *at;) {
		struct listener *l = *at;
		of_owner += !strcmp(l->owner, owner);
		if (strcmp(l->owner, owner) || of_owner <= EVENTS_PER_OWNER) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		hub->listener_count--;
		listener_free(l);
	}
}

void events_subscribe(struct events *hub, const char *owner, struct http_stream *stream)
{
	static const char hello[] = "retry: 2000\n\n";
	struct listener *l = calloc(1, sizeof(*l));
	if (!l)
		abort();
	snprintf(l->owner, sizeof(l->owner), "%s", owner);
	l->stream = stream;
	http_stream_post(stream, hello, sizeof(hello) - 1);
	pthread_mutex_lock(&hub->lock);
	l->next = hub->listeners;
	hub->listeners = l;
	hub->listener_count++;
	end_oldest_of(hub, owner);
	pthread_mutex_unlock(&hub->lock);
}

void events_end_owner(struct events *hub, const char *owner_prefix)
{
	if (!hub)
		return;
	pthread_mutex_lock(&hub->lock);
	for (struct listener **at = &hub->listeners; *at;) {
		struct listener *l = *at;
		if (strncmp(l->owner, owner_prefix, strlen(owner_prefix))) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		hub->listener_count--;
		listener_free(l);
	}
	pthread_mutex_unlock(&hub->lock);
}
