#include "store_test.h"

#include <stdio.h>

#include "base/text.h"
#include "db/driver.h"
#include "domain/eligibility.h"
#include "domain/person_input.h"
#include "domain/selection.h"
#include "store/devices.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/people.sql.h"
#include "store/vpp_users.h"

static int64_t add_person(struct db *db, struct ctx *cx, const char *user_name, const char *name)
{
	struct person_input in = { .user_name = user_name, .display_name = name, .active = -1 };
	in.email = arena_printf(cx->mem, "%s@example.org", user_name);
	must(person_input_check(cx, &in));
	struct person p = person_merge(cx->mem, NULL, &in, "manual", 1000);
	int64_t id;
	must(people_insert(db, cx, &p, &id));
	must(people_refresh(db, cx, id));
	return id;
}

static int64_t count_of(struct db *db, struct ctx *cx, const struct people_filter *f)
{
	struct people_count count;
	must(people_count(db, cx, f, 0, false, &count));
	assert_false(count.is_more);
	return count.people;
}

static void add_device(struct db *db, struct ctx *cx, const char *serial, const char *platform,
	const char *state, int64_t person_id)
{
	int64_t id;
	must(devices_insert(db, cx,
		&(struct device){ .serial_number = serial,
			.platform = platform,
			.enrolment_type = "device",
			.state = state,
			.person_id = person_id,
			.source = "csv",
			.created_at = 1,
			.updated_at = 1 },
		&id));
	must(people_refresh(db, cx, person_id));
}

static int64_t add_location(struct db *db, struct ctx *cx)
{
	struct location l = { .apple_uid = "uid-1",
		.name = "Orchard",
		.organisation = "Orchard School",
		.token_box = "box",
		.token_hash = "hash",
		.token_state = "valid",
		.owner_state = "ours",
		.mdm_info_id = "mark",
		.hook_key = "hook",
		.hook_state = "off",
		.message_channel = "email" };
	int64_t id;
	must(locations_insert(db, cx, &l, &id));
	return id;
}

static int64_t add_vpp_user(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t person_id, enum vpp_state state)
{
	int64_t id;
	must(vpp_users_insert(db, cx,
		&(struct vpp_user){ .location_id = location_id,
			.person_id = person_id,
			.client_user_id = arena_printf(cx->mem, "client-%d", (int)person_id),
			.is_live = true,
			.state = state,
			.message_state = "none" },
		&id));
	return id;
}

/* The names of a page, "Ada|Bob". */
static const char *names_of(struct ctx *cx, const struct person *people, size_t count)
{
	const char *names = "";
	for (size_t i = 0; i < count; i++)
		names = arena_printf(
			cx->mem, "%s%s%s", names, i ? "|" : "", people[i].display_name);
	return names;
}

static const char *list(
	struct db *db, struct ctx *cx, struct people_filter filter, struct people_page page)
{
	struct person *people;
	size_t count;
	if (!page.limit)
		page.limit = 100;
	must(people_list(db, cx, &filter, &page, &people, &count));
	return names_of(cx, people, count);
}

STORE_TEST(people_are_listed_by_name_in_pages)
{
	static const char *const names[] = { "Zoë Quince", "Ångström, Ada", "bob Plum", "Bob Plum",
		"Ælfric", "林檎 花子" };
	for (size_t i = 0; i < 6; i++)
		add_person(db, cx, arena_printf(cx->mem, "u%zu", i), names[i]);

	const char *whole = "Ångström, Ada|bob Plum|Bob Plum|Zoë Quince|Ælfric|林檎 花子";
	assert_string_equal(list(db, cx, people_filter_any(), (struct people_page){ 0 }), whole);
	assert_string_equal(
		list(db, cx, people_filter_any(), (struct people_page){ .is_descending = true }),
		"林檎 花子|Ælfric|Zoë Quince|Bob Plum|bob Plum|Ångström, Ada");

	/* Page by page it is the same list, whichever way, though two have the same name. */
	for (int down = 0; down < 2; down++) {
		struct people_filter any = people_filter_any();
		struct people_page page = { .limit = 1, .is_descending = down };
		int seen = 0;
		for (;;) {
			struct person *people;
			size_t count;
			must(people_list(db, cx, &any, &page, &people, &count));
			if (!count)
				break;
			page.after_name = people[0].sort_name;
			page.after_id = people[0].id;
			seen++;
		}
		assert_int_equal(seen, 6);
	}
}

STORE_TEST(people_are_found_by_what_is_typed)
{
	int64_t ada = add_person(db, cx, "ada.lovelace", "Ada Müller-Lovelace");
	add_person(db, cx, "bob", "Bob 100% Plum_Tree");
	add_device(db, cx, "C02XK1ABCD9", "macOS", "activated", ada);
	static const struct {
		const char *q, *found;
	} cases[] = {
		{ "lovelace", "Ada Müller-Lovelace" },
		{ "MULLER", "Ada Müller-Lovelace" },
		{ "müll", "Ada Müller-Lovelace" },
		{ "example.org", "Ada Müller-Lovelace|Bob 100% Plum_Tree" },
		{ "a", "Ada Müller-Lovelace" }, /* one letter: words that begin with it */
		{ "ob", "" },
		{ "100%", "Bob 100% Plum_Tree" },
		{ "0%p", "" },
		{ "m_t", "Bob 100% Plum_Tree" },
		{ "o_b", "" },
		{ "c02xk1", "Ada Müller-Lovelace" },
		{ "C02XK1ABCD9", "Ada Müller-Lovelace" },
		{ "nobody", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct people_filter f = people_filter_any();
		f.q = text_fold_search(cx->mem, cases[i].q);
		assert_string_equal(list(db, cx, f, (struct people_page){ 0 }), cases[i].found);
		int64_t count = count_of(db, cx, &f);
		int64_t commas = cases[i].found[0] ? 1 + (strchr(cases[i].found, '|') != NULL) : 0;
		assert_int_equal(count, commas);
	}
}

STORE_TEST(people_filters_narrow_the_list_alone_and_together)
{
	int64_t location = add_location(db, cx);
	int64_t ada = add_person(db, cx, "ada", "Ada");
	int64_t bob = add_person(db, cx, "bob", "Bob");
	add_person(db, cx, "cyd", "Cyd");
	add_device(db, cx, "SERIAL01", "iPadOS", "activated", ada);
	add_device(db, cx, "SERIAL02", "macOS", "activated", bob);
	add_device(db, cx, "SERIAL03", "iOS", "pending", bob);
	add_vpp_user(db, cx, location, ada, VPP_INVITED);

	struct people_page page = { .location_id = location };
	struct people_filter f = people_filter_any();
	f.states = ",none,";
	assert_string_equal(list(db, cx, f, page), "Bob|Cyd");
	f.states = ",invited,";
	assert_string_equal(list(db, cx, f, page), "Ada");
	/* Without a location nobody is a VPP user. */
	assert_string_equal(list(db, cx, f, (struct people_page){ 0 }), "");
	f.states = ",invited,none,";
	assert_string_equal(list(db, cx, f, page), "Ada|Bob|Cyd");
	f = people_filter_any();
	f.eligible = 1;
	assert_string_equal(list(db, cx, f, page), "Ada|Bob");
	f.platform = PLATFORM_IPADOS;
	assert_string_equal(list(db, cx, f, page), "Ada");
	f.platform = PLATFORM_IOS;
	assert_string_equal(list(db, cx, f, page), "");
	f = people_filter_any();
	f.eligible = 0;
	assert_string_equal(list(db, cx, f, page), "Cyd");
	f = people_filter_any();
	f.active = 0;
	assert_string_equal(list(db, cx, f, page), "");
	f = people_filter_any();
	f.department = "Sales";
	assert_string_equal(list(db, cx, f, page), "");
}

STORE_TEST(people_of_several_states_are_counted_as_they_are_listed)
{
	static const char *const cases[][2] = {
		{ ",invited,", "Ada" },
		{ ",associated,invited,", "Ada|Bob" },
		{ ",registered,removed,", "" },
		{ ",none,associated,", "Bob|Cyd|Dan" },
		{ ",failed,invited,", "Ada|Bob" },
	};
	int64_t location = add_location(db, cx);
	int64_t bob;

	add_vpp_user(db, cx, location, add_person(db, cx, "ada", "Ada"), VPP_INVITED);
	bob = add_vpp_user(db, cx, location, add_person(db, cx, "bob", "Bob"), VPP_ASSOCIATED);
	add_person(db, cx, "cyd", "Cyd");
	add_person(db, cx, "dan", "Dan");
	struct vpp_user u;
	must(vpp_users_find(db, cx, bob, &u));
	u.failed_reason = "Apple refused";
	must(vpp_users_save(db, cx, &u));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct people_page page = { .location_id = location };
		struct people_filter f = people_filter_any();
		struct people_count count;
		f.states = cases[i][0];
		assert_string_equal(list(db, cx, f, page), cases[i][1]);
		must(people_count(db, cx, &f, location, false, &count));
		int64_t names = cases[i][1][0] != '\0';
		for (const char *c = cases[i][1]; *c; c++)
			names += *c == '|';
		assert_int_equal(count.people, names);
	}
}

STORE_TEST(people_rows_bring_the_live_vpp_user_of_the_location)
{
	int64_t location = add_location(db, cx), ada = add_person(db, cx, "ada", "Ada");
	int64_t id = add_vpp_user(db, cx, location, ada, VPP_ASSOCIATED);
	struct vpp_user u;
	must(vpp_users_find(db, cx, id, &u));
	u.failed_reason = "Apple refused";
	u.failed_number = 9610;
	must(vpp_users_save(db, cx, &u));

	struct person *p;
	must(people_find(db, cx, ada, location, &p));
	assert_int_equal(p->vpp.id, id);
	assert_string_equal(p->vpp.state, "associated");
	assert_int_equal(p->vpp.failed_number, 9610);
	struct people_filter f = people_filter_any();
	f.states = ",failed,";
	assert_string_equal(
		list(db, cx, f, (struct people_page){ .location_id = location }), "Ada");

	u.is_live = false;
	must(vpp_users_save(db, cx, &u));
	must(people_find(db, cx, ada, location, &p));
	assert_int_equal(p->vpp.id, 0);
	assert_string_equal(p->vpp.state, "none");
}

/* The SQL that keeps is_eligible and the sentence of the domain are one rule. */
STORE_TEST(people_eligibility_is_kept_as_the_rule_says)
{
	static const char *const platforms[] = { NULL, "iOS", "iPadOS", "macOS", "tvOS", "other" };
	static const char *const states[] = { "activated", "pending", "left" };
	int n = 0;
	for (int active = 0; active < 2; active++)
		for (size_t i = 0; i < 6; i++)
			for (size_t k = 0; k < (platforms[i] ? 3 : 1); k++) {
				char *name = arena_printf(cx->mem, "u%d", ++n);
				int64_t id = add_person(db, cx, name, name);
				struct person *p;
				if (platforms[i])
					add_device(db, cx, arena_printf(cx->mem, "SER%06d", n),
						platforms[i], states[k], id);
				must(people_find(db, cx, id, 0, &p));
				p->is_active = active;
				must(people_update(db, cx, p));
				must(people_refresh(db, cx, id));
				must(people_find(db, cx, id, 0, &p));
				assert_int_equal(p->is_eligible, eligibility_of(p));
				bool wanted = active && k == 0 && i >= 1 && i <= 3;
				assert_int_equal(p->is_eligible, wanted);
			}
	struct people_filter f = people_filter_any();
	assert_int_equal(count_of(db, cx, &f), 2 * (1 + 5 * 3));
	f.eligible = 1;
	assert_int_equal(count_of(db, cx, &f), 3);
}

STORE_TEST(people_who_are_deleted_free_their_name_and_devices)
{
	int64_t ada = add_person(db, cx, "ada", "Ada");
	add_device(db, cx, "SERIAL01", "iOS", "activated", ada);
	must(people_delete(db, cx, ada, 5000));

	struct person *p;
	must_fail(people_find(db, cx, ada, 0, &p), ERR_NOT_FOUND, "person.none");
	must(people_find_even_deleted(db, cx, ada, 0, &p));
	assert_int_equal(p->deleted_at, 5000);
	assert_false(p->is_eligible);
	struct device *d;
	must(devices_find_by_serial(db, cx, "SERIAL01", &d));
	assert_int_equal(d->person_id, 0);
	assert_string_equal(list(db, cx, people_filter_any(), (struct people_page){ 0 }), "");
	must_fail(people_find_by_user_key(db, cx, "ada", &p), ERR_NOT_FOUND, NULL);

	add_person(db, cx, "ada", "Ada the Second");
	struct person second = *p;
	second.created_at = second.updated_at = 1;
	must_fail(people_insert(db, cx, &second, &ada), ERR_CONFLICT, "db.unique");
}

STORE_TEST(people_are_found_by_address_when_it_is_one_person)
{
	int64_t ada = add_person(db, cx, "ada", "Ada");
	struct person *p;
	must(people_find_by_email_key(db, cx, "ada@example.org", &p));
	assert_int_equal(p->id, ada);
	must_fail(people_find_by_email_key(db, cx, "bob@example.org", &p), ERR_NOT_FOUND, NULL);
	must_fail(people_find_by_account_key(db, cx, "ada@example.org", &p), ERR_NOT_FOUND, NULL);

	struct person twin = *p;
	twin.user_name = twin.user_key = "ada2";
	must(people_insert(db, cx, &twin, &ada));
	must_fail(people_find_by_email_key(db, cx, "ada@example.org", &p), ERR_CONFLICT,
		"person.ambiguous");
}

static int64_t walk(struct db *db, struct ctx *cx, const struct selection *sel, int64_t *ret_sum)
{
	int64_t after = 0, count = 0;
	for (;;) {
		struct person *people;
		size_t n;
		must(selection_next(db, cx, sel, 0, after, 2, &people, &n));
		if (!n)
			return count;
		for (size_t i = 0; i < n; i++) {
			assert_true(people[i].id > after);
			after = people[i].id;
			*ret_sum += after;
		}
		count += (int64_t)n;
	}
}

STORE_TEST(selections_are_checked_and_walked_in_pages)
{
	int64_t ids[9], sum = 0, want = 0, count;
	struct selection sel;
	for (int i = 0; i < 9; i++)
		ids[i] = add_person(db, cx, arena_printf(cx->mem, "u%d", i), "Someone");

	int64_t chosen[] = { ids[7], ids[2], ids[2], ids[4] };
	must(selection_of_ids(cx, chosen, 4, &sel));
	must(selection_check(db, cx, &sel, 0, &count));
	assert_int_equal(count, 3);
	assert_int_equal(walk(db, cx, &sel, &sum), 3);
	assert_int_equal(sum, ids[7] + ids[2] + ids[4]);

	/* A whole page that is excluded is not the end. */
	struct people_filter any = people_filter_any();
	must(selection_of_filter(cx, &any, ids + 2, 5, 4, &sel));
	must(selection_check(db, cx, &sel, 0, &count));
	assert_int_equal(count, 4);
	sum = 0;
	assert_int_equal(walk(db, cx, &sel, &sum), 4);
	want = ids[0] + ids[1] + ids[7] + ids[8];
	assert_int_equal(sum, want);

	/* Who came or went since is noticed. */
	must(people_delete(db, cx, ids[8], 1));
	must_fail(selection_check(db, cx, &sel, 0, &count), ERR_CONFLICT, "selection.moved");
	must(selection_of_ids(cx, ids + 7, 2, &sel));
	must_fail(selection_check(db, cx, &sel, 0, &count), ERR_CONFLICT, "selection.moved");
	must_fail(selection_of_ids(cx, NULL, 0, &sel), ERR_INVALID, "selection.empty");
}

/* The plan of a list's query, in the database's words. */
static const char *plan_of(
	struct db *db, struct ctx *cx, const struct db_query *query, const char *name)
{
	static struct db_query explain[4];
	static int used;
	struct db_query *q = &explain[used++ % 4];
	char *sqlite = NULL, *postgres = NULL;
	if (asprintf(&sqlite, "explain query plan %s", query->sqlite) < 0 ||
		asprintf(&postgres, "explain %s", query->postgres) < 0)
		fail();
	*q = (struct db_query){ name, sqlite, postgres, query->parameters };
	const char *plan = "";
	DB_STMT_AUTO(st, db, q);
	for (int i = 0; i < 9; i++)
		db_bind_null(st);
	if (query->parameters == 12)
		db_bind_text(st, "someone 5");
	if (query->parameters == 12)
		db_bind_i64(st, 5);
	db_bind_i64(st, 51);
	while (db_step(st, cx) == OK)
		plan = arena_printf(
			cx->mem, "%s\n%s", plan, db_text(st, cx, db_is_postgres(db) ? 0 : 3));
	return plan;
}

/* A page of the list reads its rows along the index, from the cursor on: it never sorts. */
STORE_TEST(people_lists_follow_their_index)
{
	enum { PEOPLE = 3000 };
	for (int i = 0; i < PEOPLE; i++)
		add_person(db, cx, arena_printf(cx->mem, "u%04d", i),
			arena_printf(cx->mem, "Someone %04d", i));
	must(db_script(db, cx, "analyze"));
	const struct db_query *queries[] = { &people_list_query, &people_list_down_query,
		&people_count_first_query };
	static const char *const names[] = { "explain_list", "explain_list_down", "explain_first" };
	for (int i = 0; i < 3; i++) {
		const char *plan = plan_of(db, cx, queries[i], names[i]);
		print_message("%s:%s\n", names[i], plan);
		assert_non_null(strstr(plan, "person_sort"));
		assert_null(strstr(plan, "TEMP B-TREE"));
		assert_null(strstr(plan, "Sort "));
	}
	/* A count visits no row. */
	const char *count_plan = plan_of(db, cx, queries[2], "explain_count");
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
	f.q = "someone";
	page = (struct people_page){ .limit = 2 };
	assert_string_equal(list(db, cx, f, page), "Someone 1099|Someone 1098");
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

/* The tally and the trigrams go along with every change. */
STORE_TEST(people_counts_and_search_follow_changes)
{
	struct people_filter f = people_filter_any();
	struct person *p;
	int64_t ada = add_person(db, cx, "ada", "Ada Plum"), bob = add_person(db, cx, "bob", "Bob");
	add_device(db, cx, "SER000001", "iPadOS", "activated", ada);
	f.platform = PLATFORM_IPADOS;
	assert_int_equal(count_of(db, cx, &f), 1);
	struct person_input in = { .display_name = "Ada Quince", .active = 0 };
	must(people_find(db, cx, ada, 0, &p));
	struct person changed = person_merge(cx->mem, p, &in, "manual", 2000);
	must(people_update(db, cx, &changed));
	must(people_refresh(db, cx, ada));
	f = people_filter_any();
	f.active = 0;
	assert_int_equal(count_of(db, cx, &f), 1);
	f.eligible = 1;
	assert_int_equal(count_of(db, cx, &f), 0);
	f = people_filter_any();
	f.q = "plum";
	assert_string_equal(list(db, cx, f, (struct people_page){ 0 }), "");
	f.q = "quince";
	assert_string_equal(list(db, cx, f, (struct people_page){ 0 }), "Ada Quince");
	must(people_delete(db, cx, ada, 3000));
	must(people_delete(db, cx, ada, 3000));
	assert_string_equal(list(db, cx, f, (struct people_page){ 0 }), "");
	f.q = NULL;
	assert_int_equal(count_of(db, cx, &f), 1);
	must(people_delete(db, cx, bob, 3000));
	assert_int_equal(count_of(db, cx, &f), 0);
}
