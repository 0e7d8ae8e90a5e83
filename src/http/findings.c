/* What differs between Apple and us, and what to do about it. */
#include "base/ctx.h"
#include "db/db.h"
#include "domain/drift.h"
#include "domain/jobs.h"
#include "http/input.h"
#include "http/list.h"
#include "http/location_param.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/findings.h"
#include "store/jobs.h"

static const char *const kinds[] = { "foreign", "second_record", "missing", "retired_elsewhere",
	"email_elsewhere", "other_account", "shared_account", NULL };
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
	static const char *const hows[] = { "invite", "sync", "leave", NULL };
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
