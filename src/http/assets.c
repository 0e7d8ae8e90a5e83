/* What a location owns and who holds it, as last read from Apple. */
#include "store/assets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apple/assets.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/asset_days.h"
#include "http/input.h"
#include "http/list.h"
#include "http/reply.h"
#include "http/routes.h"
#include "net/http_server.h"
#include "store/audit.h"
#include "store/locations.h"

#define PRICING_USUAL "STDQ"
#define DAY_MS        (24 * 60 * 60 * 1000LL)

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
	jw_time(w, "read_at", a->seen_at);
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

static enum err read_asset_filter(struct ctx *cx, const struct http_request *rq,
	struct asset_filter *filter, enum asset_order *ret_order)
{
	static const char *const types[] = { "app", "book", NULL };
	static const char *const uses[] = { "out", "nearly", "free", NULL };
	static const char *const sorts[] = { "scarce", "name", NULL };
	const char *q, *type, *sort;
	enum err e = http_query_text(cx, rq, "q", 200, &q);
	if (!e)
		e = http_query_word(cx, rq, "type", types, &type);
	if (!e)
		e = http_query_word(cx, rq, "use", uses, &filter->use);
	if (!e)
		e = http_query_word(cx, rq, "sort", sorts, &sort);
	if (e)
		return e;
	filter->unlimited = APPLE_UNLIMITED;
	filter->q = q ? text_fold_search(cx->mem, q) : NULL;
	filter->product_type = !type ? NULL : type[0] == 'a' ? "App" : "Book";
	*ret_order = !sort                      ? ASSETS_BY_ID
	             : text_equal(sort, "name") ? ASSETS_BY_NAME
	                                        : ASSETS_BY_SCARCITY;
	return OK;
}

static enum err place_of(struct ctx *cx, const struct http_list *list, enum asset_order order,
	struct asset_place *place)
{
	*place = (struct asset_place){ .order = order,
		.after_id = list->after_id,
		.after_left_ppm = -1,
		.after_key = list->after_text ? list->after_text : "",
		.limit = (int64_t)list->most };
	if (!list->has_after || order != ASSETS_BY_SCARCITY)
		return OK;
	if (!text_parse_i64(place->after_key, 0, INT64_MAX, &place->after_left_ppm))
		return OK;
	return err_set_field(cx, ERR_INVALID, "query.cursor", "after",
		"after is not a cursor of this list; begin again without it.");
}

enum err http_assets_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "count", "q", "type", "use", "sort", NULL };
	struct http_list list;
	struct asset_filter filter = { 0 };
	struct asset_place place;
	enum asset_order order;
	struct asset *assets;
	int64_t id;
	DB_AUTO(db);
	enum err e = read_asset_filter(cx, rq, &filter, &order);
	if (!e)
		e = open_list(app, cx, rq, known, &id, &list, &db);
	if (!e)
		e = place_of(cx, &list, order, &place);
	if (!e)
		e = assets_list(db, cx, id, &filter, &place, &assets, &list.count);
	if (!e && list.wants_total)
		e = assets_count(db, cx, id, &filter, &list.total);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		asset_to_json(&w, cx, &assets[i]);
		list.last_id = assets[i].id;
		list.last_text =
			order == ASSETS_BY_NAME ? assets[i].sort_key
			: order == ASSETS_BY_SCARCITY
				? arena_printf(cx->mem, "%lld", (long long)assets[i].left_ppm)
				: NULL;
	}
	return http_list_reply(cx, rp, &list, &w);
}

/* Which asset of which location; borrows a reader. */
static enum err open_asset(struct app *app, struct ctx *cx, const struct http_request *rq,
	struct asset *ret_asset, struct db **ret_db)
{
	struct location l;
	const char *pricing;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_query_text(cx, rq, "pricing_param", 20, &pricing);
	if (!e)
		e = db_read(app->db, cx, ret_db);
	if (!e)
		e = locations_get(*ret_db, cx, id, &l);
	if (!e)
		e = assets_find(*ret_db, cx, id, http_path_param(rq, "adam_id"),
			pricing ? pricing : PRICING_USUAL, ret_asset);
	return e;
}

enum err http_asset_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "pricing_param", NULL };
	struct asset asset;
	DB_AUTO(db);
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = open_asset(app, cx, rq, &asset, &db);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	asset_to_json(&w, cx, &asset);
	return http_reply_json(cx, rp, 200, &out);
}

static void day_to_json(struct json_writer *w, struct ctx *cx, const struct asset_day *d)
{
	jw_object(w, NULL);
	jw_str(w, "day", arena_strndup(cx->mem, clock_rfc3339(cx->mem, d->day * DAY_MS), 10));
	count_to_json(w, "total", d->total);
	count_to_json(w, "assigned", d->assigned);
	count_to_json(w, "available", d->available);
	jw_end_object(w);
}

enum err http_asset_days(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "pricing_param", "days", NULL };
	struct asset asset;
	struct asset_day *days;
	size_t count = 0;
	int64_t wanted;
	DB_AUTO(db);
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_i64(cx, rq, "days", 1, ASSET_DAYS_KEPT, 90, &wanted);
	if (!e)
		e = open_asset(app, cx, rq, &asset, &db);
	if (!e)
		e = asset_days_last(db, cx, asset.location_id, asset.adam_id, asset.pricing_param,
			wanted, &days, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_array(&w, "days");
	for (size_t i = 0; i < count; i++)
		day_to_json(&w, cx, &days[i]);
	jw_end_array(&w);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
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
	static const char *const bys[] = { "user", "device", NULL };
	struct assignment_filter f = { 0 };
	enum err e = http_query_text(cx, rq, "client_user_id", 100, &f.client_user_id);
	if (!e)
		e = http_query_text(cx, rq, "serial_number", 100, &f.serial_number);
	if (!e)
		e = http_query_text(cx, rq, "adam_id", 40, &f.adam_id);
	if (!e)
		e = http_query_text(cx, rq, "pricing_param", 20, &f.pricing_param);
	if (!e)
		e = http_query_word(cx, rq, "by", bys, &f.by);
	if (!e)
		e = http_query_text(cx, rq, "q", 200, &f.id);
	if (e)
		return e;
	if (f.adam_id && !f.pricing_param)
		f.pricing_param = PRICING_USUAL;
	if (f.id && !f.adam_id)
		return err_set_field(cx, ERR_INVALID, "query.alone", "q",
			"q goes with adam_id: it searches among the holders of an app or book.");
	f.q = f.id ? text_fold_search(cx->mem, f.id) : NULL;
	*ret_filter = f;
	return OK;
}

enum err http_assignments_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "client_user_id", "serial_number", "adam_id",
		"pricing_param", "by", "q", "count", NULL };
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
	/* How many of very many match a text would cost more than it tells. */
	if (!e && list.wants_total && !filter.q)
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
