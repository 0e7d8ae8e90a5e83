/* The service config, the addresses that are trusted, and the link that is made from its template. */
#include "server.h"

#include "apple/assets.h"
#include "apple/service_config.h"
#include "apple/users.h"
#include "base/json.h"

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
	{ "https://127.0.0.1:8443/x", OK },
	{ "https://VPP.iTunes.Apple.com/mdm/v2", OK },
	{ "https://vpp.example/mdm/v2", ERR_INVALID },
	{ "https://evilapple.com/mdm/v2", ERR_INVALID },
	{ "https://vpp.apple.com.evil.example/mdm/v2", ERR_INVALID },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_service_config),
		TEST(test_foreign_url),
		TEST(test_config_that_fails),
		TEST(test_limits),
		TEST(test_links),
		TEST(test_base_urls),
	};
	RUN_WITH_SERVER(tests);
}
