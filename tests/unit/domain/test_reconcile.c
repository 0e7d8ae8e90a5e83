#include "../unit.h"
#include "domain/reconcile.h"

#define WANTED                                                                                     \
	{                                                                                          \
		.has_person = true, .is_wanted = true, .email = "ada@example.org"                  \
	}
#define NO_MAIL                                                                                    \
	{                                                                                          \
		.has_person = true, .is_wanted = true                                              \
	}
#define UNWANTED                                                                                   \
	{                                                                                          \
		.has_person = true, .is_wanted = false, .email = "ada@example.org"                 \
	}
#define NOBODY                                                                                     \
	{                                                                                          \
		.has_person = false                                                                \
	}

#define LISTED(s, e)                                                                               \
	{                                                                                          \
		.is_listed = true, .list_is_consistent = true, .status = (s), .email = (e)         \
	}
#define ABSENT                                                                                     \
	{                                                                                          \
		.list_is_consistent = true                                                         \
	}
#define ABSENT_MAYBE                                                                               \
	{                                                                                          \
		.list_is_consistent = false                                                        \
	}

#define MAIL  "ada@example.org"
#define OTHER "old@example.org"

static const struct {
	const char *name;
	struct reconcile_wish wish;
	enum vpp_state last; /* VPP_NONE: not known here */
	bool is_missing, is_foreign, is_busy;
	struct reconcile_news news;
	enum reconcile_plan plan;
} cases[] = {
	{ "in step, registered", WANTED, VPP_REGISTERED, 0, 0, 0, LISTED("Registered", MAIL),
		PLAN_NOTHING },
	{ "in step, invited", WANTED, VPP_INVITED, 0, 0, 0, LISTED("Registered", MAIL),
		PLAN_NOTHING },
	{ "in step, associated", WANTED, VPP_ASSOCIATED, 0, 0, 0, LISTED("Associated", MAIL),
		PLAN_NOTHING },
	{ "same e-mail in other case", WANTED, VPP_ASSOCIATED, 0, 0, 0,
		LISTED("Associated", "ADA@Example.org"), PLAN_NOTHING },
	{ "other e-mail, registered", WANTED, VPP_INVITED, 0, 0, 0, LISTED("Registered", OTHER),
		PLAN_UPDATE },
	{ "other e-mail, associated", WANTED, VPP_ASSOCIATED, 0, 0, 0, LISTED("Associated", OTHER),
		PLAN_UPDATE },
	{ "Apple has no e-mail", WANTED, VPP_ASSOCIATED, 0, 0, 0, LISTED("Associated", NULL),
		PLAN_UPDATE },
	{ "no e-mail here clears nothing", NO_MAIL, VPP_ASSOCIATED, 0, 0, 0,
		LISTED("Associated", OTHER), PLAN_NOTHING },
	{ "accepted, registered here", WANTED, VPP_REGISTERED, 0, 0, 0, LISTED("Associated", MAIL),
		PLAN_NOTE_ASSOCIATED },
	{ "accepted, invited here", WANTED, VPP_INVITED, 0, 0, 0, LISTED("Associated", MAIL),
		PLAN_NOTE_ASSOCIATED },
	{ "accepted and other e-mail: the note first", WANTED, VPP_INVITED, 0, 0, 0,
		LISTED("Associated", OTHER), PLAN_NOTE_ASSOCIATED },
	{ "a create whose answer was lost", WANTED, VPP_CHECKING, 0, 0, 0,
		LISTED("Registered", MAIL), PLAN_NOTE_REGISTERED },
	{ "a create that failed here", WANTED, VPP_REQUESTED, 0, 0, 0, LISTED("Registered", MAIL),
		PLAN_NOTE_REGISTERED },
	{ "requested and accepted", WANTED, VPP_REQUESTED, 0, 0, 0, LISTED("Associated", MAIL),
		PLAN_NOTE_ASSOCIATED },
	{ "retired at Apple", WANTED, VPP_ASSOCIATED, 0, 0, 0, LISTED("Retired", MAIL),
		PLAN_NOTE_RETIRED },
	{ "deleted at Apple", WANTED, VPP_INVITED, 0, 0, 0, LISTED("Deleted", MAIL),
		PLAN_NOTE_RETIRED },
	{ "retired there and not wanted here", UNWANTED, VPP_ASSOCIATED, 0, 0, 0,
		LISTED("Retired", MAIL), PLAN_NOTE_RETIRED },
	{ "absent in a whole consistent walk", WANTED, VPP_ASSOCIATED, 0, 0, 0, ABSENT,
		PLAN_NOTE_MISSING },
	{ "absent, list moved while read", WANTED, VPP_ASSOCIATED, 0, 0, 0, ABSENT_MAYBE,
		PLAN_NOTHING },
	{ "absent and already marked", WANTED, VPP_ASSOCIATED, 1, 0, 0, ABSENT, PLAN_NOTHING },
	{ "absent, never registered", WANTED, VPP_REQUESTED, 0, 0, 0, ABSENT, PLAN_NOTHING },
	{ "absent and not wanted: nothing to retire", UNWANTED, VPP_ASSOCIATED, 1, 0, 0, ABSENT,
		PLAN_NOTHING },
	{ "a missing one is back", WANTED, VPP_ASSOCIATED, 1, 0, 0, LISTED("Associated", MAIL),
		PLAN_NOTE_FOUND },
	{ "deactivated, registered", UNWANTED, VPP_REGISTERED, 0, 0, 0, LISTED("Registered", MAIL),
		PLAN_RETIRE },
	{ "deactivated, associated", UNWANTED, VPP_ASSOCIATED, 0, 0, 0, LISTED("Associated", MAIL),
		PLAN_RETIRE },
	{ "removed here, lives at Apple", WANTED, VPP_REMOVED, 0, 0, 0, LISTED("Associated", MAIL),
		PLAN_RETIRE },
	{ "removed here, retired at Apple", WANTED, VPP_REMOVED, 0, 0, 0, LISTED("Retired", MAIL),
		PLAN_NOTHING },
	{ "removed here, absent", WANTED, VPP_REMOVED, 0, 0, 0, ABSENT, PLAN_NOTHING },
	{ "our own work is under way", WANTED, VPP_REMOVING, 0, 0, 1, LISTED("Registered", OTHER),
		PLAN_NOTHING },
	{ "our create is under way", WANTED, VPP_REQUESTED, 0, 0, 1, LISTED("Registered", MAIL),
		PLAN_NOTHING },
	{ "unknown, with one person's e-mail", { .has_person = true }, VPP_NONE, 0, 0, 0,
		LISTED("Registered", MAIL), PLAN_ADOPT },
	{ "unknown to all", NOBODY, VPP_NONE, 0, 0, 0, LISTED("Associated", OTHER), PLAN_FOREIGN },
	{ "unknown and retired", NOBODY, VPP_NONE, 0, 0, 0, LISTED("Retired", NULL), PLAN_NOTHING },
	{ "foreign and known as such", NOBODY, VPP_ASSOCIATED, 0, 1, 0, LISTED("Associated", OTHER),
		PLAN_NOTHING },
	{ "foreign and gone", NOBODY, VPP_ASSOCIATED, 0, 1, 0, ABSENT, PLAN_NOTHING },
	{ "a status nobody has heard of", WANTED, VPP_ASSOCIATED, 0, 0, 0,
		LISTED("Suspended", OTHER), PLAN_NOTHING },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct vpp_user last = {
			.id = 1,
			.person_id = cases[i].is_foreign ? 0 : 7,
			.state = cases[i].last,
			.is_live = cases[i].last != VPP_REMOVED,
			.missing_since = cases[i].is_missing ? 500 : 0,
		};
		print_message("%s\n", cases[i].name);
		struct reconcile_row row = reconcile(&cases[i].wish,
			cases[i].last == VPP_NONE ? NULL : &last, &cases[i].news, cases[i].is_busy);
		assert_int_equal(row.plan, cases[i].plan);
		assert_non_null(row.words);
		assert_int_equal(row.kind == NULL, row.plan == PLAN_NOTHING);
		assert_int_equal(row.at_apple, row.plan == PLAN_UPDATE || row.plan == PLAN_RETIRE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
