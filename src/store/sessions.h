/* sessions.h - who is signed in. A row holds the SHA-256 of the cookie, never the cookie.
 * Every function may return ERR_DB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/admins.h"

struct session {
	int64_t id;
	int64_t admin_id;
	int64_t created_at, seen_at, expires_at;
	int64_t confirmed_at; /* when the password was last typed in it */
	const char *from_address;
	const char *token_hash;
};

must_check enum err sessions_insert(struct db *db, struct ctx *cx, const char *token_hash,
	const struct session *session, const char *from_address);
/* The session and its admin, whatever their times and states say; ERR_NOT_FOUND without detail. */
must_check enum err sessions_by_hash(struct db *db, struct ctx *cx, const char *token_hash,
	struct session *ret_session, struct admin *ret_admin);
/* Of one admin, the newest first. */
must_check enum err sessions_list(struct db *db, struct ctx *cx, int64_t admin_id,
	struct session **ret_sessions, size_t *ret_count);
must_check enum err sessions_set_confirmed(struct db *db, struct ctx *cx, int64_t id, int64_t now);
/* One of the admin's; *ret_deleted 0: it is not. All but one. */
must_check enum err sessions_delete_id(
	struct db *db, struct ctx *cx, int64_t id, int64_t admin_id, int64_t *ret_deleted);
must_check enum err sessions_delete_others(
	struct db *db, struct ctx *cx, int64_t admin_id, int64_t keep_id, int64_t *ret_deleted);
must_check enum err sessions_set_seen(struct db *db, struct ctx *cx, int64_t id, int64_t now);
must_check enum err sessions_delete(struct db *db, struct ctx *cx, const char *token_hash);
must_check enum err sessions_delete_of(struct db *db, struct ctx *cx, int64_t admin_id);
/* Those that ended before now or were not seen since idle_since; and of one admin all but the
 * newest `keep`. */
must_check enum err sessions_sweep(struct db *db, struct ctx *cx, int64_t now, int64_t idle_since);
must_check enum err sessions_keep_newest(struct db *db, struct ctx *cx, int64_t admin_id, int keep);
