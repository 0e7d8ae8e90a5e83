/* What the door does before and around every handler: problems, headers, sign-in, CSRF, cursors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit.h"
#include "door.h"
#include "base/json.h"
#include "base/text.h"
#include "http/auth.h"
#include "http/list.h"
#include "http/origin.h"
#include "net/http_server.h"

#define PASSWORD "correct horse battery"

static const struct json *body_of(struct door *d, const struct http_answer *a)
{
	const struct json *root;
	assert_int_equal(json_parse(&d->cx, a->body, a->body_length, &root), OK);
	return root;
}

static void assert_problem(
	struct door *d, const struct http_answer *a, int status, const char *reason)
{
	const struct json *problem = body_of(d, a);
	if (a->status != status)
		fail_msg("%d, not %d: %.*s", a->status, status, (int)a->body_length, a->body);
	assert_string_equal(a->content_type, "application/problem+json");
	assert_string_equal(
		json_str(problem, "type"), arena_printf(d->cx.mem, "/problems/%s", reason));
	assert_int_equal(json_i64(problem, "status", 0), status);
	assert_true(strlen(json_str(problem, "detail")) > 10);
	assert_true(json_is_array(json_get(problem, "errors")));
	assert_string_equal(json_str(problem, "apple"), "no");
	assert_int_equal(strlen(json_str(problem, "trace")), 16);
}

static void test_refusals(void **state)
{
	struct door *d = *state;
	static const struct {
		const char *method, *path, *body;
		int status;
		const char *reason;
	} cases[] = {
		{ "GET", "/api/v1/nothing", NULL, 404, "not_found" },
		{ "GET", "/hooks/nothing", NULL, 404, "not_found" },
		{ "POST", "/elsewhere", "{}", 404, "not_found" },
		{ "PUT", "/api/v1/session", "{}", 405, "method.not_allowed" },
		{ "POST", "/api/v1/api-tokens", "{", 400, "json.invalid" },
		{ "POST", "/api/v1/api-tokens", "[]", 400, "body.shape" },
		{ "POST", "/api/v1/api-tokens", "{\"name\":\"x\"}", 400, "body.missing" },
		{ "POST", "/api/v1/api-tokens", "{\"name\":\"\",\"role\":\"owner\"}", 400,
			"body.value" },
		{ "POST", "/api/v1/api-tokens", "{\"name\":\"x\",\"role\":\"king\"}", 400,
			"body.value" },
		{ "POST", "/api/v1/api-tokens", "{\"name\":\"x\",\"role\":\"owner\",\"days\":366}",
			400, "body.value" },
		{ "POST", "/api/v1/api-tokens", "{\"name\":\"x\",\"role\":\"owner\",\"admin\":1}",
			400, "body.unknown_member" },
		{ "GET", "/api/v1/audit?limit=0", NULL, 400, "query.number" },
		{ "GET", "/api/v1/audit?limit=201", NULL, 400, "query.number" },
		{ "GET", "/api/v1/audit?limit=ten", NULL, 400, "query.number" },
		{ "GET", "/api/v1/audit?after=!!", NULL, 400, "query.cursor" },
		{ "GET", "/api/v1/audit?after=YWJj", NULL, 400, "query.cursor" },
		{ "GET", "/api/v1/audit?unknown=1", NULL, 400, "query.unknown" },
		{ "DELETE", "/api/v1/api-tokens/x", NULL, 404, "not_found" },
		{ "DELETE", "/api/v1/api-tokens/0", NULL, 404, "not_found" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_answer a =
			door_ask_as(d, ROLE_OWNER, cases[i].method, cases[i].path, cases[i].body);
		assert_problem(d, &a, cases[i].status, cases[i].reason);
	}
}

static void test_pages_of_a_list(void **state)
{
	struct door *d = *state;
	int64_t last = 0, seen = 0;
	const char *next = "";
	do {
		struct http_answer a = door_ask_as(d, ROLE_AUDITOR, "GET",
			arena_printf(d->cx.mem, "/api/v1/audit?limit=1%s%s", *next ? "&after=" : "",
				next),
			NULL);
		const struct json *page = body_of(d, &a);
		const struct json *items = json_get(page, "items");
		assert_int_equal(a.status, 200);
		assert_int_equal(json_count(items), 1);
		int64_t id = json_i64(json_at(items, 0), "id", 0);
		assert_true(!last || id < last);
		last = id;
		seen++;
		next = json_str(page, "next");
	} while (next);
	/* The four tokens of the test were four acts. */
	assert_true(seen >= 4);
}

static void test_cursor_text_is_opaque_and_whole(void **state)
{
	struct door *d = *state;
	const char *cursor = http_list_cursor(&d->cx, "müller: ångström ?>?", INT64_MAX);
	assert_null(strpbrk(cursor, "+/= "));
	struct http_answer a = door_ask_as(d, ROLE_AUDITOR, "GET",
		arena_printf(d->cx.mem, "/api/v1/audit?after=%s", cursor), NULL);
	assert_int_equal(a.status, 200);
}

/* "Set-Cookie" is not given by the client, so the session is made by the domain. */
static char *sign_in(struct door *d)
{
	struct identity who;
	char *session;
	bool is_needed;
	assert_int_equal(access_setup_needed(&d->app, &d->cx, &is_needed), OK);
	if (is_needed)
		assert_int_equal(access_setup(&d->app, &d->cx, d->setup_code, "ada", NULL, PASSWORD,
					 &who, &session),
			OK);
	else
		assert_int_equal(
			access_sign_in(&d->app, &d->cx, "ada", PASSWORD, &who, &session), OK);
	return session;
}

static void test_set_up_once(void **state)
{
	struct door *d = *state;
	struct http_answer a = door_ask_as(d, ROLE_NONE, "GET", "/api/v1/session", NULL);
	assert_true(json_bool(body_of(d, &a), "setup_needed", false));
	a = door_ask_as(d, ROLE_NONE, "POST", "/api/v1/setup",
		"{\"code\":\"AAAA-AAAA-AAAA\",\"name\":\"ada\",\"password\":\"" PASSWORD "\"}");
	assert_int_equal(a.status, 403);
	char *good = arena_printf(d->cx.mem,
		"{\"code\":\"%s\",\"name\":\"ada\",\"password\":\"" PASSWORD "\"}", d->setup_code);
	a = door_ask_as(d, ROLE_NONE, "POST", "/api/v1/setup", good);
	assert_int_equal(a.status, 200);
	assert_string_equal(json_str(json_get(body_of(d, &a), "admin"), "role"), "owner");
	a = door_ask_as(d, ROLE_NONE, "POST", "/api/v1/setup", good);
	assert_problem(d, &a, 409, "setup.done");
}

static void test_csrf(void **state)
{
	struct door *d = *state;
	char *session = sign_in(d);
	char *cookie = arena_printf(d->cx.mem, "Cookie: " AUTH_COOKIE "=%s", session);
	char *token = arena_printf(d->cx.mem, "X-CSRF-Token: %s", access_csrf(&d->cx, session));
	char *ours =
		arena_printf(d->cx.mem, "Origin: http://127.0.0.1:%d", http_server_port(d->server));
	char *bearer = arena_printf(d->cx.mem, "Authorization: Bearer %s", d->tokens[ROLE_OWNER]);
	const char *type = "Content-Type: application/json";
	const struct {
		const char *headers[6];
		int status;
		const char *reason;
	} cases[] = {
		{ { type, cookie, token, ours }, 201, NULL },
		{ { type, cookie, token, "Sec-Fetch-Site: same-origin" }, 201, NULL },
		{ { type, cookie, token }, 201, NULL },
		{ { type, cookie }, 403, "csrf.token" },
		{ { type, cookie, "X-CSRF-Token: guessed" }, 403, "csrf.token" },
		{ { type, cookie, token, "Origin: https://evil.example" }, 403, "csrf.origin" },
		{ { type, cookie, token, "Origin: null" }, 403, "csrf.origin" },
		{ { type, cookie, token, ours, "Sec-Fetch-Site: cross-site" }, 403, "csrf.origin" },
		{ { type, cookie, token, "Sec-Fetch-Site: same-site" }, 403, "csrf.origin" },
		{ { cookie, token, "Content-Type: text/plain" }, 415, "body.type" },
		{ { type, cookie, token, bearer }, 400, "auth.both" },
		{ { type, "Cookie: " AUTH_COOKIE "=guessed", token }, 401, "session.ended" },
		{ { type, "Authorization: Bearer guessed" }, 401, "api_token.refused" },
		{ { type, bearer, "Origin: https://evil.example" }, 201, NULL },
		{ { type, bearer, "Host: evil.example" }, 201, NULL },
		{ { type, cookie, token, "Host: evil.example" }, 421, "host.unknown" },
		{ { type, cookie, token, "Host: evil.example", "Origin: http://evil.example" }, 421,
			"host.unknown" },
		{ { type, cookie, token, "Host: pomona.example:8443" }, 201, NULL },
		{ { type, cookie, token, "Host: pomona.example", "Origin: https://pomona.example" },
			201, NULL },
		{ { type, cookie, token, "Host: server" }, 201, NULL },
		{ { type }, 401, "session.none" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_answer a = door_ask(d, "POST", "/api/v1/api-tokens", cases[i].headers,
			"{\"name\":\"x\",\"role\":\"auditor\"}");
		if (a.status != cases[i].status)
			fail_msg("case %zu: %d: %.*s", i, a.status, (int)a.body_length, a.body);
		if (cases[i].reason)
			assert_problem(d, &a, cases[i].status, cases[i].reason);
	}
}

static void test_sign_in_from_elsewhere(void **state)
{
	struct door *d = *state;
	sign_in(d);
	const char *const headers[] = { "Content-Type: application/json",
		"Origin: https://evil.example", NULL };
	struct http_answer a = door_ask(d, "POST", "/api/v1/session", headers,
		"{\"name\":\"ada\",\"password\":\"" PASSWORD "\"}");
	assert_problem(d, &a, 403, "csrf.origin");
}

static void test_sign_in_and_out(void **state)
{
	struct door *d = *state;
	sign_in(d);
	struct http_answer wrong = door_ask_as(d, ROLE_NONE, "POST", "/api/v1/session",
		"{\"name\":\"ada\",\"password\":\"not the password\"}");
	struct http_answer unknown = door_ask_as(d, ROLE_NONE, "POST", "/api/v1/session",
		"{\"name\":\"eve\",\"password\":\"not the password\"}");
	assert_problem(d, &wrong, 401, "session.refused");
	assert_problem(d, &unknown, 401, "session.refused");
	assert_string_equal(
		json_str(body_of(d, &wrong), "detail"), json_str(body_of(d, &unknown), "detail"));

	char *session = sign_in(d);
	char *token = arena_printf(d->cx.mem, "X-CSRF-Token: %s", access_csrf(&d->cx, session));
	char *cookie = arena_printf(d->cx.mem, "Cookie: " AUTH_COOKIE "=%s", session);
	const char *const headers[] = { cookie, token, NULL };
	struct http_answer a = door_ask(d, "GET", "/api/v1/session", headers, NULL);
	assert_true(json_bool(body_of(d, &a), "signed_in", false));
	assert_string_equal(json_str(body_of(d, &a), "csrf_token"), access_csrf(&d->cx, session));
	a = door_ask(d, "DELETE", "/api/v1/session", headers, NULL);
	assert_int_equal(a.status, 204);
	a = door_ask(d, "GET", "/api/v1/session", headers, NULL);
	assert_false(json_bool(body_of(d, &a), "signed_in", true));
	a = door_ask(d, "GET", "/api/v1/audit", headers, NULL);
	assert_problem(d, &a, 401, "session.ended");
}

static void test_local_names(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		bool is_local;
	} cases[] = {
		{ "localhost", true },
		{ "127.0.0.1", true },
		{ "192.0.2.7", true },
		{ "[::1]", true },
		{ "server", true },
		{ "pomona.local", true },
		{ "Pomona.LAN", true },
		{ "pomona.home.arpa", true },
		{ "pomona.example.org", false },
		{ "127.0.0.1.evil.example", false },
		{ "1.2.3", false },
		{ "local.evil.example", false },
		{ ".local", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		if (origin_is_local_name(cases[i].host) != cases[i].is_local)
			fail_msg("%s", cases[i].host);
}

static int setup(void **state)
{
	static struct door door;
	door_open(&door);
	*state = &door;
	return 0;
}

static int teardown(void **state)
{
	door_close(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_up_once),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_pages_of_a_list),
		cmocka_unit_test(test_cursor_text_is_opaque_and_whole),
		cmocka_unit_test(test_csrf),
		cmocka_unit_test(test_local_names),
		cmocka_unit_test(test_sign_in_from_elsewhere),
		cmocka_unit_test(test_sign_in_and_out),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
