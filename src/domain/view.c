#include "domain/view.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "store/audit.h"

bool view_is_mine(const struct ctx *cx, const struct view *view)
{
	return text_equal(cx->actor.kind, "admin") && view->admin_id == cx->actor.id;
}

enum err view_list(struct app *app, struct ctx *cx, const char *page, struct view **ret_views,
	size_t *ret_count)
{
	bool is_admin = text_equal(cx->actor.kind, "admin");
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : views_list(db, cx, is_admin ? cx->actor.id : 0, page, ret_views, ret_count);
}

static enum err check_may_save(struct ctx *cx, enum role role, const struct view *view)
{
	if (!text_equal(cx->actor.kind, "admin"))
		return err_set(cx, ERR_INVALID, "view.no_admin",
			"Saved lists belong to an admin who is signed in; an API token has none.");
	if (view->is_shared && role < ROLE_OPERATOR)
		return err_set_field(cx, ERR_DENIED, "view.share", "/shared",
			"To share a list with everyone needs the role operator. Save it for "
			"yourself.");
	return OK;
}

static enum err check_room(struct db *db, struct ctx *cx)
{
	int64_t count = 0;
	enum err e = views_count_of(db, cx, cx->actor.id, &count);
	if (!e && count >= VIEWS_MAX)
		return err_set(cx, ERR_CONFLICT, "view.too_many",
			"You have %d saved lists, which is the most. Remove one first.", VIEWS_MAX);
	return e;
}

enum err view_save(struct app *app, struct ctx *cx, enum role role, const struct view *view,
	struct view *ret_view)
{
	struct view mine = *view;
	int64_t id = 0;
	mine.admin_id = cx->actor.id;
	DB_AUTO(db);
	enum err e = check_may_save(cx, role, view);
	if (!e)
		e = db_write(app->db, cx, &db);
	if (!e)
		e = check_room(db, cx);
	if (e)
		return e;
	e = views_insert(db, cx, &mine, clock_now_ms(), &id);
	if (e == ERR_NOT_FOUND)
		return err_set_field(cx, ERR_CONFLICT, "view.exists", "/name",
			"You have a saved list \"%s\" on this page already. Choose another name.",
			view->name);
	if (!e)
		e = views_find(db, cx, id, ret_view);
	if (!e && view->is_shared)
		e = audit_write(db, cx, "view.share", "view", id, view->name, NULL);
	return e ? e : db_commit(&db, cx);
}

enum err view_remove(struct app *app, struct ctx *cx, enum role role, int64_t id)
{
	struct view view;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = views_find(db, cx, id, &view);
	if (e)
		return e;
	bool is_mine = view_is_mine(cx, &view);
	if (!is_mine && !view.is_shared)
		return err_set(
			cx, ERR_NOT_FOUND, "view.none", "There is no such saved list (any more).");
	if (!is_mine && role < ROLE_ADMIN)
		return err_set(cx, ERR_DENIED, "view.not_yours",
			"This list was saved by %s. They can remove it, or an admin can.",
			view.admin_name);
	e = views_remove(db, cx, id);
	if (!e && view.is_shared)
		e = audit_write(db, cx, "view.remove", "view", id, view.name, NULL);
	return e ? e : db_commit(&db, cx);
}
