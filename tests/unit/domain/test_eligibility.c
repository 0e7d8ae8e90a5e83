#include <string.h>

#include "../unit.h"
#include "domain/eligibility.h"
#include "store/people.h"

static void test_why_not(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct person person;
		const char *why_not;
	} cases[] = {
		{ "active, with an iPhone",
			{ .is_active = true, .device_count = 1, .platforms = 1 }, NULL },
		{ "active, with an iPad", { .is_active = true, .device_count = 1, .platforms = 2 },
			NULL },
		{ "active, with a Mac", { .is_active = true, .device_count = 1, .platforms = 4 },
			NULL },
		{ "active, a Mac beside an Apple TV",
			{ .is_active = true, .device_count = 2, .platforms = 12 }, NULL },
		{ "active, no device", { .is_active = true }, "This person has no device." },
		{ "active, devices that are not activated",
			{ .is_active = true, .device_count = 2 },
			"None of this person's devices is activated." },
		{ "active, an Apple TV alone",
			{ .is_active = true, .device_count = 1, .platforms = 8 },
			"None of this person's activated devices is an iPhone, iPad or Mac." },
		{ "not active, with an iPhone", { .device_count = 1, .platforms = 1 },
			"This person is not active." },
		{ "deleted",
			{ .is_active = true, .deleted_at = 5, .device_count = 1, .platforms = 1 },
			"This person was deleted." },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *why_not = eligibility_why_not(&cases[i].person);
		print_message("%s\n", cases[i].name);
		assert_int_equal(eligibility_of(&cases[i].person), !cases[i].why_not);
		if (cases[i].why_not)
			assert_string_equal(why_not, cases[i].why_not);
		else
			assert_null(why_not);
	}
}

/* Which action of the list is possible in which state, as the page of users promises. */
static void test_actions(void **state)
{
	(void)state;
	static const struct {
		const char *vpp_state;
		bool invite, remove, sync;
	} cases[] = {
		{ "none", true, false, false },
		{ "requested", false, true, true },
		{ "registered", true, true, true },
		{ "invited", true, true, true },
		{ "associated", false, true, true },
		{ "removing", false, false, true },
		{ "checking", false, true, true },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct person p = { .is_active = true, .platforms = PLATFORM_IOS };
		p.vpp.state = cases[i].vpp_state;
		print_message("%s\n", cases[i].vpp_state);
		assert_int_equal(!why_not_invite(&p), cases[i].invite);
		assert_int_equal(!why_not_delete(&p), cases[i].remove);
		assert_int_equal(!why_not_sync(&p), cases[i].sync);
		/* Who is not eligible is not invited in any state, but may be deleted. */
		p.is_active = false;
		assert_string_equal(why_not_invite(&p), "This person is not active.");
		assert_int_equal(!why_not_delete(&p), cases[i].remove);
	}
}

static void test_platforms(void **state)
{
	(void)state;
	static const struct {
		const char *text, *platform;
	} cases[] = {
		{ "iOS", "iOS" },
		{ "iPhone OS", "iOS" },
		{ "iPhone 15 Pro", "iOS" },
		{ "IPADOS", "iPadOS" },
		{ "iPad (10th generation)", "iPadOS" },
		{ "Mac OS X", "macOS" },
		{ "MacBook Air", "macOS" },
		{ "iMac", "macOS" },
		{ "Apple TV 4K", "tvOS" },
		{ "watchOS", "watchOS" },
		{ "visionOS", "visionOS" },
		{ "Android", NULL },
		{ "Windows 11", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *platform = platform_name(cases[i].text);
		if (cases[i].platform)
			assert_string_equal(platform, cases[i].platform);
		else
			assert_null(platform);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_why_not),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_platforms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
