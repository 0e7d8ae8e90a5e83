/* Writes, owners and waits, against a server that cuts, hangs and lies. */
#include "server.h"

#include "apple/assets.h"
#include "apple/client_config.h"
#include "apple/service_config.h"
#include "apple/session.h"
#include "apple/users.h"

static const struct apple_request_user two_users[] = {
	{ .client_user_id = "c1", .email = "ada@b.example" },
	{ .client_user_id = "c2", .managed_apple_id = "bob@m.example" },
};

#define TWO_USERS                                                                                  \
	"{\"users\":[{\"clientUserId\":\"c1\",\"email\":\"ada@b.example\"},"                       \
	"{\"clientUserId\":\"c2\",\"managedAppleId\":\"bob@m.example\"}]}"

static void test_create(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	const char *event_id = NULL;
	answer(200, "{\"eventId\":\"e1\",\"uId\":\"u1\"}");
	/* Twice: the body is made afresh for each try. */
	for (int i = 0; i < 2; i++) {
		last_body[0] = '\0';
		assert_int_equal(
			apple_users_create(w->session, &w->cx, two_users, 2, &reply, &event_id),
			OK);
		assert_string_equal(event_id, "e1");
		assert_string_equal(last_path, "/mdm/v2/users/create");
		assert_string_equal(last_body, TWO_USERS);
	}
	assert_string_equal(reply.operation, "createUsers");
	assert_int_equal(reply.sent, HTTP_ANSWERED);
}

/* Shutting down does not wait for an Apple that hangs; what was a write is then in doubt. */
static void test_end(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	const char *event_id;
	assert_int_equal(apple_service_refresh(w->apple, &w->cx), OK);
	answer(200, "{\"eventId\":\"e1\"}");
	now_answers.delay_ms = 5000;
	int64_t begun = clock_mono_ms();
	apple_end_soon(w->apple, 100);
	assert_int_equal(apple_users_create(w->session, &w->cx, two_users, 2, &reply, &event_id),
		ERR_UNCERTAIN);
	assert_true(clock_mono_ms() - begun < 4000);
}

static const struct {
	const char *name;
	struct answer answer;
	enum err want;
} write_cases[] = {
	{ "no event number", { 200, NULL, "{\"uId\":\"u1\"}", -1, 0 }, ERR_UNCERTAIN },
	{ "error inside 200", { 200, NULL, "{\"errorNumber\":9622}", -1, 0 }, ERR_REMOTE },
	{ "HTML", { 200, NULL, "<html>", -1, 0 }, ERR_UNCERTAIN },
	{ "cut before the head", { 200, NULL, "{\"eventId\":\"e1\"}", 0, 0 }, ERR_UNCERTAIN },
	{ "cut in the middle", { 200, NULL, "{\"eventId\":\"e1\"}", 100, 0 }, ERR_UNCERTAIN },
	{ "gateway fault", { 504, NULL, "", -1, 0 }, ERR_UNCERTAIN },
};

static void test_doubtful_writes(void **state)
{
	struct way *w = *state;
	for (size_t i = 0; i < COUNT(write_cases); i++) {
		struct apple_reply reply;
		const char *event_id = "untouched";
		APPLE_SESSION_AUTO(session); /* of its own: a fault is a reason to rest */
		struct apple_session_options options = { .token = write_cases[i].name };
		print_message("%s\n", write_cases[i].name);
		assert_int_equal(apple_session_open(w->apple, &w->cx, &options, &session), OK);
		answer(0, NULL);
		now_answers = write_cases[i].answer;
		assert_int_equal(
			apple_users_retire(session, &w->cx, two_users, 2, &reply, &event_id),
			write_cases[i].want);
		assert_string_equal(event_id, "untouched");
		assert_int_equal(counted(), 1); /* never repeated by itself */
	}
}

/* A fault on a write is in doubt, and slows down what comes next; a good read between does not count. */
static void test_fault_on_write(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_users_page page;
	struct apple_reply reply;
	const char *event_id = NULL;
	int64_t last_ms = 1000;
	for (int i = 0; i < 3; i++) {
		APPLE_SESSION_AUTO(session);
		struct apple_session_options options = { .token = "ZmF1bHQ=" };
		assert_int_equal(apple_session_open(w->apple, &w->cx, &options, &session), OK);
		answer(500, "");
		assert_int_equal(
			apple_users_retire(session, &w->cx, two_users, 2, &reply, &event_id),
			ERR_UNCERTAIN);
		assert_true(reply.retry_after_ms >= 2 * last_ms);
		last_ms = reply.retry_after_ms / 11 * 10;
		assert_int_equal(
			apple_users_get(session, &w->cx, &query, &reply, &page), ERR_LIMITED);
		assert_int_equal(reply.sent, HTTP_NOT_SENT);
		pacer_close_until(session->lane->pacer, 0);
		answer(200, "{}");
		assert_int_equal(apple_users_get(session, &w->cx, &query, &reply, &page), OK);
	}
}

/* Nobody listens: that nothing was sent is certain. */
static void test_not_sent(void **state)
{
	struct way *w = *state;
	struct apple *apple;
	struct apple_session *session;
	struct apple_reply reply;
	struct apple_session_options options = { .token = TOKEN };
	const char *event_id;
	assert_int_equal(apple_new(&w->cx, "http://127.0.0.1:1/mdm/v2", &apple), OK);
	assert_int_equal(apple_session_open(apple, &w->cx, &options, &session), OK);
	assert_int_equal(
		apple_users_create(session, &w->cx, two_users, 2, &reply, &event_id), ERR_REMOTE);
	assert_int_equal(reply.sent, HTTP_NOT_SENT);
	assert_int_equal(reply.class, APPLE_WAIT);
	assert_string_equal(w->cx.error.reason, "apple.unreachable");
	apple_session_close(session);
	apple_free(apple);
}

/* No write leaves after the first answer with a foreign mark; reading goes on. */
static void test_foreign_owner(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply reply;
	struct apple_users_page page;
	const char *event_id;
	answer(200, "{\"uId\":\"u1\",\"mdmInfo\":{\"id\":\"ours\",\"name\":\"Pomona\"}}");
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), OK);
	assert_false(reply.is_foreign); /* the case of a UUID means nothing */

	answer(200, "{\"uId\":\"u1\",\"mdmInfo\":{\"id\":\"THEIRS\",\"name\":\"Other MDM\"}}");
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), OK);
	assert_true(reply.is_foreign);
	assert_string_equal(reply.mdm_name, "Other MDM");
	assert_int_equal(apple_users_create(w->session, &w->cx, two_users, 2, &reply, &event_id),
		ERR_CONFLICT);
	assert_string_equal(w->cx.error.reason, "apple.foreign_owner");
	assert_int_equal(reply.sent, HTTP_NOT_SENT);
	assert_int_equal(counted(), 1);
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), OK);

	/* Our mark written again opens the way. */
	struct apple_client_config_set set = {
		.mdm_id = "OURS", .mdm_name = "Pomona", .mdm_metadata = "1"
	};
	answer(200, "{\"uId\":\"u1\",\"mdmInfo\":{\"id\":\"OURS\"},\"eventId\":\"e\"}");
	assert_int_equal(apple_client_config_post(w->session, &w->cx, &set, &reply), OK);
	assert_int_equal(
		apple_users_create(w->session, &w->cx, two_users, 2, &reply, &event_id), OK);
}

/* A write on an old belief asks first, once for a few minutes. */
static void test_owner_is_asked(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	const char *event_id;
	answer(200, "{\"eventId\":\"e1\",\"uId\":\"u1\"}");
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			apple_users_create(w->session, &w->cx, two_users, 2, &reply, &event_id),
			OK);
	assert_int_equal(owner_requests, 1);
	assert_int_equal(counted(), 3);
}

static void test_owner_has_changed(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	const char *event_id;
	answer(200, "{\"eventId\":\"e1\"}");
	owner_body = "{\"mdmInfo\":{\"id\":\"THEIRS\",\"name\":\"Other\"}}";
	assert_int_equal(apple_users_create(w->session, &w->cx, two_users, 2, &reply, &event_id),
		ERR_CONFLICT);
	assert_true(reply.is_foreign);
	assert_int_equal(reply.sent, HTTP_NOT_SENT);
	assert_int_equal(counted(), 0);
}

/* The question failed: the write was not sent, and that is certain. */
static void test_owner_is_not_known(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	const char *event_id;
	answer(200, "{\"eventId\":\"e1\"}");
	owner_body = "<html>";
	assert_int_equal(apple_users_create(w->session, &w->cx, two_users, 2, &reply, &event_id),
		ERR_REMOTE);
	assert_int_equal(reply.sent, HTTP_NOT_SENT);
	assert_int_equal(reply.class, APPLE_WAIT);
	assert_int_equal(counted(), 0);
}

static void test_other_location(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply reply;
	struct apple_users_page page;
	const char *event_id;
	answer(200, "{\"uId\":\"u2\"}");
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), OK);
	assert_true(reply.is_other_location);
	assert_int_equal(apple_users_update(w->session, &w->cx, two_users, 2, &reply, &event_id),
		ERR_CONFLICT);
}

/* A wait is shared: another session of the same token does not ask either. */
static void test_wait(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply reply;
	struct apple_users_page page;
	struct apple_session *other;
	struct apple_session_options options = { .token = TOKEN };
	assert_int_equal(apple_session_open(w->apple, &w->cx, &options, &other), OK);
	answer(429, "{\"errorNumber\":9646}");
	now_answers.retry_after = "120";
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), ERR_LIMITED);
	assert_true(reply.retry_after_ms >= 120000 && reply.retry_after_ms <= 132000);
	assert_int_equal(counted(), 1);
	answer(200, "{}");
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), ERR_LIMITED);
	assert_int_equal(apple_users_get(other, &w->cx, &query, &reply, &page), ERR_LIMITED);
	assert_int_equal(reply.sent, HTTP_NOT_SENT);
	assert_true(reply.retry_after_ms > 100000);
	assert_int_equal(counted(), 0);
	apple_session_close(other);
}

/* Without Retry-After our own wait begins at a minute. */
static void test_own_wait(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply reply;
	struct apple_users_page page;
	answer(200, "{\"errorNumber\":9646}");
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), ERR_LIMITED);
	assert_true(reply.retry_after_ms >= 60000 && reply.retry_after_ms <= 66000);
}

/* A fault of Apple's may be over at once. */
static void test_fault(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply reply;
	struct apple_users_page page;
	answer(502, "<html>");
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), ERR_LIMITED);
	assert_true(reply.retry_after_ms >= 2000 && reply.retry_after_ms <= 2200);
}

/* A stored wait is honoured from the first call on. */
static void test_stored_wait(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply reply;
	struct apple_users_page page;
	struct apple_session *late;
	struct apple_session_options options = { .token = "YW5vdGhlcg==",
		.closed_until_ms = clock_now_ms() + 60000 };
	assert_int_equal(apple_session_open(w->apple, &w->cx, &options, &late), OK);
	answer(200, "{}");
	assert_int_equal(apple_users_get(late, &w->cx, &query, &reply, &page), ERR_LIMITED);
	assert_int_equal(counted(), 0);
	apple_session_close(late);
}

/* Whatever is to be written, and whoever's mark is there: a session that only reads sends none of it. */
static void test_only_reads(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply reply;
	struct apple_users_page page;
	struct apple_session *observer;
	const char *event_id = NULL;
	struct apple_request_user user = { "c1", "ada@example.org", NULL };
	struct apple_client_config_set set = {
		.mdm_id = "OURS", .mdm_name = "Pomona", .mdm_metadata = "1"
	};
	struct apple_session_options options = { .token = "YW5vdGhlcg==", .only_reads = true };
	assert_int_equal(apple_session_open(w->apple, &w->cx, &options, &observer), OK);
	answer(200, "{\"mdmInfo\":{\"id\":\"THEIRS\",\"name\":\"Other\"}}");
	assert_int_equal(apple_users_get(observer, &w->cx, &query, &reply, &page), OK);
	assert_string_equal(reply.mdm_name, "Other");
	assert_int_equal(counted(), 1);
	assert_int_equal(apple_client_config_post(observer, &w->cx, &set, &reply), ERR_CONFLICT);
	assert_string_equal(w->cx.error.reason, "apple.observe_only");
	assert_int_equal(reply.sent, HTTP_NOT_SENT);
	/* Writing the mark is what ends the doubt about the owner elsewhere: not here. */
	assert_int_equal(
		apple_users_retire(observer, &w->cx, &user, 1, &reply, &event_id), ERR_CONFLICT);
	assert_int_equal(counted(), 1);
	apple_session_close(observer);
}

static void test_client_config(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	struct apple_client_config config;
	owner_body = NULL;
	answer(200, "{\"uId\":\"u1\",\"locationName\":\"Main\",\"countryISO2ACode\":\"DE\","
		    "\"notificationAuthToken\":\"secret\"}");
	assert_int_equal(apple_client_config_get(w->session, &w->cx, &reply, &config), OK);
	assert_string_equal(config.location_name, "Main");
	assert_string_equal(config.country, "DE");

	snprintf(config_body, sizeof(config_body), "{\"limits\":{\"maxMdmNameLength\":5}}");
	apple_service_forget(w->apple);
	assert_int_equal(apple_service_refresh(w->apple, &w->cx), OK);
	struct apple_client_config_set set = { .mdm_id = "OURS",
		.mdm_name = "Pomm\xc3\xa9",
		.mdm_metadata = "1",
		.hook_url = "https://p.example/h",
		.hook_secret = "s" };
	assert_int_equal(apple_client_config_post(w->session, &w->cx, &set, &reply), OK);
	/* Cut at a limit of five bytes, and never inside a character. */
	assert_string_equal(last_body,
		"{\"mdmInfo\":{\"id\":\"OURS\",\"name\":\"Pomm\",\"metadata\":\"1\"},"
		"\"notificationUrl\":\"https://p.example/h\",\"notificationAuthToken\":\"s\","
		"\"notificationTypes\":[\"ASSET_COUNT\",\"ASSET_MANAGEMENT\",\"USER_MANAGEMENT\","
		"\"USER_ASSOCIATED\"]}");
}

static void test_asset_writes(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	const char *event_id;
	const char *const users[] = { "c1" };
	const char *const serials[] = { "C02" };
	struct apple_asset_key key = { "1500000001", "STDQ" };
	struct apple_targets targets = { users, 1, serials, 1 };
	answer(200, "{\"eventId\":\"e1\"}");
	assert_int_equal(
		apple_assets_associate(w->session, &w->cx, &key, 1, &targets, &reply, &event_id),
		OK);
	assert_string_equal(last_body,
		"{\"assets\":[{\"adamId\":\"1500000001\",\"pricingParam\":\"STDQ\"}],"
		"\"clientUserIds\":[\"c1\"],\"serialNumbers\":[\"C02\"]}");
	targets.serial_number_count = 0;
	assert_int_equal(apple_assets_revoke(w->session, &w->cx, &targets, &reply, &event_id), OK);
	assert_string_equal(last_path, "/mdm/v2/assets/revoke");
	assert_string_equal(last_body, "{\"clientUserIds\":[\"c1\"]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create),
		TEST(test_end),
		TEST(test_doubtful_writes),
		TEST(test_fault_on_write),
		TEST(test_not_sent),
		TEST(test_foreign_owner),
		TEST(test_only_reads),
		TEST(test_owner_is_asked),
		TEST(test_owner_has_changed),
		TEST(test_owner_is_not_known),
		TEST(test_other_location),
		TEST(test_wait),
		TEST(test_own_wait),
		TEST(test_fault),
		TEST(test_stored_wait),
		TEST(test_client_config),
		TEST(test_asset_writes),
	};
	RUN_WITH_SERVER(tests);
}
