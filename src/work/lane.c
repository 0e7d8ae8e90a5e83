#include "work/lane.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "apple/service_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/jobs.h"
#include "domain/location_guard.h"
#include "domain/locations.h"
#include "store/calls.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/settings.h"
#include "store/vpp_users.h"
#include "work/lane_traffic.h"

#define JOBS_AT_ONCE    16
#define HELD_ASK_MS     60000
#define ASSETS_PAUSE_MS 3000 /* notices come in crowds; less than an idle lane lives */
#define BROKEN_BASE_MS  2000
#define BROKEN_CAP_MS   (10 * 60 * 1000)

static const char *const send_kinds[] = { "retire", "update", "create" };

/* Browsers see that the open jobs wait, or go on. */
static void publish_open(struct lane *lane, struct ctx *cx)
{
	struct job *jobs = ARENA_ARRAY(cx->mem, struct job, JOBS_AT_ONCE);
	size_t count = 0;
	DB_AUTO(db);
	if (db_read(lane->app->db, cx, &db) ||
		jobs_open(db, cx, lane->location_id, JOBS_AT_ONCE, jobs, &count))
		return;
	db_release(&db);
	for (size_t i = 0; i < count; i++)
		jobs_publish(lane->app, cx, jobs[i].id);
}

static enum err write_wait(struct lane *lane, struct ctx *cx, const char *reason, int64_t until)
{
	DB_AUTO(db);
	int64_t changed = 0;
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = jobs_set_wait(db, cx, lane->location_id, reason, until, &changed);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("lane.wait_shown");
	if (!e && changed)
		publish_open(lane, cx);
	return e;
}

/* After a call that did not get through: later, and the jobs say what came of it. */
static void put_off(struct lane *lane, struct ctx *cx)
{
	const char *words =
		cx->error.sentence ? cx->error.sentence : "Apple's answer could not be read.";
	lane->failures++;
	lane->not_before =
		clock_now_ms() + lane_backoff_ms(BROKEN_BASE_MS, lane->failures - 1, BROKEN_CAP_MS);
	snprintf(lane->trouble, sizeof(lane->trouble), "%s It is tried again by itself.", words);
}

bool lane_heard(struct lane *lane, struct ctx *cx, enum err e, const struct apple_reply *reply)
{
	bool may = false;
	lane->last_number = reply->number;
	lane_traffic_write(lane, LANE_TRAFFIC_SOME);
	enum err heard = location_reply_seen(lane->app, cx, &lane->location, reply, &may);
	if (heard || !may || e == ERR_LIMITED || e == ERR_CONFLICT)
		lane->may_go_on = false;
	bool is_broken = e && reply->sent != HTTP_ANSWERED && e != ERR_LIMITED && e != ERR_CONFLICT;
	/* A page that is not Apple's, a redirect, a bare 403: it may last, so it is not asked for at once. */
	bool is_unreadable =
		e == ERR_REMOTE && reply->sent == HTTP_ANSWERED &&
		(reply->class == APPLE_WAIT || (reply->class == APPLE_UNKNOWN && !reply->number));
	if (is_broken || is_unreadable) {
		put_off(lane, cx);
		lane->may_go_on = false;
	} else if (!e) {
		lane->failures = 0;
		lane->not_before = 0;
		lane->owner_seen_at = clock_now_ms();
	}
	return lane->may_go_on;
}

/* --- may we write at all? ------------------------------------------------------------------- */

static enum err hold(struct lane *lane, struct ctx *cx)
{
	const char *words = arena_printf(cx->mem, "Held: %s", cx->error.sentence);
	DB_AUTO(db);
	int64_t changed = 0;
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = items_hold(db, cx, lane->location_id, words, clock_now_ms());
	if (!e)
		e = jobs_set_wait(db, cx, lane->location_id, words, 0, &changed);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("lane.held");
	if (!e && changed)
		publish_open(lane, cx);
	if (!e && !lane->was_held)
		log_event(LOG_WARNING, "lane.held", "location=%" PRId64 " reason=%s",
			lane->location_id, log_quote(cx->mem, words));
	lane->was_held = true;
	return e;
}

static enum err release(struct lane *lane, struct ctx *cx)
{
	DB_AUTO(db);
	int64_t changed = 0;
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = items_unhold(db, cx, lane->location_id, clock_now_ms());
	if (!e)
		e = jobs_set_wait(db, cx, lane->location_id, NULL, 0, &changed);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("lane.released");
	lane->was_held = lane->was_held && e;
	return e;
}

/* The session stays open while nothing that it was opened with changes. */
static enum err ensure_session(struct lane *lane, struct ctx *cx)
{
	const struct location *l = &lane->location;
	char key[sizeof(lane->session_key)];
	snprintf(key, sizeof(key), "%s %s %s %s %s", l->token_hash, l->token_state, l->owner_state,
		l->mdm_info_id, l->mode);
	if (lane->session && !strcmp(key, lane->session_key))
		return OK;
	apple_session_close(lane->session);
	lane->session = NULL;
	enum err e = location_session_open(lane->app, cx, l, PACER_BACKGROUND, &lane->session);
	if (e)
		return e;
	snprintf(lane->session_key, sizeof(lane->session_key), "%s", key);
	apple_session_record(lane->session, lane_traffic_take, lane);
	return e;
}

/* Reading goes on where writing may not. */
static enum err check_writes(struct lane *lane, struct ctx *cx)
{
	enum err e = location_may_write(lane->app, cx, &lane->location);
	lane->may_write = e == OK;
	bool is_held = e == ERR_CONFLICT && !location_is_observed(&lane->location);
	if (is_held)
		return hold(lane, cx);
	if (e == ERR_CONFLICT)
		e = OK; /* observed: what would be sent ends, nothing waits */
	return !e && lane->was_held ? release(lane, cx) : e;
}

/* *ret_until: nothing may be sent before; 0: go on. */
static enum err check_waits(struct lane *lane, struct ctx *cx, int64_t *ret_until)
{
	int64_t now = clock_now_ms();
	const char *reason = lane->location.wait_reason;
	*ret_until = lane->location.wait_until > now ? lane->location.wait_until : 0;
	if (lane->not_before > now && lane->not_before > *ret_until) {
		*ret_until = lane->not_before;
		reason = lane->trouble;
	}
	if (!*ret_until && lane->was_held)
		return OK; /* the wait that is shown is the reason for holding */
	bool is_shown = lane->wait_is_shown;
	lane->wait_is_shown = *ret_until != 0;
	if (!*ret_until && !is_shown)
		return OK;
	return write_wait(lane, cx, *ret_until ? reason : NULL, *ret_until);
}

/* --- the work -------------------------------------------------------------------------------- */

static enum err start_job(struct lane *lane, struct ctx *cx, struct job *job)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job->id, job);
	if (e || !text_equal(job->state, "waiting"))
		return e;
	job->state = "running";
	job->started_at = clock_now_ms();
	e = jobs_save(db, cx, job);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("job.started");
	if (!e)
		jobs_publish(lane->app, cx, job->id);
	return e;
}

static enum err do_job(struct lane *lane, struct ctx *cx, struct job *job, bool *ret_sent)
{
	enum err e = text_equal(job->state, "waiting") ? start_job(lane, cx, job) : OK;
	lane_traffic_of(lane, job->id);
	if (!e && text_equal(job->kind, "sync") && job->phase)
		e = lane_sync(lane, cx, job, ret_sent);
	if (!e && !job->phase && location_is_observed(&lane->location))
		e = jobs_stop_sending(lane->app, cx, job->id);
	bool is_reading = text_equal(job->phase, "read");
	bool may_send = !is_reading && lane->may_write;
	for (size_t i = 0; !e && may_send && lane->may_go_on && i < 3; i++)
		e = lane_send(lane, cx, job, send_kinds[i], ret_sent);
	return e;
}

static enum err do_jobs(struct lane *lane, struct ctx *cx, bool *ret_sent, int64_t *ret_next_at)
{
	struct job *jobs = ARENA_ARRAY(cx->mem, struct job, JOBS_AT_ONCE);
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = jobs_open(db, cx, lane->location_id, JOBS_AT_ONCE, jobs, &count);
	for (size_t i = 0; !e && i < count; i++) {
		int64_t at = 0;
		e = items_next_send(db, cx, jobs[i].id, &at);
		if (at && (!*ret_next_at || at < *ret_next_at))
			*ret_next_at = at;
	}
	db_release(&db);
	for (size_t i = 0; !e && lane->may_go_on && i < count; i++)
		e = do_job(lane, cx, &jobs[i], ret_sent);
	lane_traffic_of(lane, 0);
	return e;
}

static enum err keep_hook(struct lane *lane, struct ctx *cx)
{
	struct apple_reply reply = { 0 };
	bool was_due = false;
	enum err e = lane->may_write ? location_keep_hook(lane->app, cx, &lane->location,
					       lane->session, &reply, &was_due)
	                             : OK;
	if (was_due)
		lane_heard(lane, cx, e, &reply);
	return e;
}

/* Who holds which licence says what a delete frees: read once after the location was added, and when
 * a notice says that it moved. */
static enum err read_assets_if_wanted(struct lane *lane, struct ctx *cx, bool *ret_worked)
{
	int64_t now = clock_now_ms(), wanted_at = lane->location.assets_wanted_at;
	if (!wanted_at || wanted_at > now || now - lane->assets_read_at < ASSETS_PAUSE_MS)
		return OK;
	*ret_worked = true;
	lane->assets_read_at = now;
	return lane_read_assets(lane, cx);
}

/* Apple's limits and addresses, for all locations; its wait for them is kept over a restart. */
static enum err refresh_service(struct lane *lane, struct ctx *cx)
{
	enum err e = apple_service_refresh(lane->app->apple, cx);
	const char *refused = apple_service_refused_host(lane->app->apple, cx);
	if (refused && !lane->has_warned)
		log_event(LOG_WARNING, "apple.addresses", "host=%s why=%s",
			log_quote(cx->mem, refused),
			"\"not the host of Apple's service: not used, no token sent\"");
	lane->has_warned = refused != NULL;
	int64_t until = apple_service_closed_until(lane->app->apple);
	if (until <= lane->service_wait)
		return e;
	CTX_AUTO(own);
	DB_AUTO(db);
	enum err kept = db_write(lane->app->db, &own, &db);
	if (!kept)
		kept = settings_put(
			db, &own, LANE_SERVICE_WAIT, arena_printf(own.mem, "%" PRId64, until));
	if (!kept)
		kept = db_commit(&db, &own);
	KILL_POINT("service.wait_kept");
	if (!kept)
		lane->service_wait = until;
	return e;
}

static enum err do_work(struct lane *lane, struct ctx *cx, bool *ret_worked, int64_t *ret_next_at)
{
	bool is_sending = false;
	enum err e = refresh_service(lane, cx);
	lane->gather_until = 0;
	if (!e)
		e = location_template_seen(lane->app, cx, &lane->location);
	if (!e)
		e = keep_hook(lane, cx);
	if (!e && lane->may_go_on)
		e = lane_poll(lane, cx, ret_worked);
	if (!e && lane->may_go_on)
		e = lane_look_around(lane, cx, ret_worked);
	bool is_draining = lane->drain_until > clock_now_ms();
	if (!e && lane->may_go_on && !is_draining)
		e = do_jobs(lane, cx, &is_sending, ret_next_at);
	if (!is_draining)
		lane->is_sending = is_sending;
	if (!lane->is_sending)
		lane->gathered_at = lane->drain_until = 0;
	if (!e && lane->may_go_on)
		e = lane_read_back(lane, cx, ret_worked);
	if (!e && lane->may_go_on && !is_sending && !*ret_worked)
		e = read_assets_if_wanted(lane, cx, ret_worked);
	*ret_worked = *ret_worked || is_sending;
	return e;
}

/* Trouble at the other side is not trouble of the lane: the round is over, the next one waits. */
static enum err not_ours(struct lane *lane, struct ctx *cx, enum err e)
{
	if (e != ERR_REMOTE && e != ERR_LIMITED && e != ERR_UNCERTAIN && e != ERR_CONFLICT)
		return e;
	log_event(LOG_INFO, "lane.waits", "location=%" PRId64 " reason=%s why=%s",
		lane->location_id, cx->error.reason ? cx->error.reason : err_name(e),
		log_quote(cx->mem, cx->error.sentence));
	if (lane->may_go_on && lane->not_before <= clock_now_ms())
		put_off(lane, cx);
	lane->may_go_on = false;
	return OK;
}

static void sooner(int64_t *at, int64_t candidate)
{
	if (candidate && (!*at || candidate < *at))
		*at = candidate;
}

static enum err find_next(struct lane *lane, struct ctx *cx, int64_t *ret_next_at)
{
	DB_AUTO(db);
	int64_t call_at = 0, look_at = 0;
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = calls_next_look(db, cx, lane->location_id, &call_at);
	if (!e)
		e = vpp_users_next_look(db, cx, lane->location_id, &look_at);
	int64_t wanted_at = lane->location.assets_wanted_at;
	int64_t assets_at = lane->assets_read_at + ASSETS_PAUSE_MS;
	if (wanted_at)
		sooner(ret_next_at, wanted_at > assets_at ? wanted_at : assets_at);
	sooner(ret_next_at, call_at < lane->gather_until ? lane->gather_until : call_at);
	sooner(ret_next_at, look_at);
	return e;
}

static enum err load_location(struct lane *lane, struct ctx *cx)
{
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	return e ? e : locations_get(db, cx, lane->location_id, &lane->location);
}

/* The database failed while an answer of Apple's was written down: the call is as much in doubt as
 * after a crash. Nobody else sends for this location, so whatever is intended was left by us. */
static enum err own_up(struct lane *lane, struct ctx *cx)
{
	int64_t doubtful = 0, now = clock_now_ms();
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = calls_recover(db, cx, lane->location_id, now,
			now + lane->app->settings.settle_ms, &doubtful);
	if (!e)
		e = db_commit(&db, cx);
	if (e)
		return e;
	lane->is_in_doubt = false;
	log_event(LOG_WARNING, "lane.recovered", "location=%" PRId64 " calls=%" PRId64,
		lane->location_id, doubtful);
	return OK;
}

/* What the lane remembers of the wall clock is set with it. */
static void follow_clock(struct lane *lane)
{
	int64_t step = clock_step_ms(&lane->clock_seen);
	if (!step)
		return;
	if (lane->not_before)
		lane->not_before += step;
	lane->owner_seen_at = 0;
	lane->assets_read_at = 0;
	lane->gathered_at = lane->drain_until = 0;
	lane->gather_until = 0;
}

enum err lane_round(struct lane *lane, struct ctx *cx, int64_t *ret_next_at, bool *ret_worked)
{
	int64_t until = 0;
	*ret_next_at = 0;
	*ret_worked = false;
	lane->may_go_on = true;
	follow_clock(lane);
	enum err e = lane->is_in_doubt ? own_up(lane, cx) : OK;
	if (!e)
		e = load_location(lane, cx);
	if (e)
		return e;
	e = ensure_session(lane, cx);
	if (e == ERR_CONFLICT) {
		*ret_next_at = clock_now_ms() + HELD_ASK_MS;
		return hold(lane, cx);
	}
	if (!e)
		e = check_writes(lane, cx);
	if (!e)
		e = check_waits(lane, cx, &until);
	if (e)
		return e;
	if (until) {
		*ret_next_at = until;
		return OK;
	}
	e = not_ours(lane, cx, do_work(lane, cx, ret_worked, ret_next_at));
	lane_traffic_of(lane, 0);
	lane_traffic_write(lane, 1);
	if (!e)
		e = find_next(lane, cx, ret_next_at);
	if (!lane->may_go_on) {
		/* Why is told by the next round, which reads the location again. */
		*ret_worked = false;
		*ret_next_at = clock_now_ms();
	}
	return e;
}
