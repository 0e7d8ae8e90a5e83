#include "store/views.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/views.sql.h"

#define LIST_MAX 1000 /* each admin has few, and few admins share */

static struct view view_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct view){
		.id = db_i64(st, 0),
		.admin_id = db_i64(st, 1),
		.admin_name = db_text(st, cx, 2),
		.page = db_text(st, cx, 3),
		.name = db_text(st, cx, 4),
		.query = db_text(st, cx, 5),
		.is_shared = db_bool(st, 6),
	};
}

enum err views_list(struct db *db, struct ctx *cx, int64_t admin_id, const char *page,
	struct view **ret_views, size_t *ret_count)
{
	struct view *views = ARENA_ARRAY(cx->mem, struct view, LIST_MAX);
	size_t count = 0;
	enum err e = OK;
	DB_STMT_AUTO(st, db, &views_list_query);
	db_bind_i64(st, admin_id);
	db_bind_text(st, page);
	db_bind_i64(st, LIST_MAX);
	while (count < LIST_MAX && (e = db_step(st, cx)) == OK)
		views[count++] = view_of(st, cx);
	*ret_views = views;
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err views_find(struct db *db, struct ctx *cx, int64_t id, struct view *ret_view)
{
	DB_STMT_AUTO(st, db, &views_find_query);
	db_bind_i64(st, id);
	enum err e = db_step(st, cx);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, e, "view.none", "There is no such saved list (any more).");
	if (!e)
		*ret_view = view_of(st, cx);
	return e;
}

enum err views_count_of(struct db *db, struct ctx *cx, int64_t admin_id, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &views_count_of_query);
	db_bind_i64(st, admin_id);
	return db_run_i64(st, cx, ret_count);
}

enum err views_insert(
	struct db *db, struct ctx *cx, const struct view *view, int64_t now, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &views_insert_query);
	db_bind_i64(st, view->admin_id);
	db_bind_text(st, view->page);
	db_bind_text(st, view->name);
	db_bind_text(st, view->query);
	db_bind_bool(st, view->is_shared);
	db_bind_i64(st, now);
	return db_run_i64(st, cx, ret_id);
}

enum err views_remove(struct db *db, struct ctx *cx, int64_t id)
{
	struct db_stmt *st = db_query(db, &views_remove_query);
	db_bind_i64(st, id);
	return db_run(st, cx, NULL);
}
