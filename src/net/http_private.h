/* http_private.h - what the files of the HTTP server share. Only they include it.
 *
 * One exchange is one request with its reply. libmicrohttpd calls serve() several times for it;
 * stage tells how far it is. At any time it belongs to one thread: that of its connection, or,
 * while the connection is suspended, the slow worker or the timekeeper.
 */
#pragma once

#include <microhttpd.h>
#include <pthread.h>
#include <sys/queue.h>

#include "base/ctx.h"
#include "net/http_server.h"

#define HTTP_MAX_TARGET_BYTES 8192
#define HTTP_MAX_HEADERS      100
#define HTTP_MAX_QUERY        100
#define HTTP_MAX_PARAMS       8
#define HTTP_MAX_HEAD_BYTES   (48 * 1024)
#define HTTP_REQUEST_MS       (300 * 1000)
/* Of a refused body so much is read and thrown away, so that the client reads our answer. */
#define HTTP_MAX_THROWN_BYTES ((size_t)4 << 30)

struct http_pair {
	const char *name, *value;
};

enum http_stage { STAGE_HEAD, STAGE_BODY, STAGE_SLOW, STAGE_MADE, STAGE_OVER };

struct http_reply {
	struct ctx *cx;
	int status;
	struct http_header_line {
		struct http_header_line *next;
		const char *name, *value;
	} * headers;
	const char *content_type;
	void *owned; /* body bytes from malloc, until the response takes them */
	const void *fixed;
	size_t length;
	bool is_cut;
	size_t cut_after;
	int64_t delay_ms;
	bool (*next_piece)(void *state, struct buf *out);
	void (*free_pieces)(void *state);
	void *pieces;
	struct http_stream *stream;
};

struct http_request {
	struct http_server *server;
	struct ctx cx;
	struct MHD_Connection *connection;
	enum http_stage stage;
	bool is_counted;
	int64_t began_at;
	const char *target; /* as it came */
	const char *method, *path, *peer;
	const struct http_route *route;
	struct http_pair params[HTTP_MAX_PARAMS];
	size_t param_count;
	struct http_pair query[HTTP_MAX_QUERY];
	size_t query_count;
	char *body; /* malloc; grows */
	size_t body_length, body_capacity;
	FILE *body_file;
	int refused; /* status of a refusal found while the body is read; 0: none */
	const char *sentence;
	bool is_answered; /* not admitted: the reply was made before the body was read */
	struct http_reply reply;
	int64_t due_at;                 /* in the timekeeper's list */
	TAILQ_ENTRY(http_request) link; /* in the slow queue or the timekeeper's list */
};
TAILQ_HEAD(http_request_list, http_request);

/* Pattern of a route, cut at its slashes. */
struct http_compiled_route {
	const struct http_route *route;
	size_t count;
	char *segments[16];
};

struct http_slow; /* http_slow.c: the worker threads */
struct http_time; /* http_time.c: the timekeeper */

struct http_server {
	struct http_server_options options;
	struct http_compiled_route *routes;
	struct MHD_Daemon *daemon;
	int socket, port;
	struct http_slow *slow;
	struct http_time *time;
	pthread_mutex_t lock; /* guards streams and running */
	pthread_cond_t changed;
	LIST_HEAD(, http_stream) streams;
	int running; /* requests being served: read to their end, not answered to the end */
	bool is_stopping;
};

/* http_request.c */
struct http_request *http_request_new(
	struct http_server *server, const char *target, struct MHD_Connection *connection);
void http_request_free(struct http_request *rq);
/* Among those that are waited for when the server stops. */
void http_request_count(struct http_request *rq, bool is_counted);
/* Checks the head and finds the route; false: rq->refused and rq->sentence say why not. */
bool http_request_begin(struct http_request *rq, const char *method, const char *version);
void http_request_refuse(struct http_request *rq, int status, const char *sentence);
void http_request_too_large(struct http_request *rq); /* the route is known */
/* http_body.c: takes a piece of the body; false: the connection should be closed. */
bool http_body_take(struct http_request *rq, const char *bytes, size_t length);
void http_body_end(struct http_request *rq);

/* http_routes.c */
void http_routes_compile(struct http_server *server);
void http_routes_free(struct http_server *server);
/* Fills rq->route and params. Else gives 404 or 405, with the Allow header set in the reply. */
int http_routes_find(struct http_request *rq);

/* http_reply.c */
/* Hands the reply to libmicrohttpd; MHD_NO closes the connection. */
enum MHD_Result http_reply_send(struct http_request *rq);
void http_reply_fini(struct http_reply *rp);

/* http_stream.c */
struct MHD_Response *http_stream_response(struct http_stream *s, struct http_request *rq);
void http_stream_abandon(struct http_stream *s); /* no response will be made of it */
void http_streams_beat(struct http_server *server);
void http_streams_end(struct http_server *server);

/* http_slow.c: false when too many wait already, or it was stopped. The connection must be
 * suspended. */
struct http_slow *http_slow_new(void);
bool http_slow_put(struct http_slow *slow, struct http_request *rq);
void http_slow_stop(struct http_slow *slow); /* what waits is still done; nothing more is taken */
void http_slow_free(struct http_slow *slow);

/* http_time.c: resumes the suspended connection after delay_ms. */
struct http_time *http_time_new(struct http_server *server);
void http_time_put(struct http_time *time, struct http_request *rq, int64_t delay_ms);
void http_time_hurry(struct http_time *time); /* all delays are over now and later */
void http_time_free(struct http_time *time);
