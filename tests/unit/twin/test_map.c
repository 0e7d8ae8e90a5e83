#include <stdio.h>
#include <stdlib.h>

#include "../unit.h"
#include "twin/map.h"

#define MANY 100000

static void test_many_entries(void **state)
{
	(void)state;
	static char keys[MANY][8];
	struct map m = { 0 };
	assert_null(map_get(&m, "none"));
	for (size_t i = 0; i < MANY; i++) {
		snprintf(keys[i], sizeof(keys[i]), "%zu", i);
		map_put(&m, keys[i], keys[i]);
	}
	assert_int_equal(m.count, MANY);
	for (size_t i = 0; i < MANY; i += 2)
		map_remove(&m, keys[i]);
	assert_int_equal(m.count, MANY / 2);
	for (size_t i = 0; i < MANY; i++)
		assert_ptr_equal(map_get(&m, keys[i]), i % 2 ? keys[i] : NULL);
	map_fini(&m);
}

static void test_put_again_and_removed(void **state)
{
	(void)state;
	struct map m = { 0 };
	int a, b;
	map_put(&m, "k", &a);
	map_put(&m, "k", &b);
	assert_int_equal(m.count, 1);
	assert_ptr_equal(map_get(&m, "k"), &b);
	map_remove(&m, "k");
	map_remove(&m, "k");
	map_remove(&m, "never");
	assert_null(map_get(&m, "k"));
	map_put(&m, "k", &a);
	assert_ptr_equal(map_get(&m, "k"), &a);
	assert_int_equal(m.count, 1);
	map_fini(&m);
}

/* The same few entries come and go: tombstones must not fill the table. */
static void test_churn(void **state)
{
	(void)state;
	struct map m = { 0 };
	char key[16];
	int x;
	for (int i = 0; i < 100000; i++) {
		snprintf(key, sizeof(key), "%d", i);
		map_put(&m, key, &x);
		map_remove(&m, key);
	}
	assert_int_equal(m.count, 0);
	assert_true(m.capacity <= 64);
	map_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_entries),
		cmocka_unit_test(test_put_again_and_removed),
		cmocka_unit_test(test_churn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
