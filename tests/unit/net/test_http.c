/* The server and the client against each other, in one process, on a port of the kernel's choice. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../unit.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "net/http_client.h"
#include "net/http_server.h"

enum answer { ECHO, FILE_SIZE, SLOW, CUT, TORN, DELAY, STREAM, PIECES };
static const enum answer kinds[] = { ECHO, FILE_SIZE, SLOW, CUT, TORN, DELAY, STREAM, PIECES };

static const struct http_route routes[] = {
	{ "GET", "/", 0, 0, &kinds[ECHO] },
	{ "GET", "/people/{id}", 0, 0, &kinds[ECHO] },
	{ "GET", "/people/new", 0, 0, &kinds[ECHO] },
	{ "GET", "/people/{id}/devices/{serial}", 0, 0, &kinds[ECHO] },
	{ "POST", "/people", 1000, 0, &kinds[ECHO] },
	{ "DELETE", "/people/{id}", 0, 0, &kinds[ECHO] },
	{ "GET", "/static/{path...}", 0, 0, &kinds[ECHO] },
	{ "POST", "/files", 4 * 1024 * 1024, HTTP_BODY_TO_FILE, &kinds[FILE_SIZE] },
	{ "POST", "/slow", 1000, HTTP_SLOW, &kinds[SLOW] },
	{ "POST", "/cut", 1000, 0, &kinds[CUT] },
	{ "POST", "/torn", 1000, 0, &kinds[TORN] },
	{ "GET", "/delay", 0, 0, &kinds[DELAY] },
	{ "GET", "/stream", 0, 0, &kinds[STREAM] },
	{ "GET", "/pieces", 0, 0, &kinds[PIECES] },
};

static struct http_server *server;
static struct http_stream *stream;
static atomic_int cut_requests;

static void echo(struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	BUF_AUTO(out, 4096);
	buf_printf(&out, "%s %s as %s", http_method(rq), http_path(rq), http_route_of(rq)->pattern);
	static const char *const names[] = { "id", "serial", "path" };
	for (size_t i = 0; i < COUNT(names); i++)
		if (http_path_param(rq, names[i]))
			buf_printf(&out, " %s=%s", names[i], http_path_param(rq, names[i]));
	const char *name, *value;
	for (size_t i = 0; http_query_at(rq, i, &name, &value); i++)
		buf_printf(&out, " ?%s=%s", name, value);
	if (http_cookie(rq, "session"))
		buf_printf(&out, " cookie=%s", http_cookie(rq, "session"));
	if (http_body_length(rq))
		buf_printf(&out, " body=%s", http_body(rq));
	buf_printf(&out, " from %s", http_peer(rq));
	http_reply_header(rp, "X-Trace", cx->trace);
	http_reply_body(rp, "text/plain", out.bytes, out.length);
}

static bool next_piece(void *state, struct buf *out)
{
	int *count = state;
	buf_printf(out, "piece %d\n", ++*count);
	return *count < 1000;
}

static void reply_file_size(const struct http_request *rq, struct http_reply *rp)
{
	char text[64];
	size_t total = 0;
	for (size_t n; (n = fread(text, 1, sizeof(text), http_body_file(rq))) > 0;)
		total += n;
	snprintf(text, sizeof(text), "%zu", total);
	http_reply_body(rp, "text/plain", text, strlen(text));
}

static void handle(void *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)app;
	switch (*(const enum answer *)http_route_of(rq)->tag) {
	case ECHO:
	case SLOW:
		echo(cx, rq, rp);
		break;
	case FILE_SIZE:
		reply_file_size(rq, rp);
		break;
	case CUT:
		cut_requests++;
		http_reply_body(rp, "text/plain", "never", 5);
		http_reply_cut(rp, 0);
		break;
	case TORN:
		http_reply_body(rp, "text/plain", "half of it", 10);
		http_reply_cut(rp, 4);
		break;
	case DELAY:
		http_reply_body(rp, "text/plain", "late", 4);
		http_reply_delay(rp, 150);
		break;
	case STREAM:
		stream = http_reply_stream(rp);
		http_stream_post(stream, "data: first\n\n", 13);
		break;
	case PIECES:
		http_reply_pieces(rp, "text/plain", next_piece, free, calloc(1, sizeof(int)));
		break;
	}
}

static void refuse(void *app, struct ctx *cx, const struct http_request *rq, int status,
	const char *sentence, struct http_reply *rp)
{
	(void)app;
	(void)cx;
	(void)rq;
	assert_int_equal(http_reply_status_of(rp), status);
	http_reply_body(rp, "text/plain", sentence, strlen(sentence));
}

static int start(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct http_server_options options = { .listen = "127.0.0.1:0",
		.threads = 2,
		.temporary_folder = "/tmp",
		.routes = routes,
		.route_count = COUNT(routes),
		.handle = handle,
		.refuse = refuse };
	return http_server_start(&cx, &options, &server) != OK;
}

static int stop(void **state)
{
	(void)state;
	http_server_stop(server);
	return 0;
}

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)http_server_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

/* Is text a whole answer, as far as its own head says? */
static bool is_whole(const char *text, size_t length, bool has_no_body)
{
	const char *body = strstr(text, "\r\n\r\n");
	const char *announced = strcasestr(text, "\r\nContent-Length: ");
	if (!body || !announced)
		return false;
	size_t expected = has_no_body ? 0 : (size_t)strtol(announced + 18, NULL, 10);
	return length - (size_t)(body + 4 - text) >= expected;
}

/* Sends bytes as they are and reads one answer. */
static char *raw(struct ctx *cx, const char *bytes, size_t length)
{
	int fd = dial();
	assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
	char *text = arena_alloc(cx->mem, 65536);
	size_t got = 0;
	while (!is_whole(text, got, strncmp(bytes, "HEAD", 4) == 0)) {
		ssize_t n = recv(fd, text + got, 65535 - got, 0);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	close(fd);
	return text;
}

#define HOST "Host: x\r\n"

static const struct {
	const char *name, *request;
	int status;
	const char *body; /* NULL: any */
} exchanges[] = {
	{ "root", "GET / HTTP/1.1\r\n" HOST "\r\n", 200, "GET / as / from 127.0.0.1" },
	{ "parameter", "GET /people/7 HTTP/1.1\r\n" HOST "\r\n", 200,
		"GET /people/7 as /people/{id} id=7 from 127.0.0.1" },
	{ "literal beats parameter", "GET /people/new HTTP/1.1\r\n" HOST "\r\n", 200,
		"GET /people/new as /people/new from 127.0.0.1" },
	{ "another method than the literal has", "DELETE /people/new HTTP/1.1\r\n" HOST "\r\n", 200,
		"DELETE /people/new as /people/{id} id=new from 127.0.0.1" },
	{ "two parameters", "GET /people/7/devices/A%20B HTTP/1.1\r\n" HOST "\r\n", 200,
		"GET /people/7/devices/A B as /people/{id}/devices/{serial} id=7 serial=A B from "
		"127.0.0.1" },
	{ "rest", "GET /static/js/app.js HTTP/1.1\r\n" HOST "\r\n", 200,
		"GET /static/js/app.js as /static/{path...} path=js/app.js from 127.0.0.1" },
	{ "query", "GET /?q=Zo%C3%AB+B&x= HTTP/1.1\r\n" HOST "\r\n", 200,
		"GET / as / ?q=Zo\xc3\xab B ?x= from 127.0.0.1" },
	{ "cookie", "GET / HTTP/1.1\r\n" HOST "Cookie: a=b; session=s3; c=d\r\n\r\n", 200,
		"GET / as / cookie=s3 from 127.0.0.1" },
	{ "body", "POST /people HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 200,
		"POST /people as /people body=abc from 127.0.0.1" },
	{ "chunked body",
		"POST /people HTTP/1.1\r\n" HOST
		"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
		200, "POST /people as /people body=abc from 127.0.0.1" },
	{ "slow route", "POST /slow HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 200,
		"POST /slow as /slow body=abc from 127.0.0.1" },
	{ "HEAD", "HEAD / HTTP/1.1\r\n" HOST "\r\n", 200, "" },
	{ "unknown", "GET /nowhere HTTP/1.1\r\n" HOST "\r\n", 404, NULL },
	{ "empty parameter", "GET /people/ HTTP/1.1\r\n" HOST "\r\n", 404, NULL },
	{ "other method", "PUT /people/7 HTTP/1.1\r\n" HOST "\r\n", 405, NULL },
	{ "unknown address with a body",
		"POST /nowhere HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 404, NULL },
	{ "body where none is taken", "GET / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 413,
		NULL },
	{ "both lengths",
		"POST /people HTTP/1.1\r\n" HOST
		"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		400, NULL },
	{ "two lengths",
		"POST /people HTTP/1.1\r\n" HOST
		"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
		400, NULL },
	{ "length that is no number",
		"POST /people HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc", 400, NULL },
	{ "odd encoding", "POST /people HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n", 400,
		NULL },
	{ "compressed body",
		"POST /people HTTP/1.1\r\n" HOST
		"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
		415, NULL },
	{ "no Host", "GET / HTTP/1.1\r\n\r\n", 400, NULL },
	{ "two Hosts", "GET / HTTP/1.1\r\n" HOST "Host: y\r\n\r\n", 400, NULL },
	{ "bare CR in a header", "GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n", 400, NULL },
	{ "space before the colon", "GET / HTTP/1.1\r\n" HOST "X : a\r\n\r\n", 400, NULL },
	{ "dots", "GET /static/../people HTTP/1.1\r\n" HOST "\r\n", 400, NULL },
	{ "encoded dots", "GET /static/%2e%2e/people HTTP/1.1\r\n" HOST "\r\n", 400, NULL },
	{ "decoded once only", "GET /people/%252e HTTP/1.1\r\n" HOST "\r\n", 200,
		"GET /people/%2e as /people/{id} id=%2e from 127.0.0.1" },
	{ "double slash", "GET //people HTTP/1.1\r\n" HOST "\r\n", 400, NULL },
	{ "backslash", "GET /a%5cb HTTP/1.1\r\n" HOST "\r\n", 400, NULL },
	{ "NUL", "GET /a%00b HTTP/1.1\r\n" HOST "\r\n", 400, NULL },
	{ "not UTF-8", "GET /people/%ff HTTP/1.1\r\n" HOST "\r\n", 400, NULL },
	{ "half an escape", "GET /people/%f HTTP/1.1\r\n" HOST "\r\n", 400, NULL },
	{ "repeated query parameter", "GET /?a=1&a=2 HTTP/1.1\r\n" HOST "\r\n", 400, NULL },
};

static void test_exchanges(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(exchanges); i++) {
		CTX_AUTO(cx);
		print_message("%s\n", exchanges[i].name);
		char *answer = raw(&cx, exchanges[i].request, strlen(exchanges[i].request));
		assert_int_equal(strncmp(answer, "HTTP/1.1 ", 9), 0);
		assert_int_equal((int)strtol(answer + 9, NULL, 10), exchanges[i].status);
		const char *body = strstr(answer, "\r\n\r\n");
		assert_non_null(body);
		if (exchanges[i].body)
			assert_string_equal(body + 4, exchanges[i].body);
		if (exchanges[i].status == 405)
			assert_non_null(strstr(answer, "Allow: GET, DELETE"));
	}
}

static void hang_up(const char *bytes)
{
	int fd = dial();
	send(fd, bytes, strlen(bytes), MSG_NOSIGNAL);
	close(fd);
}

/* The leak checker looks after the rest. */
static void test_broken_requests_leave_nothing(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	static const char *const halves[] = { "", "GET", "GET / HTTP/1.1\r\nHos", "\r\n\r\n\r\n",
		"POST /people HTTP/1.1\r\n" HOST "Content-Length: 30\r\n\r\nab",
		"POST /files HTTP/1.1\r\n" HOST "Content-Length: 30\r\n\r\nab" };
	for (size_t i = 0; i < COUNT(halves); i++)
		hang_up(halves[i]);
	char *answer = raw(&cx, exchanges[0].request, strlen(exchanges[0].request));
	assert_int_equal((int)strtol(answer + 9, NULL, 10), 200);
}

static const char *url(struct ctx *cx, const char *path)
{
	return arena_printf(cx->mem, "http://127.0.0.1:%d%s", http_server_port(server), path);
}

static void test_body_limits(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct http_client *client = NULL;
	assert_int_equal(http_client_new(&cx, "test", &client), OK);
	static const struct {
		const char *path;
		size_t length;
		int status;
	} bodies[] = { { "/people", 999, 200 }, { "/people", 1000, 200 }, { "/people", 1001, 413 },
		{ "/people", 3000000, 413 }, { "/files", 0, 200 },
		{ "/files", 4 * 1024 * 1024, 200 }, { "/files", 4 * 1024 * 1024 + 1, 413 } };
	for (size_t i = 0; i < COUNT(bodies); i++) {
		char *body = arena_alloc(cx.mem, bodies[i].length + 1);
		memset(body, 'x', bodies[i].length);
		struct http_call call = { .method = "POST",
			.url = url(&cx, bodies[i].path),
			.body = body,
			.body_length = bodies[i].length };
		struct http_answer answer;
		assert_int_equal(http_client_call(client, &cx, &call, &answer), OK);
		assert_int_equal(answer.status, bodies[i].status);
		if (strcmp(bodies[i].path, "/files") == 0 && answer.status == 200)
			assert_int_equal((int)strtol(answer.body, NULL, 10), (int)bodies[i].length);
	}
	http_client_free(client);
}

static void test_how_far_a_request_came(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct http_client *client = NULL;
	struct http_answer answer;
	assert_int_equal(http_client_new(&cx, "test", &client), OK);
	/* The connection is kept by this call, so that the next one breaks on a used one. */
	struct http_call call = {
		.method = "POST", .url = url(&cx, "/people"), .body = "x", .body_length = 1
	};
	assert_int_equal(http_client_call(client, &cx, &call, &answer), OK);
	assert_int_equal(answer.sent, HTTP_ANSWERED);
	call.url = url(&cx, "/cut");
	cut_requests = 0;
	assert_int_equal(http_client_call(client, &cx, &call, &answer), ERR_REMOTE);
	assert_int_equal(answer.sent, HTTP_MAYBE);
	assert_int_equal(cut_requests, 1);
	assert_int_equal(answer.status, 0);
	call.url = url(&cx, "/torn");
	assert_int_equal(http_client_call(client, &cx, &call, &answer), ERR_REMOTE);
	assert_int_equal(answer.sent, HTTP_MAYBE);
	call.url = "http://127.0.0.1:1/";
	assert_int_equal(http_client_call(client, &cx, &call, &answer), ERR_REMOTE);
	assert_int_equal(answer.sent, HTTP_NOT_SENT);
	assert_non_null(answer.failure);
	call.url = "http://name.invalid/";
	assert_int_equal(http_client_call(client, &cx, &call, &answer), ERR_REMOTE);
	assert_int_equal(answer.sent, HTTP_NOT_SENT);
	static const char *const neighbours[] = { "http://169.254.169.254/", "http://0xa9fea9fe/",
		"http://[::ffff:169.254.169.254]/", "http://[fe80::1]/", "http://[fd00:ec2::254]/",
		"http://100.100.100.200/", "http://0.0.0.0/", "http://224.0.0.1/" };
	for (size_t i = 0; i < COUNT(neighbours); i++) {
		call.url = neighbours[i];
		assert_int_equal(http_client_call(client, &cx, &call, &answer), ERR_REMOTE);
		assert_int_equal(answer.sent, HTTP_NOT_SENT);
		assert_in_range(answer.duration_ms, 0, 500);
	}
	call.url = "file:///etc/passwd";
	assert_int_equal(http_client_call(client, &cx, &call, &answer), ERR_REMOTE);
	assert_int_equal(answer.sent, HTTP_NOT_SENT);
	call.url = url(&cx, "/people");
	call.headers[0] = "X-Evil: a\r\nX-More: b";
	assert_int_equal(http_client_call(client, &cx, &call, &answer), ERR_REMOTE);
	assert_int_equal(answer.sent, HTTP_NOT_SENT);
	struct http_call late = {
		.method = "GET", .url = url(&cx, "/delay"), .total_timeout_ms = 50
	};
	assert_int_equal(http_client_call(client, &cx, &late, &answer), ERR_REMOTE);
	assert_int_equal(answer.sent, HTTP_MAYBE);
	struct http_call large = {
		.method = "GET", .url = url(&cx, "/pieces"), .answer_limit_bytes = 100
	};
	assert_int_equal(http_client_call(client, &cx, &large, &answer), ERR_REMOTE);
	assert_string_equal(answer.failure, "the answer is larger than expected");
	http_client_free(client);
}

static void call_many(struct http_client *client, struct ctx *cx, const struct http_call *calls,
	size_t count, struct http_answer *ret_answers)
{
	for (size_t i = 0; i < count; i++)
		http_client_begin(client, cx, &calls[i], i);
	for (size_t i = 0; i < count; i++) {
		while (!http_client_is_over(client, i))
			http_client_go_on(client, 1000);
		assert_int_equal(http_client_take(client, i, &ret_answers[i]), OK);
	}
}

static void test_many_at_once(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct http_client *client = NULL;
	struct http_call calls[5] = { 0 };
	struct http_answer answers[5];
	assert_int_equal(http_client_new(&cx, "test", &client), OK);
	for (size_t i = 0; i < COUNT(calls); i++)
		calls[i] = (struct http_call){ .method = "GET",
			.url = url(&cx,
				arena_printf(cx.mem, i == 2 ? "/nowhere" : "/people/%zu", i)) };
	call_many(client, &cx, calls, 5, answers);
	assert_non_null(strstr(answers[4].body, "id=4"));
	assert_int_equal(answers[2].status, 404);
	struct http_call delays[3] = { 0 };
	for (size_t i = 0; i < COUNT(delays); i++)
		delays[i] = (struct http_call){ .method = "GET", .url = url(&cx, "/delay") };
	int64_t began = clock_mono_ms();
	call_many(client, &cx, delays, 3, answers);
	assert_string_equal(answers[1].body, "late");
	assert_in_range(clock_mono_ms() - began, 150, 400);
	/* One that is dropped leaves its place; going on takes no longer than was said. */
	http_client_begin(client, &cx, &delays[0], 0);
	http_client_begin(client, &cx, &delays[1], 1);
	began = clock_mono_ms();
	http_client_go_on(client, 20);
	assert_in_range(clock_mono_ms() - began, 15, 100);
	assert_false(http_client_is_over(client, 0));
	http_client_drop(client, 0);
	http_client_drop(client, 0);
	assert_int_equal(http_client_call(client, &cx, &calls[4], &answers[0]), OK);
	assert_non_null(strstr(answers[0].body, "id=4"));
	http_client_free(client);
}

static void test_pieces(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct http_client *client = NULL;
	struct http_answer answer;
	assert_int_equal(http_client_new(&cx, "test", &client), OK);
	struct http_call call = { .method = "GET", .url = url(&cx, "/pieces") };
	assert_int_equal(http_client_call(client, &cx, &call, &answer), OK);
	assert_int_equal(strncmp(answer.body, "piece 1\npiece 2\n", 16), 0);
	assert_string_equal(answer.body + answer.body_length - 11, "piece 1000\n");
	http_client_free(client);
}

static char *read_until(int fd, char *text, size_t size, const char *awaited)
{
	size_t got = strlen(text);
	while (!strstr(text, awaited)) {
		ssize_t n = recv(fd, text + got, size - 1 - got, 0);
		if (n <= 0)
			return NULL;
		got += (size_t)n;
		text[got] = 0;
	}
	return text;
}

static void test_stream(void **state)
{
	(void)state;
	int fd = dial();
	static const char request[] = "GET /stream HTTP/1.1\r\n" HOST "\r\n";
	send(fd, request, strlen(request), MSG_NOSIGNAL);
	char text[8192] = "";
	assert_non_null(read_until(fd, text, sizeof(text), "data: first\n\n"));
	assert_non_null(strstr(text, "text/event-stream"));
	assert_true(http_stream_post(stream, "data: second\n\n", 14));
	assert_non_null(read_until(fd, text, sizeof(text), "data: second\n\n"));
	assert_true(http_stream_is_open(stream));
	/* The stream is left open: stopping the server ends it. */
	http_server_stop(server);
	server = NULL;
	assert_false(http_stream_post(stream, "data: third\n\n", 13));
	http_stream_release(stream);
	assert_null(read_until(fd, text, sizeof(text), "data: third\n\n"));
	close(fd);
}

static void test_urls(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct http_url u;
	assert_int_equal(http_url_parse(&cx, "https://vpp.itunes.apple.com/mdm/v2?x=1", &u), OK);
	assert_string_equal(u.scheme, "https");
	assert_string_equal(u.host, "vpp.itunes.apple.com");
	assert_string_equal(u.port, "443");
	assert_string_equal(u.path, "/mdm/v2");
	assert_string_equal(u.query, "x=1");
	static const char *const bad[] = { "", "x", "ftp://a/", "http://", "http://u:p@h/",
		"http://a b/", "http://a\\@b/", "http://h:99999/", "javascript:alert(1)" };
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(http_url_parse(&cx, bad[i], &u), ERR_INVALID);
	static const char *const here[] = { "localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]" };
	static const char *const there[] = { "128.0.0.1", "localhost.example", "127.0.0.1.example",
		"10.0.0.1", "0177.0.0.1", "" };
	for (size_t i = 0; i < COUNT(here); i++)
		assert_true(http_host_is_loopback(here[i]));
	for (size_t i = 0; i < COUNT(there); i++)
		assert_false(http_host_is_loopback(there[i]));
}

static void test_listen_refusals(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct http_server *second = NULL;
	struct http_server_options options = { .routes = routes, .route_count = 0 };
	static const char *const bad[] = { NULL, "", "8080", "127.0.0.1:", "127.0.0.1:x",
		"127.0.0.1:70000" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		options.listen = bad[i];
		assert_int_equal(http_server_start(&cx, &options, &second), ERR_INVALID);
	}
	options.listen = arena_printf(cx.mem, "127.0.0.1:%d", http_server_port(server));
	assert_int_equal(http_server_start(&cx, &options, &second), ERR_IO);
	assert_string_equal(cx.error.reason, "http.listen");
}

int main(void)
{
	secret_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exchanges),
		cmocka_unit_test(test_broken_requests_leave_nothing),
		cmocka_unit_test(test_body_limits),
		cmocka_unit_test(test_how_far_a_request_came),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_listen_refusals),
		cmocka_unit_test(test_stream),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
