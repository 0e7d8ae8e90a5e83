#include <string.h>

#include "../unit.h"
#include "domain/life_cycle.h"

/* Every row is visited: the event moves the state, and stamps what belongs to it. */
static void test_rows(void **state)
{
	(void)state;
	size_t count = 0;
	const struct life_row *rows = life_cycle_rows(&count);
	assert_true(count > 20);
	for (size_t i = 0; i < count; i++) {
		const struct life_row *r = &rows[i];
		struct vpp_user u = { .state = r->from, .is_live = true };
		print_message("%s + %d -> %s\n", vpp_state_name(r->from), (int)r->event,
			vpp_state_name(r->to));
		assert_true(life_cycle_move(&u, r->event, 1000));
		assert_int_equal(u.state, r->to);
		assert_int_equal(u.is_live, r->to != VPP_REMOVED);
		assert_int_equal(u.removed_at, r->to == VPP_REMOVED ? 1000 : 0);
		assert_int_equal(u.associated_at, r->to == VPP_ASSOCIATED ? 1000 : 0);
		assert_true(r->words && strlen(r->words) > 10);
		assert_ptr_equal(life_cycle_find(r->from, r->event), r);
	}
}

/* No two rows for one state and event, or the second would never be used. */
static void test_no_doubles(void **state)
{
	(void)state;
	size_t count = 0;
	const struct life_row *rows = life_cycle_rows(&count);
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			assert_false(
				rows[i].from == rows[k].from && rows[i].event == rows[k].event);
}

/* What must never happen, whatever comes late or twice. */
static const struct {
	enum vpp_state from;
	enum life_event event;
} impossible[] = {
	{ VPP_REMOVED, LIFE_SEEN_REGISTERED },
	{ VPP_REMOVED, LIFE_SEEN_ASSOCIATED },
	{ VPP_REMOVED, LIFE_MESSAGE_SENT },
	{ VPP_REMOVING, LIFE_SEEN_REGISTERED },
	{ VPP_REMOVING, LIFE_SEEN_ASSOCIATED },
	{ VPP_REMOVING, LIFE_MESSAGE_SENT },
	{ VPP_ASSOCIATED, LIFE_MESSAGE_SENT },
	{ VPP_ASSOCIATED, LIFE_SEEN_REGISTERED },
	{ VPP_REQUESTED, LIFE_MESSAGE_SENT },
	{ VPP_REGISTERED, LIFE_REMOVE_UNSENT },
};

static void test_impossible(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(impossible); i++) {
		struct vpp_user u = { .state = impossible[i].from, .is_live = true };
		assert_false(life_cycle_move(&u, impossible[i].event, 1000));
		assert_int_equal(u.state, impossible[i].from);
		assert_true(u.is_live);
	}
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < VPP_STATE_COUNT; i++) {
		assert_int_equal(vpp_state_parse(vpp_state_name((enum vpp_state)i)), i);
		assert_non_null(life_cycle_label((enum vpp_state)i));
	}
	assert_int_equal(vpp_state_parse("nonsense"), VPP_NONE);
	assert_int_equal(vpp_state_parse(NULL), VPP_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_doubles),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
