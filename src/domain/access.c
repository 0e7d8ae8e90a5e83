/* access.c - roles, set-up, and sessions. */
#include "domain/access.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/access_internal.h"
#include "domain/access_password.h"
#include "domain/access_throttle.h"
#include "domain/app.h"
#include "store/audit.h"
#include "store/sessions.h"

#define SESSION_CHARS 43 /* of 6 bits: 256 and a little */
/* A session's last use is written once a minute, not with each request. */
#define SEEN_STEP_MS (60 * 1000)
#define SETUP_GROUPS 4

/* --- roles ---------------------------------------------------------------------------------- */

static const char *const role_names[] = {
	[ROLE_NONE] = "none",
	[ROLE_AUDITOR] = "auditor",
	[ROLE_OPERATOR] = "operator",
	[ROLE_ADMIN] = "admin",
	[ROLE_OWNER] = "owner",
};

enum role access_role(const char *name)
{
	for (int role = ROLE_AUDITOR; role <= ROLE_OWNER; role++)
		if (text_equal(name, role_names[role]))
			return (enum role)role;
	return ROLE_NONE;
}

const char *access_role_name(enum role role)
{
	return role_names[role];
}

/* --- beginning a session ---------------------------------------------------------------------- */

static const char *hash_of(struct ctx *cx, const char *token)
{
	char hash[SECRET_HASH_HEX];
	secret_hash(token, strlen(token), hash);
	return arena_strdup(cx->mem, hash);
}

/* The identity of an admin, also put into cx->actor. */
static struct identity identify(struct ctx *cx, const struct admin *admin)
{
	cx->actor.kind = "admin";
	cx->actor.id = admin->id;
	cx->actor.name = admin->name;
	return (struct identity){
		.kind = "admin",
		.id = admin->id,
		.name = admin->name,
		.role = access_role(admin->role),
	};
}

/* Makes a session of the admin in the caller's write transaction and gives its cookie. */
static enum err begin_session(struct db *db, struct ctx *cx, const struct admin *admin, int64_t now,
	struct identity *ret_identity, char **ret_session)
{
	struct session session = {
		.admin_id = admin->id,
		.created_at = now,
		.seen_at = now,
		.expires_at = now + ACCESS_SESSION_MAX_MS,
	};
	char *token = secret_token(cx->mem, SESSION_CHARS);
	struct identity identity = identify(cx, admin);
	enum err e = sessions_sweep(db, cx, now, now - ACCESS_SESSION_IDLE_MS);
	if (!e)
		e = sessions_insert(db, cx, hash_of(cx, token), &session, cx->actor.from);
	if (!e)
		e = sessions_keep_newest(db, cx, admin->id, ACCESS_SESSIONS_PER_ADMIN);
	if (!e)
		e = admins_set_seen(db, cx, admin->id, now);
	if (!e)
		e = audit_write(db, cx, "session.begin", "admin", admin->id, admin->name, NULL);
	if (e)
		return e;
	*ret_identity = identity;
	*ret_session = token;
	return OK;
}

/* --- set-up --------------------------------------------------------------------------------- */

enum err access_setup_needed(struct app *app, struct ctx *cx, bool *ret_is_needed)
{
	DB_AUTO(db);
	int64_t admins;
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = admins_count(db, cx, &admins);
	if (!e)
		*ret_is_needed = admins == 0;
	return e;
}

enum err access_setup_prepare(struct app *app, struct ctx *cx)
{
	bool is_needed;
	enum err e = access_setup_needed(app, cx, &is_needed);
	if (e)
		return e;
	snprintf(app->setup_code, sizeof(app->setup_code), "%s",
		is_needed ? secret_code(cx->mem, SETUP_GROUPS) : "");
	return OK;
}

/* As people type it: any case, with or without the dashes. */
static bool is_setup_code(struct ctx *cx, const char *wanted, const char *typed)
{
	char *plain[2] = { arena_strdup(cx->mem, wanted), arena_strdup(cx->mem, typed) };
	for (int i = 0; i < 2; i++) {
		char *to = plain[i];
		for (const char *from = plain[i]; *from; from++)
			if (isalnum((unsigned char)*from))
				*to++ = (char)toupper((unsigned char)*from);
		*to = '\0';
	}
	return *plain[0] && secret_equal(plain[0], plain[1]);
}

/* In a write transaction: the writer's turn is also what guards app->setup_code. */
static enum err check_setup(
	struct app *app, struct db *db, struct ctx *cx, const char *code, bool *ret_is_wrong)
{
	int64_t admins, now = clock_now_ms();
	enum err e = admins_count(db, cx, &admins);
	if (!e && admins > 0)
		e = err_set(cx, ERR_CONFLICT, "setup.done",
			"This server is set up already. Sign in with name and password.");
	if (!e)
		e = access_throttle_check(db, cx, "(setup)", now);
	if (e)
		return e;
	*ret_is_wrong = !is_setup_code(cx, app->setup_code, code);
	return *ret_is_wrong ? access_throttle_failed(db, cx, "(setup)", now) : OK;
}

/* Before the costly hash, so that only who has the code makes the server work. */
static enum err ask_setup(struct app *app, struct ctx *cx, const char *code)
{
	DB_AUTO(db);
	bool is_wrong = false;
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = check_setup(app, db, cx, code, &is_wrong);
	if (!e)
		e = db_commit(&db, cx);
	if (!e && is_wrong)
		e = err_set_field(cx, ERR_DENIED, "setup.code", "/code",
			"This is not the set-up code. The server printed it when it started; a new "
			"start prints a new one.");
	return e;
}

enum err access_setup(struct app *app, struct ctx *cx, const char *code, const char *name,
	const char *email, const char *password, struct identity *ret_identity, char **ret_session)
{
	int64_t now = clock_now_ms();
	struct admin owner = {
		.name = name, .email = email, .role = "owner", .is_active = true, .created_at = now
	};
	char *box;
	enum err e = ask_setup(app, cx, code);
	if (!e)
		e = access_admin_fields(cx, &owner);
	if (!e)
		e = access_password_check(cx, password, owner.name, owner.email);
	if (!e)
		e = access_password_box(app, cx, password, &box);
	if (e)
		return e;
	owner.password_hash = box;

	DB_AUTO(db);
	bool is_wrong = false;
	e = db_write(app->db, cx, &db);
	if (!e)
		e = check_setup(app, db, cx, code, &is_wrong);
	if (!e)
		e = admins_insert(db, cx, &owner, &owner.id);
	if (e)
		return e;
	identify(cx, &owner);
	e = audit_write(db, cx, "admin.create", "admin", owner.id, owner.name,
		"{\"role\":\"owner\",\"by\":\"setup\"}");
	if (!e)
		e = begin_session(db, cx, &owner, now, ret_identity, ret_session);
	if (e)
		return e;
	e = db_commit(&db, cx);
	/* From here on nobody reads the code: there is an admin. */
	if (!e)
		memset(app->setup_code, 0, sizeof(app->setup_code));
	return e;
}

/* --- signing in ----------------------------------------------------------------------------- */

static enum err refused(struct ctx *cx)
{
	return err_set(cx, ERR_DENIED, "session.refused",
		"Name and password do not belong together, or the admin was disabled.");
}

/* The admin of the name, ret_admin->id 0 when there is none; ERR_LIMITED. */
static enum err find_admin(
	struct app *app, struct ctx *cx, const char *name_key, int64_t now, struct admin *ret_admin)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = access_throttle_check(db, cx, name_key, now);
	if (e)
		return e;
	*ret_admin = (struct admin){ 0 };
	e = admins_by_name_key(db, cx, name_key, ret_admin);
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err count_failure(struct app *app, struct ctx *cx, const char *name_key, int64_t now,
	const struct admin *admin)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = access_throttle_failed(db, cx, name_key, now);
	/* The typed name is written only if it is one: people type passwords into it. */
	if (!e && admin->id)
		e = audit_write(db, cx, "session.refuse", "admin", admin->id, admin->name, NULL);
	if (!e)
		e = db_commit(&db, cx);
	return e ? e : refused(cx);
}

enum err access_sign_in(struct app *app, struct ctx *cx, const char *name, const char *password,
	struct identity *ret_identity, char **ret_session)
{
	int64_t now = clock_now_ms();
	if (strlen(name) > 4 * ACCESS_NAME_CHARS_MAX ||
		strlen(password) > ACCESS_PASSWORD_BYTES_MAX ||
		!text_is_clean(name, strlen(name), false) ||
		!text_is_clean(password, strlen(password), false))
		return refused(cx);
	const char *name_key = text_fold(cx->mem, text_trim(cx->mem, name));
	struct admin admin, again;
	bool fits;
	enum err e = find_admin(app, cx, name_key, now, &admin);
	if (!e)
		e = access_password_fits(
			app, cx, admin.id ? admin.password_hash : NULL, password, &fits);
	if (e)
		return e;
	if (!fits || !admin.is_active)
		return count_failure(app, cx, name_key, now, &admin);

	/* Only now is the password known that a hash of today's parameters needs. */
	char *box = NULL;
	if (access_password_is_old(app, cx, admin.password_hash)) {
		e = access_password_box(app, cx, password, &box);
		if (e)
			return e;
	}
	/* The hash took a while: whoever disabled the admin or changed the password meanwhile wins. */
	DB_AUTO(db);
	e = db_write(app->db, cx, &db);
	if (!e)
		e = admins_get(db, cx, admin.id, &again);
	if (e)
		return e;
	if (!again.is_active || !text_equal(again.password_hash, admin.password_hash))
		return refused(cx);
	e = access_throttle_forgive(db, cx, name_key);
	if (!e && box) {
		again.password_hash = box;
		e = admins_update(db, cx, &again);
	}
	if (!e)
		e = begin_session(db, cx, &again, now, ret_identity, ret_session);
	return e ? e : db_commit(&db, cx);
}

/* --- a session ------------------------------------------------------------------------------- */

static enum err ended(struct ctx *cx)
{
	return err_set(
		cx, ERR_DENIED, "session.ended", "You are not signed in, or no longer. Sign in.");
}

/* A full disk, or a server that is a read-only copy, must not keep people from reading. */
static void note_seen(struct app *app, int64_t id, int64_t now)
{
	CTX_AUTO(cx);
	DB_AUTO(db);
	enum err e = db_write(app->db, &cx, &db);
	if (!e)
		e = sessions_set_seen(db, &cx, id, now);
	if (!e)
		(void)!db_commit(&db, &cx);
}

struct access_end access_session_end(const struct session *session)
{
	int64_t idle_at = session->seen_at + ACCESS_SESSION_IDLE_MS;
	bool can_extend = idle_at < session->expires_at;
	return (struct access_end){ .at = can_extend ? idle_at : session->expires_at,
		.can_extend = can_extend };
}

static enum err find_session(struct db *db, struct ctx *cx, const char *session, int64_t now,
	struct session *ret_row, struct admin *ret_admin)
{
	if (!session || strlen(session) != SESSION_CHARS)
		return ended(cx);
	enum err e = sessions_by_hash(db, cx, hash_of(cx, session), ret_row, ret_admin);
	if (e && e != ERR_NOT_FOUND)
		return e;
	return e || !ret_admin->is_active || access_session_end(ret_row).at <= now ? ended(cx) : OK;
}

static enum err open_session(struct app *app, struct ctx *cx, const char *session, bool is_use,
	struct identity *ret_identity)
{
	int64_t now = clock_now_ms();
	struct session row;
	struct admin admin;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = find_session(db, cx, session, now, &row, &admin);
	db_release(&db);
	if (e)
		return e;
	if (is_use && row.seen_at + SEEN_STEP_MS <= now)
		note_seen(app, row.id, now);
	*ret_identity = identify(cx, &admin);
	return OK;
}

enum err access_session(
	struct app *app, struct ctx *cx, const char *session, struct identity *ret_identity)
{
	return open_session(app, cx, session, true, ret_identity);
}

enum err access_session_look(
	struct app *app, struct ctx *cx, const char *session, struct identity *ret_identity)
{
	return open_session(app, cx, session, false, ret_identity);
}

enum err access_session_extend(
	struct app *app, struct ctx *cx, const char *session, struct session *ret_session)
{
	int64_t now = clock_now_ms();
	struct admin admin;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = find_session(db, cx, session, now, ret_session, &admin);
	if (!e)
		e = sessions_set_seen(db, cx, ret_session->id, now);
	if (e)
		return e;
	ret_session->seen_at = now;
	return db_commit(&db, cx);
}

enum err access_sign_out(struct app *app, struct ctx *cx, const char *session)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = sessions_delete(db, cx, hash_of(cx, session));
	if (!e)
		e = audit_write(db, cx, "session.end", "admin", cx->actor.id, cx->actor.name, NULL);
	return e ? e : db_commit(&db, cx);
}

char *access_csrf(struct ctx *cx, const char *session)
{
	static const char purpose[] = "pomona csrf";
	uint8_t mac[32];
	secret_hmac_sha256(session, strlen(session), purpose, sizeof(purpose) - 1, mac);
	return text_hex(cx->mem, mac, sizeof(mac));
}
