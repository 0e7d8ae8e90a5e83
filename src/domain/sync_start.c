/* Asking for a sync, of chosen people or of a whole location. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/jobs.h"
#include "domain/sync_judge.h"
#include "store/audit.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/people.h"

#define WORDS_NONE "Not a VPP user in this location: there is nothing to sync."
#define WORDS_READ "Apple is asked for the present state, and both sides are brought in step."

static const char *why_not(const struct person *alike)
{
	return text_equal(alike->vpp.state, "none") ? WORDS_NONE : NULL;
}

/* What can be said before Apple is asked: from what it last told. */
static enum err choose(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct person *person, struct action_choice *choice)
{
	struct vpp_user u;
	struct sync_verdict verdict = { 0 };
	struct sync_reading known = { .location_id = run->location_id, .is_delta = true };
	if (!person->vpp.id) {
		choice->is_skipped = true;
		choice->words = WORDS_NONE;
		return OK;
	}
	choice->kind = "look";
	choice->words = WORDS_READ;
	enum err e = vpp_users_find(db, cx, person->vpp.id, &u);
	struct sync_case c = { .last = &u };
	if (!e && !run->job_id)
		e = sync_judge(db, cx, &known, &c, &verdict);
	if (!e && verdict.row.at_apple)
		choice->words = verdict.words;
	return e;
}

static enum err write(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct person *person, const struct action_choice *choice)
{
	return action_item(
		run, db, cx, person->id, person->vpp.id, choice->kind, choice->words, NULL);
}

static const struct action_verb verb = {
	.job_kind = "sync",
	.audit_act = "vpp_users.sync",
	.first_phase = "read",
	.why_not = why_not,
	.choose = choose,
	.write = write,
};

static enum err preview_line(struct db *db, struct ctx *cx, int64_t location_id,
	const struct vpp_user *u, struct action_line *line)
{
	struct person *person = NULL;
	struct sync_verdict verdict = { 0 };
	struct sync_reading known = { .location_id = location_id, .is_delta = true };
	struct sync_case c = { .last = u };
	enum err e = people_find_even_deleted(db, cx, u->person_id, 0, &person);
	if (!e)
		e = sync_judge(db, cx, &known, &c, &verdict);
	if (!e)
		*line = (struct action_line){ person->id, person->display_name,
			verdict.row.at_apple ? verdict.words : WORDS_READ };
	return e;
}

static enum err preview_whole(struct app *app, struct ctx *cx, const struct action *action,
	struct action_preview *ret_preview)
{
	struct action_preview p = {
		.will = ARENA_ARRAY(cx->mem, struct action_line, ACTION_PREVIEW_PEOPLE),
	};
	struct vpp_user *users = ARENA_ARRAY(cx->mem, struct vpp_user, ACTION_PREVIEW_PEOPLE);
	int64_t states[VPP_STATE_COUNT];
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = vpp_users_count_states(db, cx, action->location_id, states);
	for (int i = 0; !e && i < VPP_STATE_COUNT; i++)
		p.will_do += states[i];
	p.selected = p.looked_at = p.will_do;
	if (!e)
		e = vpp_users_unlike(db, cx, action->location_id, 0, ACTION_PREVIEW_PEOPLE, users,
			&p.will_count);
	for (size_t i = 0; !e && i < p.will_count; i++)
		e = preview_line(db, cx, action->location_id, &users[i], &p.will[i]);
	if (!e)
		*ret_preview = p;
	return e;
}

enum err sync_preview(struct app *app, struct ctx *cx, const struct action *action,
	struct action_preview *ret_preview)
{
	if (!action->selection)
		return preview_whole(app, cx, action, ret_preview);
	return action_preview(app, cx, &verb, action, ret_preview);
}

static enum err insert_whole(
	struct db *db, struct ctx *cx, const struct action *action, int64_t *ret_job_id)
{
	struct location location;
	enum err e = locations_get(db, cx, action->location_id, &location);
	if (e)
		return e;
	struct job job = {
		.kind = "sync",
		.mode = action->plan_only ? "plan" : "apply",
		.location_id = action->location_id,
		.whole_location = true,
		.state = "waiting",
		.phase = "read",
		.asked_by = cx->actor.name,
		.asked_kind = cx->actor.kind,
		.idempotency_key = action->idempotency_key,
		.request_hash = action->request_hash,
	};
	e = jobs_insert(db, cx, &job, ret_job_id);
	if (e)
		return e;
	BUF_AUTO(detail, 256);
	struct json_writer w;
	jw_init(&w, &detail);
	jw_object(&w, NULL);
	jw_i64(&w, "job", *ret_job_id);
	jw_str(&w, "mode", job.mode);
	jw_end_object(&w);
	return audit_write(
		db, cx, verb.audit_act, "location", location.id, location.name, detail.bytes);
}

static enum err start_whole(struct app *app, struct ctx *cx, const struct action *action,
	int64_t *ret_job_id, bool *ret_is_repeat)
{
	struct job open;
	DB_AUTO(db);
	*ret_is_repeat = true;
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = action_repeat(db, cx, "sync", action, ret_job_id);
	if (e != ERR_NOT_FOUND)
		return e;
	e = jobs_open_whole(db, cx, action->location_id, &open);
	if (!e && text_equal(open.mode, action->plan_only ? "plan" : "apply")) {
		*ret_job_id = open.id;
		return OK;
	}
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_is_repeat = false;
	e = insert_whole(db, cx, action, ret_job_id);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("sync.asked");
	if (e)
		return e;
	wake_ring(app->lane_wake);
	jobs_publish(app, cx, *ret_job_id);
	return OK;
}

enum err sync_start(struct app *app, struct ctx *cx, const struct action *action,
	int64_t *ret_job_id, bool *ret_is_repeat)
{
	if (!action->selection)
		return start_whole(app, cx, action, ret_job_id, ret_is_repeat);
	return action_start(app, cx, &verb, action, ret_job_id, ret_is_repeat);
}
