#include "store/admins.h"

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/admins.sql.h"

#define LIST_MAX 1000 /* as in admins_list */

enum err admins_insert(struct db *db, struct ctx *cx, const struct admin *admin, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &admins_insert_query);
	db_bind_text(st, admin->name);
	db_bind_text(st, admin->name_key);
	db_bind_text(st, admin->email);
	db_bind_text(st, admin->role);
	db_bind_text(st, admin->password_hash);
	db_bind_bool(st, admin->is_active);
	db_bind_i64(st, admin->created_at);
	return db_run_i64(st, cx, ret_id);
}

static void read_row(const struct db_stmt *st, struct ctx *cx, struct admin *ret_admin)
{
	*ret_admin = (struct admin){
		.id = db_i64(st, 0),
		.name = db_text(st, cx, 1),
		.name_key = db_text(st, cx, 2),
		.email = db_text(st, cx, 3),
		.role = db_text(st, cx, 4),
		.password_hash = db_text(st, cx, 5),
		.is_active = db_bool(st, 6),
		.created_at = db_i64(st, 7),
		.last_seen_at = db_i64(st, 8),
	};
}

enum err admins_get(struct db *db, struct ctx *cx, int64_t id, struct admin *ret_admin)
{
	DB_STMT_AUTO(st, db, &admins_get_query);
	db_bind_i64(st, id);
	enum err e = db_step(st, cx);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, e, "admin.none", "There is no such admin.");
	if (e)
		return e;
	read_row(st, cx, ret_admin);
	return OK;
}

enum err admins_by_name_key(
	struct db *db, struct ctx *cx, const char *name_key, struct admin *ret_admin)
{
	DB_STMT_AUTO(st, db, &admins_by_name_key_query);
	db_bind_text(st, name_key);
	enum err e = db_step(st, cx);
	if (!e)
		read_row(st, cx, ret_admin);
	return e;
}

enum err admins_list(struct db *db, struct ctx *cx, struct admin **ret_admins, size_t *ret_count)
{
	struct admin *admins = ARENA_ARRAY(cx->mem, struct admin, LIST_MAX);
	size_t count = 0;
	DB_STMT_AUTO(st, db, &admins_list_query);
	enum err e;
	while ((e = db_step(st, cx)) == OK && count < LIST_MAX)
		read_row(st, cx, &admins[count++]);
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_admins = admins;
	*ret_count = count;
	return OK;
}

enum err admins_update(struct db *db, struct ctx *cx, const struct admin *admin)
{
	struct db_stmt *st = db_query(db, &admins_update_query);
	db_bind_i64(st, admin->id);
	db_bind_text(st, admin->email);
	db_bind_text(st, admin->role);
	db_bind_text(st, admin->password_hash);
	db_bind_bool(st, admin->is_active);
	return db_run(st, cx, NULL);
}

enum err admins_set_seen(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	struct db_stmt *st = db_query(db, &admins_set_seen_query);
	db_bind_i64(st, id);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err admins_count_owners(struct db *db, struct ctx *cx, int64_t *ret_count)
{
	return db_run_i64(db_query(db, &admins_count_owners_query), cx, ret_count);
}

enum err admins_count(struct db *db, struct ctx *cx, int64_t *ret_count)
{
	return db_run_i64(db_query(db, &admins_count_query), cx, ret_count);
}
