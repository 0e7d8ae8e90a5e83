#include <string.h>

#include "../unit.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "mail/message.h"
#include "mail/words.h"

static struct mail_message plain(void)
{
	return (struct mail_message){ .from_address = "it@example.org",
		.from_name = "Northwind \"Clinic\"",
		.to_address = "ada@example.org",
		.to_name = "Ada Lovelace",
		.subject = "Hello",
		.message_id = "<1@example.org>",
		.at_ms = 1795447321000,
		.text = "one\ntwo",
		.html = "<p>one</p>" };
}

static void test_headers(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct mail_message m = plain();
	const char *bytes;
	size_t length;
	assert_int_equal(mail_compose(&cx, &m, &bytes, &length), OK);
	assert_int_equal(length, strlen(bytes));
	assert_non_null(strstr(bytes, "Date: Mon, 23 Nov 2026 15:22:01 +0000\r\n"));
	assert_non_null(
		strstr(bytes, "From: \"Northwind \\\"Clinic\\\"\"\r\n <it@example.org>\r\n"));
	assert_non_null(strstr(bytes, "To: \"Ada Lovelace\"\r\n <ada@example.org>\r\n"));
	assert_non_null(strstr(bytes, "Subject: Hello\r\n"));
	assert_non_null(strstr(bytes, "Message-ID: <1@example.org>\r\n"));
	assert_non_null(strstr(bytes, "Auto-Submitted: auto-generated\r\n"));
	assert_null(strstr(bytes, "Content-Language"));
	const char *text = strstr(bytes, "Content-Type: text/plain; charset=utf-8\r\n");
	const char *html = strstr(bytes, "Content-Type: text/html; charset=utf-8\r\n");
	assert_non_null(text);
	assert_true(html > text);
	assert_non_null(strstr(text, "\r\n\r\none\r\ntwo\r\n"));
}

static void test_long_and_foreign_text(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct mail_message m = plain();
	m.to_name = "\xe6\x9d\x8e\xe5\xa8\x9c";
	m.subject = "Schl\xc3\xbcsselzuweisungsbest\xc3\xa4tigungsnachricht f\xc3\xbcr alle "
		    "Mitarbeiterinnen und Mitarbeiter der Klinik";
	m.text = "a=b and a very long line that has to be broken somewhere because no line of a "
		 "mail "
		 "may have more than seventy-six characters \xc3\xa9\ntrailing space \n";
	const char *bytes;
	size_t length;
	assert_int_equal(mail_compose(&cx, &m, &bytes, &length), OK);
	assert_non_null(strstr(bytes, "To: =?UTF-8?B?5p2O5aic?=\r\n <ada@example.org>"));
	assert_non_null(strstr(bytes, "Subject: =?UTF-8?B?"));
	assert_non_null(strstr(bytes, "a=3Db and"));
	assert_non_null(strstr(bytes, "=C3=A9\r\n"));
	assert_non_null(strstr(bytes, "trailing space=20\r\n"));
	for (const char *line = bytes; *line;) {
		const char *end = strstr(line, "\r\n");
		assert_non_null(end);
		assert_true(end - line <= 76);
		for (const char *c = line; c < end; c++)
			assert_true((unsigned char)*c < 0x80);
		line = end + 2;
	}
}

static void test_nobody_adds_a_header(void **state)
{
	(void)state;
	static const char evil[] = "Ada\r\nBcc: eve@example.org";
	for (int field = 0; field < 6; field++) {
		CTX_AUTO(cx);
		struct mail_message m = plain();
		const char **fields[] = { &m.from_address, &m.from_name, &m.to_address, &m.to_name,
			&m.subject, &m.message_id };
		*fields[field] = evil;
		const char *bytes;
		size_t length;
		assert_int_equal(mail_compose(&cx, &m, &bytes, &length), ERR_INVALID);
		assert_string_equal(cx.error.reason, "mail.header");
		*fields[field] = "\x01@x";
		assert_int_equal(mail_compose(&cx, &m, &bytes, &length), ERR_INVALID);
	}
}

static void test_invitation_words(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct mail_invitation n = { .organisation = "A & B <Clinic>",
		.person_name = "<script>alert(1)</script>",
		.link = "https://example.org/i?code=x&y=\"z\"",
		.contact = "it@example.org" };
	struct mail_words words = mail_words_invitation(&cx, &n);
	assert_string_equal(words.subject, "A & B <Clinic>: set up your work apps");
	/* The link stands alone on its line. */
	assert_non_null(strstr(words.text, "\n\nhttps://example.org/i?code=x&y=\"z\"\n\n"));
	assert_non_null(strstr(words.text, "Questions? Write to it@example.org."));
	assert_null(strstr(words.html, "<script>"));
	assert_non_null(strstr(words.html, "A &amp; B &lt;Clinic&gt;"));
	assert_non_null(
		strstr(words.html, "href=\"https://example.org/i?code=x&amp;y=&quot;z&quot;\""));
	assert_null(strstr(words.html, "<img"));
	n.contact = NULL;
	words = mail_words_invitation(&cx, &n);
	assert_null(strstr(words.text, "Questions"));
}

static void test_words_in_each_language(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	static const struct {
		const char *asked, *language, *direction, *hello;
	} rows[] = {
		{ "de", "de", "dir=\"ltr\"", "Guten Tag <bdi>Ada</bdi>," },
		{ "DE-at", "de", "dir=\"ltr\"", "Guten Tag <bdi>Ada</bdi>," },
		{ "ko-KR", "ko", "dir=\"ltr\"", "<bdi>Ada</bdi> \xeb\x8b\x98" },
		{ "ar", "ar", "lang=\"ar\" dir=\"rtl\"", "<bdi>Ada</bdi>\xd8\x8c" },
		{ "den", "en", "lang=\"en\"", "Hello <bdi>Ada</bdi>," },
		{ "fr", "en", "lang=\"en\"", "Hello <bdi>Ada</bdi>," },
		{ NULL, "en", "lang=\"en\"", "Hello <bdi>Ada</bdi>," },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mail_words words = mail_words_invitation(
			&cx, &(struct mail_invitation){ .language = rows[i].asked,
				     .organisation = "Northwind",
				     .person_name = "Ada",
				     .link = "https://example.org/i",
				     .contact = "it@example.org" });
		assert_string_equal(words.language, rows[i].language);
		assert_non_null(strstr(words.html, rows[i].direction));
		assert_non_null(strstr(words.html, rows[i].hello));
		assert_non_null(strstr(words.subject, "Northwind"));
		assert_non_null(strstr(words.text, "\n\nhttps://example.org/i\n\n"));
		/* Nothing is left to be filled in. */
		assert_null(strstr(words.html, "{{"));
		assert_null(strstr(words.text, "{{"));
	}
	assert_true(mail_words_speaks("ko"));
	assert_false(mail_words_speaks("ko-KR"));
	assert_false(mail_words_speaks("fr"));
}

static void test_message_ids(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	char *id = mail_message_id(&cx, "it@example.org");
	assert_int_equal(id[0], '<');
	assert_non_null(strstr(id, "@example.org>"));
	assert_string_not_equal(id, mail_message_id(&cx, "it@example.org"));
}

int main(void)
{
	secret_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_long_and_foreign_text),
		cmocka_unit_test(test_nobody_adds_a_header),
		cmocka_unit_test(test_invitation_words),
		cmocka_unit_test(test_words_in_each_language),
		cmocka_unit_test(test_message_ids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
