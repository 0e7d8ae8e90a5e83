#include <string.h>

#include "../unit.h"
#include "base/arena.h"
#include "base/secret.h"
#include "twin/assets.h"
#include "twin/random.h"
#include "twin/users.h"

static struct random chance;
static struct users users;

static int set_up(void **state)
{
	(void)state;
	random_init(&chance, 1);
	users_init(&users, &chance, "appleid.school.example");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	users_fini(&users);
	return 0;
}

static struct user *create(const char *id, const char *email)
{
	struct user *u = NULL;
	assert_int_equal(
		users_create(
			&users, &(struct user_request){ .client_user_id = id, .email = email }, &u),
		0);
	return u;
}

static size_t count(struct users_query q)
{
	struct arena *mem = arena_new();
	struct user **list;
	size_t n;
	users_select(&users, mem, &q, &list, &n);
	arena_free(mem);
	return n;
}

static void test_create_twice(void **state)
{
	(void)state;
	struct user *u = create("a", "a@x.example"), *again = NULL;
	assert_int_equal(u->status, USER_REGISTERED);
	assert_int_equal(strlen(u->invite_code), 32);
	assert_int_equal(
		users_create(&users, &(struct user_request){ .client_user_id = "a" }, &again),
		9716);
	assert_int_equal(users.count, 1);
	assert_int_equal(u->creates_applied, 1);
}

static void test_never_associated_comes_back(void **state)
{
	(void)state;
	struct user *u = create("a", "a@x.example"), *retired;
	char code[33];
	memcpy(code, u->invite_code, sizeof(code));
	assert_int_equal(users_retire(&users, "a", &retired), 0);
	assert_int_equal(users_retire(&users, "a", &retired), 9609);
	assert_ptr_equal(create("a", "b@x.example"), u);
	assert_string_equal(u->invite_code, code);
	assert_string_equal(u->email, "b@x.example");
	assert_int_equal(u->creates_applied, 2);
}

static void test_once_associated_gets_a_new_record(void **state)
{
	(void)state;
	struct user *u = create("a", "a@x.example"), *now, *retired;
	users_accept(&users, u, "ada@store.example", &now);
	assert_ptr_equal(now, u);
	assert_int_equal(u->status, USER_ASSOCIATED);
	assert_int_equal(strlen(u->id_hash), 28);
	users_retire(&users, "a", &retired);
	struct user *second = create("a", "a@x.example");
	assert_ptr_not_equal(second, u);
	assert_string_not_equal(second->invite_code, u->invite_code);
	assert_int_equal(count((struct users_query){ .client_user_id = "a" }), 2);
	assert_int_equal(
		count((struct users_query){ .client_user_id = "a", .active_only = true }), 1);

	/* The same account: the old record lives again. */
	users_accept(&users, second, "ada@store.example", &now);
	assert_ptr_equal(now, u);
	assert_int_equal(u->status, USER_ASSOCIATED);
	assert_int_equal(second->status, USER_RETIRED);
	assert_ptr_equal(users_active(&users, "a"), u);
}

static void test_another_account_keeps_the_old_retired(void **state)
{
	(void)state;
	struct user *u = create("a", NULL), *now, *retired;
	users_accept(&users, u, "ada@store.example", &now);
	users_retire(&users, "a", &retired);
	struct user *second = create("a", NULL);
	users_accept(&users, second, "other@store.example", &now);
	assert_ptr_equal(now, second);
	assert_int_equal(u->status, USER_RETIRED);
}

static const struct {
	const char *name, *managed;
	int number;
	enum user_status status;
} managed[] = {
	{ "ours", "ada@appleid.school.example", 0, USER_ASSOCIATED },
	{ "foreign domain", "ada@elsewhere.example", 9635, USER_REGISTERED },
	{ "no address", "ada", 9635, USER_REGISTERED },
	{ "taken", "taken@appleid.school.example", 9641, USER_REGISTERED },
};

static void test_managed_accounts(void **state)
{
	(void)state;
	struct user *u;
	users_create(&users,
		&(struct user_request){ "holder", NULL, "taken@appleid.school.example" }, &u);
	for (size_t i = 0; i < COUNT(managed); i++) {
		print_message("%s\n", managed[i].name);
		assert_int_equal(
			users_create(&users,
				&(struct user_request){ managed[i].name, NULL, managed[i].managed },
				&u),
			managed[i].number);
		assert_int_equal(u->status, managed[i].status);
	}
}

static void test_changes_since(void **state)
{
	(void)state;
	struct user *retired;
	create("a", NULL);
	create("b", NULL);
	uint64_t version = users.version;
	assert_int_equal(count((struct users_query){ .has_since = true, .since = version }), 0);
	create("c", NULL);
	users_retire(&users, "a", &retired);
	assert_int_equal(count((struct users_query){ .has_since = true, .since = version }), 2);
	assert_int_equal(count((struct users_query){
				 .has_since = true, .since = version, .retired_only = true }),
		1);
	assert_int_equal(count((struct users_query){ .has_since = true, .since = 0 }), 3);
	assert_int_equal(count((struct users_query){ .active_only = true }), 2);
	assert_int_equal(count((struct users_query){ .retired_only = true }), 1);
}

static void test_counts_of_assets(void **state)
{
	(void)state;
	struct assets a = { 0 };
	struct user *u = create("a", NULL), *other = create("b", NULL), *retired;
	struct asset *app = assets_add(&a, "1", "STDQ", "App", false, 1);
	struct asset *book = assets_add(&a, "2", "STDQ", "Book", true, 5);
	assert_int_equal(assets_associate(&a, app, u, NULL), 0);
	assert_int_equal(assets_associate(&a, app, u, NULL), 0); /* held already: nothing taken */
	assert_int_equal(assets_associate(&a, app, other, NULL), 9709);
	assert_int_equal(assets_associate(&a, book, u, NULL), 0);
	users_retire(&users, "a", &retired);
	assets_user_retired(&a, u);
	assert_int_equal(app->available, 1);
	assert_int_equal(app->assigned, 0);
	assert_int_equal(book->available, 4);
	assert_int_equal(book->assigned, 0);
	assert_int_equal(book->retired, 1);
	assert_int_equal(a.assignment_count, 1); /* the book stays with the retired record */
	assert_int_equal(assets_associate(&a, app, NULL, "C02NONSENSE"), 0);
	assets_disassociate(&a, app, NULL, "C02NONSENSE");
	assets_disassociate(&a, app, NULL, "C02NONSENSE");
	assert_int_equal(app->available, 1);
	assert_int_equal(assets_buy(&a, app, -7), -1);
	assets_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_create_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_never_associated_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_once_associated_gets_a_new_record, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_another_account_keeps_the_old_retired, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_managed_accounts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_changes_since, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_counts_of_assets, set_up, tear_down),
	};
	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
