/* The list of people: its order, its plans, its counts. */
#include "store_test.h"

#include <stdio.h>

#include "db/driver.h"
#include "domain/person_input.h"
#include "people_world.h"
#include "store/locations.h"
#include "store/people.sql.h"

/* The plan of a list's query, in the database's words. */
static const char *plan_of(
	struct db *db, struct ctx *cx, const struct db_query *query, const char *name)
{
	static struct db_query explain[10];
	static int used;
	struct db_query *q = &explain[used++ % 10];
	char *sqlite = NULL, *postgres = NULL;
	if (asprintf(&sqlite, "explain query plan %s", query->sqlite) < 0 ||
		asprintf(&postgres, "explain %s", query->postgres) < 0)
		fail();
	*q = (struct db_query){ name, sqlite, postgres, query->parameters };
	const char *plan = "";
	DB_STMT_AUTO(st, db, q);
	for (int i = 0; i < 9; i++)
		db_bind_null(st);
	bool is_list = query->parameters == 13;
	if (is_list) {
		db_bind_text(st, "someone 5");
		db_bind_i64(st, 5);
	}
	db_bind_i64(st, 51);
	if (is_list)
		db_bind_text(st, strstr(name, "down") ? "" : "\xf4\x8f\xbf\xbf");
	while (db_step(st, cx) == OK)
		plan = arena_printf(
			cx->mem, "%s\n%s", plan, db_text(st, cx, db_is_postgres(db) ? 0 : 3));
	return plan;
}

/* A page of the list reads its rows along the index, from the cursor on: it never sorts. */
STORE_TEST(people_lists_follow_their_index)
{
	enum { PEOPLE = 3000 };
	int64_t location = add_location(db, cx);
	for (int i = 0; i < PEOPLE; i++) {
		int64_t id = add_person(db, cx, arena_printf(cx->mem, "u%04d", i),
			arena_printf(cx->mem, "Someone %04d", i));
		if (i % 3)
			add_vpp_user(db, cx, location, id, i % 2 ? VPP_INVITED : VPP_ASSOCIATED);
	}
	must(db_script(db, cx, "analyze"));
	static const struct {
		const struct db_query *query;
		const char *name, *index;
	} cases[] = {
		{ &people_list_query, "explain_list", "person_sort" },
		{ &people_list_down_query, "explain_list_down", "person_sort" },
		{ &people_count_first_query, "explain_first", "person_sort" },
		{ &people_list_state_query, "explain_state", "vpp_user_state" },
		{ &people_list_state_down_query, "explain_state_down", "vpp_user_state" },
		{ &people_list_failed_query, "explain_failed", "vpp_user_mark" },
		{ &people_list_failed_down_query, "explain_failed_down", "vpp_user_mark" },
		{ &people_list_without_query, "explain_without", "person_without" },
		{ &people_list_without_down_query, "explain_without_down", "person_without" },
	};
	/* What PostgreSQL does with the rest depends on how many there are. */
	const size_t case_count = db_is_postgres(db) ? 3 : sizeof(cases) / sizeof(cases[0]);
	for (size_t i = 0; i < case_count; i++) {
		const char *plan = plan_of(db, cx, cases[i].query, cases[i].name);
		print_message("%s:%s\n", cases[i].name, plan);
		assert_non_null(strstr(plan, cases[i].index));
		assert_null(strstr(plan, "TEMP B-TREE"));
		assert_null(strstr(plan, "Sort "));
	}
	/* A count visits no row. */
	const char *count_plan = plan_of(db, cx, &people_count_first_query, "explain_count");
	assert_non_null(strstr(count_plan, db_is_postgres(db) ? "Index Only Scan" : "COVERING"));
}

/* Few who are found are sorted by name; many come in order of id, and are counted all the same. */
STORE_TEST(people_who_are_found_are_sorted_when_they_are_few)
{
	enum { PEOPLE = 1100 };
	for (int i = 0; i < PEOPLE; i++)
		add_person(db, cx, arena_printf(cx->mem, "u%04d", i),
			arena_printf(cx->mem, "Someone %04d", PEOPLE - 1 - i));
	struct people_filter f = people_filter_any();
	struct people_page page = {
		.after_name = "someone 0100", .after_id = INT64_MAX, .limit = 2
	};
	f.q = "meone 01";
	assert_string_equal(list(db, cx, f, page), "Someone 0101|Someone 0102");
	page.is_descending = true;
	assert_string_equal(list(db, cx, f, page), "Someone 0100");
	assert_int_equal(count_of(db, cx, &f), 100);
	f.q = "omeone";
	page = (struct people_page){ .limit = 2 };
	assert_string_equal(list(db, cx, f, page), "Someone 1099|Someone 1098");
	f.q = "someone"; /* names that begin with the text are always in order */
	assert_string_equal(list(db, cx, f, page), "Someone 0000|Someone 0001");
	struct people_count total;
	must(people_count(db, cx, &f, 0, false, &total));
	assert_true(total.is_more && total.people == 1000);
	must(people_count(db, cx, &f, 0, true, &total));
	assert_true(!total.is_more && total.people == PEOPLE);
	struct person *people;
	size_t count = 0, all = 0;
	int64_t after = 0;
	do {
		must(people_walk(db, cx, &f, 0, after, 450, &people, &count));
		for (size_t i = 0; i < count; i++) {
			assert_true(people[i].id > after);
			after = people[i].id;
		}
		all += count;
	} while (count);
	assert_int_equal(all, PEOPLE);
}

/* All pages of a list, each person once. */
static const char *all_pages(
	struct db *db, struct ctx *cx, struct people_filter f, struct people_page page)
{
	const char *names = "";
	struct person *people;
	size_t count = 0;
	do {
		must(people_list(db, cx, &f, &page, &people, &count));
		for (size_t i = 0; i < count; i++) {
			names = arena_printf(cx->mem, "%s%s%s", names, *names ? "|" : "",
				people[i].display_name);
			page.after_name = people[i].sort_name;
			page.after_id = people[i].id;
		}
	} while (count == (size_t)page.limit);
	return names;
}

STORE_TEST(people_whose_names_begin_with_the_text_come_first)
{
	struct people_filter f = people_filter_any();
	int64_t location = add_location(db, cx), none;
	const char *names[] = { "Rosa Berg", "Berg Adam", "Bergit Cole", "Ann Berger", "Zoe Berg",
		"Berg Zora", "Cyd Cole" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		none = add_person(db, cx, arena_printf(cx->mem, "u%zu", i), names[i]);
		if (i % 2)
			add_vpp_user(db, cx, location, none, VPP_INVITED);
	}
	for (int limit = 1; limit <= 8; limit++) {
		struct people_page page = { .limit = limit, .location_id = location };
		f.states = NULL;
		f.q = "berg";
		assert_string_equal(all_pages(db, cx, f, page),
			"Berg Adam|Berg Zora|Bergit Cole|Ann Berger|Rosa Berg|Zoe Berg");
		f.q = "be"; /* too short for the trigrams */
		assert_string_equal(all_pages(db, cx, f, page),
			"Berg Adam|Berg Zora|Bergit Cole|Ann Berger|Rosa Berg|Zoe Berg");
		f.states = ",invited,";
		assert_string_equal(all_pages(db, cx, f, page), "Berg Adam|Berg Zora|Ann Berger");
		f.states = ",none,invited,";
		f.q = "c"; /* one letter: the beginning of any word */
		assert_string_equal(all_pages(db, cx, f, page), "Cyd Cole|Bergit Cole");
		page.is_descending = true;
		f.states = NULL;
		f.q = "be";
		assert_string_equal(all_pages(db, cx, f, page),
			"Bergit Cole|Berg Zora|Berg Adam|Zoe Berg|Rosa Berg|Ann Berger");
	}
}

static int64_t count_in(struct db *db, struct ctx *cx, int64_t location, const char *states,
	int eligible, int active)
{
	struct people_filter f = people_filter_any();
	struct people_count count;
	f.states = states;
	f.eligible = eligible;
	f.active = active;
	must(people_count(db, cx, &f, location, false, &count));
	assert_false(count.is_more);
	return count.people;
}

/* State and flags together are counted by a tally that triggers keep. */
STORE_TEST(people_of_a_state_and_flags_are_counted_through_changes)
{
	int64_t location = add_location(db, cx);
	int64_t ada = add_person(db, cx, "ada", "Ada"), bob = add_person(db, cx, "bob", "Bob");
	struct people_page page = { .location_id = location };
	struct people_filter f = people_filter_any();
	struct person *p;
	struct vpp_user u;
	int64_t user = add_vpp_user(db, cx, location, ada, VPP_INVITED);
	assert_int_equal(count_in(db, cx, location, ",invited,", 1, -1), 0);
	add_device(db, cx, "SER000001", "iPadOS", "activated", ada);
	assert_int_equal(count_in(db, cx, location, ",invited,", 1, 1), 1);
	assert_int_equal(count_in(db, cx, location, ",none,", -1, 1), 1);
	must(vpp_users_find(db, cx, user, &u));
	u.state = VPP_ASSOCIATED;
	u.failed_reason = "Refused";
	must(vpp_users_save(db, cx, &u));
	assert_int_equal(count_in(db, cx, location, ",invited,", -1, -1), 0);
	assert_int_equal(count_in(db, cx, location, ",associated,failed,", 1, 1), 1);
	assert_int_equal(count_in(db, cx, location, ",failed,", 0, -1), 0);
	/* Renamed: the list of the state is in the new order, that of "none" too. */
	must(people_find(db, cx, ada, 0, &p));
	struct person changed = person_merge(cx->mem, p,
		&(struct person_input){ .display_name = "Zed", .active = 0 }, "manual", 2000);
	must(people_update(db, cx, &changed));
	must(people_refresh(db, cx, ada));
	assert_int_equal(count_in(db, cx, location, ",associated,", 1, -1), 0);
	assert_int_equal(count_in(db, cx, location, ",associated,", 0, 0), 1);
	add_vpp_user(db, cx, location, bob, VPP_ASSOCIATED);
	assert_int_equal(count_in(db, cx, location, ",none,", -1, -1), 0);
	f.states = ",associated,";
	assert_string_equal(list(db, cx, f, page), "Bob|Zed");
	f.states = ",failed,";
	assert_string_equal(list(db, cx, f, page), "Zed");
	/* Deleted people are in no list, though their VPP user lives on until the next sync. */
	must(people_delete(db, cx, ada, 3000));
	assert_int_equal(count_in(db, cx, location, ",associated,", -1, -1), 1);
	f.states = ",associated,";
	assert_string_equal(list(db, cx, f, page), "Bob");
	must(vpp_users_find(db, cx, user, &u));
	u.state = VPP_REMOVED;
	u.is_live = false;
	must(vpp_users_save(db, cx, &u));
	assert_int_equal(count_in(db, cx, location, ",associated,", -1, -1), 1);
	f.states = ",none,associated,";
	assert_string_equal(list(db, cx, f, page), "Bob");
}

/* "none" is of one location; who has a record elsewhere is none here. */
STORE_TEST(people_without_a_record_here_may_have_one_elsewhere)
{
	struct people_filter f = people_filter_any();
	struct location other;
	int64_t first = add_location(db, cx), second;
	must(locations_get(db, cx, first, &other));
	other.apple_uid = "uid-2";
	other.hook_key = "key-2";
	must(locations_insert(db, cx, &other, &second));
	int64_t ada = add_person(db, cx, "ada", "Ada");
	add_person(db, cx, "bob", "Bob");
	f.states = ",none,";
	add_vpp_user(db, cx, second, ada, VPP_INVITED);
	assert_string_equal(
		list(db, cx, f, (struct people_page){ .location_id = first }), "Ada|Bob");
	assert_string_equal(list(db, cx, f, (struct people_page){ .location_id = second }), "Bob");
	assert_int_equal(count_in(db, cx, first, ",none,", -1, -1), 2);
	assert_int_equal(count_in(db, cx, second, ",none,", -1, -1), 1);
}
