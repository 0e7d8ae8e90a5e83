#include "http/jobs.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/jobs.h"
#include "http/input.h"
#include "http/list.h"
#include "http/location_param.h"
#include "http/preview.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/people.h"

static const char *const job_states[] = { "waiting", "running", "planned", "done", "failed",
	"cancelled", NULL };
static const char *const job_kinds[] = { "invite", "delete", "sync", "import", NULL };
static const char *const item_kinds[] = { "create", "update", "retire", "message", "look",
	"note_registered", "note_associated", "note_retired", "note_missing", "note_found", "adopt",
	"foreign", "skip", NULL };

const char *const http_item_states[] = { "planned", "intended", "accepted", "unknown", "held",
	"done", "failed", "not_needed", "cancelled", "skipped", NULL };

/* Reasons are few; what is beyond the most frequent is in the items. */
enum { RESULTS_MAX = 100 };

/* People whom a search inside a job looks at: who types a name means one of the first. */
enum { SEARCH_MAX = 1000 };

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
	if (!e)
		e = http_query_text(cx, rq, "by", 200, &filter->asked_by);
	if (!e)
		e = http_query_time(cx, rq, "since", &filter->since);
	if (!e)
		e = http_query_time(cx, rq, "until", &filter->until);
	int superseded = -1;
	if (!e)
		e = http_query_flag(cx, rq, "superseded", -1, &superseded);
	filter->superseded = superseded < 0 ? JOBS_SUPERSEDED_TOO
	                     : superseded   ? JOBS_SUPERSEDED_ALONE
	                                    : JOBS_SUPERSEDED_NOT;
	return e;
}

enum err http_jobs_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "state", "kind", "location", "person", "by", "since",
		"until", "superseded", "count", NULL };
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

/* The people whom the text finds, as a JSON array of their ids. */
static enum err find_people(
	struct ctx *cx, struct db *db, const char *q, int64_t location_id, const char **ret_json)
{
	struct people_filter filter = people_filter_any();
	struct people_page page = { .location_id = location_id, .limit = SEARCH_MAX };
	struct person *people;
	size_t count;
	BUF_AUTO(out, SEARCH_MAX * 24);
	filter.q = text_fold_search(cx->mem, q);
	enum err e = people_list(db, cx, &filter, &page, &people, &count);
	if (e)
		return e;
	buf_putc(&out, '[');
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s%" PRId64, i ? "," : "", people[i].id);
	buf_putc(&out, ']');
	*ret_json = arena_strdup(cx->mem, out.bytes);
	return OK;
}

struct items_asked {
	const char *state, *kind, *q, *people;
};

static enum err read_items_asked(
	struct ctx *cx, const struct http_request *rq, struct items_asked *ret_asked)
{
	struct items_asked a = { 0 };
	enum err e = http_query_word(cx, rq, "state", http_item_states, &a.state);
	if (!e)
		e = http_query_word(cx, rq, "kind", item_kinds, &a.kind);
	if (!e)
		e = http_query_text(cx, rq, "q", 200, &a.q);
	if (!e && a.q && a.kind)
		e = err_set_field(cx, ERR_INVALID, "query.both", "q",
			"Look for a person, or for a kind, not for both at once.");
	*ret_asked = a;
	return e;
}

static enum err count_items(struct ctx *cx, struct db *db, const struct items_asked *a,
	int64_t job_id, int64_t *ret_count)
{
	return a->people ? items_count_people(db, cx, job_id, a->people, a->state, ret_count)
	                 : items_count(db, cx, job_id, a->state, a->kind, ret_count);
}

static enum err list_items(struct ctx *cx, struct db *db, const struct items_asked *a,
	int64_t job_id, struct http_list *list, struct item *items)
{
	if (a->people)
		return items_list_people(db, cx, job_id, a->people, a->state, list->after_id,
			list->most, items, &list->count);
	if (a->kind)
		return items_list_kind(db, cx, job_id, a->kind, a->state, list->after_id,
			list->most, items, &list->count);
	return items_list(
		db, cx, job_id, a->state, list->after_id, list->most, items, &list->count);
}

enum err http_jobs_items(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "state", "kind", "q", "count", NULL };
	struct http_list list;
	struct job job;
	struct items_asked asked;
	int64_t id = 0;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = read_items_asked(cx, rq, &asked);
	if (!e)
		e = jobs_find(db, cx, id, &job);
	if (!e && asked.q)
		e = find_people(cx, db, asked.q, job.location_id, &asked.people);
	if (!e && list.wants_total)
		e = count_items(cx, db, &asked, id, &list.total);
	if (e)
		return e;
	struct item *items = ARENA_ARRAY(cx->mem, struct item, list.most);
	e = list_items(cx, db, &asked, id, &list, items);
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

static enum err preview_retry(struct app *app, struct ctx *cx, int64_t id, struct http_reply *rp)
{
	struct action_preview preview;
	enum err e = jobs_retry_preview(app, cx, id, &preview);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_preview_to_json(&w, NULL, &preview);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_jobs_retry(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "dry_run", NULL };
	const char *key = NULL, *hash = NULL;
	int64_t id = 0, new_id = 0;
	int dry = 0;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_flag(cx, rq, "dry_run", 0, &dry);
	if (!e && dry)
		return preview_retry(app, cx, id, rp);
	if (!e)
		e = http_idempotency(cx, rq, &key, &hash);
	if (!e)
		e = jobs_retry(app, cx, id, key, hash, &new_id);
	return e ? e : http_jobs_reply(app, cx, rp, 202, new_id);
}
