/* Signing in and out, and who is signed in. */
#include "http/session.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/app.h"
#include "domain/events.h"
#include "http/auth.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/sessions.h"

/* How long is said beside when: the browser's clock may be wrong. */
static void end_to_json(struct json_writer *w, const struct session *row)
{
	struct access_end end = access_session_end(row);
	int64_t left = end.at - clock_now_ms();
	jw_object(w, "ends");
	jw_time(w, "at", end.at);
	jw_i64(w, "in_ms", left > 0 ? left : 0);
	jw_bool(w, "can_extend", end.can_extend);
	jw_end_object(w);
}

enum err session_reply(struct app *app, struct ctx *cx, const struct identity *who,
	const char *session, struct http_reply *rp)
{
	bool is_setup_needed;
	struct session row;
	enum err e = access_setup_needed(app, cx, &is_setup_needed);
	if (!e && session)
		e = access_session_row(app, cx, session, &row);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_bool(&w, "setup_needed", is_setup_needed);
	jw_bool(&w, "signed_in", who != NULL);
	if (who) {
		jw_object(&w, "admin");
		jw_i64(&w, "id", who->id);
		jw_str(&w, "name", who->name);
		jw_str(&w, "role", access_role_name(who->role));
		jw_end_object(&w);
	} else {
		jw_null(&w, "admin");
	}
	jw_str(&w, "csrf_token", session ? access_csrf(cx, session) : NULL);
	if (session)
		end_to_json(&w, &row);
	else
		jw_null(&w, "ends");
	jw_str(&w, "version", POMONA_VERSION);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_session_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct identity who;
	const char *session;
	enum err e = auth_identity(app, cx, rq, &who, &session);
	if (e == ERR_DENIED) {
		/* Nobody, or nobody any more: an answer here, not an error. */
		if (http_cookie(rq, AUTH_COOKIE))
			auth_clear_cookie(app, cx, rp);
		return session_reply(app, cx, NULL, NULL, rp);
	}
	if (e)
		return e;
	return session_reply(app, cx, &who, session, rp);
}

enum err http_session_post(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "name", "password", NULL };
	const struct json *body;
	const char *name, *password;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_text(cx, body, "name", HTTP_REQUIRED, 100, &name);
	if (!e)
		e = http_member_secret(cx, body, "password", HTTP_REQUIRED, &password);
	if (e)
		return e;
	struct identity who;
	char *session;
	e = access_sign_in(app, cx, name, password, &who, &session);
	if (e)
		return e;
	auth_set_cookie(app, cx, session, rp);
	return session_reply(app, cx, &who, session, rp);
}

enum err http_session_delete(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char *session = http_cookie(rq, AUTH_COOKIE);
	if (!session)
		return err_set(cx, ERR_INVALID, "session.token",
			"An API token does not sign out; it is ended by DELETE "
			"/api/v1/api-tokens/{id}.");
	enum err e = access_sign_out(app, cx, session);
	if (e)
		return e;
	events_end_owner(app->events, auth_stream_owner(cx, rq));
	auth_clear_cookie(app, cx, rp);
	http_reply_header(rp, "Clear-Site-Data", "\"cache\", \"storage\"");
	return http_reply_nothing(rp);
}
