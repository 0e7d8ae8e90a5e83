/* Imports: upload and preview, the rows, and apply. */
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/import.h"
#include "domain/import_matching.h"
#include "domain/jobs.h"
#include "http/input.h"
#include "http/list.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/imports.h"
#include "store/jobs.h"

static const char *const kinds[] = { "people", "devices", NULL };
static const char *const verdicts[] = { "add", "change", "same", "bad", NULL };

static void import_to_json(struct json_writer *w, const char *key, const struct import *i)
{
	jw_object(w, key);
	jw_i64(w, "id", i->id);
	jw_str(w, "kind", i->kind);
	jw_str(w, "state", i->state);
	jw_str(w, "file_name", i->file_name);
	jw_raw(w, "columns", i->columns ? i->columns : "[]");
	jw_str(w, "matching", i->matching);
	jw_i64(w, "added", i->added);
	jw_i64(w, "changed", i->changed);
	jw_i64(w, "unchanged", i->unchanged);
	jw_i64(w, "bad", i->bad);
	jw_str(w, "created_by", i->created_by);
	jw_time(w, "created_at", i->created_at);
	jw_time(w, "applied_at", i->applied_at);
	jw_i64_or_null(w, "job_id", i->job_id);
	jw_end_object(w);
}

static void row_to_json(struct json_writer *w, const struct import_row *row)
{
	jw_object(w, NULL);
	jw_i64(w, "line", row->line);
	jw_str(w, "verdict", row->verdict);
	jw_str(w, "key", row->label);
	jw_str(w, "changes", row->changes);
	jw_str(w, "reason", row->reason);
	jw_str(w, "outcome", row->outcome);
	jw_end_object(w);
}

/* A browser's form would wrap the file in boundaries, which then look like rows. */
static enum err refuse_form(struct ctx *cx, const struct http_request *rq)
{
	const char *type = http_header(rq, "Content-Type");
	if (type && !strncasecmp(type, "multipart/", 10))
		return err_set_field(cx, ERR_INVALID, "body.type", "Content-Type",
			"Send the file itself as the body (Content-Type: text/csv), not as a "
			"form.");
	return OK;
}

static enum err check_file(struct ctx *cx, const struct http_request *rq)
{
	enum err e = refuse_form(cx, rq);
	if (!e && !http_body_file(rq))
		e = err_set(cx, ERR_INVALID, "csv.empty", "The file is empty.");
	return e;
}

static void look_to_json(struct json_writer *w, const struct import_look *look)
{
	size_t count;
	const char *const *fields = import_columns_fields(look->columns.kind, &count);
	jw_object(w, NULL);
	jw_array(w, "columns");
	for (size_t i = 0; i < look->columns.count; i++) {
		jw_object(w, NULL);
		jw_str(w, "header", look->headers[i]);
		jw_str(w, "field", import_columns_field_at(&look->columns, i));
		jw_str(w, "found", import_columns_field_at(&look->found, i));
		jw_array(w, "examples");
		for (size_t k = 0; k < look->example_count; k++)
			jw_str(w, NULL, look->examples[k][i]);
		jw_end_array(w);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_array(w, "fields");
	for (size_t i = 0; i < count; i++)
		jw_str(w, NULL, fields[i]);
	jw_end_array(w);
	jw_str(w, "key", import_columns_key(look->columns.kind));
	jw_str(w, "problem", look->problem);
	jw_str(w, "remembered_by", look->remembered.fields ? look->remembered.saved_by : NULL);
	jw_time(w, "remembered_at", look->remembered.fields ? look->remembered.saved_at : 0);
	jw_end_object(w);
}

enum err http_imports_columns(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "kind", NULL };
	const char *kind;
	struct import_look look;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_word(cx, rq, "kind", kinds, &kind);
	if (!e)
		e = check_file(cx, rq);
	if (!e)
		e = import_look(app, cx, kind ? kind : "", http_body_file(rq), &look);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	look_to_json(&w, &look);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_imports_create(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "kind", "file_name", "columns", NULL };
	struct import_upload upload = { 0 };
	const char *kind;
	struct import import;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_word(cx, rq, "kind", kinds, &kind);
	if (!e)
		e = http_query_text(cx, rq, "file_name", 200, &upload.file_name);
	if (!e)
		e = http_query_text(cx, rq, "columns", 2000, &upload.fields);
	if (!e)
		e = check_file(cx, rq);
	if (!e)
		e = import_preview(app, cx, kind ? kind : "", http_body_file(rq), &upload, &import);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	import_to_json(&w, NULL, &import);
	return http_reply_json(cx, rp, 201, &out);
}

enum err http_imports_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "kind", "count", NULL };
	struct http_list list;
	struct import *imports;
	const char *kind;
	DB_AUTO(db);
	enum err e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = http_query_word(cx, rq, "kind", kinds, &kind);
	if (!e)
		e = imports_list(
			db, cx, kind, list.after_id, (int)list.most, &imports, &list.count);
	if (!e && list.wants_total)
		e = imports_count(db, cx, kind, &list.total);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		import_to_json(&w, NULL, &imports[i]);
		list.last_id = imports[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

enum err http_imports_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct import import;
	int64_t id;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = db_read(app->db, cx, &db);
	if (!e)
		e = imports_find(db, cx, id, &import);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	import_to_json(&w, NULL, &import);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_imports_rows(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "verdict", "count", NULL };
	struct http_list list;
	struct import import;
	struct import_row *rows;
	const char *verdict;
	int64_t id;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = http_query_word(cx, rq, "verdict", verdicts, &verdict);
	if (!e)
		e = imports_find(db, cx, id, &import);
	if (!e)
		e = imports_rows(
			db, cx, id, verdict, list.after_id, (int)list.most, &rows, &list.count);
	if (!e && list.wants_total)
		e = imports_count_rows(db, cx, id, verdict, &list.total);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		row_to_json(&w, &rows[i]);
		list.last_id = rows[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

enum err http_imports_apply(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct job job;
	const char *key, *hash;
	int64_t id, job_id;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_idempotency(cx, rq, &key, &hash);
	if (!e)
		e = import_apply(app, cx, id, key, hash, &job_id);
	if (!e)
		e = db_read(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job_id, &job);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jobs_to_json(&w, "job", &job);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 202, &out);
}
