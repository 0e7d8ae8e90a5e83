/* The first owner, made with the code that the server printed at its start. */
#include "base/ctx.h"
#include "domain/access.h"
#include "http/auth.h"
#include "http/input.h"
#include "http/routes.h"
#include "http/session.h"

enum err http_setup_post(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "code", "name", "email", "password", NULL };
	const struct json *body;
	const char *code, *name, *email, *password;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_text(cx, body, "code", HTTP_REQUIRED, 64, &code);
	if (!e)
		e = http_member_text(cx, body, "name", HTTP_REQUIRED, ACCESS_NAME_CHARS_MAX, &name);
	if (!e)
		e = http_member_text(cx, body, "email", HTTP_OPTIONAL, 254, &email);
	if (!e)
		e = http_member_secret(cx, body, "password", HTTP_REQUIRED, &password);
	if (e)
		return e;
	struct identity who;
	char *session;
	e = access_setup(app, cx, code, name, email, password, &who, &session);
	if (e)
		return e;
	auth_set_cookie(app, cx, session, rp);
	return session_reply(app, cx, &who, session, rp);
}
