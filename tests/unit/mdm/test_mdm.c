/* The connector against a server that answers as an MDM might. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "base/ctx.h"
#include "base/plist.h"
#include "base/secret.h"
#include "mdm/mdm.h"
#include "net/http_client.h"
#include "net/http_server.h"

static const struct http_route routes[] = {
	{ "POST", "/connector/mdm/commands/{serial}", 65536, 0, NULL },
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static int answer_status;
static const char *answer_body;
static char seen_link[256], seen_uuid[64], seen_serial[64];

static void handle(void *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)app;
	struct plist *root = NULL;
	pthread_mutex_lock(&lock);
	if (!pl_parse(cx, http_body(rq), http_body_length(rq), &root)) {
		const struct plist *command = pl_get(root, "Command");
		snprintf(seen_link, sizeof(seen_link), "%s", pl_str(cx, command, "InvitationURL"));
		snprintf(seen_uuid, sizeof(seen_uuid), "%s", pl_str(cx, root, "CommandUUID"));
		pl_free(root);
	}
	snprintf(seen_serial, sizeof(seen_serial), "%s", http_path_param(rq, "serial"));
	http_reply_status(rp, answer_status);
	http_reply_body(rp, "application/json", answer_body, strlen(answer_body));
	if (!answer_status)
		http_reply_cut(rp, 0);
	pthread_mutex_unlock(&lock);
}

static void refuse(void *app, struct ctx *cx, const struct http_request *rq, int status,
	const char *sentence, struct http_reply *rp)
{
	(void)app;
	(void)cx;
	(void)rq;
	(void)status;
	http_reply_body(rp, "text/plain", sentence, strlen(sentence));
}

static const struct {
	const char *name;
	int status;
	const char *body;
	enum mdm_outcome outcome;
} cases[] = {
	{ "acknowledged", 200, "{\"status\":\"Acknowledged\"}", MDM_TAKEN },
	{ "queued", 202, "{\"status\":\"Queued\"}", MDM_TAKEN },
	{ "busy", 200, "{\"status\":\"NotNow\"}", MDM_LATER },
	{ "error", 200, "{\"status\":\"Error\",\"detail\":\"no store account\"}", MDM_REFUSED },
	{ "bad link", 200, "{\"status\":\"InvalidInvitationURL\"}", MDM_REFUSED },
	{ "unknown device", 404, "{}", MDM_REFUSED },
	{ "bad command", 400, "{}", MDM_REFUSED },
	{ "not let in", 401, "{}", MDM_DOWN },
	{ "too fast", 429, "{}", MDM_DOWN },
	{ "broken", 500, "<html>", MDM_DOWN },
	{ "moved away", 301, "", MDM_REFUSED },
	{ "no JSON", 200, "OK", MDM_DOWN },
	{ "no status", 200, "{}", MDM_DOWN },
	{ "cut off", 0, "", MDM_UNKNOWN },
};

static void test_answers(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct http_server *server = NULL;
	struct http_client *client = NULL;
	struct http_server_options options = { .listen = "127.0.0.1:0",
		.routes = routes,
		.route_count = COUNT(routes),
		.handle = handle,
		.refuse = refuse };
	assert_int_equal(http_server_start(&cx, &options, &server), OK);
	assert_int_equal(http_client_new(&cx, "test", &client), OK);
	const char *url =
		arena_printf(cx.mem, "http://127.0.0.1:%d/connector/", http_server_port(server));
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("%s\n", cases[i].name);
		pthread_mutex_lock(&lock);
		answer_status = cases[i].status;
		answer_body = cases[i].body;
		pthread_mutex_unlock(&lock);
		struct mdm_result result;
		mdm_find("http")->invite(&cx, client, url, "C02 XY", "uuid-1",
			"https://example.org/i?a=1&b=2", &result);
		assert_int_equal(result.outcome, cases[i].outcome);
		assert_true(result.words[0] != 0);
		pthread_mutex_lock(&lock);
		assert_string_equal(seen_serial, "C02 XY");
		assert_string_equal(seen_uuid, "uuid-1");
		assert_string_equal(seen_link, "https://example.org/i?a=1&b=2");
		pthread_mutex_unlock(&lock);
	}
	http_server_stop(server);
	struct mdm_result result;
	mdm_find("http")->invite(&cx, client, url, "C02", "uuid", "https://x/", &result);
	assert_int_equal(result.outcome, MDM_DOWN);
	assert_null(mdm_find("other"));
	http_client_free(client);
}

int main(void)
{
	secret_init();
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
