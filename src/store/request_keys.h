/* request_keys.h - requests that were sent with an Idempotency-Key, and what was answered.
 *
 * What follows from a key that is there already is decided in domain/once.h. Every function may return
 * ERR_DB.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct request_key {
	const char *caller, *key;
	const char *request_hash;
	const char *state; /* running, acted, done */
	int64_t life;      /* of the process that works on it */
	int64_t status;
	const char *content_type, *answer; /* NULL: not kept */
};

/* *ret_is_new false: it is there already. */
must_check enum err request_keys_claim(struct db *db, struct ctx *cx, const struct request_key *key,
	int64_t now, int64_t *ret_is_new);
/* ERR_NOT_FOUND without detail. */
must_check enum err request_keys_find(struct db *db, struct ctx *cx, const char *caller,
	const char *key, struct request_key *ret_key);
/* A running one of another life becomes key->life's; *ret_is_taken 0: it is none. */
must_check enum err request_keys_take(struct db *db, struct ctx *cx, const struct request_key *key,
	int64_t now, int64_t *ret_is_taken);
must_check enum err request_keys_acted(
	struct db *db, struct ctx *cx, const char *caller, const char *key);
/* Writes status, content_type and answer. */
must_check enum err request_keys_done(struct db *db, struct ctx *cx, const struct request_key *key);
must_check enum err request_keys_forget(
	struct db *db, struct ctx *cx, const char *caller, const char *key);
must_check enum err request_keys_prune(struct db *db, struct ctx *cx, int64_t before);
