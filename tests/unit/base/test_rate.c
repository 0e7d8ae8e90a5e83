#include "unit.h"

#include "base/rate.h"

#include <stdio.h>

static void test_a_minute_at_once_then_steadily(void **state)
{
	(void)state;
	struct rate *rate = rate_new(60);
	for (int i = 0; i < 60; i++)
		assert_int_equal(rate_take(rate, "a", 1000), 0);
	assert_in_range(rate_take(rate, "a", 1000), 900, 1001);
	/* Another caller has turns of their own. */
	assert_int_equal(rate_take(rate, "b", 1000), 0);
	assert_int_equal(rate_take(rate, "a", 2000), 0);
	assert_true(rate_take(rate, "a", 2000) > 0);
	/* However long nobody asks, a minute's turns are the most. */
	for (int i = 0; i < 60; i++)
		assert_int_equal(rate_take(rate, "a", 100 * 60000), 0);
	assert_true(rate_take(rate, "a", 100 * 60000) > 0);
	rate_free(rate);
}

static void test_no_limit(void **state)
{
	(void)state;
	struct rate *rate = rate_new(0);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(rate_take(rate, "a", 0), 0);
	rate_free(rate);
	rate_free(NULL);
	assert_int_equal(rate_take(NULL, "a", 0), 0);
}

/* A crowd of strangers takes no memory, and nobody waits for others. */
static void test_many_callers(void **state)
{
	(void)state;
	char caller[32];
	struct rate *rate = rate_new(2);
	for (int i = 0; i < 100000; i++) {
		snprintf(caller, sizeof(caller), "address %d", i);
		assert_int_equal(rate_take(rate, caller, i), 0);
	}
	rate_free(rate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_minute_at_once_then_steadily),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_many_callers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
