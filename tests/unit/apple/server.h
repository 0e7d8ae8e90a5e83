/* server.h - a server in the test's process that answers as each test wants, and one way to Apple and
 * one session for each test. */
#pragma once

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "apple/client.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
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
	pthread_mutex_lock(&lock);
	config_requests = owner_requests = 0;
	owner_body = "{\"uId\":\"u1\",\"mdmInfo\":{\"id\":\"OURS\"}}";
	pthread_mutex_unlock(&lock);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* Starts the server, runs the group, ends the server. */
#define RUN_WITH_SERVER(tests)                                                                     \
	do {                                                                                       \
		CTX_AUTO(cx);                                                                      \
		secret_init();                                                                     \
		struct http_server_options options = { .listen = "127.0.0.1:0",                    \
			.threads = 2,                                                              \
			.routes = routes,                                                          \
			.route_count = COUNT(routes),                                              \
			.handle = handle,                                                          \
			.refuse = refuse };                                                        \
		if (http_server_start(&cx, &options, &server) != OK)                               \
			return 1;                                                                  \
		port = http_server_port(server);                                                   \
		int failed = cmocka_run_group_tests(tests, NULL, NULL);                            \
		http_server_stop(server);                                                          \
		return failed;                                                                     \
	} while (0)
