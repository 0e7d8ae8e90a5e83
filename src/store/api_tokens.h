/* api_tokens.h - bearer tokens of programs. A row holds the SHA-256 of the token, never the token.
 * Every function may return ERR_DB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct api_token {
	int64_t id;
	const char *name;
	const char *role;
	const char *created_by;
	int64_t created_at;
	int64_t expires_at; /* 0: never (made on the host) */
	int64_t used_at, revoked_at;
};

must_check enum err api_tokens_insert(struct db *db, struct ctx *cx, const char *token_hash,
	const struct api_token *token, int64_t *ret_id);
/* ERR_NOT_FOUND "api_token.none". */
must_check enum err api_tokens_get(
	struct db *db, struct ctx *cx, int64_t id, struct api_token *ret_token);
/* ERR_NOT_FOUND without detail. Revoked and expired ones are given too. */
must_check enum err api_tokens_by_hash(
	struct db *db, struct ctx *cx, const char *token_hash, struct api_token *ret_token);
/* All, newest first. */
must_check enum err api_tokens_list(
	struct db *db, struct ctx *cx, struct api_token **ret_tokens, size_t *ret_count);
must_check enum err api_tokens_set_used(struct db *db, struct ctx *cx, int64_t id, int64_t now);
must_check enum err api_tokens_revoke(struct db *db, struct ctx *cx, int64_t id, int64_t now);
