#include "net/http_server.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/http_private.h"
#include "net/listen.h"

#define IDLE_SECONDS    30
#define STOP_MS         5000
#define DEFAULT_THREADS 4
#define DEFAULT_MOST    1024

static bool is_stopping(struct http_server *server)
{
	pthread_mutex_lock(&server->lock);
	bool stopping = server->is_stopping;
	pthread_mutex_unlock(&server->lock);
	return stopping;
}

bool http_is_ending(const struct http_request *rq)
{
	return is_stopping(rq->server);
}

static void *see_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	return http_request_new(cls, target, connection);
}

static void exchange_over(void *cls, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode code)
{
	(void)cls;
	(void)connection;
	(void)code;
	if (*state)
		http_request_free(*state);
	*state = NULL;
}

/* Targets are decoded by us, once; see http_request.c. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

static enum MHD_Result finish(struct http_request *rq)
{
	if (rq->reply.delay_ms > 0 && !is_stopping(rq->server)) {
		int64_t delay_ms = rq->reply.delay_ms;
		rq->reply.delay_ms = 0;
		MHD_suspend_connection(rq->connection);
		http_time_put(rq->server->time, rq, delay_ms);
		return MHD_YES;
	}
	rq->stage = STAGE_OVER;
	enum MHD_Result result = http_reply_send(rq);
	/* Streams live long: nothing of the request is kept with them. */
	http_reply_fini(&rq->reply);
	ctx_fini(&rq->cx);
	return result;
}

static enum MHD_Result refuse(struct http_request *rq)
{
	const struct http_server_options *o = &rq->server->options;
	http_reply_status(&rq->reply, rq->refused);
	o->refuse(o->app, &rq->cx, rq, rq->refused, rq->sentence, &rq->reply);
	rq->stage = STAGE_MADE;
	return finish(rq);
}

static enum MHD_Result serve_head(struct http_request *rq, const char *method, const char *version)
{
	const struct http_server_options *o = &rq->server->options;
	rq->stage = STAGE_BODY;
	if (http_request_begin(rq, method, version)) {
		rq->is_answered = o->admit && !o->admit(o->app, &rq->cx, rq, &rq->reply);
		if (!rq->is_answered || !http_header(rq, "Expect"))
			return MHD_YES;
		rq->stage = STAGE_MADE;
		return finish(rq);
	}
	/* A client that waits for "100 Continue", or whose framing we do not trust, is answered at
	 * once. Others send their body first and would take our answer for a broken connection. */
	bool is_framed = rq->refused == 404 || rq->refused == 405 || rq->refused == 413;
	return is_framed && !http_header(rq, "Expect") ? MHD_YES : refuse(rq);
}

static enum MHD_Result serve_whole(struct http_request *rq)
{
	const struct http_server_options *o = &rq->server->options;
	http_request_count(rq, true);
	http_body_end(rq);
	if (rq->refused)
		return refuse(rq);
	if (rq->is_answered) {
		rq->stage = STAGE_MADE;
		return finish(rq);
	}
	if (rq->route->flags & HTTP_SLOW) {
		rq->stage = STAGE_SLOW;
		MHD_suspend_connection(rq->connection);
		if (http_slow_put(rq->server->slow, rq))
			return MHD_YES;
		MHD_resume_connection(rq->connection);
		http_request_refuse(rq, 503, "The server is busy. Try again in a moment.");
		return MHD_YES;
	}
	o->handle(o->app, &rq->cx, rq, &rq->reply);
	rq->stage = STAGE_MADE;
	return finish(rq);
}

static enum MHD_Result serve(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *bytes, size_t *length, void **state)
{
	(void)cls;
	(void)connection;
	(void)url;
	struct http_request *rq = *state;
	switch (rq->stage) {
	case STAGE_HEAD:
		return serve_head(rq, method, version);
	case STAGE_BODY:
		if (!*length)
			return serve_whole(rq);
		if (!http_body_take(rq, bytes, *length))
			return MHD_NO;
		*length = 0;
		return MHD_YES;
	case STAGE_SLOW: /* only when the slow queue was full */
		return refuse(rq);
	case STAGE_MADE:
		return finish(rq);
	case STAGE_OVER:
		break;
	}
	return MHD_NO;
}

static struct MHD_Daemon *start_daemon(struct http_server *server)
{
	const struct http_server_options *o = &server->options;
	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
		NULL, serve, server, MHD_OPTION_LISTEN_SOCKET, server->socket,
		MHD_OPTION_THREAD_POOL_SIZE,
		(unsigned int)(o->threads ? o->threads : DEFAULT_THREADS),
		MHD_OPTION_CONNECTION_LIMIT,
		(unsigned int)(o->connections ? o->connections : DEFAULT_MOST),
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)IDLE_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MAX_HEAD_BYTES,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, see_target, server,
		MHD_OPTION_NOTIFY_COMPLETED, exchange_over, server, MHD_OPTION_UNESCAPE_CALLBACK,
		keep_escapes, NULL, MHD_OPTION_END);
}

enum err http_server_start(
	struct ctx *cx, const struct http_server_options *options, struct http_server **ret_server)
{
	int fd = -1, port = 0;
	enum err e = listen_open(cx, options->listen, &fd, &port);
	if (e)
		return e;
	struct http_server *server = calloc(1, sizeof(*server));
	if (!server)
		abort();
	server->options = *options;
	if (!server->options.temporary_folder)
		server->options.temporary_folder = "/tmp";
	server->socket = fd;
	server->port = port;
	pthread_mutex_init(&server->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&server->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	http_routes_compile(server);
	server->slow = http_slow_new();
	server->time = http_time_new(server);
	server->daemon = start_daemon(server);
	if (!server->daemon) {
		http_server_stop(server);
		return err_set(cx, ERR_IO, "http.listen", "The HTTP server cannot start on %s.",
			options->listen);
	}
	*ret_server = server;
	return OK;
}

int http_server_port(const struct http_server *server)
{
	return server->port;
}

/* Until no exchange runs, at most five seconds; handlers on slow threads are always waited for,
 * because they use what the caller frees next. */
static void wait_for_end(struct http_server *server)
{
	int64_t until_ms = clock_mono_ms() + STOP_MS;
	struct timespec until = { .tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000 };
	pthread_mutex_lock(&server->lock);
	int over = 0;
	while (server->running > 0 && !over)
		over = pthread_cond_timedwait(&server->changed, &server->lock, &until);
	pthread_mutex_unlock(&server->lock);
}

void http_server_stop(struct http_server *server)
{
	if (!server)
		return;
	pthread_mutex_lock(&server->lock);
	server->is_stopping = true;
	pthread_mutex_unlock(&server->lock);
	if (server->daemon) {
		MHD_quiesce_daemon(server->daemon);
		http_streams_end(server);
		http_time_hurry(server->time);
		wait_for_end(server);
	}
	http_slow_stop(server->slow);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	http_time_free(server->time);
	http_slow_free(server->slow);
	close(server->socket);
	http_routes_free(server);
	pthread_cond_destroy(&server->changed);
	pthread_mutex_destroy(&server->lock);
	free(server);
}
