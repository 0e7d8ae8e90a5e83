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
#include "http/reply.h"
#include "http/routes.h"
#include "http/selection.h"
#include "store/jobs.h"

#define LOOK_MAX 100000000

struct verb {
	bool may_be_whole; /* the selection may be left out: the whole location */
	enum err (*preview)(struct app *app, struct ctx *cx, const struct action *action,
		struct action_preview *ret_preview);
	enum err (*start)(struct app *app, struct ctx *cx, const struct action *action,
		int64_t *ret_job_id, bool *ret_is_repeat);
};

static void person_to_json(struct json_writer *w, const struct action_line *line)
{
	jw_object(w, "person");
	jw_i64(w, "id", line->person_id);
	jw_str(w, "display_name", line->person_name);
	jw_end_object(w);
}

static void lines_to_json(struct json_writer *w, const char *key, const char *words_key,
	const struct action_line *lines, size_t count)
{
	jw_array(w, key);
	for (size_t i = 0; i < count; i++) {
		jw_object(w, NULL);
		person_to_json(w, &lines[i]);
		jw_str(w, words_key, lines[i].words);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static enum err reply_preview(struct ctx *cx, struct http_reply *rp, const struct action_preview *p)
{
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_i64(&w, "selected", p->selected);
	jw_i64(&w, "looked_at", p->looked_at);
	jw_i64(&w, "will_do", p->will_do);
	jw_i64(&w, "will_skip", p->will_skip);
	jw_i64(&w, "licences", p->licences);
	jw_i64(&w, "licences_stay", p->licences_stay);
	lines_to_json(&w, "will", "what", p->will, p->will_count);
	lines_to_json(&w, "skip", "reason", p->skip, p->skip_count);
	jw_array(&w, "skip_reasons");
	for (size_t i = 0; i < p->reason_count; i++) {
		jw_object(&w, NULL);
		jw_str(&w, "reason", p->reasons[i].reason);
		jw_i64(&w, "count", p->reasons[i].count);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

static enum err read_location(
	struct app *app, struct ctx *cx, const struct json *body, int64_t *ret_location_id)
{
	int64_t given = 0;
	enum err e = http_member_i64(cx, body, "location", HTTP_OPTIONAL, 1, INT64_MAX, 0, &given);
	DB_AUTO(db);
	if (!e)
		e = db_read(app->db, cx, &db);
	if (!e)
		e = http_location_or_only(db, cx, given, ret_location_id);
	if (!e && !*ret_location_id)
		return err_set(cx, ERR_CONFLICT, "location.none",
			"There is no location yet. Upload its content token first, in Setting > "
			"iOS > "
			"VPP Server Setting.");
	return e;
}

static enum err read_action(struct app *app, struct ctx *cx, const struct http_request *rq,
	const struct verb *verb, struct action *action, struct selection *selection)
{
	static const char *const members[] = { "location", "selection", NULL };
	static const char *const sync_members[] = { "location", "selection", "mode", NULL };
	static const char *const modes[] = { "apply", "plan", NULL };
	const struct json *body = NULL;
	const char *mode = NULL;
	enum err e = http_json_body(cx, rq, verb->may_be_whole ? sync_members : members, &body);
	if (!e)
		e = read_location(app, cx, body, &action->location_id);
	if (!e && verb->may_be_whole)
		e = http_member_word(cx, body, "mode", HTTP_OPTIONAL, modes, &mode);
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
	static const struct verb verb = { false, invite_preview, invite_start };
	return act(app, cx, rq, rp, &verb);
}

enum err http_vpp_users_delete(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const struct verb verb = { false, remove_preview, remove_start };
	return act(app, cx, rq, rp, &verb);
}

enum err http_vpp_users_sync(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const struct verb verb = { true, sync_preview, sync_start };
	return act(app, cx, rq, rp, &verb);
}
