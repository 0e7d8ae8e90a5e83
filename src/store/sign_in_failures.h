/* sign_in_failures.h - how often somebody failed to come in, by key ("name ada 192.0.2.0/24").
 *
 * Kept in the database, so that a restart forgives nobody; old rows are swept, so that a flood does
 * not stay. What a number of failures means is in domain/access_throttle.h. Every function may
 * return ERR_DB.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct sign_in_failures {
	int64_t failures;
	int64_t last_at;
};

/* All zero when there is no row, or its last failure is before since. */
must_check enum err sign_in_failures_get(struct db *db, struct ctx *cx, const char *key,
	int64_t since, struct sign_in_failures *ret_failures);
/* One more; a row whose last failure is before since begins anew. */
must_check enum err sign_in_failures_add(
	struct db *db, struct ctx *cx, const char *key, int64_t since, int64_t now);
must_check enum err sign_in_failures_clear(struct db *db, struct ctx *cx, const char *key);
/* Takes away what is older than before, and the oldest rows beyond 100,000. */
must_check enum err sign_in_failures_sweep(struct db *db, struct ctx *cx, int64_t before);
