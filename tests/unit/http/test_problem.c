/* The one table that turns an error into a status number. */
#include "../unit.h"
#include "base/err.h"
#include "http/problem.h"

static void test_status(void **state)
{
	(void)state;
	static const struct {
		enum err e;
		const char *reason;
		int status;
	} cases[] = {
		{ ERR_INVALID, NULL, 400 },
		{ ERR_INVALID, "body.value", 400 },
		{ ERR_INVALID, "body.type", 415 },
		{ ERR_INVALID, "csv.too_large", 413 },
		{ ERR_DENIED, "auth.role", 403 },
		{ ERR_DENIED, "csrf.token", 403 },
		{ ERR_DENIED, "session.none", 401 },
		{ ERR_DENIED, "session.ended", 401 },
		{ ERR_DENIED, "session.refused", 401 },
		{ ERR_DENIED, "api_token.refused", 401 },
		{ ERR_DENIED, "api_token.expired", 401 },
		{ ERR_NOT_FOUND, NULL, 404 },
		{ ERR_CONFLICT, "person.exists", 409 },
		{ ERR_LIMITED, "session.wait", 429 },
		{ ERR_LIMITED, "session.busy", 503 },
		{ ERR_UNCERTAIN, NULL, 502 },
		{ ERR_REMOTE, NULL, 502 },
		{ ERR_DB, NULL, 503 },
		{ ERR_IO, NULL, 503 },
		{ ERR_BUG, NULL, 500 },
		{ OK, NULL, 500 },
		{ (enum err)99, NULL, 500 },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		if (http_problem_status(cases[i].e, cases[i].reason) != cases[i].status)
			fail_msg("case %zu: %d, not %d", i,
				http_problem_status(cases[i].e, cases[i].reason), cases[i].status);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_status) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
