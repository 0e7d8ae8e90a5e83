#include "../unit.h"

#include "apple/errors.h"

#include <string.h>

static const struct {
	int number;
	enum apple_class class;
} classes[] = {
	{ 9601, APPLE_TOKEN },
	{ 9602, APPLE_FIX_US },
	{ 9603, APPLE_WAIT },
	{ 9609, APPLE_ITEM },
	{ 9618, APPLE_ITEM },
	{ 9621, APPLE_TOKEN },
	{ 9622, APPLE_TOKEN },
	{ 9625, APPLE_TOKEN },
	{ 9635, APPLE_ITEM },
	{ 9637, APPLE_TOKEN },
	{ 9641, APPLE_ITEM },
	{ 9644, APPLE_WAIT },
	{ 9645, APPLE_OWNER },
	{ 9646, APPLE_WAIT },
	{ 9650, APPLE_FIX_US },
	{ 9709, APPLE_ITEM },
	{ 9714, APPLE_FIX_US },
	{ 9716, APPLE_ITEM },
	{ 9721, APPLE_FIX_US },
	{ 9722, APPLE_TOKEN },
	{ 9728, APPLE_ITEM },
	{ 9729, APPLE_WAIT },
	{ 9818, APPLE_ITEM },
	{ 9999, APPLE_UNKNOWN },
	{ 0, APPLE_UNKNOWN },
	{ -1, APPLE_UNKNOWN },
};

static void test_classes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(classes); i++) {
		print_message("%d\n", classes[i].number);
		assert_int_equal(apple_error_find(classes[i].number)->class, classes[i].class);
	}
}

/* The search needs the order; a reader needs whole sentences. */
static void test_rows(void **state)
{
	(void)state;
	assert_true(apple_error_count() > 70);
	for (size_t i = 0; i < apple_error_count(); i++) {
		const struct apple_error *row = apple_error_at(i);
		print_message("%d\n", row->number);
		assert_ptr_equal(apple_error_find(row->number), row);
		if (i > 0)
			assert_true(apple_error_at(i - 1)->number < row->number);
		assert_int_equal(row->means[strlen(row->means) - 1], '.');
		assert_int_equal(row->how[strlen(row->how) - 1], '.');
		assert_true(row->class != APPLE_FINE && row->class != APPLE_UNKNOWN);
	}
}

/* Every number of the reference's three tables has its row. */
static void test_all_known(void **state)
{
	(void)state;
	static const int known[] = { 9600, 9601, 9602, 9603, 9604, 9605, 9606, 9607, 9608, 9609,
		9610, 9611, 9612, 9613, 9614, 9615, 9616, 9618, 9619, 9620, 9621, 9622, 9623, 9624,
		9625, 9626, 9628, 9630, 9631, 9632, 9633, 9634, 9635, 9636, 9637, 9638, 9641, 9642,
		9643, 9644, 9645, 9646, 9647, 9650, 9700, 9701, 9702, 9703, 9704, 9705, 9706, 9707,
		9708, 9709, 9710, 9711, 9712, 9713, 9714, 9715, 9716, 9717, 9718, 9719, 9720, 9721,
		9722, 9723, 9724, 9725, 9726, 9727, 9728, 9729, 9811, 9812, 9813, 9814, 9815, 9816,
		9817, 9818 };
	for (size_t i = 0; i < COUNT(known); i++)
		assert_int_equal(apple_error_find(known[i])->number, known[i]);
	assert_int_equal(apple_error_count(), COUNT(known));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_all_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
