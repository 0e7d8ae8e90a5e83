/* Apple's calls against a server in this process that answers what each test wants. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "apple/assets.h"
#include "apple/assignments.h"
#include "apple/client.h"
#include "apple/client_config.h"
#include "apple/events.h"
#include "apple/service_config.h"
#include "apple/users.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/secret.h"
#include "net/http_server.h"

#define TOKEN "dG9rZW4="

/* --- the server ----------------------------------------------------------------------------- */

struct answer {
	int status;
	const char *retry_after;
	const char *body;
	int cut; /* close after so many bytes; -1: do not */
	int64_t delay_ms;
};

static const struct http_route routes[] = {
	{ "GET", "/mdm/v2/service/config", 0, 0, NULL },
	{ "GET", "/mdm/v2/{path...}", 0, 0, NULL },
	{ "POST", "/mdm/v2/{path...}", 1024 * 1024, 0, NULL },
	{ "GET", "/elsewhere/{path...}", 0, 0, NULL },
};

static struct http_server *server;
static int port;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static struct answer now_answers;                        /* to everything but the service config */
static char config_body[4096];
static const char *owner_body; /* of the client config; NULL: what now_answers says */
static int requests, config_requests, owner_requests;
static char last_path[256], last_query[256], last_bearer[256], last_body[4096];

static void note(struct ctx *cx, const struct http_request *rq)
{
	const char *name, *value;
	BUF_AUTO(query, 256);
	for (size_t i = 0; http_query_at(rq, i, &name, &value); i++)
		buf_printf(&query, "%s%s=%s", i ? "&" : "", name, value);
	const char *bearer = http_header(rq, "Authorization");
	snprintf(last_path, sizeof(last_path), "%s", http_path(rq));
	snprintf(last_query, sizeof(last_query), "%s", query.length ? query.bytes : "");
	snprintf(last_bearer, sizeof(last_bearer), "%s", bearer ? bearer : "");
	snprintf(last_body, sizeof(last_body), "%s", http_body(rq));
	(void)cx;
}

static void reply_with(struct http_reply *rp, const char *body)
{
	http_reply_body(rp, "application/json", body, strlen(body));
}

/* Pages of one user each, as many as the query asks past; the third is the last. */
static void reply_page(struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char *index = http_query(rq, "pageIndex");
	int page = index ? index[0] - '0' : 0;
	const char *next = page < 2 ? arena_printf(cx->mem, ",\"nextPageIndex\":%d", page + 1) : "";
	reply_with(rp,
		page > 2
			? "{\"errorNumber\":9650,\"errorMessage\":\"x\"}"
			: arena_printf(cx->mem,
				  "{\"users\":[{\"clientUserId\":\"c%d\",\"status\":\"Registered\"}"
				  "],"
				  "\"currentPageIndex\":%d%s,\"totalPages\":7,\"versionId\":\"v\"}",
				  page, page, next));
	if (page > 2)
		http_reply_status(rp, 400);
}

static void handle(void *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)app;
	if (!http_route_of(rq)) {
		http_reply_status(rp, 404);
		return;
	}
	pthread_mutex_lock(&lock);
	if (strcmp(http_path(rq), "/mdm/v2/service/config") == 0) {
		config_requests++;
		reply_with(rp, config_body);
		pthread_mutex_unlock(&lock);
		return;
	}
	struct answer a = now_answers;
	if (owner_body && strcmp(http_path(rq), "/mdm/v2/client/config") == 0 &&
		strcmp(http_method(rq), "GET") == 0) {
		owner_requests++;
		reply_with(rp, owner_body);
		pthread_mutex_unlock(&lock);
		return;
	}
	requests++;
	note(cx, rq);
	pthread_mutex_unlock(&lock);
	if (a.body && strcmp(a.body, "pages") == 0) {
		reply_page(cx, rq, rp);
		return;
	}
	http_reply_status(rp, a.status);
	if (a.retry_after)
		http_reply_header(rp, "Retry-After", a.retry_after);
	reply_with(rp, a.body ? a.body : "");
	if (a.delay_ms)
		http_reply_delay(rp, a.delay_ms);
	if (a.cut >= 0)
		http_reply_cut(rp, (size_t)a.cut);
}

static void refuse(void *app, struct ctx *cx, const struct http_request *rq, int status,
	const char *sentence, struct http_reply *rp)
{
	(void)app, (void)cx, (void)rq, (void)sentence;
	http_reply_status(rp, status);
}

static void answer(int status, const char *body)
{
	pthread_mutex_lock(&lock);
	now_answers = (struct answer){ .status = status, .body = body, .cut = -1 };
	requests = 0;
	pthread_mutex_unlock(&lock);
}

static int counted(void)
{
	pthread_mutex_lock(&lock);
	int count = requests;
	pthread_mutex_unlock(&lock);
	return count;
}

/* --- each test: one way to Apple, one session ------------------------------------------------ */

struct way {
	struct ctx cx;
	struct apple *apple;
	struct apple_session *session;
};

static int set_up(void **state)
{
	static struct way way;
	way = (struct way){ 0 };
	ctx_init(&way.cx);
	snprintf(config_body, sizeof(config_body),
		"{\"limits\":{\"maxUsers\":7,\"maxRequestPerSecond\":5000},\"urls\":{"
		"\"getUsers\":\"http://127.0.0.1:%d/mdm/v2/users\","
		"\"getAssets\":\"http://evil.example/assets\","
		"\"invitationEmail\":\"https://buy.example/"
		"join?cc=us&inviteCode=%%25inviteCode%%25&mt=8\"}}",
		port);
	config_requests = owner_requests = 0;
	owner_body = "{\"uId\":\"u1\",\"mdmInfo\":{\"id\":\"OURS\"}}";
	char *base = arena_printf(way.cx.mem, "http://127.0.0.1:%d/mdm/v2/", port);
	assert_int_equal(apple_new(&way.cx, base, &way.apple), OK);
	struct apple_session_options options = {
		.token = TOKEN, .uid = "u1", .mdm_id = "OURS", .priority = PACER_BACKGROUND
	};
	assert_int_equal(apple_session_open(way.apple, &way.cx, &options, &way.session), OK);
	answer(200, "{}");
	*state = &way;
	return 0;
}

static int tear_down(void **state)
{
	struct way *way = *state;
	apple_session_close(way->session);
	apple_free(way->apple);
	ctx_fini(&way->cx);
	return 0;
}

/* --- service config -------------------------------------------------------------------------- */

static void test_service_config(void **state)
{
	struct way *w = *state;
	assert_int_equal(apple_limits(w->apple).max_users, 100); /* before the first read */
	assert_int_equal(apple_service_refresh(w->apple, &w->cx), OK);
	assert_int_equal(apple_service_refresh(w->apple, &w->cx), OK);
	assert_int_equal(config_requests, 1); /* fresh for five minutes */
	struct apple_limits limits = apple_limits(w->apple);
	assert_int_equal(limits.max_users, 7);
	assert_int_equal(limits.max_client_user_ids, 1000); /* absent */
	apple_service_forget(w->apple);
	assert_int_equal(apple_service_refresh(w->apple, &w->cx), OK);
	assert_int_equal(config_requests, 2);
	assert_non_null(strstr(apple_invite_template(w->apple, &w->cx), "inviteCode"));
}

/* The token never goes to another host, whatever the service config says. */
static void test_foreign_url(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	struct apple_assets_page page;
	answer(200, "{\"assets\":[]}");
	assert_int_equal(apple_assets_get(w->session, &w->cx, 0, &reply, &page), OK);
	assert_int_equal(counted(), 1);
	assert_string_equal(last_path, "/mdm/v2/assets");
	assert_string_equal(last_bearer, "Bearer " TOKEN);
}

/* An old config outlives one that cannot be read; without any the call is not sent. */
static void test_config_that_fails(void **state)
{
	struct way *w = *state;
	struct apple_reply reply;
	struct apple_users_page page;
	struct apple_users_query query = { 0 };
	snprintf(config_body, sizeof(config_body), "<html>Sign in</html>");
	assert_int_equal(apple_users_get(w->session, &w->cx, &query, &reply, &page), ERR_REMOTE);
	assert_int_equal(reply.sent, HTTP_NOT_SENT);
	assert_int_equal(counted(), 0);

	snprintf(config_body, sizeof(config_body), "{\"limits\":{\"maxUsers\":7}}");
	assert_int_equal(apple_service_refresh(w->apple, &w->cx), OK);
	snprintf(config_body, sizeof(config_body), "{\"errorNumber\":9603}");
	apple_service_forget(w->apple);
	assert_int_equal(apple_service_refresh(w->apple, &w->cx), OK);
	assert_int_equal(apple_limits(w->apple).max_users, 7);
}

static const struct {
	const char *name, *json;
	int64_t max_users, rate;
} limit_cases[] = {
	{ "nothing", "{}", 100, 10 },
	{ "given", "{\"limits\":{\"maxUsers\":10,\"maxRequestPerSecond\":15}}", 10, 15 },
	{ "null and text", "{\"limits\":{\"maxUsers\":null,\"maxRequestPerSecond\":\"15\"}}", 100,
		10 },
	{ "zero and below", "{\"limits\":{\"maxUsers\":0,\"maxRequestPerSecond\":-3}}", 100, 10 },
	{ "absurd", "{\"limits\":{\"maxUsers\":99999999}}", 1000, 10 },
	{ "a list", "{\"limits\":[1,2]}", 100, 10 },
};

static void test_limits(void **state)
{
	struct way *w = *state;
	for (size_t i = 0; i < COUNT(limit_cases); i++) {
		const struct json *root;
		print_message("%s\n", limit_cases[i].name);
		assert_int_equal(
			json_parse(&w->cx, limit_cases[i].json, strlen(limit_cases[i].json), &root),
			OK);
		struct apple_limits limits = apple_limits_parse(root);
		assert_int_equal(limits.max_users, limit_cases[i].max_users);
		assert_int_equal(limits.max_requests_per_second, limit_cases[i].rate);
	}
}

static const struct {
	const char *name, *template, *code, *want;
} links[] = {
	{ "Apple's template", "https://buy.example/join?inviteCode=%25inviteCode%25&mt=8",
		"72dfec84", "https://buy.example/join?inviteCode=72dfec84&mt=8" },
	{ "other parameters stay", "https://b.example/j?cc=us&x=%2525&c=%25inviteCode%25", "a",
		"https://b.example/j?cc=us&x=%2525&c=a" },
	{ "encoded once", "https://b.example/j?c=%inviteCode%&mt=8", "a",
		"https://b.example/j?c=a&mt=8" },
	{ "a code with odd characters", "https://b.example/j?c=%25inviteCode%25", "a&b=c",
		"https://b.example/j?c=a%26b%3Dc" },
	{ "no place for a code", "https://b.example/j", "a", NULL },
	{ "no template", NULL, "a", NULL },
	{ "no code", "https://b.example/j?c=%25inviteCode%25", NULL, NULL },
	{ "an empty code", "https://b.example/j?c=%25inviteCode%25", "", NULL },
};

static void test_links(void **state)
{
	struct way *w = *state;
	for (size_t i = 0; i < COUNT(links); i++) {
		print_message("%s\n", links[i].name);
		const char *link = apple_invite_link(&w->cx, links[i].template, links[i].code);
		if (links[i].want)
			assert_string_equal(link, links[i].want);
		else
			assert_null(link);
	}
}

static const struct {
	const char *url;
	enum err want;
} bases[] = {
	{ "https://vpp.itunes.apple.com/mdm/v2", OK },
	{ "http://127.0.0.1:8080/twin/mdm/v2", OK },
	{ "http://localhost/x", OK },
	{ "http://[::1]:9/x", OK },
	{ "http://vpp.itunes.apple.com/mdm/v2", ERR_INVALID },
	{ "http://127.0.0.1.evil.example/", ERR_INVALID },
	{ "ftp://127.0.0.1/", ERR_INVALID },
	{ "vpp.itunes.apple.com", ERR_INVALID },
	{ "", ERR_INVALID },
};

static void test_base_urls(void **state)
{
	struct way *w = *state;
	for (size_t i = 0; i < COUNT(bases); i++) {
		struct apple *apple = NULL;
		print_message("%s\n", bases[i].url);
		assert_int_equal(apple_new(&w->cx, bases[i].url, &apple), bases[i].want);
		apple_free(apple);
	}
}

/* --- reads ----------------------------------------------------------------------------------- */

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

static void test_many_pages(void **state)
{
	struct way *w = *state;
	struct apple_users_query query = { 0 };
	struct apple_reply replies[5];
	struct apple_users_page pages[5];
	answer(200, "pages");
	assert_int_equal(
		apple_users_get_many(w->session, &w->cx, &query, 5, replies, pages), ERR_REMOTE);
	assert_int_equal(counted(), 5);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(replies[i].class, APPLE_FINE);
		assert_string_equal(
			pages[i].users[0].client_user_id, arena_printf(w->cx.mem, "c%d", i));
	}
	assert_int_equal(replies[3].number, APPLE_BAD_PAGE);
	assert_int_equal(pages[3].count, 0);
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

/* --- writes ---------------------------------------------------------------------------------- */

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
		print_message("%s\n", write_cases[i].name);
		answer(0, NULL);
		now_answers = write_cases[i].answer;
		assert_int_equal(
			apple_users_retire(w->session, &w->cx, two_users, 2, &reply, &event_id),
			write_cases[i].want);
		assert_string_equal(event_id, "untouched");
		assert_int_equal(counted(), 1); /* never repeated by itself */
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	CTX_AUTO(cx);
	secret_init();
	struct http_server_options options = {
		.listen = "127.0.0.1:0",
		.threads = 2,
		.routes = routes,
		.route_count = COUNT(routes),
		.handle = handle,
		.refuse = refuse,
	};
	if (http_server_start(&cx, &options, &server) != OK)
		return 1;
	port = http_server_port(server);
	const struct CMUnitTest tests[] = {
		TEST(test_service_config),
		TEST(test_foreign_url),
		TEST(test_config_that_fails),
		TEST(test_limits),
		TEST(test_links),
		TEST(test_base_urls),
		TEST(test_pages_end),
		TEST(test_many_pages),
		TEST(test_user_members),
		TEST(test_assets),
		TEST(test_assignments),
		TEST(test_event),
		TEST(test_create),
		TEST(test_doubtful_writes),
		TEST(test_end),
		TEST(test_not_sent),
		TEST(test_foreign_owner),
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
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	http_server_stop(server);
	return failed;
}
