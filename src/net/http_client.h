/* http_client.h - one outgoing HTTP request. libcurl is known in net/ alone.
 *
 * Redirects are refused, TLS is verified, the answer is bounded. What matters most for the doubt
 * rule is told exactly: whether the first byte of the request can have left.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct http_client; /* connections that are kept alive; one thread at a time */

#define HTTP_CLIENT_MAX_HEADERS 16

struct http_call {
	const char *method;
	const char *url;
	const char *headers[HTTP_CLIENT_MAX_HEADERS]; /* "Name: value", ended by NULL */
	const char *body;                             /* NULL: none */
	size_t body_length;
	int64_t connect_timeout_ms; /* 0: 10 s */
	int64_t total_timeout_ms;   /* 0: 60 s */
	size_t answer_limit_bytes;  /* 0: 32 MiB */
};

enum http_sent {
	HTTP_NOT_SENT, /* name, connect or TLS failed: the other side saw nothing */
	HTTP_MAYBE,    /* broke after the request began, before a whole answer */
	HTTP_ANSWERED, /* a whole answer was read */
};

struct http_answer {
	enum http_sent sent;
	int status; /* 0 unless answered */
	const char *body;
	size_t body_length;
	const char *content_type; /* NULL when absent */
	const char *retry_after;  /* the header as it came; NULL when absent */
	const char *date;         /* the same */
	const char *failure;      /* words for a human when not answered, without secrets */
	int64_t duration_ms;
};

must_check enum err http_client_new(
	struct ctx *cx, const char *user_agent, struct http_client **ret_client);
void http_client_free(struct http_client *client); /* accepts NULL */
/* From any thread: what is under way breaks off at once (HTTP_MAYBE or HTTP_NOT_SENT), and so does
 * every later call. For shutting down. */
void http_client_cancel(struct http_client *client);

/* Always fills ret_answer (in cx->mem). ERR_REMOTE "http.failed" when it is not HTTP_ANSWERED;
 * any status is OK here. Reading the status is the caller's business. */
must_check enum err http_client_call(struct http_client *client, struct ctx *cx,
	const struct http_call *call, struct http_answer *ret_answer);

/* For lists of many pages: up to HTTP_CLIENT_PLACES calls under way over kept connections, each in a
 * place of its own (0 …), which is free again when it was taken or dropped. cx belongs to the place
 * until then; what call points at only until http_client_begin returns, but for its body. */
#define HTTP_CLIENT_PLACES 8
void http_client_begin(
	struct http_client *client, struct ctx *cx, const struct http_call *call, size_t place);
/* Lets what is under way go on; returns when a call ended, or after most_ms. */
void http_client_go_on(struct http_client *client, int64_t most_ms);
bool http_client_is_over(const struct http_client *client, size_t place);
/* As http_client_call. The call must be over. */
must_check enum err http_client_take(
	struct http_client *client, size_t place, struct http_answer *ret_answer);
/* Breaks the call off, if there is one in this place. */
void http_client_drop(struct http_client *client, size_t place);

/* The parts of an absolute URL, in cx->mem; ERR_INVALID without detail. */
struct http_url {
	const char *scheme, *host, *port, *path, *query;
};
must_check enum err http_url_parse(struct ctx *cx, const char *url, struct http_url *ret_url);
/* 127.0.0.0/8, ::1, localhost */
bool http_host_is_loopback(const char *host);
