#include "twin/notifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/json.h"
#include "base/wake.h"
#include "net/http_client.h"
#include "twin/location.h"
#include "twin/memory.h"
#include "twin/twin.h"

#define IDLE_MS   60000
#define LATE_MS   1500 /* how far a notification out of order falls behind */
#define REPEAT_MS 400

static void notice_free(struct notice *n)
{
	if (n)
		free(n->body);
	free(n);
}

void notifier_fini(struct notifier *n)
{
	for (size_t i = 0; n->kept && i < NOTIFIER_KEPT; i++)
		notice_free(n->kept[i]);
	free(n->kept);
	*n = (struct notifier){ 0 };
}

static void enqueue(struct notifier *n, struct notice *notice)
{
	struct notice **at = &n->queue;
	while (*at && (*at)->due_at <= notice->due_at)
		at = &(*at)->next;
	notice->next = *at;
	*at = notice;
}

static void unqueue(struct notifier *n, const struct notice *notice)
{
	struct notice **at = &n->queue;
	while (*at && *at != notice)
		at = &(*at)->next;
	if (*at)
		*at = notice->next;
}

static struct notice *keep(struct notifier *n, const struct notice *first)
{
	if (!n->kept)
		n->kept = memory_new(NOTIFIER_KEPT * sizeof(struct notice *));
	struct notice **slot = &n->kept[n->count % NOTIFIER_KEPT];
	if (*slot)
		unqueue(n, *slot); /* the ring came round before it was sent */
	notice_free(*slot);
	*slot = memory_new(sizeof(**slot));
	**slot = *first;
	(*slot)->number = ++n->count;
	return *slot;
}

void notifier_add(struct twin *twin, struct location *l, const char *type, const char *id,
	const char *body, size_t elements)
{
	const struct knobs *k = &twin->knobs;
	int64_t now = twin_now(twin);
	struct notice first = { .type = type,
		.elements = elements,
		.made_at = now,
		.due_at = now + k->notify_delay_ms };
	snprintf(first.id, sizeof(first.id), "%s", id);
	snprintf(first.uid, sizeof(first.uid), "%s", l->uid);
	if (random_percent(&twin->random, k->notify_lost_percent)) {
		first.state = NOTICE_LOST;
		first.done_at = now;
		keep(&twin->notifier, &first);
		return;
	}
	if (random_percent(&twin->random, k->notify_disorder_percent))
		first.due_at += LATE_MS + (int64_t)random_below(&twin->random, LATE_MS);
	int times = random_percent(&twin->random, k->notify_duplicate_percent) ? 2 : 1;
	for (int i = 0; i < times; i++) {
		struct notice *n = keep(&twin->notifier, &first);
		n->body = memory_strdup(body);
		n->due_at += i * REPEAT_MS;
		enqueue(&twin->notifier, n);
	}
	wake_ring(twin->notify_wake);
}

int notifier_post(const char *url, const char *token, const char *body, int64_t timeout_ms)
{
	CTX_AUTO(cx);
	struct http_client *client;
	if (http_client_new(&cx, "apple-twin", &client))
		return 0;
	struct http_call call = { .method = "POST",
		.url = url,
		.body = body,
		.body_length = strlen(body),
		.connect_timeout_ms = timeout_ms,
		.total_timeout_ms = timeout_ms,
		.answer_limit_bytes = 65536 };
	call.headers[0] = "Content-Type: application/json";
	call.headers[1] = arena_printf(cx.mem, "Authorization: Bearer %s", token);
	struct http_answer answer = { 0 };
	enum err e = http_client_call(client, &cx, &call, &answer);
	http_client_free(client);
	return e ? 0 : answer.status;
}

/* What the thread takes out of the model to send it without the lock. */
struct parcel {
	uint64_t number;
	char *url, *token, *body;
	int64_t timeout_ms;
};

static void parcel_free(struct parcel *p)
{
	free(p->url);
	free(p->token);
	free(p->body);
	*p = (struct parcel){ 0 };
}

static void settle(struct twin *twin, struct notice *n, enum notice_state state)
{
	n->state = state;
	n->done_at = twin_now(twin);
	free(n->body);
	n->body = NULL;
}

/* The next due one, out of the queue; false (and how long to wait) when none is due. */
static bool next_parcel(struct twin *twin, struct parcel *ret_parcel, int64_t *ret_wait)
{
	TWIN_LOCK(twin);
	*ret_wait = IDLE_MS;
	struct notice *n;
	while ((n = twin->notifier.queue)) {
		int64_t wait = n->due_at - twin_now(twin);
		if (wait > 0) {
			*ret_wait = wait < IDLE_MS ? wait : IDLE_MS;
			return false;
		}
		twin->notifier.queue = n->next;
		struct location *l = location_find(twin, n->uid);
		if (!l || !l->notify_url) {
			settle(twin, n, NOTICE_DROPPED);
			continue;
		}
		*ret_parcel = (struct parcel){ .number = n->number,
			.url = memory_strdup(l->notify_url),
			.token = memory_strdup(l->notify_token),
			.body = memory_strdup(n->body),
			.timeout_ms = twin->knobs.notify_timeout_ms };
		return true;
	}
	return false;
}

static void note_outcome(struct twin *twin, uint64_t number, uint64_t generation, int status)
{
	TWIN_LOCK(twin);
	if (twin->generation != generation || !number)
		return;
	struct notice *n = twin->notifier.kept[(number - 1) % NOTIFIER_KEPT];
	if (n->number != number)
		return;
	n->attempts++;
	n->last_status = status;
	if (status >= 200 && status < 300) {
		settle(twin, n, NOTICE_DELIVERED);
	} else if (n->attempts >= twin->knobs.notify_attempts) {
		settle(twin, n, NOTICE_DROPPED);
	} else {
		n->due_at = twin_now(twin) + twin->knobs.notify_retry_ms;
		enqueue(&twin->notifier, n);
	}
}

static bool is_stopping(struct twin *twin, uint64_t *ret_generation)
{
	TWIN_LOCK(twin);
	*ret_generation = twin->generation;
	return twin->is_stopping;
}

void *notifier_run(void *app)
{
	struct twin *twin = app;
	uint64_t generation;
	while (!is_stopping(twin, &generation)) {
		struct parcel p = { 0 };
		int64_t wait;
		if (!next_parcel(twin, &p, &wait)) {
			wake_wait(twin->notify_wake, wait);
			continue;
		}
		int status = notifier_post(p.url, p.token, p.body, p.timeout_ms);
		note_outcome(twin, p.number, generation, status);
		parcel_free(&p);
	}
	return NULL;
}

void notifier_write(const struct notifier *n, uint64_t after, size_t limit, struct json_writer *w)
{
	static const char *const states[] = { "waiting", "delivered", "dropped", "lost" };
	uint64_t oldest = n->count > NOTIFIER_KEPT ? n->count - NOTIFIER_KEPT : 0;
	uint64_t i = after > oldest ? after : oldest;
	jw_array(w, "items");
	for (size_t shown = 0; i < n->count && shown < limit; i++, shown++) {
		const struct notice *x = n->kept[i % NOTIFIER_KEPT];
		jw_object(w, NULL);
		jw_i64(w, "number", (int64_t)x->number);
		jw_str(w, "id", x->id);
		jw_str(w, "type", x->type);
		jw_str(w, "location", x->uid);
		jw_i64(w, "elements", (int64_t)x->elements);
		jw_str(w, "state", states[x->state]);
		jw_i64(w, "attempts", x->attempts);
		jw_i64(w, "last_status", x->last_status);
		jw_time(w, "made_at", x->made_at);
		jw_time(w, "done_at", x->done_at);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_i64(w, "next", (int64_t)i);
	jw_i64(w, "total", (int64_t)n->count);
}
