#include <stdbool.h>
#include <string.h>

#include "../unit.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/secret.h"

static const struct {
	const char *name, *text;
	bool is_valid;
} strict[] = {
	{ "object", "{\"a\":1}", true },
	{ "scalar", "17", true },
	{ "duplicate member", "{\"a\":1,\"a\":2}", false },
	{ "NaN", "[NaN]", false },
	{ "comment", "{} // no", false },
	{ "text after the end", "{} {}", false },
	{ "trailing comma", "[1,]", false },
	{ "single quotes", "{'a':1}", false },
	{ "half", "{\"a\":", false },
	{ "bad UTF-8", "[\"\xff\"]", false },
	{ "half a pair", "[\"\\ud83d\"]", false },
	{ "NUL in a string", "[\"\\u0000\"]", false },
	{ "number beyond 64 bits", "[92233720368547758080]", false },
	{ "32 levels", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", true },
	{ "33 levels", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
		false },
	{ "HTML", "<html></html>", false },
	{ "nothing", "", false },
};

static void test_strict(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(strict); i++) {
		CTX_AUTO(cx);
		const struct json *root = NULL;
		print_message("%s\n", strict[i].name);
		enum err e = json_parse(&cx, strict[i].text, strlen(strict[i].text), &root);
		assert_int_equal(e, strict[i].is_valid ? OK : ERR_INVALID);
		if (e)
			assert_string_equal(cx.error.reason, "json.invalid");
	}
}

static void test_getters_never_fail(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	static const char text[] =
		"{\"s\":\"x\",\"n\":7,\"t\":true,\"z\":null,\"list\":[1,\"two\"],"
		"\"id\":408709785}";
	const struct json *root = NULL;
	assert_int_equal(json_parse(&cx, text, strlen(text), &root), OK);
	assert_string_equal(json_str(root, "s"), "x");
	assert_null(json_str(root, "n"));
	assert_null(json_str(root, "absent"));
	assert_null(json_get(root, "z"));
	assert_int_equal(json_i64(root, "n", -1), 7);
	assert_int_equal(json_i64(root, "s", -1), -1);
	assert_true(json_bool(root, "t", false));
	assert_true(json_bool(root, "n", true));
	assert_string_equal(json_str_or_number(&cx, root, "id"), "408709785");
	assert_string_equal(json_str_or_number(&cx, root, "s"), "x");
	const struct json *list = json_get(root, "list");
	assert_int_equal(json_count(list), 2);
	assert_string_equal(json_text(json_at(list, 1)), "two");
	assert_null(json_at(list, 2));
	assert_null(json_at(root, 0));
	assert_int_equal(json_count(root), 6);
	assert_string_equal(json_key_at(root, 1), "n");
	assert_string_equal(json_dump(&cx, list), "[1,\"two\"]");
	assert_null(json_str(NULL, "s"));
	assert_int_equal(json_count(NULL), 0);
}

static void test_writer(void **state)
{
	(void)state;
	BUF_AUTO(out, 4096);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_str(&w, "quote", "a\"b\\c\n\x01");
	jw_str(&w, "bad", "x\xff\xc3(");
	jw_str(&w, "none", NULL);
	jw_array(&w, "list");
	jw_i64(&w, NULL, -5);
	jw_object(&w, NULL);
	jw_end_object(&w);
	jw_bool(&w, NULL, true);
	jw_end_array(&w);
	jw_time(&w, "at", 1795447321000);
	jw_time(&w, "never", 0);
	jw_raw(&w, "raw", "{}");
	jw_end_object(&w);
	assert_string_equal(out.bytes,
		"{\"quote\":\"a\\\"b\\\\c\\n\\u0001\",\"bad\":\"x\xef\xbf\xbd\xef\xbf\xbd(\","
		"\"none\":null,"
		"\"list\":[-5,{},true],\"at\":\"2026-11-23T15:22:01Z\",\"never\":null,\"raw\":{}}");
}

int main(void)
{
	secret_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_getters_never_fail),
		cmocka_unit_test(test_writer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
