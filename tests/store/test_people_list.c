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
	static struct db_query explain[24];
	static int used;
	struct db_query *q = &explain[used++ % 24];
	char *sqlite = NULL, *postgres = NULL;
	if (asprintf(&sqlite, "explain query plan %s", query->sqlite) < 0 ||
		asprintf(&postgres, "explain %s", query->postgres) < 0)
		fail();
	*q = (struct db_query){ name, sqlite, postgres, query->parameters };
	const char *plan = "";
	DB_STMT_AUTO(st, db, q);
	for (int i = 0; i < 9; i++)
		db_bind_null(st);
	bool is_list = query->parameters == 13, is_sorted = query->parameters == 12;
	if (is_list || is_sorted) {
		db_bind_text(st, strstr(name, "seen") ? "5" : "someone 5");
		db_bind_i64(st, 5);
	}
	db_bind_i64(st, 51);
	if (is_list)
		db_bind_text(st, strstr(name, "of_state") ? "invited"
				 : strstr(name, "down")   ? ""
							  : "\xf4\x8f\xbf\xbf");
	while (db_step(st, cx) == OK)
		plan = arena_printf(
			cx->mem, "%s\n%s", plan, db_text(st, cx, db_is_postgres(db) ? 0 : 3));
	return plan;
}

static int64_t add_sortable(
	struct db *db, struct ctx *cx, const char *name, const char *email, const char *department)
{
	struct person_input in = { .user_name = name,
		.display_name = name,
		.email = email,
		.department = department,
		.active = -1 };
	struct person p;
	int64_t id;
	must(person_input_check(cx, &in));
	p = person_merge(cx->mem, NULL, &in, "manual", 1000);
	must(people_insert(db, cx, &p, &id));
	must(people_refresh(db, cx, id));
	return id;
}

/* A page of the list reads its rows along the index, from the cursor on: it never sorts. */
STORE_TEST(people_lists_follow_their_index)
{
	enum { PEOPLE = 3000 };
	int64_t location = add_location(db, cx);
	for (int i = 0; i < PEOPLE; i++) {
		int64_t id = add_sortable(db, cx, arena_printf(cx->mem, "Someone %04d", i),
			i % 7 ? arena_printf(cx->mem, "u%04d@example.org", i) : NULL,
			i % 5 ? arena_printf(cx->mem, "Class %d", i % 50) : NULL);
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
		{ &people_list_email_query, "explain_email", "person_email" },
		{ &people_list_email_down_query, "explain_email_down", "person_email" },
		{ &people_list_no_email_query, "explain_no_email", "person_email" },
		{ &people_list_department_query, "explain_department", "person_department" },
		{ &people_list_department_down_query, "explain_department_down",
			"person_department" },
		{ &people_list_no_department_query, "explain_no_department", "person_department" },
		{ &people_list_seen_query, "explain_seen", "vpp_user_seen" },
		{ &people_list_seen_down_query, "explain_seen_down", "vpp_user_seen" },
		{ &people_list_unseen_query, "explain_unseen", "vpp_user_seen" },
		{ &people_list_of_state_query, "explain_of_state", "vpp_user_state" },
		{ &people_list_of_state_down_query, "explain_of_state_down", "vpp_user_state" },
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
		.after_key = "someone 000000000100", .after_id = INT64_MAX, .limit = 2
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
			page.after_key = people_place(cx, page.sort, &people[i]);
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

/* Numbers in names count as numbers; a search for one finds all that begin so, wherever they stand. */
STORE_TEST(people_are_sorted_as_people_count)
{
	struct people_filter f = people_filter_any();
	const char *names[] = { "Year 10", "Year 2", "Year 2b", "Year 1", "Nr. 10", "Nr. 9",
		"Year" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_person(db, cx, arena_printf(cx->mem, "u%zu", i), names[i]);
	for (int limit = 1; limit <= 8; limit++) {
		struct people_page page = { .limit = limit };
		f.q = NULL;
		assert_string_equal(all_pages(db, cx, f, page),
			"Nr. 9|Nr. 10|Year|Year 1|Year 2|Year 2b|Year 10");
		f.q = "year";
		assert_string_equal(
			all_pages(db, cx, f, page), "Year|Year 1|Year 2|Year 2b|Year 10");
		f.q = "year 1";
		assert_string_equal(all_pages(db, cx, f, page), "Year 1|Year 10");
		f.q = "year 2b";
		assert_string_equal(all_pages(db, cx, f, page), "Year 2b");
		f.q = "1";
		assert_string_equal(all_pages(db, cx, f, page), "Nr. 10|Year 1|Year 10");
		f.q = "x";
		assert_string_equal(all_pages(db, cx, f, page), "");
	}
}

static void see(struct db *db, struct ctx *cx, int64_t vpp_user_id, int64_t at)
{
	struct vpp_user u;
	must(vpp_users_find(db, cx, vpp_user_id, &u));
	u.apple_seen_at = at;
	must(vpp_users_save(db, cx, &u));
}

/* Each order, both ways, whether few match and are sorted here or an index is walked. */
STORE_TEST(people_are_sorted_by_other_columns)
{
	static const struct {
		enum people_sort sort;
		const char *up, *down;
	} orders[] = {
		{ PEOPLE_BY_EMAIL, "Cyd|Ada|Dan|Bob|Eva", "Dan|Ada|Cyd|Bob|Eva" },
		{ PEOPLE_BY_DEPARTMENT, "Bob|Ada|Cyd|Dan|Eva", "Cyd|Ada|Bob|Dan|Eva" },
		{ PEOPLE_BY_STATE, "Eva|Bob|Dan|Ada|Cyd", "Dan|Bob|Eva|Ada|Cyd" },
		{ PEOPLE_BY_SEEN, "Dan|Bob|Eva|Ada|Cyd", "Bob|Dan|Eva|Ada|Cyd" },
	};
	int64_t location = add_location(db, cx);
	add_sortable(db, cx, "Ada", "b@example.org", "Year 2");
	int64_t bob = add_sortable(db, cx, "Bob", NULL, "year 1");
	add_sortable(db, cx, "Cyd", "A@example.org", "Year 10");
	int64_t dan = add_sortable(db, cx, "Dan", "c@example.org", NULL);
	int64_t eva = add_sortable(db, cx, "Eva", NULL, NULL);
	see(db, cx, add_vpp_user(db, cx, location, bob, VPP_INVITED), 2000);
	see(db, cx, add_vpp_user(db, cx, location, dan, VPP_ASSOCIATED), 1000);
	add_vpp_user(db, cx, location, eva, VPP_REQUESTED);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		for (int limit = 1; limit <= 6; limit++) {
			struct people_filter f = people_filter_any();
			struct people_page page = {
				.location_id = location, .sort = orders[i].sort, .limit = limit
			};
			assert_string_equal(all_pages(db, cx, f, page), orders[i].up);
			page.is_descending = true;
			assert_string_equal(all_pages(db, cx, f, page), orders[i].down);
			/* All five, by an index of the states: they are few. */
			f.states = ",requested,invited,associated,";
			const char *of_few = all_pages(db, cx, f, page);
			f.states = ",requested,invited,associated,none,";
			assert_string_equal(all_pages(db, cx, f, page), orders[i].down);
			assert_null(strstr(of_few, "Ada"));
			assert_int_equal(strlen(of_few), strlen("Bob|Dan|Eva"));
		}
	}
	struct people_filter f = people_filter_any();
	f.states = ",requested,invited,associated,";
	struct people_page page = { .location_id = location, .sort = PEOPLE_BY_SEEN, .limit = 2 };
	assert_string_equal(all_pages(db, cx, f, page), "Dan|Bob|Eva");
	page.sort = PEOPLE_BY_EMAIL;
	assert_string_equal(all_pages(db, cx, f, page), "Dan|Bob|Eva");
	page.sort = PEOPLE_BY_STATE;
	page.is_descending = true;
	assert_string_equal(all_pages(db, cx, f, page), "Dan|Bob|Eva");
	/* A cursor of another list is not one of this. */
	struct person *people;
	size_t count;
	static const char *const strange[] = { "ada", "", "0abc", "5" };
	page.sort = PEOPLE_BY_SEEN;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		page.after_key = strange[i];
		must_fail(people_list(db, cx, &f, &page, &people, &count), ERR_INVALID,
			"query.cursor");
	}
}
