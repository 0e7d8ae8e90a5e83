#include "../unit.h"

#include "apple/client.h"
#include "base/ctx.h"
#include "base/json.h"

#include <limits.h>
#include <string.h>

#define READ  false
#define WRITE true

#define EXPIRED   "{\"errorNumber\":9621,\"errorMessage\":\"x\"}"
#define INVALID   "{\"errorNumber\":9622,\"errorMessage\":\"x\"}"
#define TOO_MANY  "{\"errorNumber\":9646,\"errorMessage\":\"x\"}"
#define INTERNAL  "{\"errorNumber\":9603,\"errorMessage\":\"x\"}"
#define NEW_ONE   "{\"errorNumber\":9999,\"errorMessage\":\"x\"}"
#define HUGE_ONE  "{\"errorNumber\":4294967296,\"eventId\":\"e\"}"
#define TOO_LONG  "{\"errorNumber\":9714,\"errorMessage\":\"x\"}"
#define ONLY_TEXT "{\"errorMessage\":\"Something happened.\"}"
#define EVENT     "{\"eventId\":\"e\",\"uId\":\"u\"}"
#define ZERO      "{\"errorNumber\":0,\"eventId\":\"e\"}"
#define LOGIN     "<html><body>Sign in</body></html>"
#define HALF      "{\"eventId\":\"3d0a5f5e-6b1b"

static const struct {
	const char *name;
	enum http_sent sent;
	int status;
	const char *body;
	bool is_write;
	enum err want;
	enum apple_class class;
	int number;
} cases[] = {
	{ "fine", HTTP_ANSWERED, 200, EVENT, WRITE, OK, APPLE_FINE, 0 },
	{ "number 0 is no error", HTTP_ANSWERED, 200, ZERO, WRITE, OK, APPLE_FINE, 0 },
	{ "error inside 200", HTTP_ANSWERED, 200, INVALID, READ, ERR_REMOTE, APPLE_TOKEN, 9622 },
	{ "the same with 401", HTTP_ANSWERED, 401, INVALID, READ, ERR_REMOTE, APPLE_TOKEN, 9622 },
	{ "expired", HTTP_ANSWERED, 401, EXPIRED, WRITE, ERR_REMOTE, APPLE_TOKEN, 9621 },
	{ "too many, inside 200", HTTP_ANSWERED, 200, TOO_MANY, WRITE, ERR_LIMITED, APPLE_WAIT,
		9646 },
	{ "too many, 429", HTTP_ANSWERED, 429, "", WRITE, ERR_LIMITED, APPLE_WAIT, 0 },
	{ "slow write", HTTP_ANSWERED, 500, INTERNAL, WRITE, ERR_UNCERTAIN, APPLE_WAIT, 9603 },
	{ "slow read", HTTP_ANSWERED, 500, INTERNAL, READ, ERR_LIMITED, APPLE_WAIT, 9603 },
	{ "new number, write", HTTP_ANSWERED, 400, NEW_ONE, WRITE, ERR_UNCERTAIN, APPLE_UNKNOWN,
		9999 },
	{ "new number, read", HTTP_ANSWERED, 400, NEW_ONE, READ, ERR_REMOTE, APPLE_UNKNOWN, 9999 },
	{ "a number of no int", HTTP_ANSWERED, 200, HUGE_ONE, WRITE, ERR_UNCERTAIN, APPLE_UNKNOWN,
		INT_MAX },
	{ "text only", HTTP_ANSWERED, 200, ONLY_TEXT, WRITE, ERR_UNCERTAIN, APPLE_UNKNOWN, 0 },
	{ "batch too long", HTTP_ANSWERED, 400, TOO_LONG, WRITE, ERR_REMOTE, APPLE_FIX_US, 9714 },
	{ "bad gateway, write", HTTP_ANSWERED, 502, LOGIN, WRITE, ERR_UNCERTAIN, APPLE_WAIT, 0 },
	{ "bad gateway, read", HTTP_ANSWERED, 502, LOGIN, READ, ERR_LIMITED, APPLE_WAIT, 0 },
	{ "redirect", HTTP_ANSWERED, 302, "", READ, ERR_REMOTE, APPLE_UNKNOWN, 0 },
	{ "401 without a word", HTTP_ANSWERED, 401, "", WRITE, ERR_REMOTE, APPLE_TOKEN, 0 },
	{ "404", HTTP_ANSWERED, 404, LOGIN, WRITE, ERR_REMOTE, APPLE_FIX_US, 0 },
	{ "HTML, write", HTTP_ANSWERED, 200, LOGIN, WRITE, ERR_UNCERTAIN, APPLE_WAIT, 0 },
	{ "HTML, read", HTTP_ANSWERED, 200, LOGIN, READ, ERR_REMOTE, APPLE_WAIT, 0 },
	{ "half a JSON, write", HTTP_ANSWERED, 200, HALF, WRITE, ERR_UNCERTAIN, APPLE_WAIT, 0 },
	{ "half a JSON, read", HTTP_ANSWERED, 200, HALF, READ, ERR_REMOTE, APPLE_WAIT, 0 },
	{ "empty 200, write", HTTP_ANSWERED, 200, "", WRITE, ERR_UNCERTAIN, APPLE_WAIT, 0 },
	{ "not sent, write", HTTP_NOT_SENT, 0, NULL, WRITE, ERR_REMOTE, APPLE_WAIT, 0 },
	{ "broken, write", HTTP_MAYBE, 0, NULL, WRITE, ERR_UNCERTAIN, APPLE_WAIT, 0 },
	{ "broken, read", HTTP_MAYBE, 0, NULL, READ, ERR_REMOTE, APPLE_WAIT, 0 },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CTX_AUTO(cx);
		struct apple_reply reply;
		const struct json *root = NULL;
		struct http_answer answer = {
			.sent = cases[i].sent,
			.status = cases[i].status,
			.body = cases[i].body,
			.body_length = cases[i].body ? strlen(cases[i].body) : 0,
		};
		print_message("%s\n", cases[i].name);
		enum err e = apple_judge(&cx, &answer, cases[i].is_write, &reply, &root);
		assert_int_equal(e, cases[i].want);
		assert_int_equal(reply.class, cases[i].class);
		assert_int_equal(reply.number, cases[i].number);
		assert_int_equal(root != NULL, e == OK);
		assert_int_equal(cx.error.sentence != NULL, e != OK);
	}
}

static void test_common_members(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct apple_reply reply;
	const struct json *root;
	const char *body =
		"{\"uId\":\"731905526640018\",\"mdmInfo\":{\"id\":\"A\",\"name\":\"Other\","
		"\"metadata\":\"1\"},\"tokenExpirationDate\":\"2027-03-01T09:15:00+0000\"}";
	struct http_answer answer = {
		.sent = HTTP_ANSWERED, .status = 200, .body = body, .body_length = strlen(body)
	};
	assert_int_equal(apple_judge(&cx, &answer, false, &reply, &root), OK);
	assert_string_equal(reply.uid, "731905526640018");
	assert_string_equal(reply.mdm_id, "A");
	assert_string_equal(reply.mdm_name, "Other");
	assert_int_equal(reply.token_expires_at, 1803892500000);

	answer.body = "{\"uId\":\"u\",\"mdmInfo\":null}";
	answer.body_length = strlen(answer.body);
	assert_int_equal(apple_judge(&cx, &answer, false, &reply, &root), OK);
	assert_null(reply.mdm_id);
}

/* 2026-11-23T15:00:00Z */
#define NOW 1795446000000

static const struct {
	const char *name, *header;
	int64_t want_ms;
} waits[] = {
	{ "absent", NULL, 0 },
	{ "seconds", "120", 120000 },
	{ "zero", "0", 0 },
	{ "a date", "Mon, 23 Nov 2026 15:05:00 GMT", 300000 },
	{ "a date that is over", "Mon, 23 Nov 2026 14:00:00 GMT", 0 },
	{ "ten years", "Sat, 23 Nov 2036 15:00:00 GMT", 86400000 },
	{ "many seconds", "99999999", 86400000 },
	{ "more than a number holds", "99999999999999999999", 86400000 },
	{ "a date of 1994's form", "Monday, 23-Nov-26 15:05:00 GMT", 300000 },
	{ "a date of C's form", "Mon Nov 23 15:05:00 2026", 300000 },
	{ "negative", "-5", 0 },
	{ "garbage", "soon", 0 },
	{ "empty", "", 0 },
};

static void test_retry_after(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(waits); i++) {
		print_message("%s\n", waits[i].name);
		assert_int_equal(apple_retry_after(waits[i].header, NOW), waits[i].want_ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_common_members),
		cmocka_unit_test(test_retry_after),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
