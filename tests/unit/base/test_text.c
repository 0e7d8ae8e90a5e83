#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../unit.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"

static const struct {
	const char *name, *from, *to;
} folds[] = {
	{ "case", "Ada LOVELACE", "ada lovelace" },
	{ "sharp s",
		"Stra\xc3\x9f"
		"e",
		"strasse" },
	{ "e with acute, composed and not", "Zoe\xcc\x81", "zo\xc3\xa9" },
	{ "full width", "\xef\xbc\xa1\xef\xbc\xa2", "ab" },
	{ "ligature", "\xef\xac\x81n", "fin" },
	{ "Greek final sigma", "\xce\xa3\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x82",
		"\xcf\x83\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x83" },
	{ "zero-width joiner",
		"a\xe2\x80\x8d"
		"b",
		"ab" },
};

static void test_fold(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(folds); i++) {
		CTX_AUTO(cx);
		print_message("%s\n", folds[i].name);
		assert_string_equal(text_fold(cx.mem, folds[i].from), folds[i].to);
	}
}

static void test_clean(void **state)
{
	(void)state;
	assert_true(text_is_clean("Zo\xc3\xab", 4, false));
	assert_true(text_is_clean("a\r\nb", 4, true));
	assert_false(text_is_clean("a\r\nb", 4, false));
	assert_false(text_is_clean("a\0b", 3, true));
	assert_false(text_is_clean("\xed\xa0\x80", 3, true));
	assert_false(text_is_clean("\xc0\xaf", 2, true));
	assert_false(text_is_clean("\x7f", 1, true));
	assert_false(text_is_clean("\xc2\x85", 2, true));
}

static void test_readable(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	assert_string_equal(text_readable(cx.mem, "Zo\xc3\xab", 99), "Zo\xc3\xab");
	assert_string_equal(text_readable(cx.mem, "Empf\xe4nger", 99), "Empf\xef\xbf\xbdnger");
	assert_string_equal(text_readable(cx.mem, "a\r\nb\x1b", 99), "a  b ");
	assert_string_equal(text_readable(cx.mem, "ab\xc3", 99), "ab\xef\xbf\xbd");
	assert_string_equal(text_readable(cx.mem, "ab\xc3\xab", 3), "ab"); /* never half a one */
	assert_string_equal(text_readable(cx.mem, "", 3), "");
}

/* Not UTF-8: such a text is as it was, and nothing behind its end is read. */
static void test_fold_of_half_a_mark(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	assert_string_equal(text_fold_search(cx.mem, "a\xcc"), "a\xcc");
	assert_string_equal(text_fold_search(cx.mem, "a\xcd"), "a\xcd");
	assert_string_equal(text_sort_key(cx.mem, "year 2b 10"), "year 000000000002b 000000000010");
	assert_string_equal(text_sort_key(cx.mem, "0012"), "000000000012");
	assert_string_equal(text_sort_key(cx.mem, "1234567890123"), "1234567890123");
	assert_string_equal(text_sort_key(cx.mem, ""), "");
}

static void test_trim(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	assert_string_equal(text_trim(cx.mem, " \t\xc2\xa0 a b\xe3\x80\x80\r\n"), "a b");
	assert_string_equal(text_trim(cx.mem, " \n"), "");
	assert_string_equal(text_trim(cx.mem, "\xe6\x9d\x8e"), "\xe6\x9d\x8e");
	assert_true(text_is_blank("\xc2\xa0 "));
	assert_true(text_is_blank(NULL));
	assert_false(text_is_blank(" x"));
}

static const struct {
	const char *text;
	int64_t min, max;
	bool is_valid;
	int64_t value;
} numbers[] = {
	{ "0", 0, 10, true, 0 },
	{ "-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN },
	{ "9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX },
	{ "9223372036854775808", INT64_MIN, INT64_MAX, false, 0 },
	{ "11", 0, 10, false, 0 },
	{ "", 0, 10, false, 0 },
	{ "-", -10, 10, false, 0 },
	{ "+1", 0, 10, false, 0 },
	{ " 1", 0, 10, false, 0 },
	{ "1x", 0, 10, false, 0 },
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		int64_t value = 0;
		print_message("'%s'\n", numbers[i].text);
		enum err e =
			text_parse_i64(numbers[i].text, numbers[i].min, numbers[i].max, &value);
		assert_int_equal(e == OK, numbers[i].is_valid);
		assert_int_equal(value, numbers[i].value);
	}
}

static void test_email(void **state)
{
	(void)state;
	static const char *const good[] = { "a@b", "ada@example.org", "o'neil+x@sub.example.org",
		"j\xc3\xb6rg@example.org" };
	static const char *const bad[] = { "", "@", "a@", "@b", "a b@c", "a@b@c", "a@b\r\nBcc: x@y",
		"<a@b>", "a@b.", "a@.b", "a..b@c", "a,b@c", ".a@b" };
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(text_is_email(good[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(text_is_email(bad[i]));
	assert_false(text_is_email(NULL));
}

static void test_base64(void **state)
{
	(void)state;
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foobar", "Zm9vYmFy" } };
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zh==", "Zm9v=", "Zm-v", "=Zg=" };
	CTX_AUTO(cx);
	uint8_t *bytes;
	size_t length;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		assert_string_equal(
			text_base64(cx.mem, pairs[i][0], strlen(pairs[i][0])), pairs[i][1]);
		assert_int_equal(text_base64_decode(
					 cx.mem, pairs[i][1], strlen(pairs[i][1]), &bytes, &length),
			OK);
		assert_int_equal(length, strlen(pairs[i][0]));
		assert_memory_equal(bytes, pairs[i][0], length);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
			text_base64_decode(cx.mem, bad[i], strlen(bad[i]), &bytes, &length),
			ERR_INVALID);
	assert_int_equal(text_base64_decode(cx.mem, " Zm9v\r\nYmFy\n", 12, &bytes, &length), OK);
	assert_memory_equal(bytes, "foobar", 6);
}

static void test_rewriting(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	assert_string_equal(text_url_encode(cx.mem, "a b/\xc3\xab~"), "a%20b%2F%C3%AB~");
	assert_string_equal(text_html_escape(cx.mem, "<a href=\"x\">&'"),
		"&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
	assert_string_equal(text_replace(cx.mem, "x%c%%c%y", "%c%", "longer"), "xlongerlongery");
	assert_string_equal(text_replace(cx.mem, "abc", "z", "y"), "abc");
	assert_string_equal(text_hex(cx.mem, "\x00\xff", 2), "00ff");
}

static void test_buf_limit(void **state)
{
	(void)state;
	BUF_AUTO(b, 5);
	buf_puts(&b, "abc");
	assert_false(b.is_full);
	buf_printf(&b, "%d", 12345);
	assert_true(b.is_full);
	assert_string_equal(b.bytes, "abc12");
	buf_clear(&b);
	assert_int_equal(b.length, 0);
	assert_false(b.is_full);
}

int main(void)
{
	secret_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_fold_of_half_a_mark),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_readable),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_email),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_rewriting),
		cmocka_unit_test(test_buf_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
