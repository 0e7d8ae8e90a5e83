#include <string.h>

#include "../unit.h"
#include "base/arena.h"
#include "twin/mime.h"

static const struct {
	const char *name, *in, *want;
} words[] = {
	{ "plain", "You are invited", "You are invited" },
	{ "Q", "=?utf-8?Q?Gr=C3=BC=C3=9Fe_an_alle?=", "Grüße an alle" },
	{ "B", "=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße" },
	{ "two words lose their space", "=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab" },
	{ "word and text keep it", "=?utf-8?Q?a?= b", "a b" },
	{ "not finished", "=?utf-8?Q?a", "=?utf-8?Q?a" },
	{ "equals signs", "1 = 1", "1 = 1" },
};

static void test_words(void **state)
{
	(void)state;
	struct arena *mem = arena_new();
	for (size_t i = 0; i < COUNT(words); i++) {
		print_message("%s\n", words[i].name);
		assert_string_equal(mime_decode_words(mem, words[i].in), words[i].want);
	}
	arena_free(mem);
}

static const struct {
	const char *name, *in, *want;
} quoted[] = {
	{ "soft break", "inviteCode=3D12=\r\n34", "inviteCode=1234" },
	{ "bare newline", "a=\nb", "ab" },
	{ "bad digits stay", "a=zz", "a=zz" },
	{ "ends in the middle", "a=3", "a=3" },
};

static void test_quoted(void **state)
{
	(void)state;
	struct arena *mem = arena_new();
	for (size_t i = 0; i < COUNT(quoted); i++) {
		print_message("%s\n", quoted[i].name);
		assert_string_equal(mime_decode_quoted(mem, quoted[i].in, strlen(quoted[i].in)),
			quoted[i].want);
	}
	arena_free(mem);
}

static void test_alternative(void **state)
{
	(void)state;
	static const char mail[] =
		"Subject: =?utf-8?Q?Einladung?=\r\n folded\r\nFrom: Pomona <p@x.example>\r\n"
		"To: ada@x.example\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/alternative; boundary=\"b1\"\r\n\r\npreamble\r\n"
		"--b1\r\nContent-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
		"Open http://127.0.0.1:1/x?inviteCode=3Dabc&mt=3D8 now.\r\n"
		"--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
		"<a href=\"http://127.0.0.1:1/x?inviteCode=abc&amp;mt=8\">Accept</a>\r\n--b1--\r\n";
	struct arena *mem = arena_new();
	struct mime_message m;
	mime_read(mem, mail, &m);
	assert_string_equal(m.subject, "Einladung folded");
	assert_string_equal(m.to, "ada@x.example");
	assert_non_null(strstr(m.text, "inviteCode=abc&mt=8 now"));
	assert_non_null(strstr(m.html, "Accept"));
	assert_int_equal(m.link_count, 1);
	assert_string_equal(m.links[0], "http://127.0.0.1:1/x?inviteCode=abc&mt=8");
	arena_free(mem);
}

static void test_rubbish(void **state)
{
	(void)state;
	static const char *const mails[] = { "", "\n", "no head",
		"Content-Type: multipart/mixed; "
		"boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b--",
		"Content-Type: multipart/mixed; boundary=\n\n--\n--" };
	struct arena *mem = arena_new();
	struct mime_message m;
	for (size_t i = 0; i < COUNT(mails); i++) {
		mime_read(mem, mails[i], &m);
		assert_int_equal(m.link_count, 0);
	}
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_quoted),
		cmocka_unit_test(test_alternative),
		cmocka_unit_test(test_rubbish),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
