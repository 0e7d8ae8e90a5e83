/* admins.h - the people who may sign in to the portal. Rules are in domain/access.h; only that file
 * writes here. Every function may return ERR_DB; writes of a name that is taken ERR_CONFLICT
 * "db.unique".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct admin {
	int64_t id;
	const char *name;
	const char *name_key;      /* folded: what signing in compares */
	const char *email;         /* NULL: none */
	const char *role;          /* owner, admin, operator, auditor */
	const char *password_hash; /* a sealed box */
	bool is_active;
	int64_t created_at;
	int64_t last_seen_at; /* 0: never */
};

must_check enum err admins_insert(
	struct db *db, struct ctx *cx, const struct admin *admin, int64_t *ret_id);
/* ERR_NOT_FOUND "admin.none". */
must_check enum err admins_get(struct db *db, struct ctx *cx, int64_t id, struct admin *ret_admin);
/* ERR_NOT_FOUND without detail. */
must_check enum err admins_by_name_key(
	struct db *db, struct ctx *cx, const char *name_key, struct admin *ret_admin);
/* All, by name. */
must_check enum err admins_list(
	struct db *db, struct ctx *cx, struct admin **ret_admins, size_t *ret_count);
/* Writes e-mail, role, password_hash and is_active. */
must_check enum err admins_update(struct db *db, struct ctx *cx, const struct admin *admin);
must_check enum err admins_set_seen(struct db *db, struct ctx *cx, int64_t id, int64_t now);
/* How many active owners there are; and how many admins of any kind. */
must_check enum err admins_count_owners(struct db *db, struct ctx *cx, int64_t *ret_count);
must_check enum err admins_count(struct db *db, struct ctx *cx, int64_t *ret_count);
