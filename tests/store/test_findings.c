/* Findings: rows, and what a reading makes of them. */
#include "store_test.h"
#include "world.h"

#include "domain/drift.h"
#include "domain/sync_judge.h"
#include "domain/sync_plan.h"
#include "store/findings.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/user_list.h"
#include "store/vpp_users.h"

struct scene {
	int64_t location_id, person_id, job_id;
	struct vpp_user user;
};

static void a_scene(struct db *db, struct ctx *cx, struct scene *s)
{
	struct location l = { .apple_uid = "1",
		.name = "School",
		.organisation = "Orchard",
		.token_box = "box",
		.token_hash = "hash",
		.token_expires_at = 1,
		.token_state = "valid",
		.owner_state = "ours",
		.mdm_info_id = "mark",
		.hook_key = "key",
		.hook_state = "off",
		.message_channel = "email" };
	struct person p = { .user_name = "ada",
		.user_key = "ada",
		.display_name = "Ada",
		.sort_name = "ada",
		.search_text = "ada",
		.email = "ada@example.org",
		.email_key = "ada@example.org",
		.is_active = true,
		.source = "manual",
		.created_at = 1,
		.updated_at = 1 };
	struct job j = { .kind = "sync",
		.state = "running",
		.phase = "read",
		.asked_by = "ada",
		.asked_kind = "admin",
		.whole_location = true };
	must(locations_insert(db, cx, &l, &s->location_id));
	must(people_insert(db, cx, &p, &s->person_id));
	j.location_id = s->location_id;
	must(jobs_insert(db, cx, &j, &s->job_id));
	s->user = (struct vpp_user){ .location_id = s->location_id,
		.person_id = s->person_id,
		.client_user_id = "c-ada",
		.is_live = true,
		.state = VPP_ASSOCIATED,
		.apple_status = "Associated",
		.apple_email = "ada@example.org",
		.id_hash = "hash-ada",
		.apple_seen_at = 5 };
	must(vpp_users_insert(db, cx, &s->user, &s->user.id));
}

static size_t open_of(
	struct db *db, struct ctx *cx, const struct scene *s, struct finding *ret_findings)
{
	size_t count = 0;
	must(findings_open(db, cx, s->location_id, 0, 8, ret_findings, &count));
	return count;
}

STORE_TEST(a_finding_is_open_once_and_may_come_again)
{
	struct scene s;
	struct finding list[8], found;
	struct findings_filter filter = { .kind = "foreign" };
	size_t count = 0;
	int64_t total = 0;
	a_scene(db, cx, &s);
	struct finding f = {
		.location_id = s.location_id, .kind = "foreign", .subject = "x", .detail = "one"
	};
	must(findings_put(db, cx, &f, 100));
	f.detail = "two";
	must(findings_put(db, cx, &f, 200));
	assert_int_equal(open_of(db, cx, &s, list), 1);
	assert_string_equal(list[0].detail, "two");
	assert_int_equal(list[0].first_seen_at, 100);
	assert_int_equal(list[0].last_seen_at, 200);
	/* The location's last sync saw it too. */
	must(locations_set_synced(db, cx, s.location_id, 300));
	must(findings_find(db, cx, list[0].id, &found));
	assert_int_equal(found.last_seen_at, 300);
	must(findings_solve(db, cx, s.location_id, "foreign", "x", "gone", 400));
	assert_int_equal(open_of(db, cx, &s, list), 0);
	must(findings_put(db, cx, &f, 500));
	must(findings_count(db, cx, &filter, &total));
	assert_int_equal(total, 2);
	must(findings_list(db, cx, &filter, 0, 1, list, &count));
	assert_int_equal(count, 1);
	assert_int_equal(list[0].first_seen_at, 500);
	must(findings_list(db, cx, &filter, list[0].id, 8, list, &count));
	assert_int_equal(count, 1);
	assert_string_equal(list[0].solved_because, "gone");
	assert_int_equal(list[0].last_seen_at, 200);
	must_fail(findings_find(db, cx, 12345, &found), ERR_NOT_FOUND, "finding.none");
}

static const struct {
	const char *name;
	struct drift_news news;
	const char *kind; /* NULL: nothing to find */
} seen[] = {
	{ "as it was", { "Associated", "ada@example.org", "hash-ada" }, NULL },
	{ "e-mail in other case", { "Associated", "ADA@example.org", "hash-ada" }, NULL },
	{ "no hash told", { "Associated", "ada@example.org", NULL }, NULL },
	{ "retired", { "Retired", "ada@example.org", "hash-ada" }, "retired_elsewhere" },
	{ "deleted", { "Deleted", NULL, NULL }, "retired_elsewhere" },
	{ "other e-mail", { "Associated", "eve@example.org", "hash-ada" }, "email_elsewhere" },
	{ "other account", { "Associated", "ada@example.org", "hash-eve" }, "other_account" },
	{ "a word of tomorrow", { "Frozen", "eve@example.org", "hash-eve" }, NULL },
};

STORE_TEST(what_nobody_here_did_is_found)
{
	struct scene s;
	struct finding list[8];
	a_scene(db, cx, &s);
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		must(drift_seen(db, cx, s.job_id, &s.user, &seen[i].news));
		size_t count = open_of(db, cx, &s, list);
		if (count != (seen[i].kind != NULL))
			fail_msg("%s: %zu findings", seen[i].name, count);
		if (!count)
			continue;
		assert_string_equal(list[0].kind, seen[i].kind);
		assert_int_equal(list[0].person_id, s.person_id);
		must(findings_solve_id(db, cx, list[0].id, "next row", 1));
	}
}

STORE_TEST(what_we_are_doing_is_no_finding)
{
	struct scene s;
	struct finding list[8];
	struct drift_news retired = { "Retired", NULL, NULL };
	a_scene(db, cx, &s);
	s.user.state = VPP_REMOVING;
	must(drift_seen(db, cx, 0, &s.user, &retired));
	s.user.state = VPP_ASSOCIATED;
	s.user.is_live = false;
	must(drift_seen(db, cx, 0, &s.user, &retired));
	assert_int_equal(open_of(db, cx, &s, list), 0);
}

APP_TEST(missing_is_found_by_a_whole_list_and_ends_when_it_is_back)
{
	struct scene s;
	struct finding list[8];
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	a_scene(db, cx, &s);
	must(db_commit(&db, cx));
	struct sync_reading whole = { s.job_id, s.location_id, false, true, a_list(cx) };
	must(sync_plan_whole(app, cx, &whole));
	must(db_read(app->db, cx, &db));
	assert_int_equal(open_of(db, cx, &s, list), 1);
	db_release(&db);
	assert_string_equal(list[0].kind, "missing");
	assert_string_equal(list[0].repair, "invite");
	assert_int_equal(list[0].job_id, s.job_id);
	/* The next list has it again. */
	struct staged_user back = { "c-ada", "Associated", "ada@example.org", "hash-ada", NULL };
	must(user_list_put(whole.list, cx, &back));
	must(drift_close(app, cx, &whole));
	must(db_read(app->db, cx, &db));
	assert_int_equal(open_of(db, cx, &s, list), 0);
}

STORE_TEST(findings_are_counted_chosen_and_left_in_groups)
{
	struct scene s;
	struct findings_group groups[4];
	struct findings_chosen chosen;
	int64_t ids[8], left = 0, job_id;
	size_t count = 0;
	a_scene(db, cx, &s);
	struct finding f = { .location_id = s.location_id, .kind = "missing", .detail = "one" };
	for (int i = 0; i < 3; i++) {
		f.subject = arena_printf(cx->mem, "c-%d", i);
		f.person_id = i < 2 ? s.person_id : 0;
		f.repair = "invite";
		must(findings_put(db, cx, &f, 100 + i));
	}
	must(findings_groups(db, cx, 0, "open", 4, groups, &count));
	assert_int_equal(count, 1);
	assert_string_equal(groups[0].kind, "missing");
	assert_string_equal(groups[0].location_name, "School");
	assert_int_equal(groups[0].count, 3);
	assert_int_equal(groups[0].repairable, 2);
	assert_int_equal(groups[0].first_seen_at, 100);
	assert_int_equal(groups[0].last_seen_at, 102);

	struct finding list[8];
	assert_int_equal(open_of(db, cx, &s, list), 3);
	struct findings_choice choice = { s.location_id, "missing", "invite", NULL, NULL };
	must(findings_count_chosen(db, cx, &choice, &chosen));
	assert_int_equal(chosen.findings, 3);
	assert_int_equal(chosen.repairable, 2);
	assert_int_equal(chosen.people, 1);
	must(findings_people(db, cx, &choice, 0, 8, ids, &count));
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], s.person_id);
	must(findings_people(db, cx, &choice, s.person_id, 8, ids, &count));
	assert_int_equal(count, 0);

	struct job j = {
		.kind = "invite", .state = "waiting", .asked_by = "a", .asked_kind = "admin"
	};
	must(jobs_insert(db, cx, &j, &job_id));
	struct item item = {
		.job_id = job_id, .person_id = s.person_id, .kind = "skip", .state = "skipped"
	};
	must(items_insert(db, cx, &item, NULL));
	choice.exclude_json = arena_printf(cx->mem, "[%lld]", (long long)list[0].id);
	must(findings_set_repair_job_chosen(db, cx, &choice, job_id));
	assert_int_equal(open_of(db, cx, &s, list), 3);
	assert_int_equal(list[0].repair_job_id, 0);
	assert_int_equal(list[1].repair_job_id, job_id);
	assert_int_equal(list[2].repair_job_id, 0);

	choice.repair = NULL;
	choice.exclude_json = NULL;
	choice.ids_json =
		arena_printf(cx->mem, "[%lld,%lld]", (long long)list[0].id, (long long)list[2].id);
	must(findings_leave_chosen(db, cx, &choice, "left", 900, &left));
	assert_int_equal(left, 2);
	assert_int_equal(open_of(db, cx, &s, list), 1);
	must(findings_groups(db, cx, s.location_id, "solved", 4, groups, &count));
	assert_int_equal(groups[0].count, 2);
}
