#include "../unit.h"

#include "apple/pacer.h"
#include "base/clock.h"
#include "base/ctx.h"

#include <pthread.h>

/* No second may hold more than the limit, wherever it begins. */
static void check_seconds(const int64_t *at, int count, int rate)
{
	for (int i = 0; i + rate < count; i++)
		assert_true(at[i + rate] - at[i] >= 998); /* timers are whole ms */
}

static void test_rate(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	enum { RATE = 100, CALLS = 130 };
	struct pacer *p = pacer_new(RATE);
	int64_t began = clock_mono_ms(), at[CALLS];
	for (int i = 0; i < CALLS; i++) {
		assert_int_equal(pacer_take(p, &cx, PACER_BACKGROUND), OK);
		at[i] = clock_mono_ms();
	}
	check_seconds(at, CALLS, RATE);
	assert_true(at[CALLS - 1] - began < 3000);
	pacer_free(p);
}

static void test_try(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	enum { RATE = 100, CALLS = 130 };
	struct pacer *p = pacer_new(RATE);
	int64_t wait = 0, at[CALLS];
	assert_int_equal(pacer_try(p, &cx, PACER_BACKGROUND, &wait), OK);
	assert_int_equal(wait, 0);
	assert_int_equal(pacer_try(p, &cx, PACER_INTERACTIVE, &wait), OK);
	while (!wait)
		assert_int_equal(pacer_try(p, &cx, PACER_INTERACTIVE, &wait), OK);
	assert_in_range(wait, 1, 12);
	for (int i = 0; i < CALLS; i++) {
		do
			assert_int_equal(pacer_try(p, &cx, PACER_BACKGROUND, &wait), OK);
		while (wait);
		at[i] = clock_mono_ms();
	}
	check_seconds(at, CALLS, RATE);
	pacer_close_until(p, clock_now_ms() + 60000);
	assert_int_equal(pacer_try(p, &cx, PACER_BACKGROUND, &wait), ERR_LIMITED);
	assert_string_equal(cx.error.reason, "apple.wait");
	pacer_free(p);
}

static void test_closed(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct pacer *p = pacer_new(10);
	int64_t until = clock_now_ms() + 60000;
	pacer_close_until(p, until);
	pacer_close_until(p, until - 30000); /* a shorter wait does not shorten a longer one */
	assert_int_equal(pacer_closed_until(p), until);
	assert_int_equal(pacer_take(p, &cx, PACER_INTERACTIVE), ERR_LIMITED);
	assert_string_equal(cx.error.reason, "apple.wait");
	assert_true(cx.error.retry_after_ms > 50000 && cx.error.retry_after_ms <= 60000);
	pacer_close_until(p, 0);
	assert_int_equal(pacer_take(p, &cx, PACER_INTERACTIVE), OK);
	pacer_free(p);
}

static void test_wait_that_is_over(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct pacer *p = pacer_new(10);
	pacer_close_until(p, clock_now_ms() - 1);
	assert_int_equal(pacer_closed_until(p), 0);
	assert_int_equal(pacer_take(p, &cx, PACER_BACKGROUND), OK);
	pacer_free(p);
}

struct turn {
	struct pacer *p;
	enum pacer_priority priority;
	int64_t at;
};

static void *take_turn(void *arg)
{
	struct turn *turn = arg;
	CTX_AUTO(cx);
	if (pacer_take(turn->p, &cx, turn->priority) == OK)
		turn->at = clock_mono_ms();
	return NULL;
}

/* While the bucket fills for half a second, one of each kind queues up. */
static void test_interactive_first(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct pacer *p = pacer_new(2);
	assert_int_equal(pacer_take(p, &cx, PACER_BACKGROUND), OK);
	struct turn background = { p, PACER_BACKGROUND, 0 },
		    interactive = { p, PACER_INTERACTIVE, 0 };
	pthread_t first, second;
	pthread_create(&first, NULL, take_turn, &background);
	pthread_create(&second, NULL, take_turn, &interactive);
	pthread_join(first, NULL);
	pthread_join(second, NULL);
	assert_true(interactive.at > 0);
	assert_true(background.at > interactive.at);
	pacer_free(p);
}

/* A wait that begins while someone stands in the queue is told to him too. */
static void test_closing_wakes(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct pacer *p = pacer_new(1);
	assert_int_equal(pacer_take(p, &cx, PACER_BACKGROUND), OK);
	struct turn turn = { p, PACER_BACKGROUND, 0 };
	pthread_t thread;
	int64_t began = clock_mono_ms();
	pthread_create(&thread, NULL, take_turn, &turn);
	pacer_close_until(p, clock_now_ms() + 60000);
	pthread_join(thread, NULL);
	assert_int_equal(turn.at, 0);
	assert_true(clock_mono_ms() - began < 5000);
	pacer_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_try),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_wait_that_is_over),
		cmocka_unit_test(test_interactive_first),
		cmocka_unit_test(test_closing_wakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
