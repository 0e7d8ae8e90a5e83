/* routes.h - the table of all operations, and the door through which each request goes.
 *
 * routes.def is the only list. A handler does four things in order: take inputs (input.h), call
 * one domain verb or store function, render, reply (reply.h). It returns an error as it got it;
 * the door turns it into a problem document (problem.h). It never sees a request of someone who
 * may not: sign-in, role, CSRF and the size of the body were checked by the row.
 */
#pragma once

#include <stddef.h>

#include "base/ctx.h"
#include "base/err.h"
#include "domain/access.h"
#include "domain/app.h"
#include "net/http_server.h"

/* Row flags beside those of net/http_server.h: the caller is a machine with a secret of its own. */
#define NO_CSRF 0x100u
/* The handler becomes a job, which remembers the Idempotency-Key itself. */
#define JOB_KEY 0x200u
/* The answer shows a secret once: it is not kept for a repeat. */
#define ONCE_SHOWN 0x400u

#define KB *1024
#define MB *1024 * 1024

struct http_row {
	const char *method, *path, *handler_name;
	enum err (*handler)(struct app *app, struct ctx *cx, const struct http_request *rq,
		struct http_reply *rp);
	enum role least_role; /* ROLE_NONE: needs no sign-in */
	size_t body_limit_bytes;
	unsigned flags;
};

#define ROUTE(method, path, handler, least_role, body, flags)                                      \
	must_check enum err handler(struct app *app, struct ctx *cx,                               \
		const struct http_request *rq, struct http_reply *rp);
#include "http/routes.def"
#undef ROUTE

/* Every row, in the order of routes.def. */
const struct http_row *http_rows(size_t *ret_count);

/* Starts listening with the whole table and the portal; cx must outlive the server. ERR_IO
 * "http.listen". */
must_check enum err http_door_open(
	struct app *app, struct ctx *cx, const char *listen, struct http_server **ret_server);
