#include "twin/twin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/wake.h"
#include "net/http_server.h"
#include "net/tcp_listener.h"
#include "twin/apple.h"
#include "twin/control.h"
#include "twin/location.h"
#include "twin/memory.h"
#include "twin/smtp_sink.h"
#include "twin/state.h"

struct twin *twin_lock(struct twin *twin)
{
	pthread_mutex_lock(&twin->lock);
	return twin;
}

void twin_unlock(struct twin **twin)
{
	pthread_mutex_unlock(&(*twin)->lock);
}

int64_t twin_now(const struct twin *twin)
{
	return clock_now_ms() + twin->clock_offset_ms;
}

char *twin_apple_date(struct arena *mem, int64_t ms)
{
	char *text = clock_rfc3339(mem, ms);
	return arena_printf(mem, "%.*s+0000", (int)strcspn(text, "Z"), text);
}

bool twin_is_apple_host(const char *host)
{
	static const char apple[] = "apple.com";
	const size_t n = sizeof(apple) - 1;
	size_t length = strcspn(host, ":");
	while (length && host[length - 1] == '.')
		length--;
	return length >= n && !strncasecmp(host + length - n, apple, n) &&
	       (length == n || host[length - n - 1] == '.');
}

/* Something to try out at once: a school with ten apps and two books. */
static void make_orchard(struct twin *twin)
{
	static const struct {
		const char *name;
		bool is_book;
	} assets[] = { { "Orchard Notes", false }, { "Field Guide", false }, { "Sums", false },
		{ "Word Garden", false }, { "Star Map", false }, { "Sketch", false },
		{ "Class Music", false }, { "Lab Bench", false }, { "Time Table", false },
		{ "Sign Language", false }, { "Reader, part one", true },
		{ "Reader, part two", true } };
	struct location_options o = {
		.name = "Orchard School", .organisation = "Orchard School", .country = "DE"
	};
	struct location *l = location_new(twin, &o);
	for (size_t i = 0; i < sizeof(assets) / sizeof(*assets); i++) {
		char id[16];
		snprintf(id, sizeof(id), "%zu", 1500000001 + i);
		struct asset *x =
			assets_add(&l->assets, id, "STDQ", assets[i].name, assets[i].is_book, 2000);
		x->platforms =
			i % 3 || assets[i].is_book ? PLATFORM_IOS : PLATFORM_IOS | PLATFORM_MACOS;
	}
}

static void fill(struct twin *twin)
{
	random_init(&twin->random, twin->seed);
	knobs_init(&twin->knobs, twin->is_calm);
	secret_random(&twin->birth_mark, sizeof(twin->birth_mark));
	twin->generation++;
	if (!twin->is_empty)
		make_orchard(twin);
}

static void empty(struct twin *twin)
{
	notifier_fini(&twin->notifier);
	record_fini(&twin->record);
	mailbox_fini(&twin->mail);
	devices_fini(&twin->devices);
	people_fini(&twin->people);
	faults_clear(&twin->faults);
	for (size_t i = 0; i < twin->count; i++)
		location_free(twin->list[i]);
	free(twin->list);
	twin->list = NULL;
	twin->count = twin->capacity = 0;
	twin->clock_offset_ms = 0;
	map_fini(&twin->tokens);
	map_fini(&twin->locations);
}

void twin_reset(struct twin *twin)
{
	empty(twin);
	fill(twin);
}

/* The world of the last run, else a new one. */
static enum err begin(struct twin *twin, struct ctx *cx)
{
	bool is_empty = twin->is_empty;
	twin->is_empty = true;
	fill(twin);
	enum err e = twin->state_path ? state_load(twin, cx, twin->state_path) : ERR_NOT_FOUND;
	twin->is_empty = is_empty;
	if (e != ERR_NOT_FOUND)
		return e;
	fill(twin);
	return OK;
}

static void keep_state(struct twin *twin)
{
	CTX_AUTO(cx);
	if (twin->is_running && twin->state_path && state_save(twin, &cx, twin->state_path))
		log_event(
			LOG_ERROR, "twin.state", "reason=%s", log_quote(cx.mem, cx.error.sentence));
}

static void *run_events(void *app)
{
	struct twin *twin = app;
	for (;;) {
		int64_t wait;
		{
			TWIN_LOCK(twin);
			if (twin->is_stopping)
				return NULL;
			wait = events_run(twin);
		}
		if (wait)
			wake_wait(twin->events_wake, wait);
	}
}

static enum err listen_all(struct twin *twin, struct ctx *cx, const struct twin_options *options)
{
	enum err e = apple_listen(twin, cx, options->listen, &twin->apple);
	if (!e)
		e = control_listen(twin, cx, options->control, &twin->control);
	if (!e)
		e = tcp_listener_start(cx,
			&(struct tcp_listener_options){
				.listen = options->smtp, .serve = smtp_sink_serve, .app = twin },
			&twin->smtp);
	return e;
}

enum err twin_start(struct ctx *cx, const struct twin_options *options, struct twin **ret_twin)
{
	if (twin_is_apple_host(options->listen) || twin_is_apple_host(options->control))
		return err_set(cx, ERR_INVALID, "twin.host",
			"The twin never stands in for a host of apple.com; choose another "
			"address.");
	struct twin *twin = memory_new(sizeof(*twin));
	pthread_mutex_init(&twin->lock, NULL);
	twin->events_wake = wake_new();
	twin->notify_wake = wake_new();
	twin->seed = options->seed;
	twin->is_calm = options->is_calm;
	twin->is_empty = options->is_empty;
	twin->state_path = memory_strdup(options->state_path);
	enum err e = begin(twin, cx);
	if (!e)
		e = listen_all(twin, cx, options);
	if (!e && (pthread_create(&twin->events_thread, NULL, run_events, twin) ||
			  pthread_create(&twin->notify_thread, NULL, notifier_run, twin)))
		abort(); /* a machine without room for two threads cannot run the twin */
	twin->is_running = !e;
	if (e) {
		twin_stop(twin);
		return e;
	}
	*ret_twin = twin;
	return OK;
}

void twin_stop(struct twin *twin)
{
	if (!twin)
		return;
	{
		TWIN_LOCK(twin);
		twin->is_stopping = true;
	}
	wake_ring(twin->events_wake);
	wake_ring(twin->notify_wake);
	if (twin->is_running) {
		pthread_join(twin->events_thread, NULL);
		pthread_join(twin->notify_thread, NULL);
	}
	if (twin->smtp)
		tcp_listener_stop(twin->smtp);
	http_server_stop(twin->apple);
	http_server_stop(twin->control);
	keep_state(twin);
	empty(twin);
	free(twin->state_path);
	wake_free(twin->events_wake);
	wake_free(twin->notify_wake);
	pthread_mutex_destroy(&twin->lock);
	free(twin);
}

int twin_port(const struct twin *twin, const char *which)
{
	if (!strcmp(which, "smtp"))
		return tcp_listener_port(twin->smtp);
	return http_server_port(strcmp(which, "apple") ? twin->control : twin->apple);
}
