#include "store_test.h"
#include "world.h"

#include "base/text.h"
#include "domain/invite.h"
#include "domain/jobs.h"
#include "domain/remove.h"
#include "domain/selection.h"
#include "domain/sync_plan.h"
#include "store/calls.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/user_list.h"
#include "store/vpp_users.h"

STORE_TEST(vpp_users_are_saved_and_found)
{
	struct vpp_user u, found;
	int64_t location = a_location(db, cx), person = a_person(db, cx, "ada", NULL, true);
	u = a_user(db, cx, location, person, "c-1", VPP_REGISTERED);
	must(vpp_users_find_live(db, cx, location, person, &found));
	assert_int_equal(found.id, u.id);
	must(vpp_users_set_message(db, cx, u.id, "sent", "email", NULL, 7));
	must(vpp_users_find_client(db, cx, location, "c-1", &found));
	assert_int_equal(found.state, VPP_INVITED);
	assert_int_equal(found.message_at, 7);
	found.state = VPP_REMOVED;
	found.is_live = false;
	must(vpp_users_save(db, cx, &found));
	must_fail(vpp_users_find_live(db, cx, location, person, &found), ERR_NOT_FOUND, NULL);
	/* A new record for the same person stands beside the removed one; a second live one may not. */
	a_user(db, cx, location, person, "c-2", VPP_REQUESTED);
	struct vpp_user third = { .location_id = location,
		.person_id = person,
		.is_live = true,
		.client_user_id = "c-3",
		.state = VPP_REQUESTED };
	must_fail(vpp_users_insert(db, cx, &third, &third.id), ERR_CONFLICT, "db.unique");
}

STORE_TEST(looks_are_due_when_asked_for)
{
	struct vpp_user users[4];
	size_t count = 0;
	int64_t at = 0, swept = 0;
	bool found = false;
	int64_t location = a_location(db, cx);
	a_user(db, cx, location, a_person(db, cx, "a", NULL, true), "c-1", VPP_INVITED);
	a_user(db, cx, location, a_person(db, cx, "b", NULL, true), "c-2", VPP_ASSOCIATED);
	must(vpp_users_ask_look(db, cx, location, "c-2", 50, &found));
	assert_true(found);
	must(vpp_users_ask_look(db, cx, location, "nobody", 50, &found));
	assert_false(found);
	must(vpp_users_next_look(db, cx, location, &at));
	assert_int_equal(at, 50);
	must(vpp_users_due_looks(db, cx, location, 49, 4, users, &count));
	assert_int_equal(count, 0);
	must(vpp_users_sweep(db, cx, location, 100, 60, 11, &swept));
	assert_int_equal(swept, 1);
	must(vpp_users_due_looks(db, cx, location, 60, 4, users, &count));
	assert_int_equal(count, 2);
	assert_string_equal(users[0].client_user_id, "c-2");
}

STORE_TEST(items_of_a_busy_user_wait)
{
	struct item items[4];
	size_t count = 0;
	int64_t location = a_location(db, cx);
	struct vpp_user u =
		a_user(db, cx, location, a_person(db, cx, "a", NULL, true), "c-1", VPP_REQUESTED);
	int64_t job = a_job(db, cx, location, "invite", NULL, 2);
	int64_t sent = an_item(db, cx, job, &u, "create", "unknown");
	an_item(db, cx, job, &u, "retire", "planned");
	must(items_sendable(db, cx, job, "retire", 1000, 4, items, &count));
	assert_int_equal(count, 0);
	must(jobs_end_item(db, cx, sent, "done", 0, "Registered."));
	must(items_sendable(db, cx, job, "retire", 1000, 4, items, &count));
	assert_int_equal(count, 1);
	must(items_hold(db, cx, location, "The token is dead.", 5));
	must(items_sendable(db, cx, job, "retire", 1000, 4, items, &count));
	assert_int_equal(count, 0);
	must(items_unhold(db, cx, location, 6));
	must(items_sendable(db, cx, job, "retire", 1000, 4, items, &count));
	assert_int_equal(count, 1);
}

STORE_TEST(the_last_item_ends_the_job)
{
	struct job j;
	int64_t location = a_location(db, cx);
	struct vpp_user u =
		a_user(db, cx, location, a_person(db, cx, "a", NULL, true), "c-1", VPP_REQUESTED);
	int64_t job = a_job(db, cx, location, "invite", NULL, 2);
	int64_t one = an_item(db, cx, job, &u, "create", "accepted");
	int64_t two = an_item(db, cx, job, &u, "message", "planned");
	must(jobs_end_item(db, cx, one, "failed", 9603, "No."));
	must(jobs_end_item(db, cx, one, "done", 0, "Ended twice counts once."));
	must(jobs_find(db, cx, job, &j));
	assert_string_equal(j.state, "running");
	must(jobs_end_item(db, cx, two, "done", 0, "Sent."));
	must(jobs_find(db, cx, job, &j));
	assert_string_equal(j.state, "done");
	assert_int_equal(j.done, 1);
	assert_int_equal(j.failed, 1);
	assert_string_equal(j.summary_json, "{\"create_failed\":1,\"message_done\":1}");
}

STORE_TEST(what_was_on_its_way_is_unknown_after_a_restart)
{
	struct vpp_user u;
	struct item item;
	struct apple_call call = { .kind = "create", .state = "intended", .intended_at = 1 };
	int64_t recovered = 0, at = 0;
	call.location_id = a_location(db, cx);
	u = a_user(
		db, cx, call.location_id, a_person(db, cx, "a", NULL, true), "c-1", VPP_REQUESTED);
	call.job_id = a_job(db, cx, call.location_id, "invite", NULL, 1);
	int64_t id = an_item(db, cx, call.job_id, &u, "create", "intended");
	must(calls_insert(db, cx, &call, &call.id));
	must(calls_recover(db, cx, call.location_id, 10, 100, &recovered));
	assert_int_equal(recovered, 1);
	must(items_find(db, cx, id, &item));
	assert_string_equal(item.state, "unknown");
	assert_non_null(item.reason);
	must(vpp_users_find(db, cx, u.id, &u));
	assert_int_equal(u.state, VPP_CHECKING);
	must(calls_next_look(db, cx, call.location_id, &at));
	assert_int_equal(at, 100);
}

APP_TEST(a_schedule_does_not_retire_many_by_itself)
{
	struct db *db = NULL;
	struct job job;
	bool waits = false;
	must(db_write(app->db, cx, &db));
	int64_t location = a_location(db, cx), job_id = 0;
	struct job scheduled = { .kind = "sync",
		.location_id = location,
		.state = "running",
		.phase = "read",
		.asked_by = "schedule",
		.asked_kind = "schedule",
		.whole_location = true };
	must(jobs_insert(db, cx, &scheduled, &job_id));
	for (int i = 0; i < 30; i++) {
		const char *name = arena_printf(cx->mem, "p%02d", i);
		a_user(db, cx, location, a_person(db, cx, name, NULL, i >= 21), name,
			VPP_ASSOCIATED);
	}
	must(db_commit(&db, cx));
	struct sync_reading reading = { job_id, location, true, false, a_list(cx) };
	must(sync_plan_whole(app, cx, &reading));
	must(sync_plan_close(app, cx, job_id, &waits));
	assert_true(waits);
	must(db_read(app->db, cx, &db));
	must(jobs_find(db, cx, job_id, &job));
	assert_string_equal(job.state, "planned");
	assert_int_equal(job.total, 21);
	assert_non_null(strstr(job.wait_reason, "21 of 30"));
	db_release(&db);

	/* A person may: then it goes on. */
	cx->actor = (struct actor){ "admin", 1, "ada", "" };
	must(jobs_apply(app, cx, job_id, &(struct plan_part){ 0 }));
	must_fail(jobs_apply(app, cx, job_id, &(struct plan_part){ 0 }), ERR_CONFLICT,
		"job.not_planned");
	must(jobs_cancel(app, cx, job_id));
	must(db_read(app->db, cx, &db));
	must(jobs_find(db, cx, job_id, &job));
	assert_string_equal(job.state, "cancelled");
	assert_int_equal(job.skipped, 21);
	db_release(&db);
	must_fail(jobs_cancel(app, cx, job_id), ERR_CONFLICT, "job.over");
}

/* --- actions ---------------------------------------------------------------------------------- */

static struct selection everybody(struct ctx *cx)
{
	struct selection s;
	struct people_filter filter = people_filter_any();
	must(selection_of_filter(cx, &filter, NULL, 0, -1, &s));
	return s;
}

APP_TEST(a_delete_of_what_was_not_sent_takes_it_back)
{
	struct job job;
	struct vpp_user u;
	struct action_preview preview;
	int64_t job_id = 0, create = 0;
	bool repeat = false;
	cx->actor = (struct actor){ "admin", 1, "ada", "" };
	struct db *db = NULL;
	must(db_write(app->db, cx, &db));
	int64_t location = a_location(db, cx), person = a_person(db, cx, "ada", "ada@x.org", true);
	u = a_user(db, cx, location, person, "c-1", VPP_REQUESTED);
	u.apple_status = NULL;
	u.apple_seen_at = 0;
	must(vpp_users_save(db, cx, &u));
	int64_t invite = a_job(db, cx, location, "invite", NULL, 1);
	create = an_item(db, cx, invite, &u, "create", "planned");
	must(db_commit(&db, cx));

	struct selection all = everybody(cx);
	struct action action = { .location_id = location,
		.selection = &all,
		.idempotency_key = "k1",
		.request_hash = "h1" };
	must(remove_preview(app, cx, &action, &preview));
	assert_int_equal(preview.will_do, 1);
	must(remove_start(app, cx, &action, &job_id, &repeat));
	assert_false(repeat);

	struct item item;
	must(db_read(app->db, cx, &db));
	must(items_find(db, cx, create, &item));
	assert_string_equal(item.state, "cancelled");
	must(vpp_users_find(db, cx, u.id, &u));
	assert_int_equal(u.state, VPP_REMOVED);
	must(jobs_find(db, cx, job_id, &job));
	assert_string_equal(job.state, "done");
	assert_int_equal(job.done, 1);
	db_release(&db);

	int64_t again = 0;
	must(remove_start(app, cx, &action, &again, &repeat));
	assert_true(repeat);
	assert_int_equal(again, job_id);
	action.request_hash = "h2";
	must_fail(remove_start(app, cx, &action, &again, &repeat), ERR_CONFLICT,
		"idempotency.other_request");
}

APP_TEST(an_invitation_says_who_is_skipped_and_why)
{
	struct action_preview preview;
	struct job job;
	int64_t job_id = 0;
	bool repeat = false;
	cx->actor = (struct actor){ "admin", 1, "ada", "" };
	struct db *db = NULL;
	must(db_write(app->db, cx, &db));
	int64_t location = a_location(db, cx);
	a_person(db, cx, "without a device", NULL, true);
	a_person(db, cx, "inactive", NULL, false);
	must(db_commit(&db, cx));
	struct selection all = everybody(cx);
	struct action action = { .location_id = location, .selection = &all };
	must(invite_preview(app, cx, &action, &preview));
	assert_int_equal(preview.will_do, 0);
	assert_int_equal(preview.will_skip, 2);
	assert_int_equal(preview.reason_count, 2);
	must(invite_start(app, cx, &action, &job_id, &repeat));
	must(db_read(app->db, cx, &db));
	must(jobs_find(db, cx, job_id, &job));
	assert_string_equal(job.state, "done");
	assert_int_equal(job.skipped, 2);
	db_release(&db);
}

/* --- sync -------------------------------------------------------------------------------------- */

static const struct {
	const char *client;
	enum vpp_state state;
	bool is_active;
	const char *staged; /* NULL: not listed */
	const char *email;
	const char *kind; /* NULL: no row */
} plan_cases[] = {
	{ "c-01", VPP_ASSOCIATED, true, "Associated", "c-01@example.org", NULL },
	{ "c-02", VPP_ASSOCIATED, true, "Associated", "old@example.org", "update" },
	{ "c-03", VPP_INVITED, true, "Associated", "c-03@example.org", "note_associated" },
	{ "c-04", VPP_ASSOCIATED, true, "Retired", NULL, "note_retired" },
	{ "c-05", VPP_ASSOCIATED, false, "Associated", "c-05@example.org", "retire" },
	{ "c-06", VPP_ASSOCIATED, true, NULL, NULL, "note_missing" },
	{ "c-07", VPP_NONE, true, "Registered", "stranger@example.org", "foreign" },
	{ "c-08", VPP_REMOVED, true, "Associated", "c-08@example.org", "retire" },
};
#define PLAN_CASES (sizeof(plan_cases) / sizeof(plan_cases[0]))

static void stage_cases(struct db *db, struct ctx *cx, int64_t location, struct user_list *list)
{
	for (size_t i = 0; i < PLAN_CASES; i++) {
		const char *client = plan_cases[i].client;
		if (plan_cases[i].state != VPP_NONE)
			a_user(db, cx, location,
				a_person(db, cx, client,
					arena_printf(cx->mem, "%s@example.org", client),
					plan_cases[i].is_active),
				client, plan_cases[i].state);
		struct staged_user s = { client, plan_cases[i].staged, plan_cases[i].email, NULL,
			NULL };
		if (s.status)
			must(user_list_put(list, cx, &s));
	}
}

static const char *kind_for(struct db *db, struct ctx *cx, int64_t job, const char *client)
{
	struct item items[20];
	size_t count = 0;
	must(items_list(db, cx, job, NULL, 0, 20, items, &count));
	for (size_t i = 0; i < count; i++) {
		struct vpp_user u;
		if (!items[i].vpp_user_id && strstr(items[i].reason, client))
			return items[i].kind;
		if (!items[i].vpp_user_id)
			continue;
		must(vpp_users_find(db, cx, items[i].vpp_user_id, &u));
		if (text_equal(u.client_user_id, client))
			return items[i].kind;
	}
	return NULL;
}

APP_TEST(a_sync_plans_then_applies)
{
	struct db *db = NULL;
	struct vpp_user u;
	struct job job;
	bool waits = false;
	must(db_write(app->db, cx, &db));
	int64_t location = a_location(db, cx);
	int64_t job_id = a_job(db, cx, location, "sync", "read", 0);
	struct user_list *list = a_list(cx);
	stage_cases(db, cx, location, list);
	must(db_commit(&db, cx));

	struct sync_reading reading = { job_id, location, false, true, list };
	must(sync_plan_whole(app, cx, &reading));
	must(sync_plan_close(app, cx, job_id, &waits));
	assert_true(waits); /* two retires of so few people */
	must(jobs_apply(app, cx, job_id, &(struct plan_part){ 0 }));
	must(db_read(app->db, cx, &db));
	for (size_t i = 0; i < PLAN_CASES; i++) {
		const char *kind = kind_for(db, cx, job_id, plan_cases[i].client);
		print_message("%s: %s\n", plan_cases[i].client, kind ? kind : "no row");
		assert_true(text_equal(kind, plan_cases[i].kind));
	}
	db_release(&db);

	must(sync_apply(app, cx, job_id));
	must(db_read(app->db, cx, &db));
	must(vpp_users_find_client(db, cx, location, "c-03", &u));
	assert_int_equal(u.state, VPP_ASSOCIATED);
	must(vpp_users_find_client(db, cx, location, "c-04", &u));
	assert_int_equal(u.state, VPP_REMOVED);
	must(vpp_users_find_client(db, cx, location, "c-05", &u));
	assert_int_equal(u.state, VPP_REMOVING);
	must(vpp_users_find_client(db, cx, location, "c-06", &u));
	assert_true(u.missing_since > 0);
	assert_int_equal(u.state, VPP_ASSOCIATED);
	must(vpp_users_find_client(db, cx, location, "c-07", &u));
	assert_int_equal(u.person_id, 0);
	assert_false(u.is_live);
	must(jobs_find(db, cx, job_id, &job));
	assert_string_equal(
		job.state, "running"); /* an update and two retires are still to be sent */
	assert_int_equal(job.total, 7);
	assert_int_equal(job.done, 4);
	assert_null(job.phase);
	db_release(&db);
}

APP_TEST(a_plan_that_the_world_overtook_is_not_forced)
{
	struct db *db = NULL;
	struct vpp_user u;
	struct job job;
	bool waits = false;
	must(db_write(app->db, cx, &db));
	int64_t location = a_location(db, cx);
	int64_t person = a_person(db, cx, "ada", "ada@example.org", false);
	u = a_user(db, cx, location, person, "c-1", VPP_ASSOCIATED);
	int64_t job_id = a_job(db, cx, location, "sync", "read", 0);
	struct staged_user s = { "c-1", "Associated", "ada@example.org", NULL, NULL };
	struct user_list *list = a_list(cx);
	must(user_list_put(list, cx, &s));
	must(db_commit(&db, cx));
	struct sync_reading reading = { job_id, location, true, false, list };
	must(sync_plan_whole(app, cx, &reading));
	must(sync_plan_close(app, cx, job_id, &waits));

	/* The person is active again before the plan is applied. */
	struct person *p = NULL;
	must(db_write(app->db, cx, &db));
	must(people_find(db, cx, person, 0, &p));
	p->is_active = true;
	must(people_update(db, cx, p));
	must(db_commit(&db, cx));
	must(sync_apply(app, cx, job_id));
	must(db_read(app->db, cx, &db));
	must(vpp_users_find(db, cx, u.id, &u));
	assert_int_equal(u.state, VPP_ASSOCIATED);
	must(jobs_find(db, cx, job_id, &job));
	assert_string_equal(job.state, "done");
	assert_int_equal(job.skipped, 1);
	db_release(&db);
}
