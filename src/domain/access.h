/* access.h - who may come in, and as what.
 *
 * Three ways in, and no others: the set-up code makes the first owner, name and password make a
 * session, an API token speaks for itself (made in the portal, or on the host with `pomona token
 * create`). Each gives an identity, which the door puts into cx->actor and compares with the role of
 * the route. Passwords are Argon2id hashes, sealed; sessions and tokens are 256-bit random texts of
 * which only the SHA-256 is kept. Failures are counted in the database, so that a restart forgives
 * nobody.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/admins.h"
#include "store/api_tokens.h"

struct app;
struct ctx;

enum role { ROLE_NONE, ROLE_AUDITOR, ROLE_OPERATOR, ROLE_ADMIN, ROLE_OWNER };

/* "owner" …; ROLE_NONE for other text. A role may do what the roles below it may. */
enum role access_role(const char *name);
const char *access_role_name(enum role role);

#define ACCESS_SESSION_IDLE_MS     (12 * 3600 * 1000LL)
#define ACCESS_SESSION_MAX_MS      (7 * 24 * 3600 * 1000LL)
#define ACCESS_SESSIONS_PER_ADMIN  10
#define ACCESS_PASSWORD_CHARS_MIN  15
#define ACCESS_PASSWORD_CHARS_MAX  128
#define ACCESS_PASSWORD_BYTES_MAX  512
#define ACCESS_NAME_CHARS_MAX      100
#define ACCESS_TOKEN_DAYS_MAX      365
#define ACCESS_TOKEN_DAYS_STANDARD 90

/* Who it is; for cx->actor. Text is in cx->mem. */
struct identity {
	const char *kind; /* "admin" or "api_token" */
	int64_t id;
	const char *name;
	enum role role;
};

/* --- set-up --------------------------------------------------------------------------------- */

/* Is there no admin yet? */
must_check enum err access_setup_needed(struct app *app, struct ctx *cx, bool *ret_is_needed);
/* At start: makes a code in app->setup_code when there is no admin, "" otherwise. */
must_check enum err access_setup_prepare(struct app *app, struct ctx *cx);
/* Makes the first owner and signs in. ERR_CONFLICT "setup.done"; ERR_DENIED "setup.code";
 * ERR_LIMITED after many wrong codes; ERR_INVALID with the field for name, e-mail and password. */
must_check enum err access_setup(struct app *app, struct ctx *cx, const char *code,
	const char *name, const char *email, const char *password, struct identity *ret_identity,
	char **ret_session);

/* --- sessions ------------------------------------------------------------------------------- */

/* ERR_DENIED "session.refused", the same for an unknown name, a wrong password and a disabled admin;
 * ERR_LIMITED "session.wait" with retry_after_ms after 5 failures. cx->actor.from is the peer.
 * *ret_session goes into the cookie. */
must_check enum err access_sign_in(struct app *app, struct ctx *cx, const char *name,
	const char *password, struct identity *ret_identity, char **ret_session);
/* ERR_DENIED "session.ended" when it is not one, is over, or its admin is disabled. */
must_check enum err access_session(
	struct app *app, struct ctx *cx, const char *session, struct identity *ret_identity);
/* The same without counting as a use: what a page asks by itself keeps nobody signed in. */
must_check enum err access_session_look(
	struct app *app, struct ctx *cx, const char *session, struct identity *ret_identity);
/* Counts as a use now, not only once a minute. Errors as access_session; ret_session as it is then. */
struct session;
must_check enum err access_session_extend(
	struct app *app, struct ctx *cx, const char *session, struct session *ret_session);
/* When it ends if nothing more is done in it. can_extend false: at its limit, which no use moves. */
struct access_end {
	int64_t at;
	bool can_extend;
};
struct access_end access_session_end(const struct session *session);
must_check enum err access_sign_out(struct app *app, struct ctx *cx, const char *session);
/* What a browser sends back in X-CSRF-Token: derived from the session, never stored. */
char *access_csrf(struct ctx *cx, const char *session);

/* The session itself, for what its admin does with their own account. */
must_check enum err access_session_row(
	struct app *app, struct ctx *cx, const char *session, struct session *ret_session);

/* --- one's own account; cx->actor is the admin, session their cookie ---------------------------- */

/* All of the admin's sessions that are not over, the newest first. */
must_check enum err access_own_sessions(
	struct app *app, struct ctx *cx, struct session **ret_sessions, size_t *ret_count);
/* Ends one of them; ERR_NOT_FOUND "session.unknown". ret_ended is what it was. */
must_check enum err access_own_session_end(
	struct app *app, struct ctx *cx, int64_t id, struct session *ret_ended);
/* Ends all but this one. */
must_check enum err access_own_sessions_end_others(
	struct app *app, struct ctx *cx, const char *session);
/* A new password; all other sessions end. ERR_DENIED "password.wrong" when the old one is not theirs,
 * ERR_LIMITED "session.wait" after 5 failures; ERR_INVALID as access_password_check. */
must_check enum err access_own_password(struct app *app, struct ctx *cx, const char *session,
	const char *old_password, const char *new_password);
/* The password typed again in a session that goes on; errors as access_own_password. */
must_check enum err access_own_confirm(
	struct app *app, struct ctx *cx, const char *session, const char *password);

/* --- API tokens ------------------------------------------------------------------------------- */

/* ERR_DENIED "api_token.refused" (unknown, mistyped), "api_token.revoked", "api_token.expired". */
must_check enum err access_token(
	struct app *app, struct ctx *cx, const char *token, struct identity *ret_identity);
/* Makes one. days 0: without an end (the host's command line only). *ret_token is shown once. */
must_check enum err access_token_create(struct app *app, struct ctx *cx, const char *name,
	const char *role, int64_t days, struct api_token *ret_row, char **ret_token);
/* ERR_NOT_FOUND "api_token.none". Revoking a revoked one is fine. */
must_check enum err access_token_revoke(struct app *app, struct ctx *cx, int64_t id);
must_check enum err access_token_list(
	struct app *app, struct ctx *cx, struct api_token **ret_tokens, size_t *ret_count);

/* --- admins --------------------------------------------------------------------------------- */

must_check enum err access_admin_list(
	struct app *app, struct ctx *cx, struct admin **ret_admins, size_t *ret_count);
/* ERR_CONFLICT "admin.exists"; ERR_INVALID with the field. */
must_check enum err access_admin_create(struct app *app, struct ctx *cx, const char *name,
	const char *email, const char *role, const char *password, struct admin *ret_admin);

/* NULL members are left as they are; is_active negative: as it is; has_email tells an e-mail that is
 * to be taken away (email NULL) from one that is left. */
struct admin_change {
	bool has_email;
	const char *email;
	const char *role;
	const char *password;
	int is_active;
};

/* A new role, a new password or disabling ends the admin's sessions at once. ERR_CONFLICT
 * "admin.last_owner". */
must_check enum err access_admin_change(struct app *app, struct ctx *cx, int64_t id,
	const struct admin_change *change, struct admin *ret_admin);

/* ERR_INVALID "password.…" with the field, when the password will not do for an admin of that name
 * and e-mail. */
must_check enum err access_password_check(
	struct ctx *cx, const char *password, const char *name, const char *email);
