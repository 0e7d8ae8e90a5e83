#include "twin/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/wake.h"
#include "twin/errors.h"
#include "twin/location.h"
#include "twin/memory.h"
#include "twin/notices.h"
#include "twin/twin.h"

#define KEEP_MS        (24LL * 3600 * 1000)
#define SLICE          2000 /* tasks done in one go, so that calls are answered in between */
#define IDLE_MS        60000
#define PACE_MS        50 /* how often a paced event goes on */
#define FAILURES_LIMIT (8u * 1024 * 1024)

const char *event_type_name(enum event_type type)
{
	static const char *const names[] = { "CREATE", "UPDATE", "RETIRE", "ASSOCIATE",
		"DISASSOCIATE", "REVOKE" };
	return names[type];
}

const char *event_state_name(enum event_state state)
{
	static const char *const names[] = { "PENDING", "COMPLETE", "FAILED" };
	return names[state];
}

bool event_type_is_user(enum event_type type)
{
	return type <= EVENT_RETIRE;
}

static void event_free(struct event *v)
{
	arena_free(v->mem);
	free(v->failures);
	free(v);
}

void events_fini(struct events *e)
{
	for (struct event *v = e->first, *next; v; v = next) {
		next = v->next;
		event_free(v);
	}
	map_fini(&e->by_id);
	*e = (struct events){ 0 };
}

struct event *events_add(struct twin *twin, struct location *l, enum event_type type,
	struct task *tasks, size_t count, struct arena *mem)
{
	const struct knobs *k = &twin->knobs;
	struct event *v = memory_new(sizeof(*v));
	random_uuid(&twin->random, v->id);
	v->type = type;
	v->asked_at = twin_now(twin);
	v->begins_at = v->asked_at + k->event_delay_ms +
	               (int64_t)random_below(&twin->random, (uint64_t)k->event_spread_ms + 1);
	if (random_percent(&twin->random, k->event_slow_percent))
		v->begins_at += k->event_slow_ms;
	if (twin->knobs.events_lie > 0) {
		twin->knobs.events_lie--;
		v->is_lie = true;
	}
	v->tasks = tasks;
	v->task_count = count;
	v->mem = mem;
	if (l->events.last)
		l->events.last->next = v;
	else
		l->events.first = v;
	l->events.last = v;
	if (!l->events.open)
		l->events.open = v;
	map_put(&l->events.by_id, v->id, v);
	wake_ring(twin->events_wake);
	return v;
}

struct event *events_find(const struct location *l, const char *id)
{
	return map_get(&l->events.by_id, id);
}

static int run_user_task(struct location *l, enum event_type type, struct task *t)
{
	if (type == EVENT_RETIRE) {
		int number = users_retire(&l->users, t->user.client_user_id, &t->record);
		if (!number)
			assets_user_retired(&l->assets, t->record);
		return number;
	}
	if (type == EVENT_UPDATE)
		return users_update(&l->users, &t->user, &t->record);
	size_t before = l->users.count;
	int number = users_create(&l->users, &t->user, &t->record);
	if (t->record && l->users.count == before)
		assets_user_revived(&l->assets, t->record);
	return number;
}

static int run_asset_task(struct location *l, enum event_type type, struct task *t)
{
	struct user *user = NULL;
	if (t->user.client_user_id) {
		user = users_active(&l->users, t->user.client_user_id);
		if (!user)
			return 9609;
	}
	if (type == EVENT_ASSOCIATE)
		return assets_associate(&l->assets, t->asset, user, t->serial);
	assets_disassociate(&l->assets, t->asset, user, t->serial);
	return 0;
}

/* Without partial_9709 an asset that does not suffice for all its targets goes to none. */
static void refuse_short_assets(const struct location *l, struct event *v)
{
	for (size_t i = 0; i < l->assets.count; i++) {
		const struct asset *asset = l->assets.list[i];
		int64_t wanted = 0;
		for (size_t t = 0; t < v->task_count; t++)
			wanted += v->tasks[t].asset == asset;
		for (size_t t = 0; t < v->task_count; t++) {
			if (v->tasks[t].asset == asset && !asset->is_unlimited &&
				wanted > asset->available)
				v->tasks[t].error_number = 9709;
		}
	}
}

static void run_task(struct twin *twin, struct location *l, struct event *v, struct task *t)
{
	if (v->is_lie) {
		v->succeeded_count++;
		return;
	}
	if (!t->error_number && twin->knobs.tasks_fail > 0) {
		twin->knobs.tasks_fail--;
		t->error_number = (int)twin->knobs.task_error_number;
	}
	if (!t->error_number)
		t->error_number = event_type_is_user(v->type) ? run_user_task(l, v->type, t)
		                                              : run_asset_task(l, v->type, t);
	if (!t->error_number)
		v->succeeded_count++;
	record_applied(&twin->record, &(struct applied){ .at = twin_now(twin),
					      .location = l->uid,
					      .kind = event_type_name(v->type),
					      .user = t->record,
					      .client_user_id = t->user.client_user_id,
					      .serial = t->serial,
					      .adam_id = t->asset ? t->asset->adam_id : NULL,
					      .error_number = t->error_number,
					      .event_id = v->id });
}

/* Each target once, although it stands in one task per asset. */
static void write_targets(struct json_writer *w, const struct event *v, int number, bool is_serial)
{
	struct map seen = { 0 };
	jw_array(w, is_serial ? "serialNumbers" : "clientUserIds");
	for (size_t i = 0; i < v->task_count; i++) {
		const struct task *t = &v->tasks[i];
		const char *target = is_serial ? t->serial : t->user.client_user_id;
		if (t->error_number != number || !target || map_get(&seen, target))
			continue;
		map_put(&seen, target, &v->tasks[i]);
		jw_str(w, NULL, target);
	}
	jw_end_array(w);
	map_fini(&seen);
}

static void write_failure(struct json_writer *w, const struct event *v, int number)
{
	jw_object(w, NULL);
	jw_i64(w, "errorNumber", number);
	jw_str(w, "errorMessage", errors_text(number));
	jw_object(w, "errorInfo");
	write_targets(w, v, number, false);
	if (!event_type_is_user(v->type))
		write_targets(w, v, number, true);
	jw_end_object(w);
	jw_end_object(w);
}

static void end_event(struct twin *twin, struct location *l, struct event *v)
{
	v->state = v->succeeded_count == v->task_count ? EVENT_COMPLETE : EVENT_FAILED;
	v->ended_at = twin_now(twin);
	if (v->state == EVENT_FAILED) {
		BUF_AUTO(out, FAILURES_LIMIT);
		struct json_writer w;
		jw_init(&w, &out);
		jw_array(&w, NULL);
		for (size_t i = 0; errors_at(i); i++) {
			size_t n = 0;
			for (size_t t = 0; t < v->task_count && !n; t++)
				n += v->tasks[t].error_number == errors_at(i);
			if (n)
				write_failure(&w, v, errors_at(i));
		}
		jw_end_array(&w);
		v->failures = memory_strdup(out.bytes);
	}
	notices_of_event(twin, l, v);
	arena_free(v->mem);
	v->mem = NULL;
	v->tasks = NULL;
	l->events.open = v->next;
}

static void forget_old(struct twin *twin, struct events *e)
{
	while (e->first && e->first->ended_at && e->first->ended_at + KEEP_MS < twin_now(twin)) {
		struct event *v = e->first;
		e->first = v->next;
		if (!e->first)
			e->last = NULL;
		map_remove(&e->by_id, v->id);
		event_free(v);
	}
}

/* How many tasks may be done by now. */
static size_t allowance(const struct twin *twin, const struct event *v)
{
	int64_t rate = twin->knobs.task_rate;
	int64_t spent = twin_now(twin) - v->begins_at;
	int64_t n = rate ? spent * rate / 1000 + 1 : (int64_t)v->task_count;
	return n < (int64_t)v->task_count ? (size_t)n : v->task_count;
}

static int64_t run_open(struct twin *twin, struct location *l)
{
	struct event *v = l->events.open;
	int64_t wait = v->begins_at - twin_now(twin);
	if (wait > 0)
		return wait < IDLE_MS ? wait : IDLE_MS;
	if (twin->knobs.event_never_ends)
		return IDLE_MS;
	if (!v->done_count && v->type == EVENT_ASSOCIATE && !twin->knobs.partial_9709)
		refuse_short_assets(l, v);
	size_t until = allowance(twin, v);
	for (size_t n = 0; v->done_count < until && n < SLICE; n++)
		run_task(twin, l, v, &v->tasks[v->done_count++]);
	if (v->done_count < until)
		return 0;
	if (v->done_count < v->task_count)
		return PACE_MS;
	end_event(twin, l, v);
	/* FIFO with a rate: the next one's tasks are counted from this one's end. */
	if (l->events.open && l->events.open->begins_at < v->ended_at)
		l->events.open->begins_at = v->ended_at;
	return 0;
}

void events_finish(struct twin *twin, struct location *l)
{
	while (l->events.open) {
		struct event *v = l->events.open;
		while (v->done_count < v->task_count)
			run_task(twin, l, v, &v->tasks[v->done_count++]);
		end_event(twin, l, v);
	}
}

int64_t events_run(struct twin *twin)
{
	int64_t wait = IDLE_MS;
	for (size_t i = 0; i < twin->count; i++) {
		struct location *l = twin->list[i];
		forget_old(twin, &l->events);
		if (!l->events.open)
			continue;
		int64_t mine = run_open(twin, l);
		if (mine < wait)
			wait = mine;
	}
	return wait;
}
