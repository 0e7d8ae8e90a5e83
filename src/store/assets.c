#include "store/assets.h"

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/assets.sql.h"

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

enum err assets_list(struct db *db, struct ctx *cx, int64_t location_id, int64_t after_id,
	int64_t limit, struct asset **ret_assets, size_t *ret_count)
{
	size_t count = 0;
	struct asset *list = ARENA_ARRAY(cx->mem, struct asset, limit);
	DB_STMT_AUTO(st, db, &assets_list_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, after_id);
	db_bind_i64(st, limit);
	enum err e;
	while ((e = db_step(st, cx)) == OK)
		list[count++] = (struct asset){
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
		};
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_assets = list;
	*ret_count = count;
	return OK;
}

enum err assets_count(struct db *db, struct ctx *cx, int64_t location_id, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &assets_count_query);
	db_bind_i64(st, location_id);
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

static const struct db_query *list_query(const struct assignment_filter *f)
{
	if (f->client_user_id)
		return &assignments_list_of_user_query;
	if (f->serial_number)
		return &assignments_list_of_device_query;
	return f->adam_id ? &assignments_list_of_asset_query : &assignments_list_query;
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
	DB_STMT_AUTO(st, db, list_query(filter));
	db_bind_i64(st, location_id);
	db_bind_i64(st, after_id);
	db_bind_i64(st, limit);
	if (filter->client_user_id) {
		db_bind_text(st, filter->client_user_id);
	} else if (filter->serial_number) {
		db_bind_text(st, filter->serial_number);
	} else if (filter->adam_id) {
		db_bind_text(st, filter->adam_id);
		db_bind_text(st, filter->pricing_param);
	}
	enum err e;
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
