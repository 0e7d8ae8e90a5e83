#include "http/auth.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "domain/app.h"
#include "http/origin.h"
#include "http/routes.h"

bool auth_is_read(const char *method)
{
	return text_equal(method, "GET") || text_equal(method, "HEAD");
}

static enum err check_token(struct ctx *cx, const struct http_request *rq, const char *session)
{
	const char *shown = http_header(rq, "X-CSRF-Token");
	if (!shown || !secret_equal(shown, access_csrf(cx, session)))
		return err_set(cx, ERR_DENIED, "csrf.token",
			"The header X-CSRF-Token is missing or not the one of this session. GET "
			"/api/v1/session gives it; reload the page.");
	return OK;
}

static const char *bearer_of(const struct http_request *rq)
{
	const char *header = http_header(rq, "Authorization");
	if (!header || strncasecmp(header, "Bearer ", 7))
		return NULL;
	header += 7;
	return header + strspn(header, " ");
}

/* What a page asks without anybody at it: its stream of events, and what it reads anew by itself. */
static bool is_by_itself(const struct http_request *rq)
{
	const char *accept = http_header(rq, "Accept");
	return http_header(rq, "X-Pomona-By-Itself") || text_equal(accept, "text/event-stream");
}

enum err auth_identity(struct app *app, struct ctx *cx, const struct http_request *rq,
	struct identity *ret_identity, const char **ret_session)
{
	const char *bearer = bearer_of(rq), *session = http_cookie(rq, AUTH_COOKIE);
	*ret_session = NULL;
	if (bearer && session)
		return err_set(cx, ERR_INVALID, "auth.both",
			"The request shows a session cookie and an API token; send only one of "
			"them.");
	if (bearer)
		return access_token(app, cx, bearer, ret_identity);
	if (!session || !*session)
		return err_set(cx, ERR_DENIED, "session.none",
			"Sign in, or send an API token in the header Authorization: Bearer.");
	*ret_session = session;
	return is_by_itself(rq) ? access_session_look(app, cx, session, ret_identity)
	                        : access_session(app, cx, session, ret_identity);
}

enum err auth_check(
	struct app *app, struct ctx *cx, const struct http_request *rq, const struct http_row *row)
{
	if (row->least_role == ROLE_NONE) {
		if (auth_is_read(row->method) || row->flags & NO_CSRF)
			return OK;
		return origin_check(app, cx, rq);
	}
	struct identity who;
	const char *session;
	enum err e = auth_identity(app, cx, rq, &who, &session);
	if (e)
		return e;
	if (session)
		e = origin_check(app, cx, rq);
	if (!e && session && !auth_is_read(http_method(rq)))
		e = check_token(cx, rq, session);
	if (e)
		return e;
	cx->actor.kind = who.kind;
	cx->actor.id = who.id;
	cx->actor.name = who.name;
	if (who.role >= row->least_role)
		return OK;
	return err_set(cx, ERR_DENIED, "auth.role", "This needs the role %s; you have the role %s.",
		access_role_name(row->least_role), access_role_name(who.role));
}

void auth_set_cookie(
	const struct app *app, struct ctx *cx, const char *session, struct http_reply *rp)
{
	http_reply_header(rp, "Set-Cookie",
		arena_printf(cx->mem,
			AUTH_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
			session, (long long)(ACCESS_SESSION_MAX_MS / 1000),
			app->settings.cookies_secure ? "; Secure" : ""));
}

void auth_clear_cookie(const struct app *app, struct ctx *cx, struct http_reply *rp)
{
	http_reply_header(rp, "Set-Cookie",
		arena_printf(cx->mem,
			AUTH_COOKIE "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0%s",
			app->settings.cookies_secure ? "; Secure" : ""));
}

const char *auth_stream_owner(struct ctx *cx, const struct http_request *rq)
{
	const char *session = http_cookie(rq, AUTH_COOKIE);
	char hash[SECRET_HASH_HEX] = "";
	if (session)
		secret_hash(session, strlen(session), hash);
	return arena_printf(cx->mem, "%s:%" PRId64 ":%s", cx->actor.kind, cx->actor.id, hash);
}
