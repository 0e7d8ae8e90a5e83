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
#include "people_world.h"

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
			page.after_key = people[0].sort_name;
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
