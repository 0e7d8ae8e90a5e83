/* The people who may sign in: list, make, change. */
#include "base/ctx.h"
#include "domain/access.h"
#include "domain/events.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/roles.h"
#include "http/routes.h"

static void admin_to_json(struct json_writer *w, const struct admin *admin)
{
	jw_object(w, NULL);
	jw_i64(w, "id", admin->id);
	jw_str(w, "name", admin->name);
	jw_str(w, "email", admin->email);
	jw_str(w, "role", admin->role);
	jw_bool(w, "is_active", admin->is_active);
	jw_time(w, "created_at", admin->created_at);
	jw_time(w, "last_seen_at", admin->last_seen_at);
	jw_end_object(w);
}

enum err http_admins_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)rq;
	struct admin *admins;
	size_t count;
	enum err e = access_admin_list(app, cx, &admins, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++)
		admin_to_json(&w, &admins[i]);
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_admins_create(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "name", "email", "role", "password", NULL };
	const struct json *body;
	const char *name, *email, *role, *password;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_text(cx, body, "name", HTTP_REQUIRED, ACCESS_NAME_CHARS_MAX, &name);
	if (!e)
		e = http_member_text(cx, body, "email", HTTP_OPTIONAL, 254, &email);
	if (!e)
		e = http_member_word(cx, body, "role", HTTP_REQUIRED, http_role_words, &role);
	if (!e)
		e = http_member_secret(cx, body, "password", HTTP_REQUIRED, &password);
	if (e)
		return e;
	struct admin admin;
	e = access_admin_create(app, cx, name, email, role, password, &admin);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	admin_to_json(&w, &admin);
	return http_reply_json(cx, rp, 201, &out);
}

enum err http_admins_change(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "email", "role", "is_active", "password", NULL };
	const struct json *body;
	int64_t id;
	bool is_active;
	struct admin_change change = { .is_active = -1 };
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_text(cx, body, "email", HTTP_OPTIONAL, 254, &change.email);
	if (!e)
		e = http_member_word(
			cx, body, "role", HTTP_OPTIONAL, http_role_words, &change.role);
	if (!e)
		e = http_member_secret(cx, body, "password", HTTP_OPTIONAL, &change.password);
	if (!e)
		e = http_member_bool(cx, body, "is_active", HTTP_OPTIONAL, true, &is_active);
	if (e)
		return e;
	change.has_email = http_member_given(body, "email");
	if (http_member_given(body, "is_active"))
		change.is_active = is_active;
	struct admin admin;
	e = access_admin_change(app, cx, id, &change, &admin);
	if (e)
		return e;
	if (change.role || change.password || change.is_active == 0)
		events_end_owner(app->events, arena_printf(cx->mem, "admin:%lld:", (long long)id));
	REPLY_AUTO(out, w);
	admin_to_json(&w, &admin);
	return http_reply_json(cx, rp, 200, &out);
}
