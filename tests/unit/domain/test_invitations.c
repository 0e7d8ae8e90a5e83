#include <stdbool.h>
#include <string.h>

#include "../unit.h"
#include "domain/invitations.h"

#define NOTIFICATION "notification"
#define EITHER       "notification_else_email"

/* What a person has: d device, c connector, e e-mail. */
static const struct {
	const char *setting, *has, *channel, *fallback;
} cases[] = {
	{ NOTIFICATION, "dce", "notification", NULL },
	{ NOTIFICATION, "dc", "notification", NULL },
	{ NOTIFICATION, "de", "notification", NULL },
	{ NOTIFICATION, "d", "notification", NULL },
	{ NOTIFICATION, "ce", NULL, NULL },
	{ NOTIFICATION, "c", NULL, NULL },
	{ NOTIFICATION, "e", NULL, NULL },
	{ NOTIFICATION, "", NULL, NULL },
	{ "email", "dce", "email", NULL },
	{ "email", "dc", NULL, NULL },
	{ "email", "de", "email", NULL },
	{ "email", "d", NULL, NULL },
	{ "email", "ce", "email", NULL },
	{ "email", "c", NULL, NULL },
	{ "email", "e", "email", NULL },
	{ "email", "", NULL, NULL },
	{ EITHER, "dce", "notification", "email" },
	{ EITHER, "dc", "notification", NULL },
	{ EITHER, "de", "email", NULL },
	{ EITHER, "d", "notification", NULL },
	{ EITHER, "ce", "email", NULL },
	{ EITHER, "c", NULL, NULL },
	{ EITHER, "e", "email", NULL },
	{ EITHER, "", NULL, NULL },
};

static void assert_same(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a)
		assert_string_equal(a, b);
}

static void test_choice(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct invitation_reach reach = { .setting = cases[i].setting,
			.has_device = strchr(cases[i].has, 'd') != NULL,
			.has_connector = strchr(cases[i].has, 'c') != NULL,
			.has_email = strchr(cases[i].has, 'e') != NULL };
		print_message("%s with '%s'\n", cases[i].setting, cases[i].has);
		struct invitation_choice choice = invitations_choose(&reach);
		assert_same(choice.channel, cases[i].channel);
		assert_same(choice.fallback, cases[i].fallback);
		assert_int_equal(choice.why_not == NULL, choice.channel != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_choice) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
