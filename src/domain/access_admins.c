/* access_admins.c - who may sign in: making, changing and disabling admins. */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/access_internal.h"
#include "domain/audit_change.h"
#include "domain/access_password.h"
#include "domain/app.h"
#include "store/audit.h"
#include "store/sessions.h"

static enum err check_email(struct ctx *cx, struct admin *admin)
{
	if (text_is_blank(admin->email)) {
		admin->email = NULL;
		return OK;
	}
	admin->email = text_trim(cx->mem, admin->email);
	if (!text_is_email(admin->email))
		return err_set_field(cx, ERR_INVALID, "admin.email", "/email",
			"The e-mail address is not one that mail can be sent to.");
	return OK;
}

static enum err check_role(struct ctx *cx, struct admin *admin)
{
	if (access_role(admin->role) == ROLE_NONE)
		return err_set_field(cx, ERR_INVALID, "admin.role", "/role",
			"The role of an admin is owner, admin, operator or auditor.");
	admin->role = access_role_name(access_role(admin->role));
	return OK;
}

enum err access_admin_fields(struct ctx *cx, struct admin *admin)
{
	const char *name = admin->name ? admin->name : "";
	if (text_is_blank(name) || strlen(name) > 4 * ACCESS_NAME_CHARS_MAX ||
		!text_is_clean(name, strlen(name), false))
		return err_set_field(cx, ERR_INVALID, "admin.name", "/name",
			"A name of 1 to %d characters is needed to sign in with.",
			ACCESS_NAME_CHARS_MAX);
	admin->name = text_nfc(cx->mem, text_trim(cx->mem, name));
	admin->name_key = text_fold(cx->mem, admin->name);
	enum err e = check_email(cx, admin);
	return e ? e : check_role(cx, admin);
}

enum err access_admin_list(
	struct app *app, struct ctx *cx, struct admin **ret_admins, size_t *ret_count)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : admins_list(db, cx, ret_admins, ret_count);
}

static enum err refuse_taken(struct db *db, struct ctx *cx, const struct admin *admin)
{
	struct admin other;
	enum err e = admins_by_name_key(db, cx, admin->name_key, &other);
	if (e == ERR_NOT_FOUND)
		return OK;
	return e ? e
	         : err_set_field(cx, ERR_CONFLICT, "admin.exists", "/name",
			   "There is already an admin %s.", other.name);
}

static enum err audit_role(struct db *db, struct ctx *cx, const struct admin *admin)
{
	BUF_AUTO(detail, 1024);
	struct json_writer w;
	jw_init(&w, &detail);
	jw_object(&w, NULL);
	jw_str(&w, "role", admin->role);
	jw_end_object(&w);
	return audit_write(db, cx, "admin.create", "admin", admin->id, admin->name, detail.bytes);
}

enum err access_admin_create(struct app *app, struct ctx *cx, const char *name, const char *email,
	const char *role, const char *password, struct admin *ret_admin)
{
	struct admin admin = { .name = name,
		.email = email,
		.role = role,
		.is_active = true,
		.created_at = clock_now_ms() };
	char *box;
	enum err e = access_admin_fields(cx, &admin);
	if (!e)
		e = access_password_check(cx, password, admin.name, admin.email);
	if (!e)
		e = access_password_box(app, cx, password, &box);
	if (e)
		return e;
	admin.password_hash = box;
	DB_AUTO(db);
	e = db_write(app->db, cx, &db);
	if (!e)
		e = refuse_taken(db, cx, &admin);
	if (!e)
		e = admins_insert(db, cx, &admin, &admin.id);
	if (!e)
		e = audit_role(db, cx, &admin);
	if (!e)
		e = db_commit(&db, cx);
	if (!e)
		*ret_admin = admin;
	return e;
}

/* --- changing ------------------------------------------------------------------------------- */

/* What the change makes of the admin; *ret_ends tells whether the sessions end. */
static enum err apply(struct ctx *cx, const struct admin_change *change, const char *box,
	struct admin *admin, bool *ret_ends)
{
	bool was_active = admin->is_active;
	const char *old_role = admin->role;
	if (change->has_email)
		admin->email = change->email;
	if (change->role)
		admin->role = change->role;
	if (box)
		admin->password_hash = box;
	if (change->is_active >= 0)
		admin->is_active = change->is_active;
	enum err e = check_email(cx, admin);
	if (!e)
		e = check_role(cx, admin);
	*ret_ends = box || (was_active && !admin->is_active) || !text_equal(old_role, admin->role);
	return e;
}

/* After the write, in its transaction: two owners who disable each other cannot both win. */
static enum err refuse_without_owner(struct db *db, struct ctx *cx)
{
	int64_t owners;
	enum err e = admins_count_owners(db, cx, &owners);
	if (!e && owners == 0)
		e = err_set(cx, ERR_CONFLICT, "admin.last_owner",
			"This is the last active owner. Make another owner first.");
	return e;
}

static enum err audit_change(struct db *db, struct ctx *cx, const struct admin *old,
	const struct admin *now, bool has_password)
{
	AUDIT_CHANGE(change, cx);
	audit_change_str(&change, "role", old->role, now->role);
	audit_change_bool(&change, "is_active", old->is_active, now->is_active);
	audit_change_str(&change, "email", old->email, now->email);
	audit_change_secret(&change, "password", has_password);
	return audit_write(
		db, cx, "admin.change", "admin", now->id, now->name, audit_change_json(&change));
}

static enum err write_change(struct app *app, struct ctx *cx, int64_t id,
	const struct admin_change *change, const char *box, struct admin *ret_admin)
{
	struct admin old, admin;
	bool ends;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = admins_get(db, cx, id, &old);
	if (e)
		return e;
	admin = old;
	e = apply(cx, change, box, &admin, &ends);
	if (!e)
		e = admins_update(db, cx, &admin);
	if (!e)
		e = refuse_without_owner(db, cx);
	if (!e && ends)
		e = sessions_delete_of(db, cx, id);
	if (!e)
		e = audit_change(db, cx, &old, &admin, box != NULL);
	if (!e)
		e = db_commit(&db, cx);
	if (!e)
		*ret_admin = admin;
	return e;
}

enum err access_admin_change(struct app *app, struct ctx *cx, int64_t id,
	const struct admin_change *change, struct admin *ret_admin)
{
	char *box = NULL;
	if (change->password) {
		struct admin admin;
		DB_AUTO(db);
		enum err e = db_read(app->db, cx, &db);
		if (!e)
			e = admins_get(db, cx, id, &admin);
		db_release(&db);
		if (!e)
			e = access_password_check(cx, change->password, admin.name, admin.email);
		if (!e)
			e = access_password_box(app, cx, change->password, &box);
		if (e)
			return e;
	}
	return write_change(app, cx, id, change, box, ret_admin);
}
