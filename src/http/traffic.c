/* What was said to Apple for a job: a list, or one text to download. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "http/input.h"
#include "http/list.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/jobs.h"
#include "store/traffic.h"

#define DOWNLOAD_BYTES (4 * 1024 * 1024)

static void traffic_to_json(struct json_writer *w, const struct traffic *t)
{
	jw_object(w, NULL);
	jw_i64(w, "seq", t->seq);
	jw_i64(w, "dropped_before", t->dropped_before);
	jw_time(w, "at", t->at);
	jw_str(w, "operation", t->operation);
	jw_str(w, "method", t->method);
	jw_str(w, "url", t->url);
	jw_str(w, "request", t->request);
	if (t->status)
		jw_i64(w, "status", t->status);
	else
		jw_null(w, "status");
	jw_str(w, "response", t->response);
	jw_str(w, "failure", t->failure);
	if (t->number)
		jw_i64(w, "apple_number", t->number);
	else
		jw_null(w, "apple_number");
	jw_i64(w, "duration_ms", t->duration_ms);
	jw_end_object(w);
}

static void traffic_to_text(struct buf *out, struct ctx *cx, const struct traffic *t)
{
	if (t->dropped_before)
		buf_printf(
			out, "--- %" PRId64 " calls were dropped here ---\n\n", t->dropped_before);
	buf_printf(out, "%" PRId64 "  %s  %s\n%s %s\n", t->seq, clock_rfc3339_ms(cx->mem, t->at),
		t->operation, t->method, t->url);
	if (*t->request)
		buf_printf(out, "%s\n", t->request);
	buf_printf(out, "\n-> %" PRId64 " in %" PRId64 " ms%s%s\n%s\n\n", t->status, t->duration_ms,
		t->failure ? ": " : "", t->failure ? t->failure : "", t->response);
}

static enum err download(struct ctx *cx, struct http_reply *rp, int64_t job_id,
	const struct traffic *rows, size_t count)
{
	BUF_AUTO(out, DOWNLOAD_BYTES);
	buf_printf(&out, "Calls to Apple for job %" PRId64 ", without secrets.\n\n", job_id);
	for (size_t i = 0; i < count; i++)
		traffic_to_text(&out, cx, &rows[i]);
	http_reply_status(rp, 200);
	http_reply_header(rp, "Content-Disposition",
		arena_printf(
			cx->mem, "attachment; filename=\"job-%" PRId64 "-traffic.txt\"", job_id));
	http_reply_body(rp, "text/plain; charset=utf-8", out.bytes, out.length);
	return OK;
}

enum err http_jobs_traffic(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "format", NULL };
	static const char *const formats[] = { "json", "download", NULL };
	struct http_list list;
	struct job job;
	const char *format = NULL;
	int64_t id = 0;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = http_query_word(cx, rq, "format", formats, &format);
	if (!e)
		e = jobs_find(db, cx, id, &job);
	if (e)
		return e;
	bool is_download = text_equal(format, "download");
	size_t most = is_download ? TRAFFIC_MAX : list.most;
	struct traffic *rows = ARENA_ARRAY(cx->mem, struct traffic, most);
	e = traffic_list(db, cx, id, list.after_id, most, rows, &list.count);
	if (e)
		return e;
	if (is_download)
		return download(cx, rp, id, rows, list.count);
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		traffic_to_json(&w, &rows[i]);
		list.last_id = rows[i].seq;
	}
	return http_list_reply(cx, rp, &list, &w);
}
