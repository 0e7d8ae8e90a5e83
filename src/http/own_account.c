/* The admin's own account: sessions and password. */
#include <inttypes.h>

#include "base/ctx.h"
#include "base/text.h"
#include "domain/access.h"
#include "domain/app.h"
#include "domain/events.h"
#include "http/auth.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/session.h"
#include "store/sessions.h"

/* Only who signed in with a password has an account; a token speaks for itself. */
static enum err read_session(
	struct ctx *cx, const struct http_request *rq, const char **ret_session)
{
	*ret_session = http_cookie(rq, AUTH_COOKIE);
	if (*ret_session)
		return OK;
	return err_set(cx, ERR_INVALID, "session.token",
		"An API token has no sessions and no password. Sign in in the portal.");
}

static void session_to_json(
	struct json_writer *w, const struct session *s, const struct session *current)
{
	jw_object(w, NULL);
	jw_i64(w, "id", s->id);
	jw_str(w, "from_address", s->from_address);
	jw_time(w, "created_at", s->created_at);
	jw_time(w, "seen_at", s->seen_at);
	jw_time(w, "expires_at", s->expires_at);
	jw_bool(w, "is_current", s->id == current->id);
	jw_end_object(w);
}

enum err http_sessions_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char *session;
	struct session current, *sessions;
	size_t count;
	enum err e = read_session(cx, rq, &session);
	if (!e)
		e = access_session_row(app, cx, session, &current);
	if (!e)
		e = access_own_sessions(app, cx, &sessions, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++)
		session_to_json(&w, &sessions[i], &current);
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}

/* The streams of a session are named after its hash (auth_stream_owner). */
static void end_streams(struct app *app, struct ctx *cx, const char *token_hash)
{
	events_end_owner(app->events,
		arena_printf(cx->mem, "admin:%" PRId64 ":%s", cx->actor.id, token_hash));
}

enum err http_sessions_end(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char *session;
	struct session current, ended;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = read_session(cx, rq, &session);
	if (!e)
		e = access_session_row(app, cx, session, &current);
	if (!e)
		e = access_own_session_end(app, cx, id, &ended);
	if (e)
		return e;
	end_streams(app, cx, ended.token_hash);
	if (ended.id == current.id)
		auth_clear_cookie(app, cx, rp);
	return http_reply_nothing(rp);
}

static void end_other_streams(struct app *app, struct ctx *cx, const struct session *sessions,
	size_t count, const char *own)
{
	struct session current;
	if (access_session_row(app, cx, own, &current))
		return;
	for (size_t i = 0; i < count; i++)
		if (sessions[i].id != current.id)
			end_streams(app, cx, sessions[i].token_hash);
}

enum err http_sessions_end_others(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char *session;
	struct session *sessions;
	size_t count;
	enum err e = read_session(cx, rq, &session);
	if (!e)
		e = access_own_sessions(app, cx, &sessions, &count);
	if (!e)
		e = access_own_sessions_end_others(app, cx, session);
	if (e)
		return e;
	end_other_streams(app, cx, sessions, count, session);
	return http_reply_nothing(rp);
}

enum err http_session_password(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "old_password", "new_password", NULL };
	const struct json *body;
	const char *session, *old_password, *new_password;
	struct session *sessions;
	size_t count;
	enum err e = read_session(cx, rq, &session);
	if (!e)
		e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_secret(cx, body, "old_password", HTTP_REQUIRED, &old_password);
	if (!e)
		e = http_member_secret(cx, body, "new_password", HTTP_REQUIRED, &new_password);
	if (!e)
		e = access_own_sessions(app, cx, &sessions, &count);
	if (!e)
		e = access_own_password(app, cx, session, old_password, new_password);
	if (e)
		return e;
	end_other_streams(app, cx, sessions, count, session);
	return http_reply_nothing(rp);
}

enum err http_session_extend(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct identity who;
	struct session row;
	const char *session;
	enum err e = read_session(cx, rq, &session);
	if (!e)
		e = access_session_extend(app, cx, session, &row);
	if (!e)
		e = auth_identity(app, cx, rq, &who, &session);
	return e ? e : session_reply(app, cx, &who, session, rp);
}

enum err http_session_confirm(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "password", NULL };
	const struct json *body;
	const char *session, *password;
	enum err e = read_session(cx, rq, &session);
	if (!e)
		e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_secret(cx, body, "password", HTTP_REQUIRED, &password);
	if (!e)
		e = access_own_confirm(app, cx, session, password);
	return e ? e : http_reply_nothing(rp);
}
