/* What a sync of generated worlds does: the marks it relies on, the merge, the records of strangers. */
#include "store_test.h"
#include "world.h"

#include <stdio.h>

#include "base/text.h"
#include "domain/sync_judge.h"
#include "store/findings.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/people.h"
#include "store/user_list.h"
#include "store/vpp_users.h"

/* The same world on both databases, and in each run. */
static uint32_t pick(uint32_t *seed, uint32_t count)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % count;
}

#define PICK(seed, list) ((list)[pick((seed), sizeof(list) / sizeof((list)[0]))])

static const char *mail_of(struct ctx *cx, int n, uint32_t kind)
{
	switch (kind) {
	case 0:
		return NULL;
	case 1:
		return arena_printf(cx->mem, "Person%d@example.org", n);
	case 2:
		return arena_printf(cx->mem, "new%d@example.org", n);
	default:
		return arena_printf(cx->mem, "person%d@example.org", n);
	}
}

static int64_t some_person(struct db *db, struct ctx *cx, uint32_t *seed, int n)
{
	int64_t id = 0;
	const char *name = arena_printf(cx->mem, "person%d", n);
	const char *email = mail_of(cx, n, pick(seed, 8));
	struct person p = {
		.user_name = name,
		.user_key = name,
		.display_name = name,
		.sort_name = name,
		.search_text = name,
		.email = email,
		.email_key = email ? text_fold(cx->mem, email) : NULL,
		.is_active = pick(seed, 5) != 0,
		.source = "manual",
		.created_at = 1,
		.updated_at = 1,
	};
	must(people_insert(db, cx, &p, &id));
	if (pick(seed, 9) == 0)
		must(people_delete(db, cx, id, 9));
	return id;
}

static struct vpp_user some_user(struct db *db, struct ctx *cx, uint32_t *seed, int64_t location_id,
	int64_t person_id, int n)
{
	static const enum vpp_state states[] = { VPP_REQUESTED, VPP_REGISTERED, VPP_INVITED,
		VPP_INVITED, VPP_ASSOCIATED, VPP_ASSOCIATED, VPP_ASSOCIATED, VPP_REMOVING,
		VPP_REMOVED, VPP_CHECKING };
	enum vpp_state state = PICK(seed, states);
	bool is_seen = state != VPP_REQUESTED && state != VPP_CHECKING;
	struct vpp_user u = {
		.location_id = location_id,
		.person_id = person_id,
		.client_user_id = arena_printf(cx->mem, "c-%08x", pick(seed, 1u << 24)),
		.is_live = state != VPP_REMOVED,
		.state = state,
		.apple_seen_at = is_seen ? 5 : 0,
		.apple_status = !is_seen                  ? NULL
		                : state == VPP_ASSOCIATED ? "Associated"
		                : state == VPP_REMOVED    ? "Retired"
		                                          : "Registered",
		.apple_email = is_seen ? mail_of(cx, n, pick(seed, 8)) : NULL,
	};
	must(vpp_users_insert(db, cx, &u, &u.id));
	return u;
}

static bool is_marked(struct db *db, struct ctx *cx, const struct vpp_user *u)
{
	struct vpp_user found;
	size_t count = 0;
	must(vpp_users_unlike(db, cx, u->location_id, u->id - 1, 1, &found, &count));
	return count && found.id == u->id;
}

/* The mark stands exactly where reconcile would change something at Apple without news from there. */
static void check_mark(struct db *db, struct ctx *cx, int64_t user_id)
{
	struct vpp_user u;
	struct sync_verdict verdict = { 0 };
	struct sync_reading known = { .is_delta = true };
	struct sync_case c = { .last = &u };
	must(vpp_users_find(db, cx, user_id, &u));
	known.location_id = u.location_id;
	must(sync_judge(db, cx, &known, &c, &verdict));
	bool is_settled =
		u.state == VPP_REGISTERED || u.state == VPP_INVITED || u.state == VPP_ASSOCIATED;
	bool is_unlike = u.is_live && is_settled && verdict.row.at_apple;
	if (is_marked(db, cx, &u) != is_unlike)
		fail_msg("%s, %s, at Apple %s %s: reconcile says %s, the mark says %s",
			u.client_user_id, vpp_state_name(u.state), u.apple_status, u.apple_email,
			verdict.row.kind, is_unlike ? "like" : "unlike");
}

#define WORLD 120

STORE_TEST(the_mark_unlike_is_what_reconcile_says)
{
	uint32_t seed = 7;
	int64_t location = a_location(db, cx), person[WORLD], user[WORLD];
	for (int n = 0; n < WORLD; n++) {
		person[n] = some_person(db, cx, &seed, n);
		user[n] = some_user(db, cx, &seed, location, person[n], n).id;
		check_mark(db, cx, user[n]);
	}
	/* Both sides move, and the mark follows. */
	int marked = 0;
	for (int i = 0; i < 4 * WORLD; i++) {
		int n = (int)pick(&seed, WORLD);
		struct person *p = NULL;
		struct vpp_user u;
		must(people_find_even_deleted(db, cx, person[n], 0, &p));
		must(vpp_users_find(db, cx, user[n], &u));
		switch (pick(&seed, 5)) {
		case 0:
			p->email = mail_of(cx, n, pick(&seed, 8));
			p->email_key = p->email ? text_fold(cx->mem, p->email) : NULL;
			must(people_update(db, cx, p));
			break;
		case 1:
			p->is_active = !p->is_active;
			must(people_update(db, cx, p));
			break;
		case 2:
			must(people_delete(db, cx, person[n], 9));
			break;
		case 3:
			u.apple_email = mail_of(cx, n, pick(&seed, 8));
			must(vpp_users_save(db, cx, &u));
			break;
		default:
			u.state = u.is_live ? VPP_ASSOCIATED : u.state;
			u.apple_status = u.is_live ? "Associated" : u.apple_status;
			u.apple_seen_at = 6;
			must(vpp_users_save(db, cx, &u));
		}
		check_mark(db, cx, user[n]);
		marked += is_marked(db, cx, &u);
	}
	assert_true(marked > WORLD / 4);
}

/* --- the list that is read ------------------------------------------------------------------- */

static size_t all_of(
	struct user_list *list, struct ctx *cx, struct staged_user *ret_users, size_t limit)
{
	size_t count = 0;
	must(user_list_rewind(list, cx));
	must(user_list_page(list, cx, limit, ret_users, &count));
	return count;
}

APP_TEST(the_active_record_wins_in_a_list)
{
	(void)app;
	struct staged_user users[8], found;
	struct user_list *list = a_list(cx);
	const struct staged_user rows[] = {
		{ "b", "Registered", "b@x.org", NULL, "box" },
		{ "b", "Retired", NULL, NULL, NULL },
		{ "a", "Retired", NULL, NULL, NULL },
		{ "a", "Associated", "a@x.org", "hash", NULL },
	};
	for (size_t i = 0; i < 4; i++)
		must(user_list_put(list, cx, &rows[i]));
	assert_int_equal(all_of(list, cx, users, 8), 2);
	assert_string_equal(users[0].client_user_id, "a");
	assert_string_equal(users[0].status, "Associated");
	assert_string_equal(users[0].id_hash, "hash");
	assert_null(users[0].invite_code_box);
	assert_string_equal(users[1].status, "Registered");
	assert_string_equal(users[1].invite_code_box, "box");
	assert_int_equal(user_list_active(list), 2);
	/* A list that was read later knows better. */
	user_list_next_reading(list);
	must(user_list_put(list, cx, &rows[1]));
	must(user_list_find(list, cx, "b", &found));
	assert_string_equal(found.status, "Retired");
	must_fail(user_list_find(list, cx, "c", &found), ERR_NOT_FOUND, NULL);
}

/* More than fits one sorted run: in order, each once, and what was said last of each. */
APP_TEST(a_long_list_is_read_back_in_order)
{
	(void)app;
	enum { USERS = 5000, PAGE = 300 };
	struct user_list *list = a_list(cx);
	char id[16], email[16];
	for (uint32_t i = 0; i < USERS + USERS / 10; i++) {
		uint32_t n = (uint32_t)((uint64_t)(i % USERS) * 48271 % 5003);
		snprintf(id, sizeof(id), "c-%06u", n);
		snprintf(email, sizeof(email), "e-%u", i);
		struct staged_user u = { id, "Registered", email, NULL, NULL };
		must(user_list_put(list, cx, &u));
	}
	int64_t total = 0;
	size_t count = 0;
	char before[16] = "";
	must(user_list_rewind(list, cx));
	do {
		CTX_AUTO(page);
		struct staged_user *users = ARENA_ARRAY(page.mem, struct staged_user, PAGE);
		must(user_list_page(list, &page, PAGE, users, &count));
		for (size_t i = 0; i < count; i++) {
			assert_true(strcmp(users[i].client_user_id, before) > 0);
			snprintf(before, sizeof(before), "%s", users[i].client_user_id);
		}
		total += (int64_t)count;
	} while (count == PAGE);
	assert_int_equal(total, USERS);
	struct staged_user first;
	must(user_list_find(
		list, cx, "c-000000", &first)); /* put first, and once more at the end */
	assert_string_equal(first.email, arena_printf(cx->mem, "e-%d", USERS));
}

/* What is sorted already can be had before the end, and taken out. */
APP_TEST(a_list_is_had_in_parts_while_it_is_read)
{
	(void)app;
	struct staged_user users[50], found;
	struct user_list *list = a_list(cx);
	size_t count = 0, seen = 0;
	must(user_list_part(list, cx, 50, users, &count));
	assert_int_equal(count, 0);
	for (int i = 0; i < 1000; i++) {
		struct staged_user u = { arena_printf(cx->mem, "c-%03d", i * 7 % 1000),
			"Registered", NULL, NULL, NULL };
		must(user_list_put(list, cx, &u));
		do {
			must(user_list_part(list, cx, 50, users, &count));
			for (size_t n = 0; n < count; n += 2)
				must(user_list_take_out(list, cx, users[n].client_user_id));
			seen += count;
		} while (count);
	}
	assert_in_range(seen, 900, 999); /* not the part that is still growing */
	assert_int_equal(user_list_active(list), 1000);
	must(user_list_rewind(list, cx));
	size_t left = 0;
	do {
		must(user_list_page(list, cx, 50, users, &count));
		left += count;
	} while (count == 50);
	assert_in_range(left, 1000 - seen / 2 - 40, 1000 - seen / 2);
	must(user_list_find(list, cx, "c-993", &found)); /* the last one */
}

/* --- the merge ------------------------------------------------------------------------------- */

#define CROWD 1200

static int64_t plan(struct app *app, struct ctx *cx, int64_t location, struct user_list *list,
	struct job *ret_job)
{
	bool waits = false;
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	int64_t job_id = a_job(db, cx, location, "sync", "read", 0);
	must(db_commit(&db, cx));
	struct sync_reading reading = { job_id, location, false, true, list };
	must(sync_plan_whole(app, cx, &reading));
	must(sync_plan_close(app, cx, job_id, &waits));
	must(db_read(app->db, cx, &db));
	must(jobs_find(db, cx, job_id, ret_job));
	return job_id;
}

APP_TEST(a_crowd_of_strangers_is_listed_one_by_one_and_found_once)
{
	struct db *db = NULL;
	struct finding findings[4];
	struct item items[300];
	struct job job;
	size_t count = 0;
	struct user_list *list = a_list(cx);
	must(db_write(app->db, cx, &db));
	int64_t location = a_location(db, cx);
	int64_t ada = a_person(db, cx, "ada", "ada@example.org", true);
	must(db_commit(&db, cx));
	for (int i = 0; i < CROWD; i++) {
		struct staged_user u = { arena_printf(cx->mem, "s-%05d", i),
			i % 3 ? "Registered" : "Associated",
			i == 7 ? "Ada@Example.org" : arena_printf(cx->mem, "s%d@else.example", i),
			NULL, NULL };
		must(user_list_put(list, cx, &u));
	}
	int64_t job_id = plan(app, cx, location, list, &job);
	assert_int_equal(job.total, CROWD);
	assert_int_equal(job.done, CROWD - 1); /* the one that is Ada's is planned */
	must(sync_apply(app, cx, job_id));

	must(db_read(app->db, cx, &db));
	struct vpp_user u;
	must(vpp_users_find_live(db, cx, location, ada, &u));
	assert_string_equal(u.client_user_id, "s-00007");
	must(jobs_find(db, cx, job_id, &job));
	assert_string_equal(job.state, "done");
	assert_int_equal(job.done, CROWD);
	assert_non_null(strstr(job.summary_json, "\"foreign_done\":1199"));
	/* Page by page, behind the items. */
	int64_t after = 0, seen = 0;
	must(items_list(db, cx, job_id, NULL, 0, 4, items, &count));
	assert_string_equal(items[0].kind, "adopt");
	assert_string_equal(items[1].kind, "foreign");
	assert_string_equal(items[1].reason, "Apple's record s-00000");
	do {
		must(items_list(db, cx, job_id, "done", after, 300, items, &count));
		seen += (int64_t)count;
		after = count ? items[count - 1].id : after;
	} while (count == 300);
	assert_int_equal(seen, CROWD);
	must(findings_open(db, cx, location, 0, 4, findings, &count));
	assert_int_equal(count, 1);
	assert_string_equal(findings[0].kind, "foreign");
	db_release(&db);

	/* The next one knows them; when Apple retires them the finding ends. */
	int64_t again = plan(app, cx, location, list, &job);
	assert_int_equal(job.total, 0);
	user_list_next_reading(list);
	for (int i = 0; i < CROWD; i++) {
		struct staged_user gone = { arena_printf(cx->mem, "s-%05d", i), "Retired", NULL,
			NULL, NULL };
		if (i != 7)
			must(user_list_put(list, cx, &gone));
	}
	assert_true(plan(app, cx, location, list, &job) > again);
	must(db_read(app->db, cx, &db));
	must(findings_open(db, cx, location, 0, 4, findings, &count));
	assert_int_equal(count, 0);
	db_release(&db);
}

/* What is judged on a page of facts is what is judged one by one: a world in which everything differs. */
static const char *kind_alone(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct vpp_user *u, const struct staged_user *staged)
{
	struct sync_case c = { .last = u, .staged = staged };
	struct sync_verdict verdict = { 0 };
	must(sync_judge(db, cx, reading, &c, &verdict));
	return verdict.row.plan == PLAN_NOTHING ? NULL : verdict.row.kind;
}

static const char *kind_planned(struct db *db, struct ctx *cx, int64_t job_id, int64_t user_id)
{
	struct item items[16];
	size_t count = 0;
	must(items_open_of(db, cx, user_id, 16, items, &count));
	for (size_t i = 0; i < count; i++)
		if (items[i].job_id == job_id)
			return items[i].kind;
	return NULL;
}

APP_TEST(the_merge_plans_what_reconcile_says_of_each)
{
	enum { USERS = 1200 };
	static const char *const words[] = { "Registered", "Associated", "Associated", "Retired",
		"Deleted", "Frozen" };
	uint32_t seed = 11;
	struct user_list *list = a_list(cx);
	struct vpp_user *users = ARENA_ARRAY(cx->mem, struct vpp_user, USERS);
	const char **alone = ARENA_ARRAY(cx->mem, const char *, USERS);
	struct db *db = NULL;
	must(db_write(app->db, cx, &db));
	int64_t location = a_location(db, cx);
	int64_t other = a_job(db, cx, location, "invite", NULL, 1);
	for (int n = 0; n < USERS; n++) {
		users[n] = some_user(db, cx, &seed, location, some_person(db, cx, &seed, n), n);
		if (pick(&seed, 12) == 0)
			an_item(db, cx, other, &users[n], pick(&seed, 2) ? "create" : "message",
				pick(&seed, 2) ? "accepted" : "done");
		struct staged_user s = { users[n].client_user_id, PICK(&seed, words),
			mail_of(cx, n, pick(&seed, 8)), NULL, NULL };
		if (pick(&seed, 6))
			must(user_list_put(list, cx, &s));
	}
	int64_t job_id = a_job(db, cx, location, "sync", "read", 0);
	struct sync_reading reading = { job_id, location, false, true, list };
	int planned = 0;
	for (int n = 0; n < USERS; n++) {
		struct staged_user s;
		enum err e = user_list_find(list, cx, users[n].client_user_id, &s);
		alone[n] = kind_alone(db, cx, &reading, &users[n], e ? NULL : &s);
		planned += alone[n] != NULL;
	}
	must(db_commit(&db, cx));
	must(sync_plan_whole(app, cx, &reading));
	must(db_read(app->db, cx, &db));
	for (int n = 0; n < USERS; n++) {
		const char *kind = kind_planned(db, cx, job_id, users[n].id);
		if (!text_equal(kind, alone[n]))
			fail_msg("%s, %s: planned %s, alone %s", users[n].client_user_id,
				vpp_state_name(users[n].state), kind ? kind : "nothing",
				alone[n] ? alone[n] : "nothing");
	}
	struct job job;
	must(jobs_find(db, cx, job_id, &job));
	db_release(&db);
	assert_int_equal(job.total, planned);
	assert_in_range(planned, USERS / 4, USERS);
}

APP_TEST(who_is_absent_is_named)
{
	struct db *db = NULL;
	const char *ids[4];
	size_t count = 0;
	struct user_list *list = a_list(cx);
	must(db_write(app->db, cx, &db));
	int64_t location = a_location(db, cx);
	static const char *const names[] = { "a", "b", "c", "d" };
	for (size_t i = 0; i < 4; i++)
		a_user(db, cx, location, a_person(db, cx, names[i], NULL, true), names[i],
			i == 3 ? VPP_REQUESTED : VPP_ASSOCIATED);
	must(db_commit(&db, cx));
	struct staged_user b = { "b", "Retired", NULL, NULL, NULL };
	must(user_list_put(list, cx, &b));
	struct sync_reading reading = { 0, location, false, false, list };
	must(sync_absent(app, cx, &reading, 4, ids, &count));
	assert_int_equal(count, 2); /* d was never seen there */
	assert_string_equal(ids[0], "a");
	assert_string_equal(ids[1], "c");
	must(sync_absent(app, cx, &reading, 1, ids, &count));
	assert_int_equal(count, 1);
}
