/* http_server.h - listen, read a bounded request, send a reply. libmicrohttpd is known here alone.
 *
 * A request is parsed strictly, limited by its route (found from the head, before the body is
 * read), and served from first to last by one thread of the pool. The server knows methods, paths
 * and bytes; roles, cookies and JSON are its caller's. Used by Pomona (http/) and the twin.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct ctx;
struct http_server;
struct http_request;
struct http_reply;
struct buf;

enum http_route_flags {
	/* The body goes to an unlinked temporary file instead of memory (uploads). */
	HTTP_BODY_TO_FILE = 1,
	/* The handler may wait (for Apple, for Argon2): it runs on a small thread pool of its own
	 * with the connection suspended, so that it never holds up others. */
	HTTP_SLOW = 2,
};

/* One row of the caller's route table. pattern: "/api/v1/jobs/{id}/items"; a literal segment beats
 * a parameter; a last segment "{path...}" takes the rest. */
struct http_route {
	const char *method;
	const char *pattern;
	size_t body_limit_bytes; /* 0: a body is refused */
	unsigned flags;
	const void *tag; /* the caller's own row */
};

struct http_server_options {
	const char *listen;           /* "127.0.0.1:8080", "[::1]:0"; port 0 picks one */
	int threads;                  /* of the pool; 0: 4 */
	int connections;              /* at most, at once; 0: 1024 */
	const char *temporary_folder; /* for HTTP_BODY_TO_FILE */
	const struct http_route *routes;
	size_t route_count;
	/* May be NULL. Called when the head was read and its route found, before the body is: false
	 * means that rp is the answer, and the body is thrown away unread. For who may ask at all, so
	 * that nobody else fills memory or disk. The ctx is the one that handle gets. */
	bool (*admit)(
		void *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp);
	/* Called on a pool thread with a fresh ctx that ends after the reply was made. The route is
	 * found. Problems found before come through refuse, so that they have the caller's shape. */
	void (*handle)(
		void *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp);
	/* status 400, 404, 405 (Allow is set), 413, 414, 415, 431, 503, 505 is set in the reply; the
	 * sentence says why. The caller fills the reply's body. */
	void (*refuse)(void *app, struct ctx *cx, const struct http_request *rq, int status,
		const char *sentence, struct http_reply *rp);
	void *app;
};

/* ERR_IO "http.listen" says which address and why. */
must_check enum err http_server_start(
	struct ctx *cx, const struct http_server_options *options, struct http_server **ret_server);
int http_server_port(const struct http_server *server);
/* Stops accepting, lets running requests end (at most 5 s), ends streams, frees. Accepts NULL. */
void http_server_stop(struct http_server *server);

/* The request; strings live as long as its ctx. */
const char *http_method(const struct http_request *rq);
const char *http_path(const struct http_request *rq); /* decoded, without the query */
const struct http_route *http_route_of(const struct http_request *rq);
const char *http_path_param(const struct http_request *rq, const char *name); /* NULL: none */
const char *http_query(const struct http_request *rq, const char *name);      /* decoded */
/* Walks all query parameters: index 0 …; false past the end. */
bool http_query_at(
	const struct http_request *rq, size_t index, const char **ret_name, const char **ret_value);
const char *http_header(const struct http_request *rq, const char *name); /* any case */
const char *http_cookie(const struct http_request *rq, const char *name);
const char *http_peer(const struct http_request *rq); /* "192.0.2.7" */
const char *http_body(const struct http_request *rq); /* NUL-terminated; "" when none */
size_t http_body_length(const struct http_request *rq);
FILE *http_body_file(const struct http_request *rq); /* at its start; ends with the request */
/* Does the server stop? A handler that waits for others should give up then. */
bool http_is_ending(const struct http_request *rq);

/* The reply. Body bytes are copied. A reply without http_reply_body is an empty one. */
void http_reply_status(struct http_reply *rp, int status);
int http_reply_status_of(const struct http_reply *rp);
/* The body as it stands; NULL when there is none, or it is made while it is sent. */
const char *http_reply_bytes(
	const struct http_reply *rp, size_t *ret_length, const char **ret_content_type);
void http_reply_header(struct http_reply *rp, const char *name, const char *value);
void http_reply_body(
	struct http_reply *rp, const char *content_type, const void *bytes, size_t length);
/* Bytes that outlive the server (embedded files): not copied. */
void http_reply_static(
	struct http_reply *rp, const char *content_type, const void *bytes, size_t length);
/* Closes the connection without an answer (0), or after so many bytes of the body, where a plain
 * body is less than was announced (the twin's faults). */
void http_reply_cut(struct http_reply *rp, size_t after_bytes);
/* Waits before the answer is sent, without holding a thread (the twin's slowness). */
void http_reply_delay(struct http_reply *rp, int64_t delay_ms);

/* A body that is made piece by piece while it is sent (exports). next appends at most a few KiB to
 * out and returns false after the last piece; free ends state. Called on a pool thread. */
void http_reply_pieces(struct http_reply *rp, const char *content_type,
	bool (*next)(void *state, struct buf *out), void (*free)(void *state), void *state);

/* Server-sent events. The connection stays open; any thread may post. A slow reader loses the
 * oldest events past 256 KiB. The server sends a comment line each 15 seconds. The handle is
 * shared: the server ends the connection, the owner calls http_stream_release when it will not
 * post any more. */
struct http_stream;
struct http_stream *http_reply_stream(struct http_reply *rp);
bool http_stream_post(struct http_stream *s, const char *bytes, size_t length); /* false: gone */
bool http_stream_is_open(struct http_stream *s);
void http_stream_release(struct http_stream *s);
