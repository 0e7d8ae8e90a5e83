/* access_own.c - what an admin does with their own account: password and sessions. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/access.h"
#include "domain/access_password.h"
#include "domain/access_throttle.h"
#include "domain/app.h"
#include "store/audit.h"
#include "store/sessions.h"

enum err access_session_row(
	struct app *app, struct ctx *cx, const char *session, struct session *ret_session)
{
	char hash[SECRET_HASH_HEX];
	struct admin admin;
	DB_AUTO(db);
	secret_hash(session, strlen(session), hash);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = sessions_by_hash(db, cx, hash, ret_session, &admin);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, ERR_DENIED, "session.ended",
			"You are not signed in, or no longer. Sign in.");
	return e;
}

enum err access_own_sessions(
	struct app *app, struct ctx *cx, struct session **ret_sessions, size_t *ret_count)
{
	int64_t now = clock_now_ms();
	size_t all = 0, count = 0;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = sessions_list(db, cx, cx->actor.id, ret_sessions, &all);
	for (size_t i = 0; !e && i < all; i++) {
		const struct session *s = &(*ret_sessions)[i];
		if (s->expires_at > now && s->seen_at + ACCESS_SESSION_IDLE_MS > now)
			(*ret_sessions)[count++] = *s;
	}
	*ret_count = count;
	return e;
}

enum err access_own_session_end(
	struct app *app, struct ctx *cx, int64_t id, struct session *ret_ended)
{
	struct session *sessions;
	size_t count = 0, at = 0;
	int64_t deleted = 0;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = sessions_list(db, cx, cx->actor.id, &sessions, &count);
	if (e)
		return e;
	while (at < count && sessions[at].id != id)
		at++;
	if (at == count)
		return err_set(cx, ERR_NOT_FOUND, "session.unknown",
			"You have no session %" PRId64 ", or it ended already.", id);
	*ret_ended = sessions[at];
	e = sessions_delete_id(db, cx, id, cx->actor.id, &deleted);
	if (!e)
		e = audit_write(db, cx, "session.end", "admin", cx->actor.id, cx->actor.name, NULL);
	return e ? e : db_commit(&db, cx);
}

enum err access_own_sessions_end_others(struct app *app, struct ctx *cx, const char *session)
{
	struct session own;
	int64_t ended = 0;
	enum err e = access_session_row(app, cx, session, &own);
	DB_AUTO(db);
	if (!e)
		e = db_write(app->db, cx, &db);
	if (!e)
		e = sessions_delete_others(db, cx, cx->actor.id, own.id, &ended);
	if (!e)
		e = audit_write(db, cx, "session.end_others", "admin", cx->actor.id, cx->actor.name,
			arena_printf(cx->mem, "{\"sessions\":%" PRId64 "}", ended));
	return e ? e : db_commit(&db, cx);
}

/* --- the password, typed again ------------------------------------------------------------------ */

static enum err load_own(struct app *app, struct ctx *cx, int64_t now, struct admin *ret_admin)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = admins_get(db, cx, cx->actor.id, ret_admin);
	return e ? e : access_throttle_check(db, cx, ret_admin->name_key, now);
}

static enum err count_wrong(
	struct app *app, struct ctx *cx, const struct admin *admin, const char *field, int64_t now)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = access_throttle_failed(db, cx, admin->name_key, now);
	if (!e)
		e = audit_write(db, cx, "session.refuse", "admin", admin->id, admin->name, NULL);
	if (!e)
		e = db_commit(&db, cx);
	return e ? e
	         : err_set_field(cx, ERR_DENIED, "password.wrong", field,
			   "This is not your present password.");
}

static enum err ask_password(struct app *app, struct ctx *cx, const char *password,
	const char *field, struct admin *ret_admin)
{
	int64_t now = clock_now_ms();
	bool fits = false;
	enum err e = load_own(app, cx, now, ret_admin);
	if (e)
		return e;
	bool is_text = strlen(password) <= ACCESS_PASSWORD_BYTES_MAX &&
	               text_is_clean(password, strlen(password), false);
	if (is_text)
		e = access_password_fits(app, cx, ret_admin->password_hash, password, &fits);
	if (e)
		return e;
	return fits ? OK : count_wrong(app, cx, ret_admin, field, now);
}

/* What was hashed against is still what is stored. */
static enum err load_again(
	struct db *db, struct ctx *cx, const struct admin *before, struct admin *ret_admin)
{
	enum err e = admins_get(db, cx, before->id, ret_admin);
	if (e)
		return e;
	if (!ret_admin->is_active || !text_equal(ret_admin->password_hash, before->password_hash))
		return err_set(cx, ERR_CONFLICT, "password.moved",
			"Somebody changed your account at this moment. Sign in again.");
	return access_throttle_forgive(db, cx, ret_admin->name_key);
}

enum err access_own_password(struct app *app, struct ctx *cx, const char *session,
	const char *old_password, const char *new_password)
{
	struct admin before, admin;
	struct session own;
	char *box = NULL;
	int64_t ended = 0;
	enum err e = access_session_row(app, cx, session, &own);
	if (!e)
		e = ask_password(app, cx, old_password, "/old_password", &before);
	if (!e)
		e = access_password_check(cx, new_password, before.name, before.email);
	if (e == ERR_INVALID)
		cx->error.pointer = "/new_password";
	if (!e)
		e = access_password_box(app, cx, new_password, &box);
	if (e)
		return e;
	DB_AUTO(db);
	e = db_write(app->db, cx, &db);
	if (!e)
		e = load_again(db, cx, &before, &admin);
	admin.password_hash = box;
	if (!e)
		e = admins_update(db, cx, &admin);
	if (!e)
		e = sessions_delete_others(db, cx, admin.id, own.id, &ended);
	if (!e)
		e = sessions_set_confirmed(db, cx, own.id, clock_now_ms());
	if (!e)
		e = audit_write(db, cx, "admin.change_password", "admin", admin.id, admin.name,
			arena_printf(cx->mem, "{\"sessions_ended\":%" PRId64 "}", ended));
	return e ? e : db_commit(&db, cx);
}

enum err access_own_confirm(
	struct app *app, struct ctx *cx, const char *session, const char *password)
{
	struct admin before, admin;
	struct session own;
	enum err e = access_session_row(app, cx, session, &own);
	if (!e)
		e = ask_password(app, cx, password, "/password", &before);
	if (e)
		return e;
	DB_AUTO(db);
	e = db_write(app->db, cx, &db);
	if (!e)
		e = load_again(db, cx, &before, &admin);
	if (!e)
		e = sessions_set_confirmed(db, cx, own.id, clock_now_ms());
	if (!e)
		e = audit_write(db, cx, "session.confirm", "admin", admin.id, admin.name, NULL);
	return e ? e : db_commit(&db, cx);
}
