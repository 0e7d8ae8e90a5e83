#include "../unit.h"
#include "apple/redact.h"
#include "base/ctx.h"

#include <string.h>

static const struct {
	const char *in, *out;
} cases[] = {
	{ "{\"status\":\"Registered\"}", "{\"status\":\"Registered\"}" },
	{ "{\"inviteCode\":\"abc\\\"def\",\"a\":1}", "{\"inviteCode\":\"…\",\"a\":1}" },
	{ "{\"inviteCode\" : \"cut of", "{\"inviteCode\" : \"…\"" },
	{ "{\"notificationAuthToken\":\"s3cret\"}", "{\"notificationAuthToken\":\"…\"}" },
	{ "{\"sToken\":\"s3cret\",\"newPassword\":\"x\"}",
		"{\"sToken\":\"…\",\"newPassword\":\"…\"}" },
	{ "{\"email\":\"ada@example.org\"}", "{\"email\":\"a…@example.org\"}" },
	{ "{\"email\":null,\"token\":null}", "{\"email\":null,\"token\":null}" },
	{ "{\"managedAppleId\":\"ada\"}", "{\"managedAppleId\":\"…\"}" },
	{ "[\"token\",\"abc\"]", "[\"token\",\"abc\"]" },
	{ "{\"users\":[{\"clientUserId\":\"c\",\"inviteCode\":\"x\"}]}",
		"{\"users\":[{\"clientUserId\":\"c\",\"inviteCode\":\"…\"}]}" },
	{ "<html>busy</html>", "<html>busy</html>" },
	{ "", "" },
	{ "\"", "\"\"" },
	{ "{\"a\\", "{\"a\\\"" },
};

static void secrets_are_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CTX_AUTO(cx);
		assert_string_equal(
			apple_redact(&cx, cases[i].in, strlen(cases[i].in), 4096), cases[i].out);
	}
	CTX_AUTO(cx);
	assert_string_equal(apple_redact(&cx, NULL, 0, 10), "");
}

static void long_texts_are_cut_between_letters(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	assert_string_equal(
		apple_redact(&cx, "0123456789abcdef", 16, 10), "0123456789 … (6 bytes more)");
	assert_string_equal(apple_redact(&cx, "aé", 3, 2), "a … (2 bytes more)");
	/* A secret at the edge is not shown in part. */
	assert_null(strstr(apple_redact(&cx, "{\"inviteCode\":\"secret\"}", 23, 16), "secr"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_left_out),
		cmocka_unit_test(long_texts_are_cut_between_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
