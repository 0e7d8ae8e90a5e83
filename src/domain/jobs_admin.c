/* What an admin may do with a job: cancel it, try its failed parts again. */
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/invitations.h"
#include "domain/invite.h"
#include "domain/jobs.h"
#include "domain/life_cycle.h"
#include "domain/remove.h"
#include "domain/selection.h"
#include "domain/sync_plan.h"
#include "store/audit.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/vpp_users.h"

#define CHUNK_ITEMS     500
#define CANCELLED_WORDS "Cancelled before it was sent."
#define OBSERVED_WORDS  "Not sent: Pomona only observes this location now."

static enum err mark_cancelled(struct app *app, struct ctx *cx, int64_t job_id)
{
	DB_AUTO(db);
	struct job job;
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job_id, &job);
	if (e)
		return e;
	if (text_equal(job.state, "done") || text_equal(job.state, "failed") ||
		text_equal(job.state, "cancelled"))
		return err_set(cx, ERR_CONFLICT, "job.over", "Job %lld is over already: %s.",
			(long long)job_id, job.state);
	job.state = "cancelled";
	job.step = NULL;
	job.wait_reason = NULL;
	job.wait_until = 0;
	job.finished_at = clock_now_ms();
	e = jobs_save(db, cx, &job);
	if (!e)
		e = audit_write(db, cx, "jobs.cancel", "job", job_id, job.kind, NULL);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("job.cancelled");
	return e;
}

/* The record goes back to what it was before the wish. */
static enum err take_back(struct db *db, struct ctx *cx, const struct item *item)
{
	struct vpp_user u;
	if (!item->vpp_user_id)
		return OK;
	enum err e = vpp_users_find(db, cx, item->vpp_user_id, &u);
	if (e)
		return e;
	bool moved = false;
	if (text_equal(item->kind, "create") && !u.apple_status)
		moved = life_cycle_move(&u, LIFE_REMOVE_UNSENT, clock_now_ms());
	else if (text_equal(item->kind, "retire"))
		moved = life_cycle_move(&u,
			text_equal(u.apple_status, "Associated") ? LIFE_REMOVE_FAILED_ASSOCIATED
								 : LIFE_REMOVE_FAILED_REGISTERED,
			clock_now_ms());
	else if (text_equal(item->kind, "message"))
		return invitations_withdraw(db, cx, u.id, CANCELLED_WORDS);
	return moved ? vpp_users_save(db, cx, &u) : OK;
}

static enum err cancel_chunk(
	struct app *app, struct ctx *cx, int64_t job_id, const char *state, size_t *ret_count)
{
	CTX_AUTO(chunk);
	chunk.actor = cx->actor;
	DB_AUTO(db);
	struct item *items = ARENA_ARRAY(chunk.mem, struct item, CHUNK_ITEMS);
	size_t count = 0;
	enum err e = db_write(app->db, &chunk, &db);
	if (!e)
		e = items_list(db, &chunk, job_id, state, 0, CHUNK_ITEMS, items, &count);
	for (size_t i = 0; !e && i < count; i++) {
		e = take_back(db, &chunk, &items[i]);
		if (!e)
			e = jobs_end_item(db, &chunk, items[i].id, "cancelled", 0, CANCELLED_WORDS);
	}
	if (!e)
		e = db_commit(&db, &chunk);
	KILL_POINT("job.items_cancelled");
	*ret_count = count;
	return e ? action_pass_error(cx, &chunk, e) : OK;
}

static enum err cancel_items(struct app *app, struct ctx *cx, int64_t job_id)
{
	static const char *const states[] = { "planned", "held" };
	enum err e = OK;
	for (size_t i = 0; !e && i < 2; i++) {
		size_t count = 0;
		do
			e = cancel_chunk(app, cx, job_id, states[i], &count);
		while (!e && count == CHUNK_ITEMS);
	}
	return e;
}

enum err jobs_cancel(struct app *app, struct ctx *cx, int64_t job_id)
{
	enum err e = mark_cancelled(app, cx, job_id);
	if (!e)
		e = cancel_items(app, cx, job_id);
	if (e)
		return e;
	wake_ring(app->lane_wake);
	jobs_publish(app, cx, job_id);
	return OK;
}

/* Messages are nothing at Apple; they go on. */
static bool is_sent_to_apple(const struct item *item)
{
	return text_equal(item->kind, "create") || text_equal(item->kind, "update") ||
	       text_equal(item->kind, "retire");
}

struct stopping {
	int64_t job_id, after;
	size_t count; /* of the last page */
	bool has_stopped_some;
};

static enum err stop_chunk(
	struct app *app, struct ctx *cx, const char *state, struct stopping *stopping)
{
	CTX_AUTO(chunk);
	chunk.actor = cx->actor;
	DB_AUTO(db);
	struct item *items = ARENA_ARRAY(chunk.mem, struct item, CHUNK_ITEMS);
	enum err e = db_write(app->db, &chunk, &db);
	if (!e)
		e = items_list(db, &chunk, stopping->job_id, state, stopping->after, CHUNK_ITEMS,
			items, &stopping->count);
	for (size_t i = 0; !e && i < stopping->count; i++) {
		stopping->after = items[i].id;
		if (!is_sent_to_apple(&items[i]))
			continue;
		stopping->has_stopped_some = true;
		e = take_back(db, &chunk, &items[i]);
		if (!e)
			e = jobs_end_item(db, &chunk, items[i].id, "cancelled", 0, OBSERVED_WORDS);
	}
	if (!e)
		e = db_commit(&db, &chunk);
	return e ? action_pass_error(cx, &chunk, e) : OK;
}

enum err jobs_stop_sending(struct app *app, struct ctx *cx, int64_t job_id)
{
	static const char *const states[] = { "planned", "held" };
	struct stopping stopping = { .job_id = job_id };
	enum err e = OK;
	for (size_t i = 0; !e && i < 2; i++) {
		stopping.after = 0;
		do
			e = stop_chunk(app, cx, states[i], &stopping);
		while (!e && stopping.count == CHUNK_ITEMS);
	}
	if (!e && stopping.has_stopped_some)
		jobs_publish(app, cx, job_id);
	return e;
}

static enum err find_half_cancelled(struct app *app, struct ctx *cx, int64_t *ret_job_id)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : jobs_half_cancelled(db, cx, ret_job_id);
}

enum err jobs_cancel_rest(struct app *app, struct ctx *cx)
{
	int64_t job_id = 0;
	enum err e = find_half_cancelled(app, cx, &job_id);
	while (!e && job_id) {
		e = cancel_items(app, cx, job_id);
		if (!e)
			jobs_publish(app, cx, job_id);
		if (!e)
			e = find_half_cancelled(app, cx, &job_id);
	}
	return e;
}

static enum err failed_people(struct app *app, struct ctx *cx, int64_t job_id, struct job *ret_job,
	struct selection *ret_selection)
{
	DB_AUTO(db);
	struct item *items = ARENA_ARRAY(cx->mem, struct item, CHUNK_ITEMS);
	int64_t *ids = ARENA_ARRAY(cx->mem, int64_t, SELECTION_MAX_IDS);
	size_t id_count = 0, count = 0;
	int64_t after = 0;
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job_id, ret_job);
	if (e)
		return e;
	if (!ret_job->finished_at)
		return err_set(cx, ERR_CONFLICT, "job.open",
			"Job %lld is still %s. Its failed parts can be tried again when it is "
			"over.",
			(long long)job_id, ret_job->state);
	do {
		e = items_list(db, cx, job_id, "failed", after, CHUNK_ITEMS, items, &count);
		for (size_t i = 0; !e && i < count; i++) {
			after = items[i].id;
			if (items[i].person_id && id_count < SELECTION_MAX_IDS)
				ids[id_count++] = items[i].person_id;
		}
	} while (!e && count == CHUNK_ITEMS);
	if (e)
		return e;
	if (!id_count)
		return err_set(cx, ERR_CONFLICT, "job.nothing_failed",
			"No part of job %lld failed; there is nothing to try again.",
			(long long)job_id);
	return selection_of_ids(cx, ids, id_count, ret_selection);
}

enum err jobs_retry_preview(
	struct app *app, struct ctx *cx, int64_t job_id, struct action_preview *ret_preview)
{
	struct job job;
	struct selection selection;
	enum err e = failed_people(app, cx, job_id, &job, &selection);
	if (e)
		return e;
	struct action action = {
		.location_id = job.location_id,
		.selection = &selection,
		.retry_of = job_id,
		.channel = job.channel,
	};
	if (text_equal(job.kind, "invite"))
		return invite_preview(app, cx, &action, ret_preview);
	if (text_equal(job.kind, "delete"))
		return remove_preview(app, cx, &action, ret_preview);
	return sync_preview(app, cx, &action, ret_preview);
}

enum err jobs_retry(struct app *app, struct ctx *cx, int64_t job_id, const char *key,
	const char *hash, int64_t *ret_job_id)
{
	struct job job;
	struct selection selection;
	bool is_repeat = false;
	enum err e = failed_people(app, cx, job_id, &job, &selection);
	if (e)
		return e;
	struct action action = { .location_id = job.location_id,
		.selection = &selection,
		.retry_of = job_id,
		.channel = job.channel,
		.idempotency_key = key,
		.request_hash = hash };
	if (text_equal(job.kind, "invite"))
		return invite_start(app, cx, &action, ret_job_id, &is_repeat);
	if (text_equal(job.kind, "delete"))
		return remove_start(app, cx, &action, ret_job_id, &is_repeat);
	return sync_start(app, cx, &action, ret_job_id, &is_repeat);
}
