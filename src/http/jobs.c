#include "http/jobs.h"

#include "base/ctx.h"
#include "db/db.h"
#include "domain/jobs.h"
#include "http/input.h"
#include "http/list.h"
#include "http/location_param.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/items.h"
#include "store/jobs.h"

static const char *const job_states[] = { "waiting", "running", "planned", "done", "failed",
	"cancelled", NULL };
static const char *const job_kinds[] = { "invite", "delete", "sync", "import", NULL };
static const char *const item_kinds[] = { "create", "update", "retire", "message", "look",
	"note_registered", "note_associated", "note_retired", "note_missing", "note_found", "adopt",
	"foreign", "skip", NULL };
static const char *const item_states[] = { "planned", "intended", "accepted", "unknown", "held",
	"done", "failed", "not_needed", "cancelled", "skipped", NULL };

/* Reasons are few; what is beyond the most frequent is in the items. */
enum { RESULTS_MAX = 100 };

enum err http_jobs_reply(
	struct app *app, struct ctx *cx, struct http_reply *rp, int status, int64_t job_id)
{
	struct job job;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job_id, &job);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jobs_to_json(&w, "job", &job);
	jw_end_object(&w);
	return http_reply_json(cx, rp, status, &out);
}

static enum err read_filter(
	struct ctx *cx, struct db *db, const struct http_request *rq, struct jobs_filter *filter)
{
	enum err e = http_query_word(cx, rq, "state", job_states, &filter->state);
	if (!e)
		e = http_query_word(cx, rq, "kind", job_kinds, &filter->kind);
	if (!e && http_query(rq, "location"))
		e = http_location_param(db, cx, rq, &filter->location_id);
	if (!e && http_query(rq, "person"))
		e = http_query_i64(cx, rq, "person", 1, INT64_MAX, 0, &filter->person_id);
	return e;
}

enum err http_jobs_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "state", "kind", "location", "person", "count", NULL };
	struct http_list list;
	struct jobs_filter filter = { 0 };
	DB_AUTO(db);
	enum err e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = read_filter(cx, db, rq, &filter);
	if (!e && list.wants_total)
		e = jobs_count(db, cx, &filter, &list.total);
	if (e)
		return e;
	struct job *jobs = ARENA_ARRAY(cx->mem, struct job, list.most);
	filter.before_id = list.after_id;
	e = jobs_list(db, cx, &filter, list.most, jobs, &list.count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		jobs_to_json(&w, NULL, &jobs[i]);
		list.last_id = jobs[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

enum err http_jobs_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	int64_t id = 0;
	struct job job;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = db_read(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, id, &job);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jobs_to_json(&w, NULL, &job);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_jobs_items(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "state", "kind", "count", NULL };
	struct http_list list;
	struct job job;
	const char *state = NULL, *kind = NULL;
	int64_t id = 0;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = http_query_word(cx, rq, "state", item_states, &state);
	if (!e)
		e = http_query_word(cx, rq, "kind", item_kinds, &kind);
	if (!e)
		e = jobs_find(db, cx, id, &job);
	if (!e && list.wants_total)
		e = items_count(db, cx, id, state, kind, &list.total);
	if (e)
		return e;
	struct item *items = ARENA_ARRAY(cx->mem, struct item, list.most);
	e = kind ? items_list_kind(
			   db, cx, id, kind, state, list.after_id, list.most, items, &list.count)
	         : items_list(db, cx, id, state, list.after_id, list.most, items, &list.count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		jobs_item_to_json(&w, NULL, &items[i]);
		list.last_id = items[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

enum err http_jobs_results(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct item_result results[RESULTS_MAX];
	struct job job;
	int64_t id = 0;
	size_t count = 0;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = db_read(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, id, &job);
	if (!e)
		e = items_results(db, cx, id, RESULTS_MAX, results, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_array(&w, "items");
	for (size_t i = 0; i < count; i++)
		jobs_result_to_json(&w, NULL, &results[i]);
	jw_end_array(&w);
	jw_null(&w, "next");
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

static enum err act(struct app *app, struct ctx *cx, const struct http_request *rq,
	struct http_reply *rp, enum err (*verb)(struct app *, struct ctx *, int64_t))
{
	int64_t id = 0;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = verb(app, cx, id);
	return e ? e : http_jobs_reply(app, cx, rp, 202, id);
}

enum err http_jobs_cancel(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	return act(app, cx, rq, rp, jobs_cancel);
}

enum err http_jobs_retry(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char *key = NULL, *hash = NULL;
	int64_t id = 0, new_id = 0;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_idempotency(cx, rq, &key, &hash);
	if (!e)
		e = jobs_retry(app, cx, id, key, hash, &new_id);
	return e ? e : http_jobs_reply(app, cx, rp, 202, new_id);
}
