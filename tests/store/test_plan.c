/* A part of a plan is applied: the rest is left out, and counted. */
#include "store_test.h"
#include "world.h"

#include <string.h>

#include "base/text.h"
#include "domain/jobs.h"
#include "domain/location_guard.h"
#include "domain/locations.h"
#include "domain/sync_plan.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/user_list.h"

#define LEFT_OUT "Left out when the plan was applied"

static const struct {
	const char *client;
	enum vpp_state state;
	bool is_active;
	const char *staged, *email;
	const char *kind;
} rows[] = {
	{ "p-1", VPP_ASSOCIATED, true, "Associated", "old@example.org", "update" },
	{ "p-2", VPP_ASSOCIATED, true, "Associated", "older@example.org", "update" },
	{ "p-3", VPP_ASSOCIATED, false, "Associated", "p-3@example.org", "retire" },
	/* Accepted, and a new e-mail: the update is planned once the note is applied. */
	{ "p-4", VPP_INVITED, true, "Associated", "other@example.org", "note_associated" },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

struct plan {
	int64_t job_id, ids[ROWS];
};

/* A plan of four rows that waits for a person. */
static struct plan a_plan(struct app *app, struct ctx *cx)
{
	struct db *db = NULL;
	struct plan plan = { 0 };
	struct job job;
	bool waits = false;
	struct user_list *list = a_list(cx);
	must(db_write(app->db, cx, &db));
	int64_t location = a_location(db, cx);
	plan.job_id = a_job(db, cx, location, "sync", "read", 0);
	for (size_t i = 0; i < ROWS; i++) {
		const char *email = arena_printf(cx->mem, "%s@example.org", rows[i].client);
		int64_t person = a_person(db, cx, rows[i].client, email, rows[i].is_active);
		a_user(db, cx, location, person, rows[i].client, rows[i].state);
		struct staged_user s = { rows[i].client, rows[i].staged, rows[i].email, NULL,
			NULL };
		must(user_list_put(list, cx, &s));
	}
	must(jobs_find(db, cx, plan.job_id, &job));
	job.mode = "plan";
	must(jobs_save(db, cx, &job));
	must(db_commit(&db, cx));
	struct sync_reading reading = { plan.job_id, location, true, true, list };
	must(sync_plan_whole(app, cx, &reading));
	must(sync_plan_close(app, cx, plan.job_id, &waits));
	assert_true(waits);

	struct item items[ROWS + 1];
	size_t count = 0;
	must(db_read(app->db, cx, &db));
	must(items_list(db, cx, plan.job_id, NULL, 0, ROWS + 1, items, &count));
	db_release(&db);
	assert_int_equal(count, ROWS);
	for (size_t i = 0; i < ROWS; i++) {
		assert_string_equal(items[i].kind, rows[i].kind);
		plan.ids[i] = items[i].id;
	}
	return plan;
}

/* "planned planned skipped done": the rows' states after the plan was applied here. */
static const char *states_of(struct app *app, struct ctx *cx, const struct plan *plan)
{
	struct db *db = NULL;
	struct item item;
	const char *line = "";
	must(db_read(app->db, cx, &db));
	for (size_t i = 0; i < ROWS; i++) {
		must(items_find(db, cx, plan->ids[i], &item));
		if (text_equal(item.state, "skipped"))
			assert_string_equal(item.reason, LEFT_OUT);
		line = arena_printf(cx->mem, "%s%s%s", line, *line ? " " : "", item.state);
	}
	db_release(&db);
	return line;
}

static struct job job_of(struct app *app, struct ctx *cx, int64_t id)
{
	struct db *db = NULL;
	struct job job;
	must(db_read(app->db, cx, &db));
	must(jobs_find(db, cx, id, &job));
	db_release(&db);
	return job;
}

static void apply(struct app *app, struct ctx *cx, const struct plan *plan,
	const struct plan_part *part, const char *states, int64_t skipped, int64_t done)
{
	must(jobs_apply(app, cx, plan->job_id, part));
	must(sync_apply(app, cx, plan->job_id));
	assert_string_equal(states_of(app, cx, plan), states);
	struct job job = job_of(app, cx, plan->job_id);
	assert_true(job.is_part);
	assert_int_equal(job.skipped, skipped);
	assert_int_equal(job.done, done);
	/* What is neither is still to be sent. */
	assert_int_equal(job.total, ROWS);
}

APP_TEST(some_kinds_of_a_plan_are_applied)
{
	static const char *const kinds[] = { "retire", "note_associated" };
	struct plan plan = a_plan(app, cx);
	struct plan_part part = { .kinds = kinds, .kind_count = 2 };
	apply(app, cx, &plan, &part, "skipped skipped planned done", 2, 1);
}

APP_TEST(some_rows_of_a_plan_are_applied)
{
	struct plan plan = a_plan(app, cx);
	struct plan_part part = { .items = &plan.ids[1], .item_count = 2 };
	apply(app, cx, &plan, &part, "skipped planned planned skipped", 2, 0);
}

APP_TEST(a_plan_is_applied_but_for_a_row)
{
	struct plan plan = a_plan(app, cx);
	struct plan_part part = { .except = &plan.ids[2], .except_count = 1 };
	apply(app, cx, &plan, &part, "planned planned skipped done", 1, 1);
}

APP_TEST(a_kind_of_a_plan_is_applied_but_for_a_row)
{
	static const char *const kinds[] = { "update" };
	struct plan plan = a_plan(app, cx);
	struct plan_part part = {
		.kinds = kinds, .kind_count = 1, .except = &plan.ids[0], .except_count = 1
	};
	apply(app, cx, &plan, &part, "skipped planned skipped skipped", 3, 0);
}

static int64_t location_of(struct app *app, struct ctx *cx, const struct plan *plan)
{
	return job_of(app, cx, plan->job_id).location_id;
}

static void observe(struct app *app, struct ctx *cx, const struct plan *plan)
{
	struct location l;
	must(location_set_mode(app, cx, location_of(app, cx, plan), "observe", &l));
	must_fail(location_may_write(app, cx, &l), ERR_CONFLICT, "location.observe_only");
}

/* What is for Apple is listed and skipped; what is noted here is done. */
APP_TEST(a_plan_for_a_location_that_is_only_observed)
{
	struct db *db = NULL;
	struct item item;
	struct plan plan = a_plan(app, cx);
	observe(app, cx, &plan);
	must(jobs_apply(app, cx, plan.job_id, &(struct plan_part){ 0 }));
	must(sync_apply(app, cx, plan.job_id));
	must(db_read(app->db, cx, &db));
	for (size_t i = 0; i < ROWS; i++) {
		must(items_find(db, cx, plan.ids[i], &item));
		assert_string_equal(item.state, i == 3 ? "done" : "skipped");
	}
	db_release(&db);
	struct job job = job_of(app, cx, plan.job_id);
	assert_string_equal(job.state, "done");
	assert_int_equal(job.done, 1);
	assert_int_equal(job.skipped, ROWS - 1);
}

/* A job that was about to send when the location was set to observe ends, and its wishes are taken back. */
APP_TEST(what_was_not_sent_is_not_sent_any_more)
{
	struct db *db = NULL;
	struct vpp_user u;
	struct item item;
	struct plan plan = a_plan(app, cx);
	must(jobs_apply(app, cx, plan.job_id, &(struct plan_part){ 0 }));
	must(sync_apply(app, cx, plan.job_id));
	observe(app, cx, &plan);
	must(jobs_stop_sending(app, cx, plan.job_id));
	struct job job = job_of(app, cx, plan.job_id);
	assert_string_equal(job.state, "done");
	assert_int_equal(job.done, 1);
	assert_int_equal(job.skipped, ROWS);
	must(db_read(app->db, cx, &db));
	must(items_find(db, cx, plan.ids[2], &item));
	assert_string_equal(item.state, "cancelled");
	must(vpp_users_find(db, cx, item.vpp_user_id, &u));
	assert_int_equal(u.state, VPP_ASSOCIATED);
	db_release(&db);
}

/* Without a part nothing is left out, and the second row of the person who accepted comes too. */
APP_TEST(a_plan_is_applied_whole)
{
	struct plan plan = a_plan(app, cx);
	must(jobs_apply(app, cx, plan.job_id, &(struct plan_part){ 0 }));
	must(sync_apply(app, cx, plan.job_id));
	assert_string_equal(states_of(app, cx, &plan), "planned planned planned done");
	struct job job = job_of(app, cx, plan.job_id);
	assert_false(job.is_part);
	assert_int_equal(job.skipped, 0);
	assert_int_equal(job.total, ROWS + 1);
}

/* Who asked for it, how many are taken of how many, and strangers beside them. */
static const struct {
	const char *name, *asked_kind;
	int live, retires, strangers;
	bool is_held;
} brakes[] = {
	{ "20 of 430", "schedule", 430, 20, 0, false },
	{ "21 of 430", "schedule", 430, 21, 0, true },
	{ "5 of 100 are 5 %", "schedule", 100, 5, 0, false },
	{ "6 of 100", "schedule", 100, 6, 0, true },
	{ "6 of 100, and strangers do not count", "schedule", 100, 6, 150, true },
	{ "the only one", "schedule", 1, 1, 0, false },
	{ "both of two", "schedule", 2, 2, 0, true },
	{ "asked for by an admin who has not seen the plan", "admin", 100, 21, 0, true },
	{ "asked for by a script", "api_token", 100, 6, 0, true },
};

APP_TEST(plan_that_takes_many_waits_for_a_person)
{
	for (size_t i = 0; i < sizeof(brakes) / sizeof(brakes[0]); i++) {
		bool waits = false;
		struct job job;
		DB_AUTO(db);
		print_message("%s\n", brakes[i].name);
		must(db_write(app->db, cx, &db));
		int64_t location = a_location(db, cx);
		int64_t id = 0;
		job = (struct job){ .kind = "sync",
			.mode = "apply",
			.location_id = location,
			.whole_location = true,
			.state = "running",
			.phase = "read",
			.asked_by = "ada",
			.asked_kind = brakes[i].asked_kind,
			.total = brakes[i].retires };
		must(jobs_insert(db, cx, &job, &id));
		for (int n = 0; n < brakes[i].live + brakes[i].strangers; n++) {
			const char *name = arena_printf(cx->mem, "brake-%zu-%d", i, n);
			int64_t person =
				n < brakes[i].live ? a_person(db, cx, name, NULL, true) : 0;
			struct vpp_user u = a_user(db, cx, location, person, name, VPP_ASSOCIATED);
			if (n < brakes[i].retires)
				an_item(db, cx, id, &u, "retire", "planned");
		}
		must(db_commit(&db, cx));
		must(sync_plan_close(app, cx, id, &waits));
		must(db_read(app->db, cx, &db));
		must(jobs_find(db, cx, id, &job));
		assert_int_equal(waits, brakes[i].is_held);
		assert_string_equal(job.state, waits ? "planned" : "running");
		assert_true(!waits || strstr(job.wait_reason, "It waits until a person"));
		/* Seen and approved, it is applied as it is. */
		db_release(&db);
		if (!waits)
			continue;
		must(jobs_apply(app, cx, id, &(struct plan_part){ 0 }));
		must_fail(jobs_apply(app, cx, id, &(struct plan_part){ 0 }), ERR_CONFLICT,
			"job.not_planned");
	}
}

APP_TEST(a_part_that_is_none_is_refused)
{
	static const char *const kinds[] = { "adopt" };
	struct plan plan = a_plan(app, cx);
	int64_t strange[] = { plan.ids[0], plan.ids[3] + 1000 };
	struct plan_part nothing = { .kinds = kinds, .kind_count = 1 };
	struct plan_part all_out = { .except = plan.ids, .except_count = ROWS };
	struct plan_part unknown = { .items = strange, .item_count = 2 };
	struct plan_part unknown_out = { .except = strange, .except_count = 2 };
	must_fail(jobs_apply(app, cx, plan.job_id, &nothing), ERR_CONFLICT, "job.nothing_chosen");
	must_fail(jobs_apply(app, cx, plan.job_id, &all_out), ERR_CONFLICT, "job.nothing_chosen");
	must_fail(jobs_apply(app, cx, plan.job_id, &unknown), ERR_CONFLICT, "job.not_in_plan");
	must_fail(jobs_apply(app, cx, plan.job_id, &unknown_out), ERR_CONFLICT, "job.not_in_plan");
	/* A refusal leaves the plan as it was. */
	struct job job = job_of(app, cx, plan.job_id);
	assert_string_equal(job.state, "planned");
	assert_int_equal(job.skipped, 0);
	assert_string_equal(states_of(app, cx, &plan), "planned planned planned planned");
}
