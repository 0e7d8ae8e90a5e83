#include "twin/control.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_server.h"
#include "twin/mdm_door.h"
#include "twin/location.h"
#include "twin/page.h"
#include "twin/people_pages.h"
#include "twin/twin.h"

#define BODY_LIMIT   (16u * 1024 * 1024)
#define ANSWER_LIMIT (256u * 1024 * 1024)

/* What a route leads to: an operation of the API, or a page. */
struct door {
	control_run *run;
	void (*page)(struct twin *twin, struct ctx *cx, const struct http_request *rq,
		struct http_reply *rp);
};

#define API(run)    (&(const struct door){ run, NULL })
#define PAGE(serve) (&(const struct door){ NULL, serve })
#define AT          "/control/locations/{uid}"

static const struct http_route routes[] = {
	{ "GET", "/control/state", 0, 0, API(control_state) },
	{ "POST", "/control/reset", BODY_LIMIT, 0, API(control_reset) },
	{ "POST", "/control/time", BODY_LIMIT, 0, API(control_time) },
	{ "GET", "/control/knobs", 0, 0, API(control_knobs) },
	{ "PATCH", "/control/knobs", BODY_LIMIT, 0, API(control_set_knobs) },
	{ "GET", "/control/faults", 0, 0, API(control_faults) },
	{ "POST", "/control/faults", BODY_LIMIT, 0, API(control_arm) },
	{ "DELETE", "/control/faults", BODY_LIMIT, 0, API(control_disarm) },
	{ "GET", "/control/calls", 0, 0, API(control_calls) },
	{ "GET", "/control/applied", 0, 0, API(control_applied) },
	{ "GET", "/control/notifications", 0, 0, API(control_notifications) },
	{ "GET", "/control/mail", 0, 0, API(control_mail) },
	{ "GET", "/control/smtp", 0, 0, API(control_manners) },
	{ "PATCH", "/control/smtp", BODY_LIMIT, 0, API(control_set_manner) },
	{ "PATCH", "/control/mdm", BODY_LIMIT, 0, API(control_mdm) },
	{ "GET", "/control/devices", 0, 0, API(control_devices) },
	{ "GET", "/control/people", 0, 0, API(control_people) },
	{ "POST", "/control/people", BODY_LIMIT, 0, API(control_name_person) },
	{ "GET", "/control/locations", 0, 0, API(control_locations) },
	{ "POST", "/control/locations", BODY_LIMIT, 0, API(control_add_location) },
	{ "GET", AT, 0, 0, API(control_location) },
	{ "GET", AT "/tokens", 0, 0, API(control_tokens) },
	{ "POST", AT "/tokens", BODY_LIMIT, 0, API(control_add_token) },
	{ "POST", AT "/tokens/{act}", BODY_LIMIT, 0, API(control_end_tokens) },
	{ "GET", AT "/assets", 0, 0, API(control_assets) },
	{ "POST", AT "/assets", BODY_LIMIT, 0, API(control_buy) },
	{ "GET", AT "/users", 0, 0, API(control_users) },
	{ "POST", AT "/users", BODY_LIMIT, 0, API(control_add_users) },
	{ "POST", AT "/retire", BODY_LIMIT, 0, API(control_retire) },
	{ "POST", AT "/update", BODY_LIMIT, 0, API(control_update) },
	{ "POST", AT "/accept", BODY_LIMIT, 0, API(control_accept) },
	{ "POST", AT "/assign", BODY_LIMIT, 0, API(control_assign) },
	{ "POST", AT "/churn", BODY_LIMIT, 0, API(control_churn) },
	{ "POST", AT "/mdm-info", BODY_LIMIT, 0, API(control_take_over) },
	{ "GET", AT "/counts", 0, 0, API(control_counts) },
	{ "GET", AT "/events", 0, 0, API(control_events) },
	{ "GET", AT "/token.vpptoken", 0, 0, PAGE(people_page_token) },
	{ "POST", "/mdm/commands/{serial}", 1024 * 1024, HTTP_SLOW, PAGE(mdm_door_command) },
	{ "GET", "/", 0, 0, PAGE(people_page_front) },
	{ "GET", "/people", 0, 0, PAGE(people_page_list) },
	{ "GET", "/people/", 0, 0, PAGE(people_page_list) },
	{ "GET", "/people/{key}", 0, 0, PAGE(people_page_person) },
	{ "GET", "/mail/{number}", 0, 0, PAGE(people_page_mail) },
	{ "GET", "/style.css", 0, 0, PAGE(people_page_style) },
};

static int status_of(enum err e)
{
	switch (e) {
	case OK:
		return 200;
	case ERR_INVALID:
		return 400;
	case ERR_DENIED:
		return 403;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_CONFLICT:
		return 409;
	case ERR_LIMITED:
		return 413;
	case ERR_UNCERTAIN:
	case ERR_REMOTE:
		return 502;
	case ERR_DB:
	case ERR_IO:
	case ERR_BUG:
		return 500;
	}
	return 500;
}

static void reply_error(struct http_reply *rp, int status, const char *reason, const char *sentence)
{
	BUF_AUTO(out, 65536);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_str(&w, "reason", reason);
	jw_str(&w, "detail", sentence);
	jw_end_object(&w);
	http_reply_status(rp, status);
	http_reply_body(rp, "application/json", out.bytes, out.length);
}

static enum err serve_api(struct control_call *c, control_run *run)
{
	BUF_AUTO(out, ANSWER_LIMIT);
	struct json_writer w;
	if (http_body_length(c->rq)) {
		enum err e = json_parse(c->cx, http_body(c->rq), http_body_length(c->rq), &c->body);
		if (e)
			return e;
	}
	jw_init(&w, &out);
	c->w = &w;
	jw_object(&w, NULL);
	{
		TWIN_LOCK(c->twin);
		enum err e = run(c);
		if (e)
			return e;
	}
	jw_end_object(&w);
	http_reply_status(c->rp, 200);
	http_reply_body(c->rp, "application/json", out.bytes, out.length);
	return OK;
}

static void handle(void *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const struct http_route *route = http_route_of(rq);
	const struct door *door = route->tag;
	const char *host = http_header(rq, "Host");
	if (host && twin_is_apple_host(host)) {
		reply_error(rp, 421, "host.apple",
			"This is a simulator; it does not answer for Apple.");
		return;
	}
	if (door->page) {
		door->page(app, cx, rq, rp);
		return;
	}
	struct control_call c = { .twin = app, .cx = cx, .rq = rq, .rp = rp };
	enum err e = serve_api(&c, door->run);
	if (e)
		reply_error(rp, status_of(e), cx->error.reason, cx->error.sentence);
}

static void refuse(void *app, struct ctx *cx, const struct http_request *rq, int status,
	const char *sentence, struct http_reply *rp)
{
	(void)app;
	(void)cx;
	(void)rq;
	reply_error(rp, status, "request.refused", sentence);
}

enum err control_listen(
	struct twin *twin, struct ctx *cx, const char *listen, struct http_server **ret_server)
{
	struct http_server_options options = { .listen = listen,
		.threads = 2,
		.routes = routes,
		.route_count = sizeof(routes) / sizeof(*routes),
		.handle = handle,
		.refuse = refuse,
		.app = twin };
	return http_server_start(cx, &options, ret_server);
}

enum err control_find_location(struct control_call *c, struct location **ret_location)
{
	const char *uid = http_path_param(c->rq, "uid");
	/* "first" spares a demo the look-up. */
	*ret_location = uid && !strcmp(uid, "first") && c->twin->count
	                        ? c->twin->list[0]
	                        : location_find(c->twin, uid);
	if (!*ret_location)
		return err_set(c->cx, ERR_NOT_FOUND, "location.unknown",
			"There is no location %s; GET /control/locations lists them.", uid);
	return OK;
}

int64_t control_number(const struct control_call *c, const char *name, int64_t fallback)
{
	const char *text = http_query(c->rq, name);
	int64_t n;
	return text && !text_parse_i64(text, 0, INT64_MAX, &n) ? n : fallback;
}

void control_paging(const struct control_call *c, uint64_t *ret_after, size_t *ret_limit)
{
	*ret_after = (uint64_t)control_number(c, "after", 0);
	*ret_limit = (size_t)control_number(c, "limit", 1000);
	if (*ret_limit > 100000)
		*ret_limit = 100000;
}
