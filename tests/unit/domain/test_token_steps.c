#include "../unit.h"
#include "domain/location_guard.h"

#define DAY 86400000LL
#define NOW (1000 * DAY)

static const struct {
	const char *name, *state;
	int64_t expires_at;
	int step;
	const char *shown;
} cases[] = {
	{ "far away", "valid", NOW + 61 * DAY, 0, "valid" },
	{ "a moment more than 60 days", "valid", NOW + 60 * DAY + 1, 0, "valid" },
	{ "60 days", "valid", NOW + 60 * DAY, 60, "expiring" },
	{ "31 days", "valid", NOW + 31 * DAY, 60, "expiring" },
	{ "30 days", "valid", NOW + 30 * DAY, 30, "expiring" },
	{ "14 days", "valid", NOW + 14 * DAY, 14, "expiring" },
	{ "a week", "valid", NOW + 7 * DAY, 7, "expiring" },
	{ "two days", "valid", NOW + 2 * DAY, 7, "expiring" },
	{ "one day", "valid", NOW + DAY, 1, "expiring" },
	{ "a moment", "valid", NOW + 1, 1, "expiring" },
	{ "over", "valid", NOW, 0, "expired" },
	{ "read only stays read only", "read_only", NOW + 5 * DAY, 7, "read_only" },
	{ "revoked stays revoked", "revoked", NOW + 5 * DAY, 7, "revoked" },
};

static void steps_are_by_days_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct location l = { .token_state = cases[i].state,
			.token_expires_at = cases[i].expires_at };
		if (location_token_step(&l, NOW) != cases[i].step)
			fail_msg("%s: step %d", cases[i].name, location_token_step(&l, NOW));
		assert_string_equal(location_token_shown(&l, NOW), cases[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(steps_are_by_days_left) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
