#include "work/lanes.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "apple/client.h"
#include "apple/service_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/plant.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/jobs.h"
#include "domain/location_guard.h"
#include "domain/once.h"
#include "domain/statistics.h"
#include "store/calls.h"
#include "store/dues.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/settings.h"
#include "store/traffic.h"
#include "store/vpp_users.h"
#include "work/arrivals.h"
#include "work/lane.h"
#include "work/lane_traffic.h"
#include "work/sync_walk.h"
#include "work/work.h"

#define IDLE_MS             5000 /* a lane without work stays this long for the next */
#define TROUBLE_MS          2000 /* after an error of our own, before the next try */
#define OPEN_JOBS           16
#define WALK_REST_MS        (30 * 60 * 1000) /* a list that was read in part is worth waiting for */
#define REST_MS             60000            /* the manager looks at least this often */
#define SERVICE_WAIT_MAX_MS (27 * 60 * 60 * 1000LL) /* longer: the clock was set back */
#define CLOCK_MS            1000 /* and so often whether the wall clock was set */

struct slot {
	bool is_used;
	bool is_over; /* the thread has nothing more to do; guarded by lanes.lock */
	pthread_t thread;
	struct lane lane;
	struct lanes *lanes;
};

struct lanes {
	struct work *work;
	struct app *app;
	pthread_mutex_t lock; /* guards is_over of the slots */
	struct slot slots[LANES_MAX];
	int64_t clock_seen;
	int64_t set_back_ms; /* the wall clock was, and the rows do not know it yet */
};

static const struct actor lane_actor = { "system", 0, "pomona", "" };

/* Waits for the next thing to do; false when the lane may end. */
static bool rest(struct slot *s, int64_t next_at)
{
	int64_t now = clock_now_ms();
	int64_t ms = next_at ? next_at - now : IDLE_MS;
	if (next_at && ms <= 0)
		ms = 50;
	/* What is due within the manager's rest is this lane's own to wait for. */
	bool may_end = !next_at || ms > (s->lane.walk ? WALK_REST_MS : REST_MS);
	bool was_rung = wake_wait(s->lane.bell, ms > IDLE_MS ? IDLE_MS : ms);
	return was_rung || !may_end;
}

static void *lane_main(void *arg)
{
	struct slot *s = arg;
	struct lane *lane = &s->lane;
	pthread_setname_np(pthread_self(), "lane");
	CTX_AUTO(thread_cx);
	lane_traffic_begin(&thread_cx, lane);
	while (!work_is_stopping(lane->work)) {
		CTX_AUTO(cx);
		cx.actor = lane_actor;
		int64_t next_at = 0;
		bool worked = false;
		enum err e = lane_round(lane, &cx, &next_at, &worked);
		if (e == ERR_NOT_FOUND)
			break; /* the location was left */
		if (e) {
			log_event(LOG_ERROR, "lane.failed", "location=%" PRId64 " error=%s why=%s",
				lane->location_id, err_name(e),
				log_quote(cx.mem, cx.error.sentence));
			if (!work_sleep(lane->work, TROUBLE_MS))
				break;
			continue;
		}
		if (!worked && !rest(s, next_at))
			break;
	}
	pthread_mutex_lock(&s->lanes->lock);
	s->is_over = true;
	pthread_mutex_unlock(&s->lanes->lock);
	return NULL;
}

static void close_slot(struct slot *s)
{
	pthread_join(s->thread, NULL);
	sync_walk_end(&s->lane);
	apple_session_close(s->lane.session);
	wake_free(s->lane.bell);
	memset(&s->lane, 0, sizeof(s->lane));
	s->is_used = s->is_over = false;
}

static void open_slot(struct lanes *l, struct slot *s, int64_t location_id)
{
	s->lanes = l;
	s->is_used = true;
	s->is_over = false;
	s->lane = (struct lane){
		.work = l->work,
		.app = l->app,
		.location_id = location_id,
		.bell = wake_new(),
		/* What was held or waited before a restart is judged anew. */
		.was_held = true,
		.wait_is_shown = true,
	};
	if (pthread_create(&s->thread, NULL, lane_main, s)) {
		log_event(LOG_ERROR, "lane.no_thread", "location=%" PRId64, location_id);
		wake_free(s->lane.bell);
		s->is_used = false;
	}
}

static void reap(struct lanes *l)
{
	for (size_t i = 0; i < LANES_MAX; i++) {
		struct slot *s = &l->slots[i];
		pthread_mutex_lock(&l->lock);
		bool over = s->is_used && s->is_over;
		pthread_mutex_unlock(&l->lock);
		if (over)
			close_slot(s);
	}
}

/* Rings the location's lane, or gives it one. */
static void serve(struct lanes *l, int64_t location_id)
{
	struct slot *empty = NULL;
	for (size_t i = 0; i < LANES_MAX; i++) {
		struct slot *s = &l->slots[i];
		if (!s->is_used)
			empty = empty ? empty : s;
		else if (s->lane.location_id == location_id) {
			wake_ring(s->lane.bell);
			return;
		}
	}
	if (empty)
		open_slot(l, empty, location_id);
}

/* What a location has to do: at once, and next after that (0: nothing). */
struct agenda {
	int64_t now;
	bool is_due;
	int64_t later_at;
};

static void note(struct agenda *a, int64_t at)
{
	if (!at)
		return;
	if (at <= a->now)
		a->is_due = true;
	else if (!a->later_at || at < a->later_at)
		a->later_at = at;
}

/* A lane with an open job ends when its next step is far away; the later times are for the manager
 * to wake it again. */
static enum err read_agenda(struct app *app, struct db *db, struct ctx *cx,
	const struct location *loc, struct agenda *a)
{
	struct job jobs[OPEN_JOBS];
	size_t open = 0;
	int64_t at = 0;
	enum err e = jobs_open(db, cx, loc->id, OPEN_JOBS, jobs, &open);
	if (!e && (open || location_hook_due(app, cx, loc)))
		a->is_due = true;
	for (size_t i = 0; !e && i < open; i++) {
		e = items_next_send(db, cx, jobs[i].id, &at);
		note(a, at);
	}
	if (!e)
		e = calls_next_look(db, cx, loc->id, &at);
	if (!e)
		note(a, at);
	if (!e)
		e = vpp_users_next_look(db, cx, loc->id, &at);
	if (!e)
		note(a, at);
	note(a, loc->assets_wanted_at);
	if (loc->wait_until > a->now && (a->is_due || a->later_at)) {
		a->is_due = false;
		a->later_at = loc->wait_until;
	}
	return e;
}

static enum err look_over(struct lanes *l, struct ctx *cx, int64_t *ret_next_at)
{
	struct location *locations = NULL;
	size_t count = 0;
	DB_AUTO(db);
	int64_t now = clock_now_ms();
	*ret_next_at = now + REST_MS;
	enum err e = db_read(l->app->db, cx, &db);
	if (!e)
		e = locations_list(db, cx, &locations, &count);
	for (size_t i = 0; !e && i < count; i++) {
		struct agenda agenda = { .now = now };
		e = read_agenda(l->app, db, cx, &locations[i], &agenda);
		if (!e && agenda.is_due)
			serve(l, locations[i].id);
		if (!e && agenda.later_at && agenda.later_at < *ret_next_at)
			*ret_next_at = agenda.later_at;
	}
	return e;
}

static enum err recover_service_wait(struct app *app, struct db *db, struct ctx *cx)
{
	const char *kept = NULL;
	int64_t until = 0;
	enum err e = settings_get(db, cx, LANE_SERVICE_WAIT, &kept);
	if (!e && kept && text_parse_i64(kept, 0, INT64_MAX, &until) == OK &&
		until < clock_now_ms() + SERVICE_WAIT_MAX_MS)
		apple_service_close_until(app->apple, until);
	return e;
}

/* The wall clock was set back: what is due soon stands in the rows as due in a day. */
static enum err set_back(struct db *db, struct ctx *cx, int64_t now, int64_t by_ms)
{
	enum err e = dues_set_back(db, cx, now, by_ms);
	if (!e)
		log_event(LOG_WARNING, "clock.set_back", "seconds=%" PRId64, by_ms / 1000);
	return e;
}

/* By the process before this one, or while none ran. */
static enum err find_set_back(struct db *db, struct ctx *cx, int64_t now)
{
	int64_t newest = 0;
	enum err e = dues_newest(db, cx, &newest);
	return !e && newest > now + REST_MS ? set_back(db, cx, now, newest - now) : e;
}

static enum err tell_rows(struct lanes *l, struct ctx *cx)
{
	DB_AUTO(db);
	enum err e = db_write(l->app->db, cx, &db);
	if (!e)
		e = set_back(db, cx, clock_now_ms(), l->set_back_ms);
	if (!e)
		e = db_commit(&db, cx);
	if (e)
		return e;
	l->set_back_ms = 0;
	for (size_t i = 0; i < LANES_MAX; i++)
		if (l->slots[i].is_used)
			wake_ring(l->slots[i].lane.bell);
	return OK;
}

/* Until the bell rings, the time is over, or the wall clock was set back. */
static void wait_for_work(struct lanes *l, int64_t ms)
{
	int64_t until = clock_mono_ms() + (ms < 100 ? 100 : ms), left;
	while (!l->set_back_ms && (left = until - clock_mono_ms()) > 0) {
		if (wake_wait(l->app->lane_wake, left < CLOCK_MS ? left : CLOCK_MS))
			left = 0;
		int64_t step = clock_step_ms(&l->clock_seen);
		if (step < 0 && !PLANT("clock_stays"))
			l->set_back_ms = -step;
		if (!left)
			return;
	}
}

/* The state that a stopped process left behind: nothing is assumed about what was on its way. */
static enum err recover(struct lanes *l, struct ctx *cx)
{
	struct location *locations = NULL;
	size_t count = 0;
	int64_t dropped = 0, now = clock_now_ms();
	DB_AUTO(db);
	enum err e = db_write(l->app->db, cx, &db);
	if (!e)
		e = find_set_back(db, cx, now);
	if (!e)
		e = jobs_drop_preparing(db, cx, &dropped);
	if (!e)
		e = statistics_keep_today(db, cx);
	if (!e)
		e = recover_service_wait(l->app, db, cx);
	if (!e)
		e = locations_list(db, cx, &locations, &count);
	for (size_t i = 0; !e && i < count; i++) {
		int64_t doubtful = 0;
		e = calls_recover(db, cx, locations[i].id, now,
			now + (PLANT("look_at_once") ? 0 : l->app->settings.settle_ms), &doubtful);
		if (!e && doubtful)
			log_event(LOG_INFO, "lane.recovered", "location=%" PRId64 " calls=%" PRId64,
				locations[i].id, doubtful);
	}
	KILL_POINT("start.recovering");
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("start.recovered");
	return e;
}

/* Live users that are not settled are looked at now and then, and who holds which licence, so that a
 * lost notice costs time only. */
static enum err sweep(struct lanes *l, struct ctx *cx)
{
	struct location *locations = NULL;
	size_t count = 0;
	int64_t now = clock_now_ms();
	DB_AUTO(db);
	enum err e = db_write(l->app->db, cx, &db);
	if (!e)
		e = locations_list(db, cx, &locations, &count);
	for (size_t i = 0; !e && i < count; i++) {
		int64_t asked = 0;
		e = vpp_users_sweep(
			db, cx, locations[i].id, now - LANE_SWEEP_MS, now, LANE_FEW + 1, &asked);
		if (!e)
			e = locations_set_assets_wanted(db, cx, locations[i].id, now);
	}
	if (!e)
		e = statistics_keep_today(db, cx);
	if (!e)
		e = traffic_prune(db, cx, now - LANE_TRAFFIC_MS);
	if (!e)
		e = request_keys_prune(db, cx, now - ONCE_KEEP_MS);
	return e ? e : db_commit(&db, cx);
}

static void trouble(struct ctx *cx, const char *what, enum err e)
{
	log_event(LOG_ERROR, "lanes.failed", "what=%s error=%s why=%s", what, err_name(e),
		log_quote(cx->mem, cx->error.sentence));
}

/* Each step before the end of a token is one line of the log, whoever reads it. */
static enum err warn_of_tokens(struct lanes *l, struct ctx *cx)
{
	struct location *locations = NULL;
	size_t count = 0;
	int64_t now = clock_now_ms();
	enum err e = location_token_warnings(l->app, cx, now, &locations, &count);
	for (size_t i = 0; !e && i < count; i++)
		log_event(LOG_WARNING, "location.token_expiring",
			"location=%" PRId64 " name=%s days=%" PRId64 " until=%s", locations[i].id,
			log_quote(cx->mem, locations[i].name), locations[i].token_warned_days,
			clock_rfc3339(cx->mem, locations[i].token_expires_at));
	return e;
}

void lanes_run(struct work *w)
{
	struct lanes l = { .work = w, .app = work_app(w) };
	int64_t swept_at = clock_mono_ms();
	bool is_recovered = PLANT("forget_calls");
	pthread_mutex_init(&l.lock, NULL);
	while (!work_is_stopping(w)) {
		CTX_AUTO(cx);
		cx.actor = lane_actor;
		int64_t next_at = clock_now_ms() + TROUBLE_MS;
		enum err e = is_recovered ? OK : recover(&l, &cx);
		is_recovered = is_recovered || !e;
		if (!e && l.set_back_ms)
			e = tell_rows(&l, &cx);
		reap(&l);
		int64_t taken = 0;
		if (!e)
			e = arrivals_take(l.app, &cx, &taken);
		if (!e && clock_mono_ms() - swept_at >= LANE_SWEEP_MS) {
			e = sweep(&l, &cx);
			swept_at = clock_mono_ms();
		}
		if (!e && !PLANT("half_cancelled"))
			e = jobs_cancel_rest(l.app, &cx);
		if (!e)
			e = warn_of_tokens(&l, &cx);
		if (!e)
			e = look_over(&l, &cx, &next_at);
		if (e)
			trouble(&cx, is_recovered ? "look over" : "recovery", e);
		wait_for_work(&l, next_at - clock_now_ms());
	}
	for (size_t i = 0; i < LANES_MAX; i++)
		if (l.slots[i].is_used)
			wake_ring(l.slots[i].lane.bell);
	for (size_t i = 0; i < LANES_MAX; i++)
		if (l.slots[i].is_used)
			close_slot(&l.slots[i]);
	pthread_mutex_destroy(&l.lock);
}
