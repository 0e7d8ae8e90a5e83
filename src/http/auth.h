/* auth.h - who asks, and may they? Checked for every row before its handler runs.
 *
 * A program shows `Authorization: Bearer`; a browser shows the cookie, and with everything that is
 * not a read the header X-CSRF-Token (made from the session), from our own page (origin.h). A request
 * that shows both is refused, so that a page can never borrow a token's rights or the other way.
 *
 * Every request with the cookie is a use, which keeps the session from ending for want of one, except
 * the event stream and what carries X-Pomona-By-Itself: a page left open is nobody at work.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "domain/access.h"

struct app;
struct ctx;
struct http_reply;
struct http_request;
struct http_row;

#define AUTH_COOKIE "pomona_session"

/* Fills cx->actor. ERR_DENIED session.none and what domain/access.h names (401); auth.role,
 * csrf.token (403); those of origin.h. ERR_INVALID auth.both. */
must_check enum err auth_check(
	struct app *app, struct ctx *cx, const struct http_request *rq, const struct http_row *row);

/* The identity behind a request, whatever the row needs. *ret_session is NULL for an API token. */
must_check enum err auth_identity(struct app *app, struct ctx *cx, const struct http_request *rq,
	struct identity *ret_identity, const char **ret_session);

/* Is it a method that changes nothing? */
bool auth_is_read(const char *method);

void auth_set_cookie(
	const struct app *app, struct ctx *cx, const char *session, struct http_reply *rp);
void auth_clear_cookie(const struct app *app, struct ctx *cx, struct http_reply *rp);

/* The name of the caller's event streams (domain/events.h): identity, then session. */
const char *auth_stream_owner(struct ctx *cx, const struct http_request *rq);
