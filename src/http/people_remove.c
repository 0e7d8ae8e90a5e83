/* Taking a person out: what happens at Apple, then doing it. */
#include "base/ctx.h"
#include "db/db.h"
#include "domain/jobs.h"
#include "domain/person.h"
#include "domain/person_leave.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/jobs.h"

static enum err reply_preview(struct app *app, struct ctx *cx, struct http_reply *rp, int64_t id)
{
	struct person_place *places;
	size_t count;
	enum err e = person_leave_preview(app, cx, id, &places, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_array(&w, "vpp_users");
	for (size_t i = 0; i < count; i++) {
		jw_object(&w, NULL);
		jw_object(&w, "location");
		jw_i64(&w, "id", places[i].location_id);
		jw_str(&w, "name", places[i].location_name);
		jw_end_object(&w);
		jw_bool(&w, "will_retire", places[i].is_retired);
		jw_str(&w, "what", places[i].words);
		jw_i64(&w, "licences", places[i].licences);
		jw_i64(&w, "licences_stay", places[i].licences_stay);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

static enum err reply_jobs(
	struct app *app, struct ctx *cx, struct http_reply *rp, const int64_t *ids, size_t count)
{
	struct job job;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_array(&w, "jobs");
	for (size_t i = 0; !e && i < count; i++) {
		e = jobs_find(db, cx, ids[i], &job);
		if (!e)
			jobs_to_json(&w, NULL, &job);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	return e ? e : http_reply_json(cx, rp, 202, &out);
}

enum err http_people_remove(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "dry_run", "retire", NULL };
	int64_t id, jobs[PERSON_PLACES_MAX];
	size_t count = 0;
	int dry_run, retire;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_flag(cx, rq, "dry_run", 0, &dry_run);
	if (!e)
		e = http_query_flag(cx, rq, "retire", 0, &retire);
	if (e)
		return e;
	if (dry_run)
		return reply_preview(app, cx, rp, id);
	e = retire ? person_leave(app, cx, id, jobs, &count) : person_take_out(app, cx, id);
	if (e)
		return e;
	return count ? reply_jobs(app, cx, rp, jobs, count) : http_reply_nothing(rp);
}
