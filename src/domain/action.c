#include "domain/action.h"

#include <string.h>

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
#include "domain/location_guard.h"
#include "domain/selection.h"
#include "store/audit.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"

#define CHUNK_PEOPLE     4000 /* in one transaction: some tens of milliseconds of the writer */
#define DETAIL_MAX_BYTES 4096

struct action_run action_run_of(struct app *app, const struct action *action)
{
	return (struct action_run){ .app = app,
		.location_id = action->location_id,
		.now = clock_now_ms(),
		.retry_of = action->retry_of,
		.channel = action->channel,
		.skip_recent = action->skip_recent };
}

enum err action_pass_error(struct ctx *cx, const struct ctx *from, enum err e)
{
	cx->error = from->error;
	cx->error.sentence = arena_strdup(cx->mem, from->error.sentence);
	cx->error.pointer = arena_strdup(cx->mem, from->error.pointer);
	return e;
}

enum err action_item(const struct action_run *run, struct db *db, struct ctx *cx, int64_t person_id,
	int64_t vpp_user_id, const char *kind, const char *words, int64_t *ret_item_id)
{
	struct item item = {
		.job_id = run->job_id,
		.location_id = run->location_id,
		.person_id = person_id,
		.vpp_user_id = vpp_user_id,
		.kind = kind,
		.state = "planned",
		.detail = words,
	};
	return items_insert(db, cx, &item, ret_item_id);
}

enum err action_check_mode(
	struct db *db, struct ctx *cx, const struct action_verb *verb, int64_t location_id)
{
	struct location location;
	if (!verb->changes_apple)
		return OK;
	enum err e = locations_get(db, cx, location_id, &location);
	return e ? e : location_refuse_observed(cx, &location);
}

enum err action_repeat(struct db *db, struct ctx *cx, const char *job_kind,
	const struct action *action, int64_t *ret_job_id)
{
	if (!action->idempotency_key)
		return ERR_NOT_FOUND;
	struct job job;
	enum err e = jobs_find_key(db, cx, cx->actor.name, action->idempotency_key, &job);
	if (e)
		return e;
	if (!text_equal(job.kind, job_kind) || !text_equal(job.request_hash, action->request_hash))
		return err_set(cx, ERR_CONFLICT, "idempotency.other_request",
			"This Idempotency-Key was used for another request (job %lld). Use a new "
			"key for a new request.",
			(long long)job.id);
	*ret_job_id = job.id;
	return OK;
}

struct progress {
	int64_t after, will, skipped;
	bool is_over;
};

static enum err write_person(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct action_verb *verb, const struct person *person, struct progress *progress)
{
	struct action_choice choice = { 0 };
	enum err e = verb->choose(run, db, cx, person, &choice);
	if (e)
		return e;
	if (!choice.is_skipped) {
		progress->will++;
		return verb->write(run, db, cx, person, &choice);
	}
	progress->skipped++;
	struct item item = {
		.job_id = run->job_id,
		.location_id = run->location_id,
		.person_id = person->id,
		.vpp_user_id = person->vpp.id,
		.kind = "skip",
		.state = "skipped",
		.reason = choice.words,
	};
	return items_insert(db, cx, &item, NULL);
}

/* One transaction's worth of people. */
static enum err write_chunk(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct action_verb *verb, const struct action *action, struct progress *progress)
{
	for (size_t done = 0; done < CHUNK_PEOPLE;) {
		CTX_AUTO(page);
		page.actor = cx->actor;
		struct person *people = NULL;
		size_t count = 0;
		enum err e = selection_next(db, &page, action->selection, action->location_id,
			progress->after, ACTION_PAGE_PEOPLE, &people, &count);
		for (size_t i = 0; !e && i < count; i++) {
			e = write_person(run, db, &page, verb, &people[i], progress);
			progress->after = people[i].id;
		}
		if (e)
			return action_pass_error(cx, &page, e);
		if (!count) {
			progress->is_over = true;
			return OK;
		}
		done += count;
	}
	return OK;
}

static enum err insert_job(struct db *db, struct ctx *cx, const struct action_verb *verb,
	const struct action *action, int64_t *ret_job_id)
{
	struct job job = {
		.kind = verb->job_kind,
		.mode = action->plan_only ? "plan" : "apply",
		.location_id = action->location_id,
		.channel = action->channel,
		.state = "preparing",
		.phase = verb->first_phase,
		.selection_json = selection_to_json(cx, action->selection, action->retry_of),
		.asked_by = cx->actor.name,
		.asked_kind = cx->actor.kind,
		.idempotency_key = action->idempotency_key,
		.request_hash = action->request_hash,
	};
	return jobs_insert(db, cx, &job, ret_job_id);
}

/* The job becomes visible, with its audit row. */
static enum err open_job(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct action_verb *verb, const struct progress *progress)
{
	struct job job;
	struct location location;
	enum err e = jobs_find(db, cx, run->job_id, &job);
	if (!e)
		e = locations_get(db, cx, run->location_id, &location);
	if (e)
		return e;
	job.state = "waiting";
	job.total = progress->will + progress->skipped;
	e = jobs_save(db, cx, &job);
	int64_t left = 0;
	if (!e)
		e = jobs_count_up(db, cx, job.id, 0, 0, progress->skipped, &left);
	if (!e && !left && !job.phase)
		e = jobs_finish(db, cx, job.id);
	if (e)
		return e;
	BUF_AUTO(detail, DETAIL_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &detail);
	jw_object(&w, NULL);
	jw_i64(&w, "job", job.id);
	jw_i64(&w, "people", progress->will);
	jw_i64(&w, "skipped", progress->skipped);
	if (run->retry_of)
		jw_i64(&w, "retry_of", run->retry_of);
	if (run->channel)
		jw_str(&w, "channel", run->channel);
	jw_end_object(&w);
	return audit_write(
		db, cx, verb->audit_act, "location", location.id, location.name, detail.bytes);
}

/* A job that could not be written to its end is not left half done: its wishes are taken back. */
static void abandon(struct app *app, const struct ctx *asker, int64_t job_id)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	DB_AUTO(db);
	int64_t cancelled = 0;
	struct job job;
	if (db_write(app->db, &cx, &db) || jobs_find(db, &cx, job_id, &job))
		return;
	job.state = "failed";
	job.failure = "The request could not be written down completely; nothing of it was sent to "
		      "Apple. Ask again.";
	job.finished_at = clock_now_ms();
	if (items_cancel(db, &cx, job_id, job.failure, job.finished_at, &cancelled) ||
		jobs_save(db, &cx, &job))
		return;
	(void)!db_commit(&db, &cx);
}

/* The further transactions of a large selection. */
static enum err write_rest(struct action_run *run, struct ctx *cx, const struct action_verb *verb,
	const struct action *action, struct progress *progress)
{
	enum err e = OK;
	while (!e && !progress->is_over) {
		DB_AUTO(db);
		e = db_write(run->app->db, cx, &db);
		if (!e)
			e = write_chunk(run, db, cx, verb, action, progress);
		if (!e && progress->is_over)
			e = open_job(run, db, cx, verb, progress);
		if (!e)
			e = db_commit(&db, cx);
	}
	if (e)
		abandon(run->app, cx, run->job_id);
	return e;
}

enum err action_start(struct app *app, struct ctx *cx, const struct action_verb *verb,
	const struct action *action, int64_t *ret_job_id, bool *ret_is_repeat)
{
	struct action_run run = action_run_of(app, action);
	struct progress progress = { 0 };
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e)
		return e;
	e = action_repeat(db, cx, verb->job_kind, action, ret_job_id);
	if (e != ERR_NOT_FOUND) {
		*ret_is_repeat = true;
		return e;
	}
	int64_t expected = 0;
	e = action_check_mode(db, cx, verb, action->location_id);
	if (!e)
		e = selection_check(db, cx, action->selection, action->location_id, &expected);
	if (!e)
		e = insert_job(db, cx, verb, action, &run.job_id);
	if (!e)
		e = write_chunk(&run, db, cx, verb, action, &progress);
	if (!e && progress.is_over)
		e = open_job(&run, db, cx, verb, &progress);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("action.promised");
	if (!e && !progress.is_over)
		e = write_rest(&run, cx, verb, action, &progress);
	if (e)
		return e;
	*ret_job_id = run.job_id;
	*ret_is_repeat = false;
	wake_ring(app->lane_wake);
	wake_ring(app->deliver_wake);
	jobs_publish(app, cx, run.job_id);
	return OK;
}
