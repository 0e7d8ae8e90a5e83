#include "net/http_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "net/curl_start.h"

#define CONNECT_MS   10000
#define TOTAL_MS     60000
#define ANSWER_BYTES ((size_t)32 * 1024 * 1024)
#define MOST_AT_ONCE 8
#define TYPE_BYTES   200

struct http_client {
	CURLM *multi;
	CURL *handles[MOST_AT_ONCE];
	char *user_agent;
	atomic_bool is_cancelled;
};

/* One call under way. */
struct flight {
	struct ctx *cx;
	CURL *curl;
	struct curl_slist *headers;
	const char *body_left; /* of the request, not handed to curl yet */
	size_t body_left_length;
	struct buf body; /* of the answer */
	const char *retry_after;
	char words[CURL_ERROR_SIZE];
	CURLcode result;
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
	curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)MOST_AT_ONCE);
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
	for (size_t i = 0; i < MOST_AT_ONCE; i++)
		curl_easy_cleanup(client->handles[i]);
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

/* The last Retry-After of the answer; curl calls this for each header line. */
static size_t take_header(char *bytes, size_t size, size_t count, void *cls)
{
	static const char name[] = "Retry-After:";
	struct flight *f = cls;
	size_t length = size * count, skip = sizeof(name) - 1;
	KILL_POINT("wire.answer_head");
	if (length > skip && length < 256 && strncasecmp(bytes, name, skip) == 0) {
		char *value = arena_strndup(f->cx->mem, bytes + skip, length - skip);
		value += strspn(value, " \t");
		value[strcspn(value, "\r\n")] = 0;
		f->retry_after = value;
	}
	return length;
}

static bool is_link_local(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 16 ==
		       0xa9fe;
	const struct in6_addr *a = &((const struct sockaddr_in6 *)address)->sin6_addr;
	if (IN6_IS_ADDR_V4MAPPED(a))
		return a->s6_addr[12] == 169 && a->s6_addr[13] == 254;
	return IN6_IS_ADDR_LINKLOCAL(a);
}

/* The address is looked at when the socket opens, so that no name can lead to the machine's
 * neighbours: there the clouds hand out their machines' credentials. */
static curl_socket_t open_socket(void *cls, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)cls;
	(void)purpose;
	if ((address->family != AF_INET && address->family != AF_INET6) ||
		is_link_local(&address->addr)) {
		errno = EACCES;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
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
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
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
	const char *words = text_readable(f->cx->mem,
		f->words[0] ? f->words : curl_easy_strerror(f->result), CURL_ERROR_SIZE);
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
}

static void run(struct http_client *client)
{
	int running = 1;
	while (running) {
		if (client->is_cancelled || curl_multi_perform(client->multi, &running))
			return;
		CURLMsg *message;
		int left;
		while ((message = curl_multi_info_read(client->multi, &left))) {
			struct flight *f = NULL;
			curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&f);
			f->result = message->data.result;
		}
		if (running)
			curl_multi_poll(client->multi, NULL, 0, 1000, NULL);
	}
}

static void begin(struct http_client *client, struct ctx *cx, const struct http_call *call,
	size_t index, struct flight *f)
{
	f->cx = cx;
	f->result = CURLE_ABORTED_BY_CALLBACK;
	buf_init(&f->body, call->answer_limit_bytes ? call->answer_limit_bytes : ANSWER_BYTES);
	if (!client->handles[index])
		client->handles[index] = curl_easy_init();
	f->curl = client->handles[index];
	if (!f->curl)
		abort();
	prepare(client, f, call);
	if (call_is_plain(call))
		curl_multi_add_handle(client->multi, f->curl);
	else
		f->result = CURLE_URL_MALFORMAT;
}

enum err http_client_call_many(struct http_client *client, struct ctx *cx,
	const struct http_call *calls, size_t count, struct http_answer *ret_answers)
{
	struct flight flights[MOST_AT_ONCE] = { 0 };
	if (count > MOST_AT_ONCE)
		return err_set(
			cx, ERR_BUG, "http.many", "More than %d calls at once.", MOST_AT_ONCE);
	for (size_t i = 0; i < count; i++)
		begin(client, cx, &calls[i], i, &flights[i]);
	KILL_POINT("wire.begun");
	run(client);
	KILL_POINT("wire.answered");
	const char *failure = NULL;
	for (size_t i = 0; i < count; i++) {
		struct flight *f = &flights[i];
		curl_multi_remove_handle(client->multi, f->curl);
		read_result(f, &ret_answers[i]);
		if (ret_answers[i].sent != HTTP_ANSWERED)
			failure = ret_answers[i].failure;
		curl_slist_free_all(f->headers);
		buf_fini(&f->body);
	}
	if (failure)
		return err_set(cx, ERR_REMOTE, "http.failed", "The request failed: %s.", failure);
	return OK;
}

enum err http_client_call(struct http_client *client, struct ctx *cx, const struct http_call *call,
	struct http_answer *ret_answer)
{
	return http_client_call_many(client, cx, call, 1, ret_answer);
}
