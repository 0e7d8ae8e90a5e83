#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/drift.h"
#include "domain/events.h"
#include "domain/invitations.h"
#include "domain/jobs.h"
#include "domain/life_cycle.h"
#include "domain/location_guard.h"
#include "domain/observe.h"
#include "domain/sync_judge.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/user_stage.h"

#define CHUNK       500
#define OPEN_ITEMS  16
#define STAGE_CHUNK 4096

#define WORDS_MOVED    "Not done: it changed since the plan was made. The next sync plans it again."
#define WORDS_OBSERVED "Not done: Pomona only observes this location and changes nothing at Apple."

struct applying {
	struct app *app;
	struct sync_reading reading;
	int64_t read_at;
	int64_t now;
	bool is_part;     /* nothing is added to what was chosen */
	bool is_observed; /* nothing is changed at Apple */
};

static struct observed observed_of(const struct staged_user *s)
{
	return (struct observed){
		.client_user_id = s->client_user_id,
		.status = s->status,
		.email = s->email,
		.id_hash = s->id_hash,
		.invite_code_box = s->invite_code_box,
	};
}

/* A record that was not made here becomes somebody's. */
static enum err take_in(const struct applying *a, struct db *db, struct ctx *cx,
	const struct item *item, const struct staged_user *staged, int64_t person_id)
{
	bool is_associated = text_equal(staged->status, "Associated");
	struct vpp_user u = {
		.location_id = a->reading.location_id,
		.person_id = person_id,
		.client_user_id = staged->client_user_id,
		.is_live = true,
		.state = is_associated ? VPP_ASSOCIATED : VPP_REGISTERED,
		.apple_status = staged->status,
		.apple_email = staged->email,
		.apple_seen_at = a->read_at,
		.id_hash = staged->id_hash,
		.invite_code_box = staged->invite_code_box,
		.registered_at = a->now,
		.associated_at = is_associated ? a->now : 0,
	};
	int64_t id = 0;
	enum err e = vpp_users_insert(db, cx, &u, &id);
	/* Whose record is gone and who has another one now need not be invited again. */
	if (!e)
		e = drift_is_back(db, cx, &u);
	if (!e)
		e = jobs_end_item(db, cx, item->id, "done", 0, item->detail);
	return e;
}

static enum err mark_missing(const struct applying *a, struct db *db, struct ctx *cx,
	const struct item *item, struct vpp_user *u)
{
	u->missing_since = a->now;
	u->look_wanted_at = 0;
	enum err e = vpp_users_save(db, cx, u);
	if (!e)
		e = jobs_end_item(db, cx, item->id, "done", 0, item->detail);
	return e;
}

/* What Apple showed is taken over, and the row says so. */
static enum err note(const struct applying *a, struct db *db, struct ctx *cx, struct item *item,
	const struct staged_user *staged)
{
	struct vpp_user u;
	bool moved = false;
	struct observed seen = observed_of(staged);
	enum err e = observe(a->app, db, cx, a->reading.location_id, &seen, a->read_at, &u, &moved);
	return e ? e : jobs_end_item(db, cx, item->id, "done", 0, item->detail);
}

/* A retire takes the place of what has not been sent for this record. */
static enum err begin_retire(const struct applying *a, struct db *db, struct ctx *cx,
	const struct item *item, struct vpp_user *u)
{
	struct item items[OPEN_ITEMS];
	size_t count = 0;
	enum err e = items_open_of(db, cx, u->id, OPEN_ITEMS, items, &count);
	for (size_t i = 0; !e && i < count; i++)
		if (items[i].id != item->id && text_equal(items[i].state, "planned"))
			e = jobs_end_item(db, cx, items[i].id, "cancelled", 0,
				"Replaced: the person is not wanted as a VPP user any more.");
	if (!e && text_equal(u->message_state, "waiting"))
		e = invitations_withdraw(db, cx, u->id, NULL);
	if (!e)
		e = vpp_users_find(db, cx, u->id, u);
	if (e)
		return e;
	life_cycle_move(u, LIFE_REMOVE, a->now);
	return vpp_users_save(db, cx, u);
}

static enum err apply_known(const struct applying *a, struct db *db, struct ctx *cx,
	struct item *item, struct vpp_user *u, const struct staged_user *staged,
	const struct sync_verdict *verdict)
{
	switch (verdict->row.plan) {
	case PLAN_NOTE_MISSING:
		return mark_missing(a, db, cx, item, u);
	case PLAN_RETIRE:
		return begin_retire(a, db, cx, item, u);
	case PLAN_UPDATE:
		return OK;
	case PLAN_NOTE_REGISTERED:
	case PLAN_NOTE_ASSOCIATED:
	case PLAN_NOTE_RETIRED:
	case PLAN_NOTE_FOUND:
		if (staged)
			return note(a, db, cx, item, staged);
		break;
	case PLAN_NOTHING:
	case PLAN_ADOPT:
	case PLAN_FOREIGN:
		break;
	}
	return jobs_end_item(db, cx, item->id, "not_needed", 0, WORDS_MOVED);
}

/* The person accepted and has a new e-mail as well: one row became two. */
static enum err plan_rest(
	const struct applying *a, struct db *db, struct ctx *cx, const struct item *item)
{
	struct vpp_user u;
	struct sync_verdict verdict = { 0 };
	enum err e = vpp_users_find(db, cx, item->vpp_user_id, &u);
	if (e)
		return e;
	struct sync_reading now_known = a->reading;
	now_known.is_delta = true;
	struct sync_case c = { &u, NULL, NULL, item->id, 0 };
	e = sync_judge(db, cx, &now_known, &c, &verdict);
	if (e || verdict.row.plan != PLAN_UPDATE)
		return e;
	struct item update = {
		.job_id = item->job_id,
		.location_id = item->location_id,
		.person_id = item->person_id,
		.vpp_user_id = item->vpp_user_id,
		.kind = "update",
		.state = "planned",
		.detail = verdict.words,
	};
	e = jobs_grow(db, cx, item->job_id, 1);
	return e ? e : items_insert(db, cx, &update, NULL);
}

static const char *record_of(const struct item *item)
{
	bool is_named = item->reason && text_starts_with(item->reason, SYNC_RECORD);
	return is_named ? item->reason + strlen(SYNC_RECORD) : "";
}

static enum err apply_item(
	const struct applying *a, struct db *db, struct ctx *cx, struct item *item)
{
	struct vpp_user u;
	struct staged_user staged;
	struct sync_verdict verdict = { 0 };
	bool is_known = item->vpp_user_id != 0;
	enum err e = is_known ? vpp_users_find(db, cx, item->vpp_user_id, &u) : OK;
	if (e)
		return e;
	const char *client_user_id = is_known ? u.client_user_id : record_of(item);
	e = user_stage_find(db, cx, item->job_id, client_user_id, &staged);
	bool is_staged = e == OK;
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (!is_known && !is_staged)
		return jobs_end_item(db, cx, item->id, "not_needed", 0, WORDS_MOVED);
	if (is_known && u.state == VPP_REMOVING && text_equal(item->kind, "retire"))
		return OK; /* begun before a restart */
	struct sync_case c = { is_known ? &u : NULL, is_staged ? &staged : NULL, NULL, item->id,
		a->read_at };
	struct sync_reading reading = a->reading;
	reading.is_delta = !text_equal(item->kind, "note_missing");
	e = sync_judge(db, cx, &reading, &c, &verdict);
	if (e)
		return e;
	/* Another address than the one that was seen in the plan is another row of a plan. */
	bool has_moved =
		!text_equal(verdict.row.kind, item->kind) ||
		(verdict.row.plan == PLAN_UPDATE && !text_equal(verdict.words, item->detail));
	if (has_moved)
		return jobs_end_item(db, cx, item->id, "not_needed", 0, WORDS_MOVED);
	if (!is_known)
		return take_in(a, db, cx, item, &staged, verdict.person_id);
	bool is_note = !verdict.row.at_apple;
	if (!is_note && a->is_observed)
		return jobs_end_item(db, cx, item->id, "skipped", 0, WORDS_OBSERVED);
	if (is_note && verdict.row.plan != PLAN_NOTE_RETIRED &&
		verdict.row.plan != PLAN_NOTE_MISSING) {
		e = apply_known(a, db, cx, item, &u, is_staged ? &staged : NULL, &verdict);
		return e || a->is_part || a->is_observed ? e : plan_rest(a, db, cx, item);
	}
	return apply_known(a, db, cx, item, &u, is_staged ? &staged : NULL, &verdict);
}

static enum err apply_chunk(
	struct applying *a, struct ctx *asker, int64_t *after, size_t *ret_count)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct item *items = ARENA_ARRAY(cx.mem, struct item, CHUNK);
	DB_AUTO(db);
	enum err e = db_write(a->app->db, &cx, &db);
	if (!e)
		e = items_list(
			db, &cx, a->reading.job_id, "planned", *after, CHUNK, items, ret_count);
	for (size_t i = 0; !e && i < *ret_count; i++) {
		*after = items[i].id;
		e = apply_item(a, db, &cx, &items[i]);
	}
	if (!e)
		e = db_commit(&db, &cx);
	KILL_POINT("plan.applied");
	return e ? action_pass_error(asker, &cx, e) : OK;
}

/* A plan's rows are kept until it is over; those of plans that were given up go with the next one. */
static enum err drop_stage(struct app *app, struct ctx *cx, int64_t job_id)
{
	int64_t count = 0;
	do {
		DB_AUTO(db);
		enum err e = db_write(app->db, cx, &db);
		if (!e)
			e = user_stage_clear(db, cx, job_id, STAGE_CHUNK, &count);
		if (!e)
			e = db_commit(&db, cx);
		if (e)
			return e;
	} while (count == STAGE_CHUNK);
	return OK;
}

enum err sync_tidy(struct app *app, struct ctx *cx)
{
	int64_t job_id = 0;
	enum err e = OK;
	do {
		struct job job = { .state = "" };
		DB_AUTO(db);
		e = db_read(app->db, cx, &db);
		if (!e)
			e = user_stage_next_job(db, cx, job_id, &job_id);
		if (!e && job_id)
			e = jobs_find(db, cx, job_id, &job);
		db_release(&db);
		bool is_over = text_equal(job.state, "done") || text_equal(job.state, "failed") ||
		               text_equal(job.state, "cancelled");
		if (!e && is_over)
			e = drop_stage(app, cx, job_id);
	} while (!e && job_id);
	return e;
}

static enum err out_of_phases(struct app *app, struct ctx *cx, int64_t job_id)
{
	DB_AUTO(db);
	struct job job;
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job_id, &job);
	if (e)
		return e;
	job.phase = NULL;
	e = jobs_save(db, cx, &job);
	if (!e && job.total <= job.done + job.failed + job.skipped)
		e = jobs_finish(db, cx, job_id);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("plan.done");
	return e;
}

enum err sync_apply(struct app *app, struct ctx *cx, int64_t job_id)
{
	struct applying a = { .app = app, .now = clock_now_ms() };
	struct job job;
	struct location location;
	int64_t after = 0;
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job_id, &job);
	if (!e)
		e = locations_get(db, cx, job.location_id, &location);
	if (e)
		return e;
	db_release(&db);
	a.read_at = job.started_at;
	a.is_part = job.is_part;
	a.is_observed = location_is_observed(&location);
	/* What is not staged was judged when the plan was made; absence counts as it did then. */
	a.reading = (struct sync_reading){ .job_id = job_id,
		.location_id = job.location_id,
		.is_delta = true,
		.is_consistent = true };
	do
		e = apply_chunk(&a, cx, &after, &count);
	while (!e && count == CHUNK);
	if (!e)
		e = drop_stage(app, cx, job_id);
	if (!e)
		e = out_of_phases(app, cx, job_id);
	if (e)
		return e;
	events_post(app, "people-changed", job.location_id, "{}");
	jobs_publish(app, cx, job_id);
	return OK;
}
