#include "domain/sync_plan.h"

#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/drift.h"
#include "domain/jobs.h"
#include "domain/sync_judge.h"
#include "store/items.h"
#include "store/jobs.h"

#define CHUNK      500
#define COUNTS_MAX 40

/* --- one row -------------------------------------------------------------------------------- */

static enum err plan_row(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct vpp_user *last, const struct staged_user *staged)
{
	struct sync_case c = { .last = last, .staged = staged };
	struct sync_verdict verdict = { 0 };
	enum err e = sync_judge(db, cx, reading, &c, &verdict);
	if (!e)
		e = drift_planned(db, cx, reading, last, staged, &verdict);
	if (e || verdict.row.plan == PLAN_NOTHING)
		return e;
	struct item item = {
		.job_id = reading->job_id,
		.location_id = reading->location_id,
		.person_id = verdict.person_id,
		.vpp_user_id = last ? last->id : 0,
		.kind = verdict.row.kind,
		.state = "planned",
		.detail = verdict.words,
		.reason = last ? NULL
		               : arena_printf(cx->mem, SYNC_RECORD "%s", staged->client_user_id),
	};
	e = items_insert(db, cx, &item, NULL);
	if (!e)
		e = jobs_grow(db, cx, reading->job_id, 1);
	return e;
}

/* --- a whole walk: two lists in one order ----------------------------------------------------- */

struct merge {
	struct vpp_user users[CHUNK];
	struct staged_user staged[CHUNK];
	size_t user_count, staged_count;
	char after[256]; /* both lists were taken up to here */
	bool is_over;
};

/* The greatest key that both pages are known to reach. */
static const char *reach_of(const struct merge *m)
{
	const char *users_end = m->user_count == CHUNK ? m->users[CHUNK - 1].client_user_id : NULL;
	const char *staged_end =
		m->staged_count == CHUNK ? m->staged[CHUNK - 1].client_user_id : NULL;
	if (users_end && staged_end)
		return strcmp(users_end, staged_end) < 0 ? users_end : staged_end;
	return users_end ? users_end : staged_end;
}

static enum err merge_pages(
	struct db *db, struct ctx *cx, const struct sync_reading *reading, struct merge *m)
{
	const char *reach = reach_of(m);
	size_t u = 0, s = 0;
	while (u < m->user_count || s < m->staged_count) {
		int order = u == m->user_count     ? 1
		            : s == m->staged_count ? -1
		                                   : strcmp(m->users[u].client_user_id,
							     m->staged[s].client_user_id);
		const char *key =
			order <= 0 ? m->users[u].client_user_id : m->staged[s].client_user_id;
		if (reach && strcmp(key, reach) > 0)
			break;
		enum err e = plan_row(db, cx, reading, order <= 0 ? &m->users[u] : NULL,
			order >= 0 ? &m->staged[s] : NULL);
		if (e)
			return e;
		u += order <= 0;
		s += order >= 0;
	}
	m->is_over = !reach;
	if (reach && strlen(reach) < sizeof(m->after))
		memcpy(m->after, reach, strlen(reach) + 1);
	return OK;
}

static enum err merge_chunk(struct app *app, struct ctx *asker, const struct sync_reading *reading,
	char after[256], bool *ret_is_over)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct merge *m = ARENA_NEW(cx.mem, struct merge);
	memcpy(m->after, after, sizeof(m->after));
	DB_AUTO(db);
	enum err e = db_write(app->db, &cx, &db);
	if (!e)
		e = vpp_users_page(
			db, &cx, reading->location_id, m->after, CHUNK, m->users, &m->user_count);
	if (!e)
		e = user_stage_page(
			db, &cx, reading->job_id, m->after, CHUNK, m->staged, &m->staged_count);
	if (!e)
		e = merge_pages(db, &cx, reading, m);
	if (!e)
		e = db_commit(&db, &cx);
	KILL_POINT("plan.page");
	if (e)
		return action_pass_error(asker, &cx, e);
	memcpy(after, m->after, sizeof(m->after));
	*ret_is_over = m->is_over;
	return OK;
}

/* --- a list of changes: those that changed there, then those that changed here --------------- */

static enum err changed_there(struct app *app, struct ctx *asker,
	const struct sync_reading *reading, char after[256], bool *ret_is_over)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct staged_user *staged = ARENA_ARRAY(cx.mem, struct staged_user, CHUNK);
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_write(app->db, &cx, &db);
	if (!e)
		e = user_stage_page(db, &cx, reading->job_id, after, CHUNK, staged, &count);
	for (size_t i = 0; !e && i < count; i++) {
		struct vpp_user u;
		e = vpp_users_find_client(
			db, &cx, reading->location_id, staged[i].client_user_id, &u);
		bool is_known = e == OK;
		if (is_known || e == ERR_NOT_FOUND)
			e = plan_row(db, &cx, reading, is_known ? &u : NULL, &staged[i]);
		if (strlen(staged[i].client_user_id) < 256)
			memcpy(after, staged[i].client_user_id,
				strlen(staged[i].client_user_id) + 1);
	}
	if (!e)
		e = db_commit(&db, &cx);
	KILL_POINT("plan.changes");
	*ret_is_over = count < CHUNK;
	return e ? action_pass_error(asker, &cx, e) : OK;
}

static enum err changed_here(struct app *app, struct ctx *asker, const struct sync_reading *reading,
	int64_t *after, bool *ret_is_over)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct vpp_user *users = ARENA_ARRAY(cx.mem, struct vpp_user, CHUNK);
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_write(app->db, &cx, &db);
	if (!e)
		e = vpp_users_unlike(db, &cx, reading->location_id, *after, CHUNK, users, &count);
	for (size_t i = 0; !e && i < count; i++) {
		struct staged_user staged;
		e = user_stage_find(db, &cx, reading->job_id, users[i].client_user_id, &staged);
		if (e == ERR_NOT_FOUND)
			e = plan_row(db, &cx, reading, &users[i], NULL);
		*after = users[i].id;
	}
	if (!e)
		e = db_commit(&db, &cx);
	KILL_POINT("plan.here");
	*ret_is_over = count < CHUNK;
	return e ? action_pass_error(asker, &cx, e) : OK;
}

enum err sync_plan_whole(struct app *app, struct ctx *cx, const struct sync_reading *reading)
{
	char after[256] = "";
	int64_t after_id = 0;
	bool is_over = false;
	enum err e = OK;
	while (!e && !is_over)
		e = reading->is_delta ? changed_there(app, cx, reading, after, &is_over)
		                      : merge_chunk(app, cx, reading, after, &is_over);
	is_over = !reading->is_delta;
	while (!e && !is_over)
		e = changed_here(app, cx, reading, &after_id, &is_over);
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
	e = user_stage_find(db, cx, reading->job_id, u.client_user_id, &staged);
	bool is_staged = e == OK;
	if (e && e != ERR_NOT_FOUND)
		return e;
	struct sync_case c = { &u, is_staged ? &staged : NULL, item->id, 0 };
	e = sync_judge(db, cx, reading, &c, &verdict);
	if (!e)
		e = drift_planned(db, cx, reading, &u, is_staged ? &staged : NULL, &verdict);
	if (e)
		return e;
	if (verdict.row.plan == PLAN_NOTHING)
		return jobs_end_item(db, cx, item->id, "not_needed", 0, verdict.words);
	item->kind = verdict.row.kind;
	item->detail = verdict.words;
	return items_save(db, cx, item);
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

/* The brake: nobody asked for this sync, so it may not take many people's licences by itself. */
static enum err brake(struct db *db, struct ctx *cx, const struct job *job, const char **ret_words)
{
	int64_t retires = 0, live = 0, states[VPP_STATE_COUNT];
	*ret_words = NULL;
	if (!text_equal(job->asked_kind, "schedule"))
		return OK;
	enum err e = count_retires(db, cx, job->id, &retires);
	if (!e)
		e = vpp_users_count_states(db, cx, job->location_id, states);
	if (e)
		return e;
	for (int i = 0; i < VPP_STATE_COUNT; i++)
		live += states[i];
	if (retires > BRAKE_PEOPLE || (retires > 1 && retires * 100 > live * BRAKE_PERCENT))
		*ret_words = arena_printf(cx->mem,
			"The plan would retire %lld of %lld people. It waits until a person "
			"applies "
			"or cancels it.",
			(long long)retires, (long long)live);
	return OK;
}

/* Plans of the whole location that nobody applied are overtaken by this one. */
static enum err end_older_plans(struct db *db, struct ctx *cx, const struct job *newer)
{
	int64_t id = 0, left = 0, cancelled = 0;
	enum err e;
	if (!newer->whole_location)
		return OK;
	while ((e = jobs_planned_whole(db, cx, newer->location_id, newer->id, &id)) == OK) {
		struct job old;
		e = jobs_find(db, cx, id, &old);
		if (e)
			return e;
		old.state = "cancelled";
		old.step = "Overtaken by a newer sync";
		old.wait_reason = NULL;
		old.finished_at = clock_now_ms();
		e = items_cancel(db, cx, id, old.step, old.finished_at, &cancelled);
		if (!e)
			e = jobs_count_up(db, cx, id, 0, 0, cancelled, &left);
		if (!e)
			e = user_stage_clear(db, cx, id);
		if (!e)
			e = jobs_save(db, cx, &old);
		if (e)
			return e;
	}
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
