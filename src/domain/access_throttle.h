/* access_throttle.h - who failed too often waits.
 *
 * Per name and network (/24, /56): after 5 failures 1 s, doubling up to 15 minutes. Per address: 20
 * failures within 15 minutes of each other stop it for 15 minutes. A good sign-in forgives the pair of
 * name and network, so an outsider elsewhere cannot lock somebody out. Counters are rows.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

/* ERR_LIMITED "session.wait" with retry_after_ms when this name (or "setup") from cx->actor.from has
 * to wait. */
must_check enum err access_throttle_check(
	struct db *db, struct ctx *cx, const char *name_key, int64_t now);
/* Counts a failure, and forgets old ones; in the caller's write transaction. */
must_check enum err access_throttle_failed(
	struct db *db, struct ctx *cx, const char *name_key, int64_t now);
must_check enum err access_throttle_forgive(struct db *db, struct ctx *cx, const char *name_key);

/* How long a pair waits after its n-th failure. */
int64_t access_throttle_wait_ms(int64_t failures);
/* The network that an address is in: "192.0.2.0/24", "2001:db8:0:100::/56"; another text as it is. */
const char *access_throttle_network(struct ctx *cx, const char *address);
