#include "http/schedules.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/schedule.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/locations.h"
#include "store/schedules.h"

#define RUNS_SHOWN 100

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

void http_schedule_to_json(struct json_writer *w, const char *key, const struct schedule *s)
{
	int64_t runs[SCHEDULE_SHOWN_RUNS];
	char at[] = "00:00";
	int count = schedule_next_runs(s, clock_now_ms(), runs);
	bool is_daily = text_equal(s->mode, "daily");
	bool is_interval = text_equal(s->mode, "interval");
	int minute = is_daily ? s->at_minute % (24 * 60) : 0;
	at[0] = (char)('0' + minute / 600);
	at[1] = (char)('0' + minute / 60 % 10);
	at[3] = (char)('0' + minute % 60 / 10);
	at[4] = (char)('0' + minute % 10);

	jw_object(w, key);
	jw_str(w, "mode", s->mode);
	if (is_interval)
		jw_i64(w, "every_hours", s->every_hours);
	else
		jw_null(w, "every_hours");
	jw_str(w, "at", is_daily ? at : NULL);
	jw_array(w, "weekdays");
	for (int day = 0; day < 7; day++)
		if (s->weekdays & 1 << day)
			jw_str(w, NULL, weekdays[day]);
	jw_end_array(w);
	jw_str(w, "time_zone", s->time_zone);
	jw_str(w, "apply", s->apply);
	jw_array(w, "next_runs");
	for (int i = 0; i < count; i++)
		jw_time(w, NULL, runs[i]);
	jw_end_array(w);
	jw_end_object(w);
}

static enum err reply_schedule(struct ctx *cx, struct http_reply *rp, const struct schedule *s)
{
	REPLY_AUTO(out, w);
	http_schedule_to_json(&w, NULL, s);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_schedule_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct schedule s;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = schedule_get(app, cx, id, &s);
	return e ? e : reply_schedule(cx, rp, &s);
}

/* "03:30" in minutes; -1 for what is not a time of day. */
static int minute_of(const char *at)
{
	static const char form[] = "00:00";
	if (!at || strlen(at) != sizeof(form) - 1)
		return -1;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == ':' ? at[i] != ':' : at[i] < '0' || at[i] > '9')
			return -1;
	int hour = (at[0] - '0') * 10 + at[1] - '0', minute = (at[3] - '0') * 10 + at[4] - '0';
	return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

static int weekday_bit(const char *name)
{
	for (int day = 0; day < 7; day++)
		if (text_equal(name, weekdays[day]))
			return 1 << day;
	return 0;
}

/* Left out: every day. */
static enum err read_weekdays(struct ctx *cx, const struct json *body, int *ret_weekdays)
{
	const struct json *days = json_get(body, "weekdays");
	*ret_weekdays = days ? 0 : 0x7f;
	if (days && !json_is_array(days))
		return err_set_field(cx, ERR_INVALID, "schedule.weekdays", "/weekdays",
			"The weekdays are a list of mon, tue, wed, thu, fri, sat, sun.");
	for (size_t i = 0; i < json_count(days); i++) {
		int bit = weekday_bit(json_text(json_at(days, i)));
		if (!bit)
			return err_set_field(cx, ERR_INVALID, "schedule.weekdays",
				arena_printf(cx->mem, "/weekdays/%zu", i),
				"A weekday is one of mon, tue, wed, thu, fri, sat, sun.");
		*ret_weekdays |= bit;
	}
	return OK;
}

static enum err read_schedule(struct ctx *cx, const struct json *body, struct schedule *s)
{
	static const char *const modes[] = { "off", "interval", "daily", NULL };
	static const char *const applies[] = { "plan_and_apply", "plan_only", NULL };
	const char *at;
	int64_t hours;
	enum err e = http_member_word(cx, body, "mode", HTTP_REQUIRED, modes, &s->mode);
	if (!e)
		e = http_member_i64(cx, body, "every_hours", HTTP_OPTIONAL, 1,
			SCHEDULE_EVERY_HOURS_MAX, 0, &hours);
	if (!e)
		e = http_member_text(cx, body, "at", HTTP_OPTIONAL, 5, &at);
	if (!e)
		e = http_member_text(cx, body, "time_zone", HTTP_OPTIONAL, 64, &s->time_zone);
	if (!e)
		e = http_member_word(cx, body, "apply", HTTP_OPTIONAL, applies, &s->apply);
	if (!e)
		e = read_weekdays(cx, body, &s->weekdays);
	if (e)
		return e;
	s->every_hours = (int)hours;
	s->at_minute = minute_of(at);
	if (!s->apply)
		s->apply = applies[0];
	return OK;
}

enum err http_schedule_set(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "mode", "every_hours", "at", "weekdays", "time_zone",
		"apply", NULL };
	const struct json *body;
	struct schedule wanted = { 0 }, s;
	enum err e = http_path_id(cx, rq, "id", &wanted.location_id);
	if (!e)
		e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = read_schedule(cx, body, &wanted);
	if (!e)
		e = schedule_set(app, cx, &wanted, &s);
	return e ? e : reply_schedule(cx, rp, &s);
}

/* What the schedule did: a run that became no job says why in the audit trail. */
enum err http_schedule_runs(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct schedule_run *runs = ARENA_ARRAY(cx->mem, struct schedule_run, RUNS_SHOWN);
	struct location location;
	size_t count = 0;
	int64_t id;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = db_read(app->db, cx, &db);
	if (!e)
		e = locations_get(db, cx, id, &location);
	if (!e)
		e = schedules_runs(db, cx, id, RUNS_SHOWN, runs, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++) {
		jw_object(&w, NULL);
		jw_str(&w, "planned_for", runs[i].run_key);
		jw_time(&w, "ran_at", runs[i].ran_at);
		jw_i64_or_null(&w, "job", runs[i].job_id);
		jw_end_object(&w);
	}
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}
