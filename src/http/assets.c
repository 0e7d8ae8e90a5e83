/* What a location owns and who holds it, as last read from Apple; and Apple's error numbers. */
#include "store/assets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apple/assets.h"
#include "apple/errors.h"
#include "base/ctx.h"
#include "db/db.h"
#include "http/input.h"
#include "http/list.h"
#include "http/reply.h"
#include "http/routes.h"
#include "net/http_server.h"
#include "store/audit.h"
#include "store/locations.h"
#include "store/vpp_users.h"

#define FAILED_NUMBERS 200

/* Content that is free without limit has no count. */
static void count_to_json(struct json_writer *w, const char *key, int64_t count)
{
	if (count >= APPLE_UNLIMITED)
		jw_null(w, key);
	else
		jw_i64(w, key, count);
}

static void asset_to_json(struct json_writer *w, struct ctx *cx, const struct asset *a)
{
	jw_object(w, NULL);
	jw_str(w, "adam_id", a->adam_id);
	jw_str(w, "pricing_param", a->pricing_param);
	jw_str(w, "name", a->name);
	jw_str(w, "product_type", a->product_type);
	jw_bool(w, "is_revocable", a->is_revocable);
	jw_bool(w, "device_assignable", a->device_assignable);
	jw_array(w, "platforms");
	char *rest = arena_strdup(cx->mem, a->platforms ? a->platforms : "");
	for (char *word; (word = strsep(&rest, ",")) != NULL;)
		if (*word)
			jw_str(w, NULL, word);
	jw_end_array(w);
	count_to_json(w, "available", a->available_count);
	count_to_json(w, "assigned", a->assigned_count);
	count_to_json(w, "retired", a->retired_count);
	count_to_json(w, "total", a->total_count);
	jw_end_object(w);
}

/* Path, page and location of both lists. */
static enum err open_list(struct app *app, struct ctx *cx, const struct http_request *rq,
	const char *const *known, int64_t *ret_id, struct http_list *ret_list, struct db **ret_db)
{
	struct location l;
	enum err e = http_path_id(cx, rq, "id", ret_id);
	if (!e)
		e = http_list_open(app, cx, rq, known, ret_list, ret_db);
	return e ? e : locations_get(*ret_db, cx, *ret_id, &l);
}

enum err http_assets_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "count", NULL };
	struct http_list list;
	struct asset *assets;
	int64_t id;
	DB_AUTO(db);
	enum err e = open_list(app, cx, rq, known, &id, &list, &db);
	if (!e)
		e = assets_list(db, cx, id, list.after_id, (int)list.most, &assets, &list.count);
	if (!e && list.wants_total)
		e = assets_count(db, cx, id, &list.total);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		asset_to_json(&w, cx, &assets[i]);
		list.last_id = assets[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

static void assignment_to_json(struct json_writer *w, const struct assignment *a)
{
	jw_object(w, NULL);
	jw_str(w, "adam_id", a->adam_id);
	jw_str(w, "pricing_param", a->pricing_param);
	jw_str(w, "client_user_id", a->client_user_id);
	jw_str(w, "serial_number", a->serial_number);
	jw_str(w, "name", a->name);
	jw_str(w, "product_type", a->product_type);
	jw_bool(w, "is_revocable", a->is_revocable);
	if (a->person_id && a->person_name) {
		jw_object(w, "person");
		jw_i64(w, "id", a->person_id);
		jw_str(w, "display_name", a->person_name);
		jw_end_object(w);
	} else {
		jw_null(w, "person");
	}
	jw_end_object(w);
}

static enum err read_assignment_filter(
	struct ctx *cx, const struct http_request *rq, struct assignment_filter *ret_filter)
{
	struct assignment_filter f = { 0 };
	enum err e = http_query_text(cx, rq, "client_user_id", 100, &f.client_user_id);
	if (!e)
		e = http_query_text(cx, rq, "serial_number", 100, &f.serial_number);
	if (!e)
		e = http_query_text(cx, rq, "adam_id", 40, &f.adam_id);
	if (!e)
		e = http_query_text(cx, rq, "pricing_param", 20, &f.pricing_param);
	if (e)
		return e;
	if (f.adam_id && !f.pricing_param)
		f.pricing_param = "STDQ";
	*ret_filter = f;
	return OK;
}

enum err http_assignments_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "client_user_id", "serial_number", "adam_id",
		"pricing_param", "count", NULL };
	struct assignment_filter filter;
	struct http_list list;
	struct assignment *rows;
	int64_t id;
	DB_AUTO(db);
	enum err e = read_assignment_filter(cx, rq, &filter);
	if (!e)
		e = open_list(app, cx, rq, known, &id, &list, &db);
	if (!e)
		e = assignments_list(
			db, cx, id, &filter, list.after_id, (int)list.most, &rows, &list.count);
	if (!e && list.wants_total)
		e = assignments_count(db, cx, id, &filter, &list.total);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		assignment_to_json(&w, &rows[i]);
		list.last_id = rows[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

/* Apple's lists hold numbers, not names: an admin may say what people call it. */
enum err http_asset_rename(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "name", NULL };
	const char *adam_id = http_path_param(rq, "adam_id"), *name;
	const struct json *body;
	DB_AUTO(db);
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_text(cx, body, "name", HTTP_OPTIONAL, 200, &name);
	if (!e)
		e = db_write(app->db, cx, &db);
	if (!e)
		e = assets_rename(db, cx, adam_id, name);
	if (!e)
		e = audit_write(
			db, cx, "asset.rename", "asset", strtoll(adam_id, NULL, 10), name, NULL);
	if (!e)
		e = db_commit(&db, cx);
	if (e)
		return e;
	return http_reply_nothing(rp);
}

/* The row of number 0 stands for the numbers that nobody told us about. */
static int64_t people_of(const struct vpp_failed_count *counts, size_t count, int number)
{
	int64_t people = 0;
	for (size_t i = 0; i < count; i++)
		if (apple_error_find((int)counts[i].number)->number == number)
			people += counts[i].people;
	return people;
}

enum err http_apple_errors_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)rq;
	struct vpp_failed_count counts[FAILED_NUMBERS];
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = vpp_users_count_failed(db, cx, FAILED_NUMBERS, counts, &count);
	db_release(&db);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < apple_error_count(); i++) {
		const struct apple_error *row = apple_error_at(i);
		jw_object(&w, NULL);
		jw_i64(&w, "number", row->number);
		jw_str(&w, "class", apple_class_name(row->class));
		jw_str(&w, "means", row->means);
		jw_str(&w, "who", apple_fixer_name(row->fixer));
		jw_str(&w, "how", row->how);
		jw_i64(&w, "people", people_of(counts, count, row->number));
		jw_end_object(&w);
	}
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}
