/* What differs between Apple and us, and what to do about it. */
#include "base/ctx.h"
#include "base/json.h"
#include "db/db.h"
#include "domain/drift.h"
#include "domain/jobs.h"
#include "domain/selection.h"
#include "http/input.h"
#include "http/list.h"
#include "http/location_param.h"
#include "http/preview.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/findings.h"
#include "store/jobs.h"

#define GROUPS_MAX 2000

static const char *const kinds[] = { "foreign", "second_record", "missing", "retired_elsewhere",
	"email_elsewhere", "other_account", "shared_account", NULL };
static const char *const hows[] = { "invite", "sync", "delete", "retire", "leave", NULL };
static const char *const states[] = { "open", "solved", NULL };

static void finding_to_json(struct json_writer *w, const char *key, const struct finding *f)
{
	jw_object(w, key);
	jw_i64(w, "id", f->id);
	jw_i64(w, "location", f->location_id);
	jw_str(w, "kind", f->kind);
	jw_str(w, "subject", f->subject);
	if (f->person_id) {
		jw_object(w, "person");
		jw_i64(w, "id", f->person_id);
		jw_str(w, "display_name", f->person_name ? f->person_name : "");
		jw_end_object(w);
	} else {
		jw_null(w, "person");
	}
	jw_str(w, "state", f->state);
	jw_str(w, "detail", f->detail);
	jw_str(w, "repair", f->repair);
	jw_i64_or_null(w, "job", f->job_id);
	jw_i64_or_null(w, "repair_job", f->repair_job_id);
	jw_time(w, "first_seen_at", f->first_seen_at);
	jw_time(w, "last_seen_at", f->last_seen_at);
	jw_time(w, "solved_at", f->solved_at);
	jw_str(w, "solved_because", f->solved_because);
	jw_end_object(w);
}

static enum err read_filter(struct ctx *cx, struct db *db, const struct http_request *rq,
	struct findings_filter *filter)
{
	enum err e = http_query_word(cx, rq, "kind", kinds, &filter->kind);
	if (!e)
		e = http_query_word(cx, rq, "state", states, &filter->state);
	if (!e && http_query(rq, "location"))
		e = http_location_param(db, cx, rq, &filter->location_id);
	return e;
}

enum err http_findings_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "location", "kind", "state", "count", NULL };
	struct http_list list;
	struct findings_filter filter = { 0 };
	DB_AUTO(db);
	enum err e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = read_filter(cx, db, rq, &filter);
	if (!e && list.wants_total)
		e = findings_count(db, cx, &filter, &list.total);
	if (e)
		return e;
	struct finding *findings = ARENA_ARRAY(cx->mem, struct finding, list.most);
	e = findings_list(db, cx, &filter, list.after_id, list.most, findings, &list.count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		finding_to_json(&w, NULL, &findings[i]);
		list.last_id = findings[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

static enum err reply_repaired(
	struct app *app, struct ctx *cx, struct http_reply *rp, int64_t id, int64_t job_id)
{
	struct finding finding;
	struct job job;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = findings_find(db, cx, id, &finding);
	if (!e && job_id)
		e = jobs_find(db, cx, job_id, &job);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	finding_to_json(&w, "finding", &finding);
	if (job_id)
		jobs_to_json(&w, "job", &job);
	else
		jw_null(&w, "job");
	jw_end_object(&w);
	return http_reply_json(cx, rp, job_id ? 202 : 200, &out);
}

enum err http_findings_repair(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "how", NULL };
	const struct json *body;
	const char *how, *key = NULL, *hash = NULL;
	int64_t id = 0, job_id = 0;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_word(cx, body, "how", HTTP_REQUIRED, hows, &how);
	if (!e)
		e = http_idempotency(cx, rq, &key, &hash);
	if (!e)
		e = drift_repair(app, cx, id, how, key, hash, &job_id);
	return e ? e : reply_repaired(app, cx, rp, id, job_id);
}

enum err http_findings_groups(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "location", "state", NULL };
	struct findings_filter filter = { 0 };
	struct findings_group *groups = ARENA_ARRAY(cx->mem, struct findings_group, GROUPS_MAX);
	size_t count = 0;
	DB_AUTO(db);
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = db_read(app->db, cx, &db);
	if (!e)
		e = read_filter(cx, db, rq, &filter);
	if (!e)
		e = findings_groups(db, cx, filter.location_id,
			filter.state ? filter.state : "open", GROUPS_MAX, groups, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++) {
		const struct findings_group *g = &groups[i];
		jw_object(&w, NULL);
		jw_i64(&w, "location", g->location_id);
		jw_str(&w, "location_name", g->location_name);
		jw_str(&w, "kind", g->kind);
		jw_i64(&w, "count", g->count);
		jw_i64(&w, "repairable", g->repairable);
		jw_str(&w, "repair", g->repair);
		jw_time(&w, "first_seen_at", g->first_seen_at);
		jw_time(&w, "last_seen_at", g->last_seen_at);
		jw_end_object(&w);
	}
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}

static enum err read_ids(struct ctx *cx, const struct json *body, const char *key,
	const char *pointer, const int64_t **ret_ids, size_t *ret_count)
{
	int64_t *ids = NULL;
	if (!json_is_array(json_get(body, key)))
		return http_member_given(body, key)
		               ? err_set_field(cx, ERR_INVALID, "json.type", pointer,
					 "%s must be a list of numbers of findings.", key)
		               : OK;
	enum err e = http_ids(cx, json_get(body, key), pointer, SELECTION_MAX_IDS, &ids, ret_count);
	*ret_ids = ids;
	return e;
}

static enum err read_wish(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct drift_wish *wish)
{
	static const char *const known[] = { "location", "kind", "how", "ids", "exclude",
		"expected", NULL };
	const struct json *body;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_word(cx, body, "kind", HTTP_REQUIRED, kinds, &wish->kind);
	if (!e)
		e = http_member_word(cx, body, "how", HTTP_REQUIRED, hows, &wish->how);
	if (!e)
		e = http_member_i64(
			cx, body, "expected", HTTP_OPTIONAL, 0, INT64_MAX, -1, &wish->expected);
	if (!e)
		e = read_ids(cx, body, "ids", "/ids", &wish->ids, &wish->id_count);
	/* An empty list is nobody; only no list at all is everybody. */
	if (!e && json_is_array(json_get(body, "ids")) && !wish->id_count)
		e = err_set_field(cx, ERR_INVALID, "selection.empty", "/ids",
			"No finding is chosen. Choose at least one.");
	if (!e)
		e = read_ids(cx, body, "exclude", "/exclude", &wish->exclude, &wish->exclude_count);
	if (!e)
		e = http_idempotency(cx, rq, &wish->idempotency_key, &wish->request_hash);
	return e ? e : http_body_location(app, cx, body, &wish->location_id);
}

static enum err reply_wish(struct ctx *cx, struct http_reply *rp, const struct drift_preview *p)
{
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_i64(&w, "findings", p->findings);
	jw_i64(&w, "gone", p->gone);
	jw_i64(&w, "without", p->without);
	http_preview_to_json(&w, "people", &p->people);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

static enum err reply_done(
	struct app *app, struct ctx *cx, struct http_reply *rp, int64_t job_id, int64_t left)
{
	struct job job;
	DB_AUTO(db);
	enum err e = job_id ? db_read(app->db, cx, &db) : OK;
	if (!e && job_id)
		e = jobs_find(db, cx, job_id, &job);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_i64(&w, "left", left);
	if (job_id)
		jobs_to_json(&w, "job", &job);
	else
		jw_null(&w, "job");
	jw_end_object(&w);
	return http_reply_json(cx, rp, job_id ? 202 : 200, &out);
}

enum err http_findings_repair_all(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "dry_run", NULL };
	struct drift_wish wish = { .expected = -1 };
	struct drift_preview preview;
	int64_t job_id = 0, left = 0;
	int dry_run = 0;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_flag(cx, rq, "dry_run", 0, &dry_run);
	if (!e)
		e = read_wish(app, cx, rq, &wish);
	if (!e && dry_run) {
		e = drift_repair_preview(app, cx, &wish, &preview);
		return e ? e : reply_wish(cx, rp, &preview);
	}
	if (!e)
		e = drift_repair_all(app, cx, &wish, &job_id, &left);
	return e ? e : reply_done(app, cx, rp, job_id, left);
}
