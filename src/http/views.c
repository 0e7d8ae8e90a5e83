/* Lists of the portal that were saved under a name. */
#include "base/ctx.h"
#include "domain/view.h"
#include "http/auth.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"

static const char *const pages[] = { "user", "device", "job", "audit", "history", NULL };

static void view_to_json(struct json_writer *w, const struct ctx *cx, const struct view *view)
{
	jw_object(w, NULL);
	jw_i64(w, "id", view->id);
	jw_str(w, "page", view->page);
	jw_str(w, "name", view->name);
	jw_str(w, "query", view->query);
	jw_bool(w, "shared", view->is_shared);
	jw_bool(w, "mine", view_is_mine(cx, view));
	jw_str(w, "owner", view->admin_name);
	jw_end_object(w);
}

enum err http_views_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "page", NULL };
	struct view *views;
	const char *page;
	size_t count;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_word(cx, rq, "page", pages, &page);
	if (!e)
		e = view_list(app, cx, page, &views, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++)
		view_to_json(&w, cx, &views[i]);
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}

/* "?state=none" and "state=none" are the same list. */
static enum err read_view(struct ctx *cx, const struct http_request *rq, struct view *view)
{
	static const char *const known[] = { "page", "name", "query", "shared", NULL };
	const struct json *body = NULL;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_word(cx, body, "page", HTTP_REQUIRED, pages, &view->page);
	if (!e)
		e = http_member_text(cx, body, "name", HTTP_REQUIRED, VIEW_NAME_MAX, &view->name);
	if (!e)
		e = http_member_text(
			cx, body, "query", HTTP_OPTIONAL, VIEW_QUERY_MAX, &view->query);
	if (!e)
		e = http_member_bool(cx, body, "shared", HTTP_OPTIONAL, false, &view->is_shared);
	if (!view->query)
		view->query = "";
	view->query += *view->query == '?';
	return e;
}

enum err http_views_create(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct view view = { 0 };
	struct identity who = { 0 };
	const char *session;
	enum err e = read_view(cx, rq, &view);
	if (!e)
		e = auth_identity(app, cx, rq, &who, &session);
	if (!e)
		e = view_save(app, cx, who.role, &view, &view);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	view_to_json(&w, cx, &view);
	return http_reply_json(cx, rp, 201, &out);
}

enum err http_views_remove(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct identity who = { 0 };
	const char *session;
	int64_t id = 0;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = auth_identity(app, cx, rq, &who, &session);
	if (!e)
		e = view_remove(app, cx, who.role, id);
	return e ? e : http_reply_nothing(rp);
}
