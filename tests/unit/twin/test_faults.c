#include <string.h>

#include "../unit.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "twin/faults.h"
#include "twin/knobs.h"
#include "twin/random.h"
#include "twin/twin.h"
#include "twin/wire.h"

static enum err arm(struct faults *f, struct ctx *cx, const char *text)
{
	const struct json *object;
	assert_int_equal(json_parse(cx, text, strlen(text), &object), OK);
	return faults_arm(f, cx, object);
}

static const struct {
	const char *name, *fault, *operation;
	bool is_write, hits;
} fits[] = {
	{ "any", "{\"kind\":\"html\"}", "users.get", false, true },
	{ "this", "{\"kind\":\"html\",\"operation\":\"users.get\"}", "users.get", false, true },
	{ "another", "{\"kind\":\"html\",\"operation\":\"status\"}", "users.get", false, false },
	{ "group", "{\"kind\":\"html\",\"operation\":\"users.\"}", "users.create", true, true },
	{ "other group", "{\"kind\":\"html\",\"operation\":\"users.\"}", "assets.get", false,
		false },
	{ "write", "{\"kind\":\"html\",\"operation\":\"write\"}", "users.create", true, true },
	{ "not a write", "{\"kind\":\"html\",\"operation\":\"write\"}", "users.get", false, false },
	{ "read", "{\"kind\":\"html\",\"operation\":\"read\"}", "users.get", false, true },
	{ "location", "{\"kind\":\"html\",\"location\":\"7\"}", "users.get", false, true },
	{ "other location", "{\"kind\":\"html\",\"location\":\"8\"}", "users.get", false, false },
};

static void test_fits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fits); i++) {
		CTX_AUTO(cx);
		struct faults f = { 0 };
		print_message("%s\n", fits[i].name);
		assert_int_equal(arm(&f, &cx, fits[i].fault), OK);
		struct fault taken = faults_take(&f, fits[i].operation, fits[i].is_write, "7");
		assert_int_equal(taken.kind, fits[i].hits ? FAULT_HTML : FAULT_NONE);
		assert_int_equal(f.count, fits[i].hits ? 0 : 1);
	}
}

static void test_skip_and_count(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct faults f = { 0 };
	assert_int_equal(
		arm(&f, &cx, "{\"kind\":\"status\",\"status\":429,\"skip\":1,\"count\":2}"), OK);
	static const int want[] = { 0, 429, 429, 0 };
	for (size_t i = 0; i < COUNT(want); i++)
		assert_int_equal(faults_take(&f, "status", false, "").status, want[i]);
	assert_int_equal(arm(&f, &cx, "{\"kind\":\"nonsense\"}"), ERR_INVALID);
	assert_int_equal(arm(&f, &cx, "{\"kind\":\"status\",\"status\":42}"), ERR_INVALID);
}

static void test_knobs(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct knobs calm, unkind;
	const struct json *object;
	knobs_init(&calm, true);
	knobs_init(&unkind, false);
	assert_int_equal(calm.busy_percent, 0);
	assert_int_equal(unkind.busy_percent, 5);
	assert_int_equal(calm.limits[LIMIT_USERS], 100);
	static const char good[] = "{\"page_size\":2,\"limits\":{\"maxUsers\":10}}";
	assert_int_equal(json_parse(&cx, good, strlen(good), &object), OK);
	assert_int_equal(knobs_set(&calm, &cx, object), OK);
	assert_int_equal(calm.page_size, 2);
	assert_int_equal(calm.limits[LIMIT_USERS], 10);
	static const char *const bad[] = { "{\"page_size\":0}", "{\"page_size\":3,\"no_knob\":1}",
		"{\"limits\":{\"maxNothing\":1}}", "[]", "{\"page_size\":\"x\"}",
		"{\"urls_host\":\"vpp.itunes.apple.com\"}" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(json_parse(&cx, bad[i], strlen(bad[i]), &object), OK);
		assert_int_equal(knobs_set(&calm, &cx, object), ERR_INVALID);
	}
	assert_int_equal(calm.page_size, 2); /* all or nothing */
}

static void test_disorder_keeps_the_values(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":1,\"b\":[{\"c\":\"x\",\"d\":true}],\"e\":null}";
	struct random chance;
	random_init(&chance, 3);
	bool was_first[3] = { false };
	for (int i = 0; i < 100; i++) {
		CTX_AUTO(cx);
		BUF_AUTO(out, 4096);
		const struct json *root;
		wire_disorder(&cx, &chance, true, true, text, &out);
		assert_int_equal(json_parse(&cx, out.bytes, out.length, &root), OK);
		assert_int_equal(json_i64(root, "a", 0), 1);
		assert_string_equal(json_str(json_at(json_get(root, "b"), 0), "c"), "x");
		assert_true(json_bool(json_at(json_get(root, "b"), 0), "d", false));
		for (int k = 0; k < 3; k++)
			was_first[k] |=
				!strcmp(json_key_at(root, 0), (const char *[]){ "a", "b", "e" }[k]);
	}
	assert_true(was_first[0] && was_first[1] && was_first[2]);
}

static const struct {
	const char *host;
	bool is_apple;
} hosts[] = {
	{ "127.0.0.1:4000", false },
	{ "vpp.itunes.apple.com", true },
	{ "VPP.ITUNES.Apple.COM:443", true },
	{ "apple.com", true },
	{ "apple.com.", true },
	{ "pineapple.com", false },
	{ "apple.com.example", false },
	{ "localhost", false },
	{ "", false },
};

static void test_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		print_message("%s\n", hosts[i].host);
		assert_int_equal(twin_is_apple_host(hosts[i].host), hosts[i].is_apple);
	}
}

static void test_form_fields(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	const char *form = "account=Ada+L%C3%B6we%40x&inviteCode=ab%2&x";
	assert_string_equal(wire_form_field(cx.mem, form, "account"), "Ada Löwe@x");
	assert_string_equal(wire_form_field(cx.mem, form, "inviteCode"), "ab%2");
	assert_null(wire_form_field(cx.mem, form, "count"));
	assert_null(wire_form_field(cx.mem, "", "account"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_skip_and_count),
		cmocka_unit_test(test_knobs),
		cmocka_unit_test(test_disorder_keeps_the_values),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_form_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
