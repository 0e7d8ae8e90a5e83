#include "store/assets.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "store/assets.sql.h"
#include "store/people.h"

#define ID_MAX_BYTES 21
#define FEW_PEOPLE   1000 /* named so: above it the holders are gone through instead */

enum err assets_put(struct db *db, struct ctx *cx, const struct asset *a)
{
	struct db_stmt *st = db_query(db, &assets_put_query);
	db_bind_i64(st, a->location_id);
	db_bind_text(st, a->adam_id);
	db_bind_text(st, a->pricing_param);
	db_bind_text(st, a->product_type);
	db_bind_bool(st, a->is_revocable);
	db_bind_bool(st, a->device_assignable);
	db_bind_text(st, a->platforms);
	db_bind_i64(st, a->available_count);
	db_bind_i64(st, a->assigned_count);
	db_bind_i64(st, a->retired_count);
	db_bind_i64(st, a->total_count);
	db_bind_text(st, a->name);
	db_bind_i64(st, a->seen_at);
	return db_run(st, cx, NULL);
}

static enum err drop_unseen(struct db *db, struct ctx *cx, const struct db_query *query,
	int64_t location_id, int64_t seen_from, int64_t *ret_dropped)
{
	struct db_stmt *st = db_query(db, query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, seen_from);
	return db_run(st, cx, ret_dropped);
}

enum err assets_drop_unseen(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t seen_from, int64_t *ret_dropped)
{
	return drop_unseen(db, cx, &assets_drop_unseen_query, location_id, seen_from, ret_dropped);
}

static struct asset asset_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct asset){
		.id = db_i64(st, 0),
		.location_id = db_i64(st, 1),
		.adam_id = db_text(st, cx, 2),
		.pricing_param = db_text(st, cx, 3),
		.product_type = db_text(st, cx, 4),
		.is_revocable = db_bool(st, 5),
		.device_assignable = db_bool(st, 6),
		.platforms = db_text(st, cx, 7),
		.available_count = db_i64(st, 8),
		.assigned_count = db_i64(st, 9),
		.retired_count = db_i64(st, 10),
		.total_count = db_i64(st, 11),
		.name = db_text(st, cx, 12),
		.seen_at = db_i64(st, 13),
		.left_ppm = db_i64(st, 14),
		.sort_key = db_text(st, cx, 15),
	};
}

static char *pattern(struct arena *a, const char *before, const char *q)
{
	char *out = arena_alloc(a, 2 * strlen(q) + 3), *to = stpcpy(out, before);
	for (; *q; q++) {
		if (*q == '%' || *q == '_' || *q == '\\')
			*to++ = '\\';
		*to++ = *q;
	}
	stpcpy(to, "%");
	return out;
}

static void bind_filter(
	struct db_stmt *st, struct ctx *cx, int64_t location_id, const struct asset_filter *filter)
{
	db_bind_i64(st, location_id);
	db_bind_i64(st, filter->unlimited);
	db_bind_text(st, filter->q ? pattern(cx->mem, "%", filter->q) : NULL);
	db_bind_text(st, filter->q ? pattern(cx->mem, "", filter->q) : NULL);
	db_bind_text(st, filter->product_type);
	db_bind_text(st, filter->use);
}

enum err assets_list(struct db *db, struct ctx *cx, int64_t location_id,
	const struct asset_filter *filter, const struct asset_place *place,
	struct asset **ret_assets, size_t *ret_count)
{
	static const struct db_query *const queries[] = {
		[ASSETS_BY_ID] = &assets_list_query,
		[ASSETS_BY_SCARCITY] = &assets_list_scarce_query,
		[ASSETS_BY_NAME] = &assets_list_named_query,
	};
	size_t count = 0;
	struct asset *list = ARENA_ARRAY(cx->mem, struct asset, place->limit);
	DB_STMT_AUTO(st, db, queries[place->order]);
	bind_filter(st, cx, location_id, filter);
	db_bind_i64(st, place->after_id);
	db_bind_i64(st, place->limit);
	if (place->order == ASSETS_BY_SCARCITY)
		db_bind_i64(st, place->after_left_ppm);
	else if (place->order == ASSETS_BY_NAME)
		db_bind_text(st, place->after_key);
	enum err e = OK;
	while (count < (size_t)place->limit && (e = db_step(st, cx)) == OK)
		list[count++] = asset_of(st, cx);
	*ret_assets = list;
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err assets_find(struct db *db, struct ctx *cx, int64_t location_id, const char *adam_id,
	const char *pricing_param, struct asset *ret_asset)
{
	DB_STMT_AUTO(st, db, &assets_find_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, INT64_MAX);
	db_bind_text(st, adam_id);
	db_bind_text(st, pricing_param);
	enum err e = db_step(st, cx);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, e, "asset.none",
			"The location has no app or book with the number %s (%s).", adam_id,
			pricing_param);
	if (!e)
		*ret_asset = asset_of(st, cx);
	return e;
}

enum err assets_count(struct db *db, struct ctx *cx, int64_t location_id,
	const struct asset_filter *filter, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &assets_count_query);
	bind_filter(st, cx, location_id, filter);
	return db_run_i64(st, cx, ret_count);
}

enum err assignments_put(struct db *db, struct ctx *cx, const struct assignment *a)
{
	struct db_stmt *st = db_query(db,
		a->client_user_id ? &assignments_put_user_query : &assignments_put_device_query);
	db_bind_i64(st, a->location_id);
	db_bind_text(st, a->adam_id);
	db_bind_text(st, a->pricing_param);
	db_bind_text(st, a->client_user_id ? a->client_user_id : a->serial_number);
	db_bind_i64(st, a->seen_at);
	return db_run(st, cx, NULL);
}

enum err assignments_drop_unseen(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t seen_from, int64_t *ret_dropped)
{
	return drop_unseen(
		db, cx, &assignments_drop_unseen_query, location_id, seen_from, ret_dropped);
}

/* Who is named so, as a JSON list; NULL when they are many. */
static enum err find_few(struct db *db, struct ctx *cx, const char *q, const char **ret_ids)
{
	struct people_filter filter = people_filter_any();
	struct person *people = NULL;
	size_t count = 0;
	filter.q = q;
	*ret_ids = NULL;
	enum err e = people_walk(db, cx, &filter, 0, 0, FEW_PEOPLE + 1, &people, &count);
	if (e || count > FEW_PEOPLE)
		return e;
	BUF_AUTO(text, (FEW_PEOPLE + 1) * ID_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &text);
	jw_array(&w, NULL);
	for (size_t i = 0; i < count; i++)
		jw_i64(&w, NULL, people[i].id);
	jw_end_array(&w);
	*ret_ids = arena_strdup(cx->mem, text.bytes);
	return OK;
}

static const struct db_query *list_query(const struct assignment_filter *f, const char *few)
{
	if (f->client_user_id)
		return &assignments_list_of_user_query;
	if (f->serial_number)
		return &assignments_list_of_device_query;
	if (!f->adam_id)
		return &assignments_list_query;
	if (!f->q)
		return &assignments_list_of_asset_query;
	return few ? &assignments_list_of_asset_named_query : &assignments_list_of_asset_like_query;
}

static void bind_holder(
	struct db_stmt *st, struct ctx *cx, const struct assignment_filter *f, const char *few)
{
	db_bind_text(st, f->adam_id);
	db_bind_text(st, f->pricing_param);
	db_bind_text(st, f->by);
	if (f->q)
		db_bind_text(st, few ? few : pattern(cx->mem, "%", f->q));
	if (few)
		db_bind_text(st, f->id);
}

static struct assignment assignment_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct assignment){
		.id = db_i64(st, 0),
		.location_id = db_i64(st, 1),
		.adam_id = db_text(st, cx, 2),
		.pricing_param = db_text(st, cx, 3),
		.client_user_id = db_text(st, cx, 4),
		.serial_number = db_text(st, cx, 5),
		.seen_at = db_i64(st, 6),
		.name = db_text(st, cx, 7),
		.product_type = db_text(st, cx, 8),
		.is_revocable = db_bool(st, 9),
		.person_id = db_i64(st, 10),
		.person_name = db_text(st, cx, 11),
	};
}

enum err assignments_list(struct db *db, struct ctx *cx, int64_t location_id,
	const struct assignment_filter *filter, int64_t after_id, int64_t limit,
	struct assignment **ret_assignments, size_t *ret_count)
{
	size_t count = 0;
	struct assignment *list = ARENA_ARRAY(cx->mem, struct assignment, limit);
	const char *few = NULL;
	enum err e = filter->adam_id && filter->q ? find_few(db, cx, filter->q, &few) : OK;
	if (e)
		return e;
	DB_STMT_AUTO(st, db, list_query(filter, few));
	db_bind_i64(st, location_id);
	db_bind_i64(st, after_id);
	db_bind_i64(st, limit);
	if (filter->client_user_id) {
		db_bind_text(st, filter->client_user_id);
	} else if (filter->serial_number) {
		db_bind_text(st, filter->serial_number);
	} else if (filter->adam_id) {
		bind_holder(st, cx, filter, few);
	}
	while ((e = db_step(st, cx)) == OK)
		list[count++] = assignment_of(st, cx);
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_assignments = list;
	*ret_count = count;
	return OK;
}

enum err assignments_count(struct db *db, struct ctx *cx, int64_t location_id,
	const struct assignment_filter *filter, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &assignments_count_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, filter->client_user_id);
	db_bind_text(st, filter->serial_number);
	db_bind_text(st, filter->adam_id);
	db_bind_text(st, filter->pricing_param);
	db_bind_text(st, filter->by);
	return db_run_i64(st, cx, ret_count);
}

enum err assets_rename(struct db *db, struct ctx *cx, const char *adam_id, const char *name)
{
	struct db_stmt *st = db_query(db, &assets_known_query);
	int64_t known;
	db_bind_text(st, adam_id);
	enum err e = db_run_i64(st, cx, &known);
	if (e)
		return e;
	if (!known)
		return err_set(cx, ERR_NOT_FOUND, "asset.none",
			"No location has an app or book with the number %s.", adam_id);
	st = db_query(db, &assets_rename_query);
	db_bind_text(st, adam_id);
	db_bind_text(st, name);
	db_bind_text(st, name ? text_fold_search(cx->mem, name) : NULL);
	return db_run(st, cx, NULL);
}

enum err assignments_count_of(struct db *db, struct ctx *cx, int64_t location_id,
	const char *client_user_id, int64_t *ret_revocable, int64_t *ret_irrevocable)
{
	DB_STMT_AUTO(st, db, &assignments_count_of_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, client_user_id);
	enum err e = db_step(st, cx);
	if (e)
		return e;
	*ret_revocable = db_i64(st, 0);
	*ret_irrevocable = db_i64(st, 1);
	return OK;
}

enum err assignments_drop_revocable_of(
	struct db *db, struct ctx *cx, int64_t location_id, const char *client_user_id)
{
	struct db_stmt *st = db_query(db, &assignments_drop_revocable_of_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, client_user_id);
	return db_run(st, cx, NULL);
}
