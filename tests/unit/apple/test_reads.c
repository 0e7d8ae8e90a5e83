/* Pages of users, assets and assignments, and events, as Apple gives them. */
#include "server.h"

#include "apple/assets.h"
#include "apple/assignments.h"
#include "apple/events.h"
#include "apple/users.h"

/* totalPages lies here (7): the end is told by the absence of nextPageIndex alone. */
static void test_pages_end(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { .active_only = true, .since_version_id = "a b&c" };
	struct apple_reply reply;
	struct apple_users_page page;
	int pages = 0;
	answer(200, "pages");
	do {
		assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), OK);
		assert_int_equal(page.page.index, pages);
		assert_int_equal(page.count, 1);
		query.page_index = page.page.next;
		pages++;
	} while (page.page.next >= 0);
	assert_int_equal(pages, 3);
	assert_string_equal(last_query, "pageIndex=2&sinceVersionId=a b&c&activeOnly=true");
}

/* A list that goes in a ring, or on for ever, is no answer: its reader would not come back. */
static void test_pages_without_end(void **state)
{
	static const struct {
		int64_t asked;
		const char *next;
	} rows[] = { { 0, "0" }, { 3, "3" }, { 3, "2" }, { 0, "100000" },
		{ 0, "9223372036854775807" } };
	struct way *w = *state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct apple_users_query users = { .page_index = rows[i].asked };
		struct apple_assignments_query assignments = { .page_index = rows[i].asked };
		struct apple_reply reply;
		struct apple_users_page page;
		struct apple_assignments_page held;
		struct apple_assets_page owned;
		answer(200, arena_printf(w->cx.mem,
				    "{\"users\":[],\"totalPages\":2147483648,"
				    "\"nextPageIndex\":%s}",
				    rows[i].next));
		assert_int_equal(
			apple_users_get(w->session, &w->cx, &users, &reply, &page), ERR_REMOTE);
		assert_int_equal(reply.class, APPLE_WAIT);
		assert_int_equal(
			apple_assignments_get(w->session, &w->cx, &assignments, &reply, &held),
			ERR_REMOTE);
		assert_int_equal(
			apple_assets_get(w->session, &w->cx, rows[i].asked, &reply, &owned),
			ERR_REMOTE);
		assert_string_equal(w->cx.error.reason, "apple.unreadable");
	}
}

/* What is kept of Apple's words and sent back to it later stays short enough to be sent. */
static void test_words_without_end(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply reply;
	struct apple_users_page page;
	const char *event_id;
	char *word = arena_alloc(w->cx.mem, 5000);
	memset(word, 'x', 4999);
	answer(200, arena_printf(w->cx.mem,
			    "{\"users\":[{\"clientUserId\":\"%s\"},{\"clientUserId\":\"c1\","
			    "\"email\":\"%s\",\"inviteCode\":\"%s\"}],\"versionId\":\"%s\"}",
			    word, word, word, word));
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), OK);
	assert_int_equal(page.count, 1);
	assert_string_equal(page.users[0].client_user_id, "c1");
	assert_null(page.users[0].email);
	assert_null(page.users[0].invite_code);
	assert_null(page.page.version_id);

	struct apple_request_user user = { .client_user_id = "c1" };
	answer(200, arena_printf(w->cx.mem, "{\"eventId\":\"%s\"}", word));
	assert_int_equal(
		apple_users_create(w->session, &w->cx, &user, 1, &reply, &event_id), ERR_UNCERTAIN);
}

static void test_walk(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply reply;
	struct apple_users_page page;
	answer(200, "pages");
	struct apple_users_walk *walk = apple_users_walk_open(w->session, &query);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(apple_users_walk_next(walk, &w->cx, &reply, &page), OK);
		assert_int_equal(page.page.index, i);
		assert_int_equal(reply.class, APPLE_FINE);
		assert_string_equal(
			page.users[0].client_user_id, arena_printf(w->cx.mem, "c%d", i));
	}
	assert_int_equal(page.page.next, -1);
	/* What was asked for beyond the end, because there seemed to be more pages, is left alone. */
	assert_in_range(counted(), 3, 7);
	apple_users_walk_close(walk);

	/* From the middle of the list; behind its end. */
	query.page_index = 2;
	walk = apple_users_walk_open(w->session, &query);
	assert_int_equal(apple_users_walk_next(walk, &w->cx, &reply, &page), OK);
	assert_string_equal(page.users[0].client_user_id, "c2");
	apple_users_walk_close(walk);
	query.page_index = 3;
	walk = apple_users_walk_open(w->session, &query);
	assert_int_equal(apple_users_walk_next(walk, &w->cx, &reply, &page), ERR_REMOTE);
	assert_int_equal(reply.number, APPLE_BAD_PAGE);
	apple_users_walk_close(walk);
	apple_users_walk_close(NULL);
}

static void test_user_members(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { .client_user_id = "c1" };
	struct apple_reply reply;
	struct apple_users_page page;
	answer(200,
		"{\"users\":[{\"clientUserId\":\"c1\",\"status\":\"Associated\",\"idHash\":\"h\"},"
		"{\"clientUserId\":\"c1\",\"status\":\"Retired\"},{\"status\":\"Retired\"},7,null],"
		"\"nextPageIndex\":null,\"uId\":\"u1\",\"mdmInfo\":null,\"versionId\":\"v9\"}");
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), OK);
	assert_int_equal(page.count, 2);
	assert_int_equal(page.users[0].status, APPLE_USER_ASSOCIATED);
	assert_string_equal(page.users[0].id_hash, "h");
	assert_null(page.users[0].email);
	assert_int_equal(page.users[1].status, APPLE_USER_RETIRED);
	assert_int_equal(page.page.next, -1);
	assert_string_equal(page.page.version_id, "v9");
	assert_false(reply.is_foreign);
}

static void test_assets(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	struct apple_assets_page page;
	answer(200, "{\"assets\":[{\"adamId\":1500000001,\"pricingParam\":\"STDQ\",\"productType\":"
		    "\"App\","
		    "\"revocable\":true,\"supportedPlatforms\":[\"iOS\",\"macOS\"],"
		    "\"availableCount\":37,"
		    "\"assignedCount\":12,\"retiredCount\":1,\"totalCount\":50},"
		    "{\"adamId\":\"1500000002\",\"revocable\":false,\"totalCount\":2147483647},{}],"
		    "\"unlimitedAssets\":[{\"adamId\":\"1500000003\",\"assignedCount\":4}]}");
	assert_int_equal(apple_assets_get(w->session, &w->cx, 0, &reply, &page), OK);
	assert_int_equal(page.count, 3);
	assert_string_equal(page.assets[0].adam_id, "1500000001");
	assert_string_equal(page.assets[0].platforms, "iOS,macOS");
	assert_int_equal(page.assets[0].available_count, 37);
	assert_string_equal(page.assets[1].pricing_param, "STDQ");
	assert_false(page.assets[1].is_revocable);
	assert_int_equal(page.assets[2].total_count, APPLE_UNLIMITED);
	assert_int_equal(page.assets[2].assigned_count, 4);
}

static void test_assignments(void **state)
{
	struct way *w = *state;
	struct apple_assignments_query query = { .adam_id = "1", .serial_number = "C02" };
	struct apple_reply reply;
	struct apple_assignments_page page;
	answer(200, "{\"assignments\":[{\"adamId\":1,\"pricingParam\":\"PLUS\",\"serialNumber\":"
		    "\"C02\"},"
		    "{\"adamId\":\"1\",\"clientUserId\":\"c1\"},{\"adamId\":\"1\"},"
		    "{\"adamId\":\"1\",\"clientUserId\":\"c1\",\"serialNumber\":\"C02\"}]}");
	assert_int_equal(apple_assignments_get(w->session, &w->cx, &query, &reply, &page), OK);
	assert_int_equal(page.count, 2); /* no target, and two targets, are not assignments */
	assert_string_equal(page.assignments[0].pricing_param, "PLUS");
	assert_string_equal(page.assignments[1].client_user_id, "c1");
	assert_string_equal(last_query, "pageIndex=0&adamId=1&serialNumber=C02");
}

static void test_event(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	struct apple_event event;
	answer(200, "{\"eventStatus\":\"FAILED\",\"eventType\":\"CREATE\",\"numRequested\":3,"
		    "\"numCompleted\":1,\"failures\":[{\"errorNumber\":9635,\"errorInfo\":"
		    "{\"clientUserIds\":[\"c1\",\"c2\"]}},{\"errorNumber\":9603}]}");
	assert_int_equal(apple_event_get(w->session, &w->cx, "e 1", &reply, &event), OK);
	assert_string_equal(last_query, "eventId=e 1");
	assert_int_equal(event.state, APPLE_EVENT_FAILED);
	assert_int_equal(event.completed, 1);
	assert_int_equal(apple_event_failure_of(&event, "c2")->number, 9635);
	/* A failure that names nobody may have hit anybody. */
	assert_int_equal(apple_event_failure_of(&event, "c3")->number, 9603);

	answer(400, "{\"errorNumber\":9708}");
	assert_int_equal(apple_event_get(w->session, &w->cx, "e", &reply, &event), ERR_REMOTE);
	assert_int_equal(reply.number, APPLE_UNKNOWN_EVENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pages_end),
		TEST(test_pages_without_end),
		TEST(test_words_without_end),
		TEST(test_walk),
		TEST(test_user_members),
		TEST(test_assets),
		TEST(test_assignments),
		TEST(test_event),
	};
	RUN_WITH_SERVER(tests);
}
