#include "../unit.h"

#include "apple/token.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"

#include <string.h>

static const struct {
	const char *name;
	const char *json; /* is sent as base64; NULL: text is sent as it is */
	const char *text;
	const char *reason; /* NULL: it is fine */
} cases[] = {
	{ "a whole token",
		"{\n  \"token\": \"abc\",\n  \"expDate\": \"2099-03-01T09:15:00+0000\",\n"
		"  \"orgName\": \"Northwind Clinic\"\n}",
		NULL, NULL },
	{ "an offset that is not UTC",
		"{\"token\":\"abc\",\"expDate\":\"2099-03-01T09:15:00-0700\",\"orgName\":\"N\"}",
		NULL, NULL },
	{ "members that we do not know",
		"{\"token\":\"abc\",\"expDate\":\"2099-03-01T09:15:00+0000\",\"orgName\":\"N\","
		"\"x\":[]}",
		NULL, NULL },
	{ "nothing", NULL, "", "token.empty" },
	{ "white space", NULL, " \r\n\t", "token.empty" },
	{ "a sentence", NULL, "This is not a token!", "token.not_base64" },
	{ "a PDF", NULL, "%PDF-1.7\n", "token.not_base64" },
	{ "base64 that breaks off", NULL, "eyJ0b2tlbiI6ImFiYyJ9e", "token.not_base64" },
	{ "base64 of a sentence", "Good morning", NULL, "token.not_json" },
	{ "half a JSON", "{\"token\":\"abc\",\"expDate\":", NULL, "token.not_json" },
	{ "a JSON list", "[1,2]", NULL, "token.not_json" },
	{ "no token inside", "{\"expDate\":\"2099-03-01T09:15:00+0000\",\"orgName\":\"N\"}", NULL,
		"token.incomplete" },
	{ "a number in place of the name",
		"{\"token\":\"abc\",\"expDate\":\"2099-03-01T09:15:00+0000\",\"orgName\":7}", NULL,
		"token.incomplete" },
	{ "a date that is none",
		"{\"token\":\"abc\",\"expDate\":\"next spring\",\"orgName\":\"N\"}", NULL,
		"token.incomplete" },
	{ "an old token",
		"{\"token\":\"abc\",\"expDate\":\"2021-03-01T09:15:00+0000\",\"orgName\":"
		"\"Northwind\"}",
		NULL, "token.expired" },
};

static void test_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CTX_AUTO(cx);
		struct apple_token token;
		const char *text =
			cases[i].json ? text_base64(cx.mem, cases[i].json, strlen(cases[i].json))
				      : cases[i].text;
		print_message("%s\n", cases[i].name);
		enum err e = apple_token_parse(&cx, text, strlen(text), &token);
		if (cases[i].reason) {
			assert_int_equal(e, ERR_INVALID);
			assert_string_equal(cx.error.reason, cases[i].reason);
		} else {
			assert_int_equal(e, OK);
			assert_string_equal(token.text, text);
		}
	}
}

/* What is sent to Apple is the text of the file, without what editors and downloads added. */
static void test_bearer_text(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct apple_token token;
	const char *json = cases[0].json;
	const char *plain = text_base64(cx.mem, json, strlen(json));
	const char *dressed =
		arena_printf(cx.mem, "\xef\xbb\xbf %.20s\r\n%s\r\n", plain, plain + 20);
	assert_int_equal(apple_token_parse(&cx, dressed, strlen(dressed), &token), OK);
	assert_string_equal(token.text, plain);
	assert_int_equal(token.length, strlen(plain));
	assert_string_equal(token.organisation, "Northwind Clinic");
	int64_t expires;
	assert_int_equal(clock_parse("2099-03-01T09:15:00Z", &expires), OK);
	assert_int_equal(token.expires_at, expires);
}

/* The sentence names whose token it was, and never what is in it. */
static void test_sentences(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct apple_token token;
	const char *json = "{\"token\":\"SECRETSECRET\",\"expDate\":\"2021-03-01T09:15:00+0000\","
			   "\"orgName\":\"Northwind\"}";
	const char *text = text_base64(cx.mem, json, strlen(json));
	assert_int_equal(apple_token_parse(&cx, text, strlen(text), &token), ERR_INVALID);
	assert_non_null(strstr(cx.error.sentence, "Northwind"));
	assert_non_null(strstr(cx.error.sentence, "2021-03-01"));
	assert_null(strstr(cx.error.sentence, "SECRET"));
	assert_null(strstr(cx.error.sentence, text));
}

static void test_too_large(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct apple_token token;
	char *text = arena_alloc(cx.mem, APPLE_TOKEN_MAX_BYTES + 2);
	memset(text, 'A', APPLE_TOKEN_MAX_BYTES + 1);
	assert_int_equal(
		apple_token_parse(&cx, text, APPLE_TOKEN_MAX_BYTES + 1, &token), ERR_LIMITED);
	assert_string_equal(cx.error.reason, "token.too_large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_bearer_text),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_too_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
