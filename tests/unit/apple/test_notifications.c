#include "../unit.h"

#include "apple/notifications.h"
#include "base/ctx.h"

#include <string.h>

#define NOTICE(type, payload)                                                                      \
	"{\"notificationType\":\"" type "\",\"notification\":" payload                             \
	",\"notificationId\":\"n1\",\"uId\":\"731905526640018\"}"

static enum err parse(struct ctx *cx, const char *text, struct apple_notice *ret_notice)
{
	return apple_notice_parse(cx, text, strlen(text), ret_notice);
}

static void test_associated(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct apple_notice n;
	assert_int_equal(
		parse(&cx,
			NOTICE("USER_ASSOCIATED", "{\"associatedUsers\":[{\"clientUserId\":\"c1\","
						  "\"email\":\"a@b.example\","
						  "\"status\":\"Associated\",\"idHash\":\"h\","
						  "\"inviteCode\":\"i\"},{}]}"),
			&n),
		OK);
	assert_int_equal(n.type, APPLE_NOTICE_USER_ASSOCIATED);
	assert_string_equal(n.id, "n1");
	assert_string_equal(n.uid, "731905526640018");
	assert_int_equal(n.user_count, 1); /* the one without a clientUserId is left out */
	assert_string_equal(n.users[0].client_user_id, "c1");
	assert_int_equal(n.users[0].status, APPLE_USER_ASSOCIATED);
	assert_string_equal(n.users[0].id_hash, "h");
	assert_null(n.event_id);
}

static void test_management(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct apple_notice n;
	assert_int_equal(
		parse(&cx,
			NOTICE("USER_MANAGEMENT",
				"{\"eventId\":\"e1\",\"type\":\"CREATE\",\"result\":\"FAILURE\","
				"\"error\":{\"errorNumber\":9716,\"errorMessage\":\"x\"},"
				"\"users\":[{\"clientUserId\":\"c1\",\"status\":\"Dreaming\"}]}"),
			&n),
		OK);
	assert_string_equal(n.event_id, "e1");
	assert_string_equal(n.kind, "CREATE");
	assert_true(n.is_failure);
	assert_int_equal(n.failure.number, 9716);
	assert_int_equal(n.users[0].status, APPLE_USER_OTHER);
	assert_string_equal(n.users[0].status_text, "Dreaming");
}

/* adamId comes as a string, and from the subscription side of Apple as a number. */
static void test_asset_count(void **state)
{
	(void)state;
	static const char *const forms[] = {
		NOTICE("ASSET_COUNT",
			"{\"adamId\":\"1500000001\",\"pricingParam\":\"STDQ\",\"countDelta\":-25}"),
		NOTICE("ASSET_COUNT",
			"{\"adamId\":1500000001,\"pricingParam\":\"STDQ\",\"countDelta\":-25}"),
	};
	for (size_t i = 0; i < COUNT(forms); i++) {
		CTX_AUTO(cx);
		struct apple_notice n;
		assert_int_equal(parse(&cx, forms[i], &n), OK);
		assert_int_equal(n.type, APPLE_NOTICE_ASSET_COUNT);
		assert_string_equal(n.adam_id, "1500000001");
		assert_int_equal(n.count_delta, -25);
	}
}

static const struct {
	const char *name, *text;
	enum err want;
	enum apple_notice_type type;
} envelopes[] = {
	{ "the test", NOTICE("TEST_NOTIFICATION", "{}"), OK, APPLE_NOTICE_TEST },
	{ "a new type", NOTICE("UNLIMITED_ASSET", "{\"x\":1}"), OK, APPLE_NOTICE_OTHER },
	{ "a payload of null", NOTICE("USER_ASSOCIATED", "null"), OK,
		APPLE_NOTICE_USER_ASSOCIATED },
	{ "users that are a number", NOTICE("USER_MANAGEMENT", "{\"users\":7}"), OK,
		APPLE_NOTICE_USER_MANAGEMENT },
	{ "no id", "{\"notificationType\":\"ASSET_COUNT\"}", ERR_INVALID, 0 },
	{ "no type", "{\"notificationId\":\"n\"}", ERR_INVALID, 0 },
	{ "a list", "[]", ERR_INVALID, 0 },
	{ "half", "{\"notificationId\":", ERR_INVALID, 0 },
	{ "nothing", "", ERR_INVALID, 0 },
};

static void test_envelopes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(envelopes); i++) {
		CTX_AUTO(cx);
		struct apple_notice n;
		print_message("%s\n", envelopes[i].name);
		assert_int_equal(parse(&cx, envelopes[i].text, &n), envelopes[i].want);
		if (envelopes[i].want == OK)
			assert_int_equal(n.type, envelopes[i].type);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_associated),
		cmocka_unit_test(test_management),
		cmocka_unit_test(test_asset_count),
		cmocka_unit_test(test_envelopes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
