/* The audit trail, newest first: as a list, as a file, and whether it is as it was written. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/audit_watch.h"
#include "http/csv.h"
#include "http/input.h"
#include "http/list.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/audit.h"

#define PIECE_ROWS 50
#define ROW_BYTES  (300 * 1024) /* a row of the trail may have 256 KiB */

static const char *const known[] = { "target_kind", "target_id", "target", "actor", "act", "result",
	"since", "until", NULL };

static void audit_to_json(struct json_writer *w, const struct audit_row *row)
{
	jw_object(w, NULL);
	jw_i64(w, "id", row->id);
	jw_time(w, "at", row->at);
	jw_object(w, "actor");
	jw_str(w, "kind", row->actor_kind);
	jw_i64_or_null(w, "id", row->actor_id);
	jw_str(w, "name", row->actor_name);
	jw_str(w, "from", row->from_address);
	jw_end_object(w);
	jw_str(w, "act", row->act);
	jw_object(w, "target");
	jw_str(w, "kind", row->target_kind);
	jw_str(w, "id", row->target_id);
	jw_str(w, "name", row->target_name);
	jw_end_object(w);
	jw_str(w, "result", row->result);
	if (row->detail)
		jw_raw(w, "detail", row->detail);
	else
		jw_null(w, "detail");
	jw_end_object(w);
}

static enum err read_filter(
	struct ctx *cx, const struct http_request *rq, struct audit_filter *ret_filter)
{
	static const char *const results[] = { "ok", "partial", "failed", "refused", NULL };
	struct audit_filter f = { 0 };
	enum err e = http_query_text(cx, rq, "target_kind", 40, &f.target_kind);
	if (!e)
		e = http_query_text(cx, rq, "target_id", 40, &f.target_id);
	if (!e)
		e = http_query_text(cx, rq, "actor", 200, &f.actor);
	if (!e)
		e = http_query_text(cx, rq, "act", 60, &f.act);
	if (!e)
		e = http_query_time(cx, rq, "since", &f.since);
	if (!e)
		e = http_query_time(cx, rq, "until", &f.until);
	if (!e)
		e = http_query_word(cx, rq, "result", results, &f.result);
	if (!e)
		e = http_query_text(cx, rq, "target", 200, &f.target);
	*ret_filter = f;
	return e;
}

enum err http_audit_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct http_list list;
	struct audit_filter filter;
	struct audit_row *rows;
	DB_AUTO(db);
	enum err e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = read_filter(cx, rq, &filter);
	if (!e)
		e = audit_find(db, cx, &filter, list.after_id, (int)list.most, &rows, &list.count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		audit_to_json(&w, &rows[i]);
		list.last_id = rows[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

/* --- as a file -------------------------------------------------------------------------------- */

/* What outlives the request; kept holds the strings of the filter. */
struct audit_export {
	struct app *app;
	struct ctx kept;
	struct ctx piece;
	struct audit_filter filter;
	int64_t before_id;
	bool is_json, has_rows;
};

static void put_row(struct audit_export *x, struct buf *out, const struct audit_row *row)
{
	csv_cell(out, clock_rfc3339(x->piece.mem, row->at), true);
	csv_cell(out, row->actor_kind, false);
	csv_cell(out, row->actor_name, false);
	csv_cell(out, row->from_address, false);
	csv_cell(out, row->act, false);
	csv_cell(out, row->target_kind, false);
	csv_cell(out, row->target_id, false);
	csv_cell(out, row->target_name, false);
	csv_cell(out, row->result, false);
	csv_cell(out, row->detail, false);
	csv_line_end(out);
}

/* An array with a row on each line. A file that could not be made to its end is no JSON: it must not be
 * taken for the whole. */
static void put_json(struct audit_export *x, struct buf *out, const struct audit_row *row)
{
	struct buf one;
	struct json_writer w;
	buf_init(&one, ROW_BYTES);
	jw_init(&w, &one);
	audit_to_json(&w, row);
	buf_printf(out, "%s\n%s", x->has_rows ? "," : "", one.bytes);
	buf_fini(&one);
	x->has_rows = true;
}

static void begin_file(const struct audit_export *x, struct buf *out)
{
	if (x->is_json)
		buf_puts(out, "[");
	else
		buf_puts(out, CSV_MARK "at,actor_kind,actor,from,act,target_kind,target_id,target,"
				       "result,detail\r\n");
}

static bool export_next(void *state, struct buf *out)
{
	struct audit_export *x = state;
	struct audit_row *rows;
	size_t count = 0;
	ctx_reset(&x->piece);
	DB_AUTO(db);
	enum err e = db_read(x->app->db, &x->piece, &db);
	if (!e)
		e = audit_find(db, &x->piece, &x->filter, x->before_id, PIECE_ROWS, &rows, &count);
	if (e) {
		if (!x->is_json)
			csv_broke_off(out);
		return false;
	}
	if (!x->before_id)
		begin_file(x, out);
	for (size_t i = 0; i < count; i++)
		(x->is_json ? put_json : put_row)(x, out, &rows[i]);
	if (count < PIECE_ROWS) {
		buf_puts(out, x->is_json ? "\n]\n" : "");
		return false;
	}
	x->before_id = rows[count - 1].id;
	return true;
}

static void export_free(void *state)
{
	struct audit_export *x = state;
	ctx_fini(&x->piece);
	ctx_fini(&x->kept);
	free(x);
}

static const char *keep(struct audit_export *x, const char *text)
{
	return text ? arena_strdup(x->kept.mem, text) : NULL;
}

static enum err export(struct app *app, struct ctx *cx, const struct http_request *rq,
	struct http_reply *rp, bool is_json) {
	struct audit_filter filter; enum err e = http_query_only(cx, rq, known);
	if (!e) e = read_filter(cx, rq, &filter);
	if (e) return e;
	struct audit_export *x = calloc(1, sizeof(*x));
	if (!x) abort();
	x->app = app;
	ctx_init(&x->kept);
	ctx_init(&x->piece);
	x->filter = filter;
	x->filter.target_kind = keep(x, filter.target_kind);
	x->filter.target_id = keep(x, filter.target_id);
	x->filter.actor = keep(x, filter.actor);
	x->filter.act = keep(x, filter.act);
	x->filter.target = keep(x, filter.target);
	x->is_json = is_json;
	http_reply_status(rp, 200);
	http_reply_header(rp, "Content-Disposition",
		is_json ? "attachment; filename=\"audit.json\""
			: "attachment; filename=\"audit.csv\"");
	http_reply_pieces(rp, is_json ? "application/json" : "text/csv; charset=utf-8", export_next,
		export_free, x);
	return OK;
}

enum err http_audit_csv(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	return export(app, cx, rq, rp, false);
}

enum err http_audit_json(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	return export(app, cx, rq, rp, true);
}

/* --- is it as it was written? ----------------------------------------------------------------- */

static enum err reply_check(struct app *app, struct ctx *cx, struct http_reply *rp, int status)
{
	struct audit_seen seen;
	audit_watch_read(app->audit_watch, &seen);
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_str(&w, "state", !seen.is_known ? "unknown" : seen.bad_id ? "broken" : "whole");
	jw_bool(&w, "checking", seen.is_walking);
	jw_i64(&w, "rows", seen.rows);
	jw_time(&w, "checked_at", seen.checked_at);
	jw_i64_or_null(&w, "bad_row", seen.bad_id);
	jw_str(&w, "words", seen.words);
	jw_time(&w, "bad_since", seen.bad_since);
	jw_end_object(&w);
	return http_reply_json(cx, rp, status, &out);
}

enum err http_audit_check(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)rq;
	return reply_check(app, cx, rp, 200);
}

enum err http_audit_check_again(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)rq;
	audit_watch_again(app);
	return reply_check(app, cx, rp, 202);
}
