/* What is wrong now, and where the portal solves it. */
#include "domain/problems.h"

#include "base/ctx.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"

static void values_to_json(struct json_writer *w, const struct problem *p)
{
	jw_object(w, "values");
	jw_str(w, "state", p->state);
	if (p->days_left >= 0)
		jw_i64(w, "days_left", p->days_left);
	else
		jw_null(w, "days_left");
	jw_str(w, "name", p->name);
	jw_str(w, "reason", p->reason);
	jw_time(w, "until", p->until);
	jw_i64_or_null(w, "id", p->id);
	jw_end_object(w);
}

static void problem_to_json(struct json_writer *w, const struct problem *p)
{
	static const char *const severities[] = { "danger", "warning", "info" };
	jw_object(w, NULL);
	jw_str(w, "kind", p->kind);
	jw_str(w, "severity", severities[p->severity]);
	jw_time(w, "since", p->since);
	if (p->location_id) {
		jw_object(w, "location");
		jw_i64(w, "id", p->location_id);
		jw_str(w, "name", p->location_name);
		jw_end_object(w);
	} else {
		jw_null(w, "location");
	}
	jw_i64(w, "count", p->count);
	values_to_json(w, p);
	jw_str(w, "path", p->path);
	jw_str(w, "detail", p->detail);
	jw_end_object(w);
}

enum err http_problems_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const none[] = { NULL };
	struct problem *problems;
	size_t count;
	enum err e = http_query_only(cx, rq, none);
	if (!e)
		e = problems_list(app, cx, &problems, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++)
		problem_to_json(&w, &problems[i]);
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}
