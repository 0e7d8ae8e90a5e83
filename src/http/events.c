/* The stream of live progress. */
#include "base/ctx.h"
#include "domain/events.h"
#include "http/auth.h"
#include "http/routes.h"

enum err http_events_stream(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	if (!app->events)
		return err_set(
			cx, ERR_LIMITED, "events.off", "Live progress is off; read the jobs.");
	enum err e = events_may_subscribe(app->events, cx);
	if (e)
		return e;
	http_reply_status(rp, 200);
	http_reply_header(rp, "X-Accel-Buffering", "no");
	events_subscribe(app->events, auth_stream_owner(cx, rq), http_reply_stream(rp));
	return OK;
}
