#include "domain/sync_plan.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/plant.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/drift.h"
#include "domain/jobs.h"
#include "domain/sync_judge.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/user_list.h"

#define CHUNK      500
#define COUNTS_MAX 40

/* --- one row -------------------------------------------------------------------------------- */

enum err sync_plan_row(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct sync_case *c, bool *ret_planned)
{
	struct sync_verdict verdict = { 0 };
	*ret_planned = false;
	enum err e = sync_judge(db, cx, reading, c, &verdict);
	if (!e)
		e = drift_planned(db, cx, reading, c->last, c->staged, &verdict);
	if (e || verdict.row.plan == PLAN_NOTHING || verdict.row.plan == PLAN_FOREIGN)
		return e;
	struct item item = {
		.job_id = reading->job_id,
		.location_id = reading->location_id,
		.person_id = verdict.person_id,
		.vpp_user_id = c->last ? c->last->id : 0,
		.kind = verdict.row.kind,
		.state = "planned",
		.detail = verdict.words,
		.reason = c->last ? NULL
		                  : arena_printf(
					    cx->mem, SYNC_RECORD "%s", c->staged->client_user_id),
	};
	*ret_planned = true;
	e = items_insert(db, cx, &item, NULL);
	if (!e && c->staged)
		e = user_stage_put(db, cx, reading->job_id, c->staged);
	return e;
}

/* --- a whole location ------------------------------------------------------------------------- */

/* Those that changed here since the last sync; what Apple listed as well was judged with it. */
static enum err changed_here(struct app *app, struct ctx *asker, const struct sync_reading *reading,
	int64_t *after, bool *ret_is_over)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct vpp_user *users = ARENA_ARRAY(cx.mem, struct vpp_user, CHUNK);
	size_t count = 0;
	int64_t planned = 0;
	DB_AUTO(db);
	enum err e = db_write(app->db, &cx, &db);
	if (!e)
		e = vpp_users_unlike(db, &cx, reading->location_id, *after, CHUNK, users, &count);
	for (size_t i = 0; !e && i < count; i++) {
		struct staged_user staged;
		struct sync_case c = { .last = &users[i] };
		bool is_planned = false;
		e = user_list_find(reading->list, &cx, users[i].client_user_id, &staged);
		if (e == ERR_NOT_FOUND)
			e = sync_plan_row(db, &cx, reading, &c, &is_planned);
		planned += is_planned;
		*after = users[i].id;
	}
	if (!e && planned)
		e = jobs_grow(db, &cx, reading->job_id, planned);
	if (!e)
		e = db_commit(&db, &cx);
	*ret_is_over = count < CHUNK;
	return e ? action_pass_error(asker, &cx, e) : OK;
}

enum err sync_plan_whole(struct app *app, struct ctx *cx, const struct sync_reading *reading)
{
	int64_t after_id = 0;
	bool is_over = !reading->is_delta;
	enum err e = sync_merge(app, cx, reading);
	while (!e && !is_over)
		e = changed_here(app, cx, reading, &after_id, &is_over);
	if (!e)
		e = sync_strangers_close(app, cx, reading);
	return e ? e : drift_close(app, cx, reading);
}

/* --- chosen people ---------------------------------------------------------------------------- */

static enum err plan_chosen(
	struct db *db, struct ctx *cx, const struct sync_reading *reading, struct item *item)
{
	struct vpp_user u;
	struct staged_user staged;
	struct sync_verdict verdict = { 0 };
	enum err e = vpp_users_find(db, cx, item->vpp_user_id, &u);
	if (e)
		return e;
	e = user_list_find(reading->list, cx, u.client_user_id, &staged);
	bool is_staged = e == OK;
	if (e && e != ERR_NOT_FOUND)
		return e;
	struct sync_case c = { &u, is_staged ? &staged : NULL, NULL, item->id, 0 };
	e = sync_judge(db, cx, reading, &c, &verdict);
	if (!e)
		e = drift_planned(db, cx, reading, &u, is_staged ? &staged : NULL, &verdict);
	if (e)
		return e;
	if (verdict.row.plan == PLAN_NOTHING)
		return jobs_end_item(db, cx, item->id, "not_needed", 0, verdict.words);
	item->kind = verdict.row.kind;
	item->detail = verdict.words;
	e = items_save(db, cx, item);
	if (!e && is_staged)
		e = user_stage_put(db, cx, reading->job_id, &staged);
	return e;
}

enum err sync_plan_chosen(struct app *app, struct ctx *asker, const struct sync_reading *reading)
{
	size_t count = 0;
	do {
		CTX_AUTO(cx);
		cx.actor = asker->actor;
		struct item *items = ARENA_ARRAY(cx.mem, struct item, CHUNK);
		DB_AUTO(db);
		enum err e = db_write(app->db, &cx, &db);
		if (!e)
			e = items_sendable(
				db, &cx, reading->job_id, "look", INT64_MAX, CHUNK, items, &count);
		for (size_t i = 0; !e && i < count; i++)
			e = plan_chosen(db, &cx, reading, &items[i]);
		if (!e)
			e = db_commit(&db, &cx);
		KILL_POINT("plan.chosen");
		if (e)
			return action_pass_error(asker, &cx, e);
	} while (count == CHUNK);
	return OK;
}

/* --- the end of the reading ------------------------------------------------------------------- */

static enum err count_retires(struct db *db, struct ctx *cx, int64_t job_id, int64_t *ret_retires)
{
	struct item_count counts[COUNTS_MAX];
	size_t count = 0;
	*ret_retires = 0;
	enum err e = items_count_kinds(db, cx, job_id, COUNTS_MAX, counts, &count);
	for (size_t i = 0; !e && i < count; i++)
		if (text_equal(counts[i].kind, "retire") && text_equal(counts[i].state, "planned"))
			*ret_retires = counts[i].count;
	return e;
}

/* The brake: whoever asked for the sync did not ask for its retires one by one (a file that leaves half
 * the school out makes them too), so it may not take many people's licences before somebody has seen the
 * plan. Strangers at Apple are not among the people whom it could take. */
static enum err brake(struct db *db, struct ctx *cx, const struct job *job, const char **ret_words)
{
	int64_t retires = 0, live = 0;
	*ret_words = NULL;
	if (text_equal(job->mode, "plan") || PLANT("no_brake"))
		return OK; /* it waits in any case, as was asked for */
	enum err e = count_retires(db, cx, job->id, &retires);
	if (!e)
		e = vpp_users_count_of_people(db, cx, job->location_id, &live);
	if (e)
		return e;
	if (retires > BRAKE_PEOPLE || (retires > 1 && retires * 100 > live * BRAKE_PERCENT))
		*ret_words = arena_printf(cx->mem,
			"The plan would retire %lld of %lld people. It waits until a person "
			"applies "
			"or cancels it.",
			(long long)retires, (long long)live);
	return OK;
}

/* Plans that nobody applied, of no one but the people of this one, are overtaken by it. */
static enum err end_older_plans(struct db *db, struct ctx *cx, const struct job *newer)
{
	int64_t id = 0;
	enum err e;
	while ((e = jobs_overtaken(db, cx, newer, &id)) == OK)
		if ((e = jobs_give_up_plan(db, cx, id, "Overtaken by a newer sync")))
			return e;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err sync_plan_close(struct app *app, struct ctx *cx, int64_t job_id, bool *ret_waits)
{
	DB_AUTO(db);
	struct job job;
	const char *held = NULL;
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job_id, &job);
	if (!e && text_equal(job.state, "cancelled")) {
		*ret_waits = true;
		return OK;
	}
	if (!e)
		e = end_older_plans(db, cx, &job);
	if (!e)
		e = brake(db, cx, &job, &held);
	if (e)
		return e;
	bool has_rows = job.total > job.done + job.failed + job.skipped;
	*ret_waits = has_rows && (held || text_equal(job.mode, "plan"));
	job.phase = "apply";
	job.step = held ? held : *ret_waits ? "The plan waits to be applied" : "Applying the plan";
	if (*ret_waits) {
		job.state = "planned";
		job.wait_reason = held;
		e = jobs_summarise(db, cx, &job);
	}
	if (!e)
		e = jobs_save(db, cx, &job);
	if (!e && !has_rows)
		e = jobs_finish(db, cx, job_id);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("plan.closed");
	if (!e)
		jobs_publish(app, cx, job_id);
	return e;
}
