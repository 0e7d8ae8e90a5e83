#include "domain/preferences.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"

static const struct preferences never_chosen = {
	.language = "",
	.theme = "system",
	.single_keys = true,
	.page_size = 50,
	.density = "compact",
	.user_columns = "",
	.dismissed = "",
};

static enum err check_admin(struct ctx *cx)
{
	if (text_equal(cx->actor.kind, "admin"))
		return OK;
	return err_set(cx, ERR_INVALID, "preferences.no_admin",
		"Preferences belong to an admin who is signed in; an API token has none.");
}

/* In either kind of transaction. */
static enum err load(struct db *db, struct ctx *cx, struct preferences *ret_preferences)
{
	enum err e = preferences_get(db, cx, cx->actor.id, ret_preferences);
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_preferences = never_chosen;
	return OK;
}

enum err preferences_of_actor(struct app *app, struct ctx *cx, struct preferences *ret_preferences)
{
	DB_AUTO(db);
	enum err e = check_admin(cx);
	if (!e)
		e = db_read(app->db, cx, &db);
	return e ? e : load(db, cx, ret_preferences);
}

static const char *given_or(const char *given, const char *kept)
{
	return given ? given : kept;
}

/* Two windows of the same admin may change different members at once, so what is not given is read
 * in the same transaction. */
enum err preferences_change(struct app *app, struct ctx *cx,
	const struct preferences_change *change, struct preferences *ret_preferences)
{
	struct preferences was;
	DB_AUTO(db);
	enum err e = check_admin(cx);
	if (!e)
		e = db_write(app->db, cx, &db);
	if (!e)
		e = load(db, cx, &was);
	if (e)
		return e;
	*ret_preferences = (struct preferences){
		.language = given_or(change->language, was.language),
		.theme = given_or(change->theme, was.theme),
		.single_keys = change->single_keys < 0 ? was.single_keys : change->single_keys != 0,
		.page_size = change->page_size ? change->page_size : was.page_size,
		.density = given_or(change->density, was.density),
		.user_columns = given_or(change->user_columns, was.user_columns),
		.dismissed = given_or(change->dismissed, was.dismissed),
	};
	e = preferences_put(db, cx, cx->actor.id, ret_preferences, clock_now_ms());
	return e ? e : db_commit(&db, cx);
}
