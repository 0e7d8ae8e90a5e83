/* The three actions on VPP users: invite, delete, sync. */
#include <inttypes.h>

#include "base/ctx.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/invite.h"
#include "domain/jobs.h"
#include "domain/remove.h"
#include "domain/sync_plan.h"
#include "http/input.h"
#include "http/jobs.h"
#include "http/location_param.h"
#include "http/preview.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/selection.h"
#include "store/jobs.h"

#define LOOK_MAX 100000000

struct verb {
	const char *const *members; /* of the body */
	bool may_be_whole;          /* the selection may be left out: the whole location */
	enum err (*preview)(struct app *app, struct ctx *cx, const struct action *action,
		struct action_preview *ret_preview);
	enum err (*start)(struct app *app, struct ctx *cx, const struct action *action,
		int64_t *ret_job_id, bool *ret_is_repeat);
};

static enum err reply_preview(struct ctx *cx, struct http_reply *rp, const struct action_preview *p)
{
	REPLY_AUTO(out, w);
	http_preview_to_json(&w, NULL, p);
	return http_reply_json(cx, rp, 200, &out);
}

static enum err read_action(struct app *app, struct ctx *cx, const struct http_request *rq,
	const struct verb *verb, struct action *action, struct selection *selection)
{
	static const char *const modes[] = { "apply", "plan", NULL };
	static const char *const channels[] = { "notification", "email", "notification_else_email",
		NULL };
	const struct json *body = NULL;
	const char *mode = NULL;
	enum err e = http_json_body(cx, rq, verb->members, &body);
	if (!e)
		e = http_body_location(app, cx, body, &action->location_id);
	if (!e && verb->may_be_whole)
		e = http_member_word(cx, body, "mode", HTTP_OPTIONAL, modes, &mode);
	if (!e)
		e = http_member_word(
			cx, body, "channel", HTTP_OPTIONAL, channels, &action->channel);
	if (!e)
		e = http_member_bool(
			cx, body, "skip_recent", HTTP_OPTIONAL, false, &action->skip_recent);
	if (e)
		return e;
	action->plan_only = mode && mode[0] == 'p';
	const struct json *given = json_get(body, "selection");
	if (given || !verb->may_be_whole) {
		e = http_selection_read(cx, given, selection);
		action->selection = selection;
	}
	if (!e)
		e = http_idempotency(cx, rq, &action->idempotency_key, &action->request_hash);
	return e;
}

static enum err act(struct app *app, struct ctx *cx, const struct http_request *rq,
	struct http_reply *rp, const struct verb *verb)
{
	static const char *const known[] = { "dry_run", "look", NULL };
	struct action action = { 0 };
	struct selection selection = { 0 };
	struct action_preview preview = { 0 };
	int dry_run = 0;
	int64_t job_id = 0;
	bool is_repeat = false;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_flag(cx, rq, "dry_run", 0, &dry_run);
	if (!e)
		e = http_query_i64(cx, rq, "look", 1, LOOK_MAX, 0, &action.look_most);
	if (!e)
		e = read_action(app, cx, rq, verb, &action, &selection);
	if (!e && dry_run) {
		e = verb->preview(app, cx, &action, &preview);
		return e ? e : reply_preview(cx, rp, &preview);
	}
	if (!e)
		e = verb->start(app, cx, &action, &job_id, &is_repeat);
	return e ? e : http_jobs_reply(app, cx, rp, 202, job_id);
}

enum err http_vpp_users_invite(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const members[] = { "location", "selection", "channel", "skip_recent",
		NULL };
	static const struct verb verb = { members, false, invite_preview, invite_start };
	return act(app, cx, rq, rp, &verb);
}

enum err http_vpp_users_delete(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const members[] = { "location", "selection", NULL };
	static const struct verb verb = { members, false, remove_preview, remove_start };
	return act(app, cx, rq, rp, &verb);
}

enum err http_vpp_users_sync(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const members[] = { "location", "selection", "mode", NULL };
	static const struct verb verb = { members, true, sync_preview, sync_start };
	return act(app, cx, rq, rp, &verb);
}
