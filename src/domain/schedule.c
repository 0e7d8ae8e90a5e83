/* schedule.c - setting a schedule, and turning what is due into jobs.
 *
 * A planned run has a key. The job is asked for with that key, so that a crash between the job and
 * the row of the run gives the same job again; the row then keeps the run from being looked at
 * twice. A run that cannot be a job (the location's token is dead) is skipped with an audit row that
 * says why; a failing database is the only thing that is tried again.
 */
#include "domain/schedule.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "base/wake.h"
#include "base/zone.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/audit_change.h"
#include "domain/sync_plan.h"
#include "store/audit.h"
#include "store/locations.h"

#define EVERY_DAY   0x7f
#define DAY_MINUTES (24 * 60)

static const struct schedule never_set = {
	.mode = "off",
	.weekdays = EVERY_DAY,
	.time_zone = "UTC",
	.apply = "plan_and_apply",
};

/* In either kind of transaction. */
static enum err read_or_never_set(
	struct db *db, struct ctx *cx, int64_t location_id, struct schedule *ret_schedule)
{
	enum err e = schedules_get(db, cx, location_id, ret_schedule);
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_schedule = never_set;
	ret_schedule->location_id = location_id;
	return OK;
}

enum err schedule_get(
	struct app *app, struct ctx *cx, int64_t location_id, struct schedule *ret_schedule)
{
	struct location location;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = locations_get(db, cx, location_id, &location);
	return e ? e : read_or_never_set(db, cx, location_id, ret_schedule);
}

/* --- setting -------------------------------------------------------------------------------- */

static enum err check_interval(struct ctx *cx, struct schedule *s)
{
	if (s->every_hours < 1 || s->every_hours > SCHEDULE_EVERY_HOURS_MAX)
		return err_set_field(cx, ERR_INVALID, "schedule.every_hours", "/every_hours",
			"Say every how many hours, 1 to %d.", SCHEDULE_EVERY_HOURS_MAX);
	return OK;
}

static enum err check_daily(struct ctx *cx, struct schedule *s)
{
	if (s->at_minute < 0 || s->at_minute >= DAY_MINUTES)
		return err_set_field(cx, ERR_INVALID, "schedule.at", "/at",
			"Say at which time of day, as hh:mm from 00:00 to 23:59.");
	if (!(s->weekdays & EVERY_DAY) || s->weekdays & ~EVERY_DAY)
		return err_set_field(cx, ERR_INVALID, "schedule.weekdays", "/weekdays",
			"Choose at least one day of the week; to stop automatic sync choose the "
			"mode off.");
	return OK;
}

/* Checks what the mode uses and clears what it does not. */
static enum err check(struct ctx *cx, struct schedule *s)
{
	bool is_interval = text_equal(s->mode, "interval"), is_daily = text_equal(s->mode, "daily");
	if (!is_interval && !is_daily && !text_equal(s->mode, "off"))
		return err_set_field(cx, ERR_INVALID, "schedule.mode", "/mode",
			"Automatic sync is off, interval or daily.");
	if (!text_equal(s->apply, "plan_and_apply") && !text_equal(s->apply, "plan_only"))
		return err_set_field(cx, ERR_INVALID, "schedule.apply", "/apply",
			"A scheduled sync does plan_and_apply or plan_only.");
	if (!s->time_zone)
		s->time_zone = never_set.time_zone;
	if (!zone_exists(s->time_zone))
		return err_set_field(cx, ERR_INVALID, "schedule.time_zone", "/time_zone",
			"There is no time zone of this name. Zones are named like Europe/Berlin, "
			"America/New_York or UTC.");
	enum err e = is_interval ? check_interval(cx, s) : is_daily ? check_daily(cx, s) : OK;
	if (!is_interval)
		s->every_hours = 0;
	if (!is_daily) {
		s->at_minute = 0;
		s->weekdays = EVERY_DAY;
	}
	return e;
}

static const char *at_words(struct ctx *cx, const struct schedule *s)
{
	if (!text_equal(s->mode, "daily"))
		return NULL;
	return arena_printf(cx->mem, "%02d:%02d", s->at_minute / 60, s->at_minute % 60);
}

/* "mon tue": the days of a daily one. */
static const char *weekday_words(struct ctx *cx, const struct schedule *s)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	const char *list = "";
	for (int i = 0; i < 7; i++)
		if (s->weekdays & (1 << i))
			list = arena_printf(cx->mem, "%s%s%s", list, *list ? " " : "", names[i]);
	return text_equal(s->mode, "daily") ? list : NULL;
}

static enum err audit_change(struct db *db, struct ctx *cx, const struct schedule *old,
	const struct schedule *s, const char *location_name)
{
	AUDIT_CHANGE(c, cx);
	audit_change_str(&c, "mode", old->mode, s->mode);
	audit_change_i64(&c, "every_hours", old->every_hours, s->every_hours);
	audit_change_str(&c, "at", at_words(cx, old), at_words(cx, s));
	audit_change_str(&c, "weekdays", weekday_words(cx, old), weekday_words(cx, s));
	audit_change_str(&c, "time_zone", old->time_zone, s->time_zone);
	audit_change_str(&c, "apply", old->apply, s->apply);
	return audit_write(db, cx, "schedule.change", "location", s->location_id, location_name,
		audit_change_json(&c));
}

enum err schedule_set(struct app *app, struct ctx *cx, const struct schedule *wanted,
	struct schedule *ret_schedule)
{
	struct schedule s = *wanted, old;
	struct location location;
	enum err e = check(cx, &s);
	if (e)
		return e;
	DB_AUTO(db);
	e = db_write(app->db, cx, &db);
	if (!e)
		e = locations_get(db, cx, s.location_id, &location);
	if (!e)
		e = read_or_never_set(db, cx, s.location_id, &old);
	if (e)
		return e;
	/* Saving the same hours again does not put the next run off. */
	bool is_same = s.every_hours && s.every_hours == old.every_hours;
	s.updated_at = clock_now_ms();
	s.anchor_at = is_same ? old.anchor_at : s.updated_at;
	s.next_run_at = schedule_next(&s, s.updated_at);
	e = schedules_put(db, cx, &s);
	if (!e)
		e = audit_change(db, cx, &old, &s, location.name);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("schedule.saved");
	if (e)
		return e;
	wake_ring(app->schedule_wake);
	*ret_schedule = s;
	return OK;
}

/* --- running -------------------------------------------------------------------------------- */

static enum err ask_for_job(struct app *app, struct ctx *cx, const struct schedule *s,
	const char *key, int64_t *ret_job)
{
	struct action action = {
		.location_id = s->location_id,
		.plan_only = text_equal(s->apply, "plan_only"),
		.idempotency_key =
			arena_printf(cx->mem, "location %" PRId64 " %s", s->location_id, key),
		.request_hash = "schedule",
	};
	bool is_repeat;
	return sync_start(app, cx, &action, ret_job, &is_repeat);
}

static enum err audit_skip(
	struct db *db, struct ctx *cx, const struct schedule *s, const char *key, const char *why)
{
	BUF_AUTO(detail, 4096);
	struct json_writer w;
	jw_init(&w, &detail);
	jw_object(&w, NULL);
	jw_str(&w, "run", key);
	jw_str(&w, "why", why);
	jw_end_object(&w);
	return audit_write(db, cx, "schedule.skip", "location", s->location_id, NULL, detail.bytes);
}

/* The run is on record and the next one set; why NULL: it became a job. */
static enum err settle_run(struct app *app, struct ctx *cx, const struct schedule *s,
	const char *key, int64_t job_id, const char *why)
{
	int64_t now = clock_now_ms();
	bool is_new;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = schedules_add_run(db, cx, s->location_id, key, job_id, now, &is_new);
	if (!e && why)
		e = audit_skip(db, cx, s, key, why);
	/* From now on, not from the run: what passed while the server was down is made up for by
	 * this one job. */
	if (!e)
		e = schedules_set_next(db, cx, s, schedule_next(s, now));
	/* An admin changed the schedule meanwhile: theirs holds. */
	if (e && e != ERR_NOT_FOUND)
		return e;
	KILL_POINT("schedule.started");
	e = db_commit(&db, cx);
	KILL_POINT("schedule.ran");
	return e;
}

static enum err run_one(struct app *app, struct ctx *cx, const struct schedule *s)
{
	const char *key = schedule_run_key(cx, s, s->next_run_at), *why = NULL;
	int64_t job_id = 0;
	bool has_run = false;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = schedules_has_run(db, cx, s->location_id, key, &has_run);
	db_release(&db);
	if (e)
		return e;
	if (!has_run) {
		e = ask_for_job(app, cx, s, key, &job_id);
		if (e == ERR_DB)
			return e;
		if (e)
			why = arena_strdup(cx->mem, cx->error.sentence);
	}
	return settle_run(app, cx, s, key, job_id, why);
}

enum err schedule_run_due(struct app *app, struct ctx *cx, int64_t *ret_next_at)
{
	struct schedule *due = NULL;
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = schedules_due(db, cx, clock_now_ms(), &due, &count);
	db_release(&db);
	for (size_t i = 0; i < count && !e; i++)
		e = run_one(app, cx, &due[i]);
	if (!e)
		e = db_read(app->db, cx, &db);
	return e ? e : schedules_earliest(db, cx, ret_next_at);
}
