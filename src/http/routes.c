#include "http/routes.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/rate.h"
#include "base/text.h"
#include "http/auth.h"
#include "http/once.h"
#include "http/problem.h"
#include "http/static.h"

#define WRITER_WAIT_MS 5000 /* behind other writers, before a request begins to change something */

#define ROLE_PUBLIC ROLE_NONE
#define ROUTE(verb, pattern, function, least, body, row_flags)                                     \
	{ .method = #verb,                                                                         \
		.path = pattern,                                                                   \
		.handler_name = #function,                                                         \
		.handler = function,                                                               \
		.least_role = ROLE_##least,                                                        \
		.body_limit_bytes = body,                                                          \
		.flags = row_flags },
static const struct http_row rows[] = {
#include "http/routes.def"
};
#undef ROUTE

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

const struct http_row *http_rows(size_t *ret_count)
{
	*ret_count = ROW_COUNT;
	return rows;
}

static const struct http_row *row_of(const struct http_request *rq)
{
	const struct http_route *route = http_route_of(rq);
	return route ? route->tag : NULL;
}

/* What the world may do with an answer. Pages get the portal's policy from static.c instead. */
static void set_safe_headers(const struct app *app, struct ctx *cx, struct http_reply *rp)
{
	http_reply_header(rp, "X-Content-Type-Options", "nosniff");
	http_reply_header(rp, "Referrer-Policy", "no-referrer");
	http_reply_header(rp, "X-Frame-Options", "DENY");
	http_reply_header(rp, "Cross-Origin-Opener-Policy", "same-origin");
	http_reply_header(rp, "Cross-Origin-Resource-Policy", "same-origin");
	http_reply_header(rp, "Permissions-Policy",
		"camera=(), microphone=(), geolocation=(), usb=(), payment=()");
	http_reply_header(rp, "X-Trace", cx->trace);
	if (app->settings.cookies_secure)
		http_reply_header(rp, "Strict-Transport-Security", "max-age=31536000");
}

static void set_api_headers(struct http_reply *rp)
{
	http_reply_header(rp, "Content-Security-Policy",
		"default-src 'none'; frame-ancestors 'none'; sandbox");
	http_reply_header(rp, "Cache-Control", "no-store");
}

/* One line per request. The row's path, never the real one: that of a webhook holds its key. */
static void log_request(struct ctx *cx, const struct http_request *rq, struct http_reply *rp,
	enum err e, int64_t begun_ms)
{
	const struct http_row *row = row_of(rq);
	int status = http_reply_status_of(rp);
	bool is_read = auth_is_read(http_method(rq));
	enum log_level level = status >= 500 ? LOG_WARNING : is_read ? LOG_DEBUG : LOG_INFO;
	if (e == ERR_BUG || e == ERR_DB || e == ERR_IO)
		level = LOG_ERROR;
	log_event(level, "http.request",
		"trace=%s method=%s route=%s status=%d actor=%s from=%s ms=%lld reason=%s why=%s "
		"internal=%s",
		cx->trace, http_method(rq), row ? row->path : "-", status,
		log_quote(cx->mem, cx->actor.name), http_peer(rq),
		(long long)(clock_mono_ms() - begun_ms),
		e && cx->error.reason ? cx->error.reason : "-",
		log_quote(cx->mem, e ? cx->error.sentence : NULL),
		log_quote(cx->mem, e ? cx->error.internal : NULL));
}

/* A caller that runs away does not take the others' turns. Who is not signed in is known by the address. */
static enum err take_turn(struct app *app, struct ctx *cx, const struct http_request *rq)
{
	const char *caller = *cx->actor.name ? arena_printf(cx->mem, "%s %lld", cx->actor.kind,
						       (long long)cx->actor.id)
	                                     : arena_printf(cx->mem, "address %s", http_peer(rq));
	int64_t wait_ms = rate_take(app->rate, caller, clock_mono_ms());
	if (!wait_ms)
		return OK;
	enum err e = err_set(cx, ERR_LIMITED, "requests.too_many",
		"More than %lld requests in a minute. Ask again after the time in Retry-After.",
		(long long)app->settings.requests_per_minute);
	cx->error.retry_after_ms = wait_ms;
	return e;
}

/* Who may ask at all, before a byte of the body is kept. */
static bool admit(
	void *app_pointer, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct app *app = app_pointer;
	int64_t begun_ms = clock_mono_ms();
	cx->actor = (struct actor){ .kind = "system", .name = "", .from = http_peer(rq) };
	cx->writer_wait_ms = WRITER_WAIT_MS;
	set_safe_headers(app, cx, rp);
	set_api_headers(rp);
	enum err e = auth_check(app, cx, rq, row_of(rq));
	enum err limited = take_turn(app, cx, rq);
	e = limited ? limited : e;
	if (!e)
		return true;
	http_problem(cx, e, rp);
	log_request(cx, rq, rp, e, begun_ms);
	return false;
}

static void handle(
	void *app_pointer, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	int64_t begun_ms = clock_mono_ms();
	const struct http_row *row = row_of(rq);
	struct once once;
	bool is_answered;
	cx->writer_wait_ms = WRITER_WAIT_MS;
	enum err e = http_once_begin(app_pointer, cx, rq, row, rp, &once, &is_answered);
	cx->writer_wait_ms = WRITER_WAIT_MS; /* a key alone has changed nothing */
	if (!e && !is_answered)
		e = row->handler(app_pointer, cx, rq, rp);
	if (e)
		http_problem(cx, e, rp);
	if (once.is_claimed)
		http_once_end(app_pointer, cx, row, rp, &once);
	log_request(cx, rq, rp, e, begun_ms);
}

static bool is_page(const struct http_request *rq)
{
	const char *path = http_path(rq);
	return auth_is_read(http_method(rq)) && !text_starts_with(path, "/api/") &&
	       !text_starts_with(path, "/hooks/");
}

static const char *reason_of(int status)
{
	switch (status) {
	case 404:
		return "not_found";
	case 405:
		return "method.not_allowed";
	case 408:
		return "request.slow";
	case 413:
		return "body.too_large";
	case 414:
		return "address.too_long";
	case 431:
		return "headers.too_large";
	case 503:
		return "server.busy";
	default:
		return "request.invalid";
	}
}

/* What has no row may still be a page of the portal. */
static void refuse(void *app_pointer, struct ctx *cx, const struct http_request *rq, int status,
	const char *sentence, struct http_reply *rp)
{
	const struct app *app = app_pointer;
	bool was_admitted = cx->actor.from && *cx->actor.from; /* then it has its headers */
	if (!was_admitted)
		set_safe_headers(app, cx, rp);
	if (status == 404 && rq && is_page(rq)) {
		static_reply(cx, rq, rp);
		return;
	}
	if (!was_admitted)
		set_api_headers(rp);
	http_problem_plain(cx, status, reason_of(status), sentence, rp);
	log_event(status == 404 ? LOG_DEBUG : LOG_INFO, "http.refused", "trace=%s status=%d why=%s",
		cx->trace, status, log_quote(cx->mem, sentence));
}

enum err http_door_open(
	struct app *app, struct ctx *cx, const char *listen, struct http_server **ret_server)
{
	struct http_route *routes = ARENA_ARRAY(cx->mem, struct http_route, ROW_COUNT);
	for (size_t i = 0; i < ROW_COUNT; i++)
		routes[i] = (struct http_route){
			.method = rows[i].method,
			.pattern = rows[i].path,
			.body_limit_bytes = rows[i].body_limit_bytes,
			.flags = rows[i].flags & ~(NO_CSRF | JOB_KEY | ONCE_SHOWN),
			.tag = &rows[i],
		};
	struct http_server_options options = {
		.listen = listen,
		.temporary_folder = arena_printf(cx->mem, "%s/tmp", app->settings.data_folder),
		.routes = routes,
		.route_count = ROW_COUNT,
		.admit = admit,
		.handle = handle,
		.refuse = refuse,
		.app = app,
	};
	return http_server_start(cx, &options, ret_server);
}
