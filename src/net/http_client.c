#include "net/http_client.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/plant.h"
#include "base/text.h"
#include "net/curl_start.h"
#include "net/outgoing.h"

#define CONNECT_MS   10000
#define TOTAL_MS     60000
#define ANSWER_BYTES ((size_t)32 * 1024 * 1024)
#define TYPE_BYTES   200

/* One call under way. */
struct flight {
	struct ctx *cx; /* NULL: the place is free */
	CURL *curl;     /* kept for the next call in this place */
	bool is_over;
	struct curl_slist *headers;
	const char *body_left; /* of the request, not handed to curl yet */
	size_t body_left_length;
	struct buf body; /* of the answer */
	const char *retry_after, *date;
	char words[CURL_ERROR_SIZE];
	CURLcode result;
};

struct http_client {
	CURLM *multi;
	struct flight flights[HTTP_CLIENT_PLACES];
	char *user_agent;
	atomic_bool is_cancelled;
};

enum err http_client_new(struct ctx *cx, const char *user_agent, struct http_client **ret_client)
{
	curl_start();
	struct http_client *client = calloc(1, sizeof(*client));
	if (!client)
		abort();
	client->multi = curl_multi_init();
	if (!client->multi) {
		free(client);
		return err_set(cx, ERR_IO, "http.client", "The HTTP client cannot start.");
	}
	curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)HTTP_CLIENT_PLACES);
	client->user_agent = strdup(user_agent);
	if (!client->user_agent)
		abort();
	*ret_client = client;
	return OK;
}

void http_client_free(struct http_client *client)
{
	if (!client)
		return;
	for (size_t i = 0; i < HTTP_CLIENT_PLACES; i++) {
		http_client_drop(client, i);
		curl_easy_cleanup(client->flights[i].curl);
	}
	curl_multi_cleanup(client->multi);
	free(client->user_agent);
	free(client);
}

void http_client_cancel(struct http_client *client)
{
	client->is_cancelled = true;
	curl_multi_wakeup(client->multi);
}

static size_t give_body(char *to, size_t size, size_t count, void *cls)
{
	struct flight *f = cls;
	size_t length = size * count;
	if (length > f->body_left_length)
		length = f->body_left_length;
	memcpy(to, f->body_left, length);
	f->body_left += length;
	f->body_left_length -= length;
	KILL_POINT("wire.body_given");
	return length;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *cls)
{
	struct flight *f = cls;
	KILL_POINT("wire.answer_body");
	buf_append(&f->body, bytes, size * count);
	return f->body.is_full ? 0 : size * count;
}

/* The value when the line is this header ("Name:"), else NULL. */
static const char *header_value(
	struct flight *f, const char *name, const char *bytes, size_t length)
{
	size_t skip = strlen(name);
	if (length <= skip || length >= 256 || strncasecmp(bytes, name, skip) != 0)
		return NULL;
	char *value = arena_strndup(f->cx->mem, bytes + skip, length - skip);
	value += strspn(value, " \t");
	value[strcspn(value, "\r\n")] = 0;
	return value;
}

/* The last Retry-After and Date of the answer; curl calls this for each header line. */
static size_t take_header(char *bytes, size_t size, size_t count, void *cls)
{
	struct flight *f = cls;
	size_t length = size * count;
	KILL_POINT("wire.answer_head");
	const char *retry_after = header_value(f, "Retry-After:", bytes, length);
	const char *date = header_value(f, "Date:", bytes, length);
	f->retry_after = retry_after ? retry_after : f->retry_after;
	f->date = date ? date : f->date;
	return length;
}

/* The authority that signed the twin's certificate; in a release only the system's are trusted. */
static void trust_test_authority(CURL *curl)
{
#ifdef POMONA_TEST_BUILD
	const char *file = getenv("POMONA_TEST_CA");
	if (file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, file);
#else
	(void)curl;
#endif
}

static void set_limits(CURL *curl, const struct http_call *call)
{
	trust_test_authority(curl);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, outgoing_socket);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, PLANT("any_certificate") ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
		(long)(call->connect_timeout_ms ? call->connect_timeout_ms : CONNECT_MS));
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
		(long)(call->total_timeout_ms ? call->total_timeout_ms : TOTAL_MS));
}

/* On a kept connection that breaks before a byte of the answer came, curl sends the request again
 * by itself, which must never happen to a write. It cannot do so with a body that it reads from a
 * function and that cannot be rewound (CURLE_SEND_FAIL_REWIND); a write without a body gets a new
 * connection, where curl does not repeat. */
static void set_body(struct flight *f, const struct http_call *call)
{
	bool is_read =
		strcasecmp(call->method, "GET") == 0 || strcasecmp(call->method, "HEAD") == 0;
	if (!is_read && !call->body_length)
		curl_easy_setopt(f->curl, CURLOPT_FRESH_CONNECT, 1L);
	if (!call->body)
		return;
	f->body_left = call->body;
	f->body_left_length = call->body_length;
	curl_easy_setopt(f->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(f->curl, CURLOPT_READFUNCTION, give_body);
	curl_easy_setopt(f->curl, CURLOPT_READDATA, f);
	curl_easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_length);
	/* curl would hold back the body for a second and ask first. */
	f->headers = curl_slist_append(f->headers, "Expect:");
}

static void prepare(struct http_client *client, struct flight *f, const struct http_call *call)
{
	CURL *curl = f->curl;
	curl_easy_reset(curl);
	set_limits(curl, call);
	curl_easy_setopt(curl, CURLOPT_URL, call->url);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, client->user_agent);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, f->words);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, f);
	for (size_t i = 0; i < HTTP_CLIENT_MAX_HEADERS && call->headers[i]; i++)
		f->headers = curl_slist_append(f->headers, call->headers[i]);
	set_body(f, call);
	if (strcasecmp(call->method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else if (strcasecmp(call->method, "GET") != 0 || call->body)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, f->headers);
}

static bool header_is_plain(const char *line)
{
	return !strpbrk(line, "\r\n") && strchr(line, ':');
}

static bool call_is_plain(const struct http_call *call)
{
	for (size_t i = 0; i < HTTP_CLIENT_MAX_HEADERS && call->headers[i]; i++)
		if (!header_is_plain(call->headers[i]))
			return false;
	return !strpbrk(call->url, "\r\n \t\\");
}

/* A request can have left as soon as the connection stood; curl counts its bytes itself, but only
 * those that it knows to be written, so both are asked. */
static enum http_sent how_far(CURL *curl, CURLcode result)
{
	if (result == CURLE_OK)
		return HTTP_ANSWERED;
	switch (result) {
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return HTTP_NOT_SENT;
	case CURLE_SEND_FAIL_REWIND:
		return HTTP_MAYBE;
	default:
		break;
	}
	curl_off_t ready_us = 0;
	long request_bytes = 0;
	curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
	curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request_bytes);
	return ready_us || request_bytes ? HTTP_MAYBE : HTTP_NOT_SENT;
}

static const char *failure_words(struct flight *f)
{
	if (f->body.is_full)
		return "the answer is larger than expected";
	const char *words = curl_words(f->cx, f->words, f->result);
	switch (f->result) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return arena_printf(f->cx->mem, "its name is not found in the DNS (%s)", words);
	case CURLE_COULDNT_CONNECT:
		return arena_printf(f->cx->mem, "it takes no connection (%s)", words);
	case CURLE_PEER_FAILED_VERIFICATION:
		return arena_printf(f->cx->mem, "its certificate could not be checked (%s)", words);
	case CURLE_SSL_CONNECT_ERROR:
		return arena_printf(f->cx->mem, "no secure connection came about (%s)", words);
	case CURLE_OPERATION_TIMEDOUT:
		return arena_printf(f->cx->mem, "it did not answer in time (%s)", words);
	default:
		return words;
	}
}

static void read_result(struct flight *f, struct http_answer *ret_answer)
{
	long status = 0;
	char *content_type = NULL;
	curl_off_t total_us = 0;
	curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(f->curl, CURLINFO_CONTENT_TYPE, &content_type);
	curl_easy_getinfo(f->curl, CURLINFO_TOTAL_TIME_T, &total_us);
	*ret_answer = (struct http_answer){ .sent = how_far(f->curl, f->result),
		.duration_ms = total_us / 1000 };
	if (ret_answer->sent != HTTP_ANSWERED) {
		ret_answer->failure = failure_words(f);
		return;
	}
	ret_answer->status = (int)status;
	ret_answer->body = arena_strndup(f->cx->mem, f->body.bytes, f->body.length);
	ret_answer->body_length = f->body.length;
	ret_answer->content_type =
		content_type ? text_readable(f->cx->mem, content_type, TYPE_BYTES) : NULL;
	ret_answer->retry_after = f->retry_after;
	ret_answer->date = f->date;
}

static bool take_messages(struct http_client *client)
{
	CURLMsg *message;
	int left;
	bool is_any_over = false;
	while ((message = curl_multi_info_read(client->multi, &left))) {
		struct flight *f = NULL;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&f);
		f->result = message->data.result;
		f->is_over = is_any_over = true;
	}
	return is_any_over;
}

/* Calls that neither run nor told their end were broken off. */
static bool end_all(struct http_client *client)
{
	bool is_any_over = false;
	for (size_t i = 0; i < HTTP_CLIENT_PLACES; i++) {
		struct flight *f = &client->flights[i];
		is_any_over = is_any_over || (f->cx && !f->is_over);
		f->is_over = f->cx != NULL;
	}
	return is_any_over;
}

void http_client_go_on(struct http_client *client, int64_t most_ms)
{
	int64_t until = clock_mono_ms() + most_ms;
	for (;;) {
		int running = 0;
		bool is_broken =
			client->is_cancelled || curl_multi_perform(client->multi, &running);
		bool is_any_over = take_messages(client);
		if (is_broken || !running)
			is_any_over = end_all(client) || is_any_over;
		int64_t rest = until - clock_mono_ms();
		if (is_broken || is_any_over || rest <= 0)
			return;
		/* With nothing under way this only waits. */
		curl_multi_poll(client->multi, NULL, 0, rest > 1000 ? 1000 : (int)rest, NULL);
	}
}

bool http_client_is_over(const struct http_client *client, size_t place)
{
	return client->flights[place].is_over;
}

void http_client_begin(
	struct http_client *client, struct ctx *cx, const struct http_call *call, size_t place)
{
	struct flight *f = &client->flights[place];
	assert(place < HTTP_CLIENT_PLACES && !f->cx);
	*f = (struct flight){
		.cx = cx,
		.curl = f->curl ? f->curl : curl_easy_init(),
		.result = CURLE_ABORTED_BY_CALLBACK,
	};
	if (!f->curl)
		abort();
	buf_init(&f->body, call->answer_limit_bytes ? call->answer_limit_bytes : ANSWER_BYTES);
	prepare(client, f, call);
	if (call_is_plain(call)) {
		curl_multi_add_handle(client->multi, f->curl);
	} else {
		f->result = CURLE_URL_MALFORMAT;
		f->is_over = true;
	}
	KILL_POINT("wire.begun");
}

void http_client_drop(struct http_client *client, size_t place)
{
	struct flight *f = &client->flights[place];
	if (!f->cx)
		return;
	curl_multi_remove_handle(client->multi, f->curl);
	curl_slist_free_all(f->headers);
	buf_fini(&f->body);
	f->cx = NULL;
	f->is_over = false;
}

enum err http_client_take(struct http_client *client, size_t place, struct http_answer *ret_answer)
{
	struct flight *f = &client->flights[place];
	struct ctx *cx = f->cx;
	assert(f->is_over);
	KILL_POINT("wire.answered");
	curl_multi_remove_handle(client->multi, f->curl);
	read_result(f, ret_answer);
	http_client_drop(client, place);
	if (ret_answer->sent == HTTP_ANSWERED)
		return OK;
	return err_set(
		cx, ERR_REMOTE, "http.failed", "The request failed: %s.", ret_answer->failure);
}

enum err http_client_call(struct http_client *client, struct ctx *cx, const struct http_call *call,
	struct http_answer *ret_answer)
{
	size_t place = 0;
	while (place < HTTP_CLIENT_PLACES - 1 && client->flights[place].cx)
		place++;
	http_client_begin(client, cx, call, place);
	while (!http_client_is_over(client, place))
		http_client_go_on(client, TOTAL_MS);
	return http_client_take(client, place, ret_answer);
}
