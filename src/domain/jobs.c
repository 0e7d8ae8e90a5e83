#include "domain/jobs.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/events.h"
#include "domain/invitations.h"
#include "domain/life_cycle.h"
#include "domain/statistics.h"
#include "store/items.h"
#include "store/jobs.h"

#define SUMMARY_KINDS 40
#define JOB_JSON_MAX  (16 * 1024)

static bool is_open_state(const char *state)
{
	static const char *const open[] = { "planned", "intended", "accepted", "unknown", "held" };
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		if (text_equal(state, open[i]))
			return true;
	return false;
}

bool jobs_item_is_open(const struct item *item)
{
	return is_open_state(item->state);
}

/* {"create done": 12, …} in the words of the API. */
enum err jobs_summarise(struct db *db, struct ctx *cx, struct job *job)
{
	struct item_count counts[SUMMARY_KINDS];
	size_t count = 0;
	enum err e = items_count_kinds(db, cx, job->id, SUMMARY_KINDS, counts, &count);
	if (e)
		return e;
	BUF_AUTO(out, JOB_JSON_MAX);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	for (size_t i = 0; i < count; i++)
		jw_i64(&w, arena_printf(cx->mem, "%s_%s", counts[i].kind, counts[i].state),
			counts[i].count);
	jw_end_object(&w);
	job->summary_json = arena_strndup(cx->mem, out.bytes, out.length);
	return OK;
}

enum err jobs_finish(struct db *db, struct ctx *cx, int64_t job_id)
{
	struct job job;
	enum err e = jobs_find(db, cx, job_id, &job);
	if (e)
		return e;
	bool is_running = text_equal(job.state, "running") || text_equal(job.state, "waiting");
	if (!is_running || text_equal(job.phase, "read"))
		return OK;
	e = jobs_summarise(db, cx, &job);
	if (e)
		return e;
	job.state = "done";
	job.phase = NULL;
	job.step = NULL;
	job.wait_reason = NULL;
	job.wait_until = 0;
	job.finished_at = clock_now_ms();
	e = jobs_save(db, cx, &job);
	return e ? e : statistics_keep_today(db, cx);
}

static enum err count_end(struct db *db, struct ctx *cx, int64_t job_id, const char *state)
{
	bool is_done = text_equal(state, "done");
	bool is_failed = text_equal(state, "failed");
	int64_t left = 0;
	enum err e =
		jobs_count_up(db, cx, job_id, is_done, is_failed, !is_done && !is_failed, &left);
	if (e || left > 0)
		return e;
	/* Of a plan that is being applied a note may bring another row; its end looks again. */
	struct job job;
	e = jobs_find(db, cx, job_id, &job);
	return e || text_equal(job.phase, "apply") ? e : jobs_finish(db, cx, job_id);
}

enum err jobs_end_item(struct db *db, struct ctx *cx, int64_t item_id, const char *state,
	int64_t apple_number, const char *words)
{
	struct item item;
	enum err e = items_find(db, cx, item_id, &item);
	if (e)
		return e;
	if (!is_open_state(item.state))
		return OK;
	item.state = state;
	item.apple_number = apple_number;
	if (text_equal(state, "done")) {
		item.detail = words ? words : item.detail;
		item.reason = NULL;
	} else {
		item.reason = words;
	}
	e = items_save(db, cx, &item);
	if (e)
		return e;
	return count_end(db, cx, item.job_id, state);
}

enum err jobs_item_waits(struct db *db, struct ctx *cx, int64_t item_id, const char *reason)
{
	struct item item;
	enum err e = items_find(db, cx, item_id, &item);
	if (e || !is_open_state(item.state) || text_equal(item.reason, reason))
		return e;
	item.reason = reason;
	return items_save(db, cx, &item);
}

void jobs_publish(struct app *app, struct ctx *cx, int64_t job_id)
{
	DB_AUTO(db);
	struct job job;
	if (!events_is_heard(app) || db_read(app->db, cx, &db) || jobs_find(db, cx, job_id, &job))
		return;
	db_release(&db);
	BUF_AUTO(out, JOB_JSON_MAX);
	struct json_writer w;
	jw_init(&w, &out);
	jobs_to_json(&w, NULL, &job);
	if (!out.is_full)
		events_post(app, "job", job_id, out.bytes);
}
