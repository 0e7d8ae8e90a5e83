/* Setting a schedule, and what becomes of it when its time comes. */
#include "store_test.h"

#include <inttypes.h>

#include "db/driver.h"
#include "domain/schedule.h"
#include "store/audit.h"
#include "store/jobs.h"
#include "store/locations.h"

#define HOUR_MS (3600 * 1000LL)

static int64_t add_location(struct app *app, struct ctx *cx, const char *uid)
{
	struct location l = {
		.apple_uid = uid,
		.name = "North",
		.organisation = "Northwind",
		.token_box = "box",
		.token_hash = "hash",
		.token_expires_at = clock_now_ms() + 1000 * HOUR_MS,
		.token_state = "valid",
		.owner_state = "ours",
		.mdm_info_id = "mark",
		.hook_key = uid,
		.hook_state = "on",
		.message_channel = "email",
		.created_at = 1,
	};
	int64_t id;
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(locations_insert(db, cx, &l, &id));
	must(db_commit(&db, cx));
	return id;
}

static void script(struct app *app, struct ctx *cx, const char *sql)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(db_script(db, cx, sql));
	must(db_commit(&db, cx));
}

static size_t list_jobs(struct app *app, struct ctx *cx, struct job jobs[10])
{
	struct jobs_filter all = { .kind = "sync" };
	size_t count;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(jobs_list(db, cx, &all, 10, jobs, &count));
	return count;
}

static const struct audit_row *newest_act(struct app *app, struct ctx *cx)
{
	struct audit_row *rows;
	size_t count;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(audit_list(db, cx, NULL, NULL, 0, 1, &rows, &count));
	assert_int_equal(count, 1);
	return rows;
}

static void as_schedule(struct ctx *cx)
{
	cx->actor = (struct actor){ .kind = "schedule", .name = "schedule", .from = "" };
}

static struct schedule every(int hours, int64_t location_id)
{
	return (struct schedule){ .location_id = location_id,
		.mode = "interval",
		.every_hours = hours,
		.apply = "plan_and_apply" };
}

APP_TEST(schedule_is_off_until_it_is_set)
{
	struct schedule s;
	int64_t id = add_location(app, cx, "1"), next_at = 1;
	must(schedule_get(app, cx, id, &s));
	assert_string_equal(s.mode, "off");
	assert_string_equal(s.time_zone, "UTC");
	assert_int_equal(s.weekdays, 127);
	must_fail(schedule_get(app, cx, id + 1, &s), ERR_NOT_FOUND, "location.unknown");
	must(schedule_run_due(app, cx, &next_at));
	assert_int_equal(next_at, 0);
}

APP_TEST(schedule_wishes_are_checked)
{
	struct schedule s, good = { .mode = "daily",
		.at_minute = 210,
		.weekdays = 31,
		.time_zone = "Europe/Berlin",
		.apply = "plan_only" };
	good.location_id = add_location(app, cx, "1");
	static const struct {
		const char *field;
		struct schedule wish;
	} cases[] = {
		{ "/mode", { .mode = "weekly", .apply = "plan_only" } },
		{ "/apply", { .mode = "off", .apply = "maybe" } },
		{ "/every_hours", { .mode = "interval", .every_hours = 0, .apply = "plan_only" } },
		{ "/every_hours",
			{ .mode = "interval", .every_hours = 169, .apply = "plan_only" } },
		{ "/at",
			{ .mode = "daily", .at_minute = -1, .weekdays = 1, .apply = "plan_only" } },
		{ "/at", { .mode = "daily",
				 .at_minute = 1440,
				 .weekdays = 1,
				 .apply = "plan_only" } },
		{ "/weekdays", { .mode = "daily", .weekdays = 0, .apply = "plan_only" } },
		{ "/weekdays", { .mode = "daily", .weekdays = 128, .apply = "plan_only" } },
		{ "/time_zone",
			{ .mode = "off", .time_zone = "Mars/Olympus", .apply = "plan_only" } },
		{ "/time_zone",
			{ .mode = "off", .time_zone = "../../etc/passwd", .apply = "plan_only" } },
		{ "/time_zone", { .mode = "off", .time_zone = "", .apply = "plan_only" } },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct schedule wish = cases[i].wish;
		wish.location_id = good.location_id;
		must_fail(schedule_set(app, cx, &wish, &s), ERR_INVALID, NULL);
		assert_string_equal(cx->error.pointer, cases[i].field);
	}
	must(schedule_set(app, cx, &good, &s));
	struct schedule read;
	must(schedule_get(app, cx, good.location_id, &read));
	assert_string_equal(read.mode, "daily");
	assert_int_equal(read.at_minute, 210);
	assert_int_equal(read.weekdays, 31);
	assert_string_equal(read.time_zone, "Europe/Berlin");
	assert_string_equal(read.apply, "plan_only");
	assert_int_equal(read.next_run_at, s.next_run_at);
	assert_true(read.next_run_at > clock_now_ms());
	const struct audit_row *act = newest_act(app, cx);
	assert_string_equal(act->act, "schedule.change");
	assert_non_null(strstr(act->detail, "\"at\":\"03:30\""));
	good.location_id++;
	must_fail(schedule_set(app, cx, &good, &s), ERR_NOT_FOUND, "location.unknown");
}

APP_TEST(schedule_that_is_saved_again_is_not_put_off)
{
	struct schedule s, again, wish = every(6, add_location(app, cx, "1"));
	must(schedule_set(app, cx, &wish, &s));
	script(app, cx, "update schedule set anchor_at = anchor_at - 7200000");
	must(schedule_set(app, cx, &wish, &again));
	assert_int_equal(again.anchor_at, s.anchor_at - 2 * HOUR_MS);
	assert_int_equal(again.next_run_at, s.next_run_at - 2 * HOUR_MS);
	wish.every_hours = 12;
	must(schedule_set(app, cx, &wish, &again));
	assert_true(again.anchor_at >= s.anchor_at);
}

APP_TEST(schedule_run_becomes_one_job)
{
	struct job jobs[10];
	struct schedule s, wish = every(6, add_location(app, cx, "1"));
	int64_t next_at;
	must(schedule_set(app, cx, &wish, &s));
	as_schedule(cx);
	must(schedule_run_due(app, cx, &next_at));
	assert_int_equal(next_at, s.next_run_at);
	assert_int_equal(list_jobs(app, cx, jobs), 0);

	/* Twenty hours later: three runs have passed, one is made up for. */
	script(app, cx,
		"update schedule set anchor_at = anchor_at - 72000000, next_run_at = next_run_at - "
		"72000000");
	must(schedule_run_due(app, cx, &next_at));
	assert_int_equal(list_jobs(app, cx, jobs), 1);
	assert_string_equal(jobs[0].asked_kind, "schedule");
	assert_string_equal(jobs[0].mode, "apply");
	assert_true(jobs[0].whole_location);
	assert_true(next_at > clock_now_ms() && next_at <= clock_now_ms() + 6 * HOUR_MS);
	assert_string_equal(newest_act(app, cx)->act, "vpp_users.sync");
	must(schedule_run_due(app, cx, &next_at));
	assert_int_equal(list_jobs(app, cx, jobs), 1);

	struct schedule_run runs[3];
	size_t count;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(schedules_runs(db, cx, s.location_id, 3, runs, &count));
	assert_int_equal(count, 1);
	assert_int_equal(runs[0].job_id, jobs[0].id);
	assert_true(runs[0].ran_at > 0);
	assert_true(runs[0].run_key[0] != 0);
}

APP_TEST(schedule_run_is_not_repeated_after_a_crash)
{
	struct job jobs[10];
	struct schedule s, wish = every(6, add_location(app, cx, "1"));
	int64_t next_at;
	wish.apply = "plan_only";
	must(schedule_set(app, cx, &wish, &s));
	script(app, cx, "update schedule set next_run_at = anchor_at - 1000");
	as_schedule(cx);
	must(schedule_run_due(app, cx, &next_at));
	assert_int_equal(list_jobs(app, cx, jobs), 1);
	assert_string_equal(jobs[0].mode, "plan");
	/* As if the process had ended between the job and the row of the run; and the job is done. */
	script(app, cx, "delete from schedule_run");
	script(app, cx, "update schedule set next_run_at = anchor_at - 1000");
	script(app, cx, "update job set state = 'done'");
	must(schedule_run_due(app, cx, &next_at));
	assert_int_equal(list_jobs(app, cx, jobs), 1);
	/* As if it had ended before the next run was set. */
	script(app, cx, "update schedule set next_run_at = anchor_at - 1000");
	script(app, cx, "update job set idempotency_key = null");
	must(schedule_run_due(app, cx, &next_at));
	assert_int_equal(list_jobs(app, cx, jobs), 1);
	assert_true(next_at > clock_now_ms());
}

APP_TEST(schedule_runs_each_location)
{
	struct job jobs[10];
	struct schedule s;
	int64_t next_at;
	const char *const uids[] = { "1", "2", "3" };
	for (int i = 0; i < 3; i++) {
		struct schedule wish = every(6, add_location(app, cx, uids[i]));
		must(schedule_set(app, cx, &wish, &s));
	}
	script(app, cx, "update schedule set next_run_at = 1000 + location_id");
	as_schedule(cx);
	must(schedule_run_due(app, cx, &next_at));
	assert_int_equal(list_jobs(app, cx, jobs), 3);
}

APP_TEST(schedule_that_cannot_run_says_why_and_goes_on)
{
	struct job jobs[10];
	struct schedule s, wish = every(6, add_location(app, cx, "1"));
	int64_t next_at;
	must(schedule_set(app, cx, &wish, &s));
	script(app, cx, "update schedule set next_run_at = 1000");
	script(app, cx, "update location set left_at = 1");
	as_schedule(cx);
	must(schedule_run_due(app, cx, &next_at));
	assert_int_equal(list_jobs(app, cx, jobs), 0);
	assert_true(next_at > clock_now_ms());
	const struct audit_row *act = newest_act(app, cx);
	assert_string_equal(act->act, "schedule.skip");
	assert_string_equal(act->actor_kind, "schedule");
	assert_non_null(strstr(act->detail, "\"why\":"));
}
