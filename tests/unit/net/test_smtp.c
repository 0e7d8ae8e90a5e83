#include <string.h>

#include "../unit.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "fake_smtp.h"
#include "net/smtp_client.h"

static const char message[] = "Subject: x\r\n\r\nfirst\r\n.dot\r\nlast\r\n";

static const struct {
	const char *name;
	enum fake_smtp_at at;
	const char *answer;
	enum smtp_outcome outcome;
	int code;
	bool is_general;
	size_t arrived;
} cases[] = {
	{ "taken", FAKE_CONNECT, NULL, SMTP_TAKEN, 250, false, 1 },
	{ "not now, at the door", FAKE_CONNECT, "421 too busy", SMTP_LATER, 421, true, 0 },
	{ "never, at the door", FAKE_CONNECT, "554 go away", SMTP_REFUSED, 554, true, 0 },
	{ "closed at the door", FAKE_CONNECT, "", SMTP_LATER, 0, true, 0 },
	{ "sender not now", FAKE_MAIL, "452 no room", SMTP_LATER, 452, true, 0 },
	{ "sender refused", FAKE_MAIL, "553 who is that", SMTP_REFUSED, 553, true, 0 },
	{ "sign-in wanted", FAKE_MAIL, "530 authenticate first", SMTP_NO_ACCESS, 530, true, 0 },
	{ "greylisted", FAKE_RCPT, "451 4.7.1 come back", SMTP_LATER, 451, false, 0 },
	{ "no such person", FAKE_RCPT, "550 5.1.1 unknown", SMTP_REFUSED, 550, false, 0 },
	{ "closed at the recipient", FAKE_RCPT, "", SMTP_LATER, 250, false, 0 },
	{ "not the message now", FAKE_DATA, "450 wait", SMTP_LATER, 450, false, 0 },
	{ "not taken after all, yet", FAKE_DOT, "451 scanner is down", SMTP_LATER, 451, false, 1 },
	{ "not taken after all", FAKE_DOT, "554 looks bad", SMTP_REFUSED, 554, false, 1 },
	{ "no word after the last dot", FAKE_DOT, "", SMTP_UNKNOWN, 354, false, 1 },
};

static void test_outcomes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CTX_AUTO(cx);
		print_message("%s\n", cases[i].name);
		struct fake_smtp *fake = fake_smtp_start(&cx);
		fake_smtp_set(fake, cases[i].at, cases[i].answer, -1);
		struct smtp_client *client = NULL;
		assert_int_equal(smtp_client_new(&cx, &client), OK);
		struct smtp_server server = { .host = "127.0.0.1", .port = fake_smtp_port(fake) };
		struct smtp_result result;
		enum err e = smtp_send(client, &cx, &server, "it@example.org", "ada@example.org",
			message, strlen(message), &result);
		assert_int_equal(e, cases[i].outcome == SMTP_TAKEN ? OK : ERR_REMOTE);
		assert_int_equal(result.outcome, cases[i].outcome);
		assert_int_equal(result.code, cases[i].code);
		if (result.outcome != SMTP_TAKEN)
			assert_int_equal(result.is_general, cases[i].is_general);
		if (cases[i].code >= 400)
			assert_non_null(strstr(result.words, cases[i].answer));
		smtp_client_free(client);
		assert_int_equal(fake_smtp_count(fake), cases[i].arrived);
		if (cases[i].arrived)
			assert_string_equal(fake_smtp_message(fake, &cx, 0),
				"Subject: x\n\nfirst\n.dot\nlast\n");
		fake_smtp_stop(fake);
	}
}

/* Words that are no UTF-8 could not be kept by PostgreSQL, and the message would be due for ever. */
static void test_latin1_words(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct fake_smtp *fake = fake_smtp_start(&cx);
	struct smtp_client *client = NULL;
	struct smtp_result result;
	fake_smtp_set(fake, FAKE_RCPT, "550 Empf\xe4nger unbekannt", -1);
	assert_int_equal(smtp_client_new(&cx, &client), OK);
	struct smtp_server server = { .host = "127.0.0.1", .port = fake_smtp_port(fake) };
	assert_int_equal(smtp_send(client, &cx, &server, "it@example.org", "ada@example.org",
				 message, strlen(message), &result),
		ERR_REMOTE);
	assert_string_equal(
		result.words, "the mail server said: 550 Empf\xef\xbf\xbdnger unbekannt");
	smtp_client_free(client);
	fake_smtp_stop(fake);
}

static void test_nobody_listens(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct smtp_client *client = NULL;
	struct smtp_result result;
	assert_int_equal(smtp_client_new(&cx, &client), OK);
	struct smtp_server server = { .host = "127.0.0.1", .port = 1 };
	assert_int_equal(smtp_send(client, &cx, &server, "it@example.org", "ada@example.org",
				 message, strlen(message), &result),
		ERR_REMOTE);
	assert_int_equal(result.outcome, SMTP_LATER);
	assert_true(result.is_general);
	assert_true(result.words[0] != 0);
	/* A mail server is never one of the machine's neighbours, where clouds keep credentials. */
	static const char *const neighbours[] = { "169.254.169.254", "fe80::1", "fd00:ec2::254",
		"100.100.100.200", "224.0.0.1", "0.0.0.0" };
	for (size_t i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]); i++) {
		server = (struct smtp_server){ .host = neighbours[i], .port = 25 };
		assert_int_equal(smtp_send(client, &cx, &server, "it@example.org",
					 "ada@example.org", message, strlen(message), &result),
			ERR_REMOTE);
		assert_int_equal(result.outcome, SMTP_LATER);
		assert_string_equal(result.dialog, "");
	}
	/* No mail may go out in clear text where encryption was asked for. */
	struct fake_smtp *fake = fake_smtp_start(&cx);
	server = (struct smtp_server){
		.host = "127.0.0.1", .port = fake_smtp_port(fake), .security = SMTP_STARTTLS
	};
	assert_int_equal(smtp_send(client, &cx, &server, "it@example.org", "ada@example.org",
				 message, strlen(message), &result),
		ERR_REMOTE);
	assert_int_equal(result.outcome, SMTP_NO_ACCESS);
	assert_int_equal(fake_smtp_count(fake), 0);
	smtp_client_free(client);
	fake_smtp_stop(fake);
}

static void test_sign_in_is_hidden(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct fake_smtp *fake = fake_smtp_start(&cx);
	struct smtp_client *client = NULL;
	struct smtp_result result;
	assert_int_equal(smtp_client_new(&cx, &client), OK);
	struct smtp_server server = { .host = "127.0.0.1",
		.port = fake_smtp_port(fake),
		.user = "pomona",
		.password = "hunter2 is no password" };
	assert_int_equal(smtp_send(client, &cx, &server, "it@example.org", "ada@example.org",
				 message, strlen(message), &result),
		OK);
	assert_non_null(strstr(result.dialog, "> AUTH PLAIN (hidden)"));
	assert_non_null(strstr(result.dialog, "< 250 taken"));
	/* "\0pomona\0hunter2…" in base64 begins like this. */
	assert_null(strstr(result.dialog, "AHBvbW9uYQ"));
	assert_null(strstr(result.dialog, "aHVudGVyM"));
	smtp_client_free(client);
	fake_smtp_set(fake, FAKE_AUTH, "535 5.7.8 wrong", -1);
	assert_int_equal(smtp_client_new(&cx, &client), OK);
	assert_int_equal(smtp_send(client, &cx, &server, "it@example.org", "ada@example.org",
				 message, strlen(message), &result),
		ERR_REMOTE);
	assert_int_equal(result.outcome, SMTP_NO_ACCESS);
	smtp_client_free(client);
	fake_smtp_stop(fake);
}

static void test_connection_is_kept(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct fake_smtp *fake = fake_smtp_start(&cx);
	struct smtp_client *client = NULL;
	struct smtp_result result;
	assert_int_equal(smtp_client_new(&cx, &client), OK);
	struct smtp_server server = { .host = "127.0.0.1", .port = fake_smtp_port(fake) };
	for (int i = 0; i < 20; i++)
		assert_int_equal(smtp_send(client, &cx, &server, "it@example.org",
					 "ada@example.org", message, strlen(message), &result),
			OK);
	assert_int_equal(fake_smtp_connections(fake), 1);
	/* An address that would add a command is never sent. */
	assert_int_equal(smtp_send(client, &cx, &server, "it@example.org",
				 "ada@example.org>\r\nRCPT TO:<eve@example.org", message,
				 strlen(message), &result),
		ERR_REMOTE);
	assert_int_equal(result.outcome, SMTP_REFUSED);
	assert_int_equal(fake_smtp_count(fake), 20);
	smtp_client_free(client);
	fake_smtp_stop(fake);
}

int main(void)
{
	secret_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_latin1_words),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_sign_in_is_hidden),
		cmocka_unit_test(test_connection_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
