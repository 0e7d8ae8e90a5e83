/* location_guard.h - what the lanes learn of a location's token and owner while they work.
 *
 * There is no lock on a location at Apple: who manages it is a mark that every answer carries. The
 * first foreign mark stops all writes until an admin takes the location back. One odd refusal of
 * the token changes nothing: it is believed when a second, different call agrees a minute later.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "apple/client.h"
#include "base/err.h"
#include "store/locations.h"

struct app;
struct ctx;

#define LOCATION_TOKEN    "location.token"    /* purpose of the token's sealed box */
#define LOCATION_HOOK     "location.hook"     /* purpose of the notification secret's derivation */
#define LOCATION_HOOK_KEY "location.hook_key" /* and of the key in the address, from the uId */

/* Nothing is ever written at Apple for it. */
bool location_is_observed(const struct location *location);
/* ERR_CONFLICT "location.observe_only": what was asked for would change something at Apple. */
must_check enum err location_refuse_observed(struct ctx *cx, const struct location *location);

/* valid, expired, revoked, refused, read_only: a valid token whose time is over is expired. */
const char *location_token_state(const struct location *location, int64_t now);
/* The step of the warning before the token's end: 60, 30, 14, 7 or 1 days or less are left; 0: more
 * are, or it has ended. */
int location_token_step(const struct location *location, int64_t now);
/* As location_token_state, with "expiring" for a valid token whose end is that near. */
const char *location_token_shown(const struct location *location, int64_t now);
/* Locations whose token came to a step that nobody was warned of. Each is given once, and again at
 * the next step: what is given is written down. */
must_check enum err location_token_warnings(struct app *app, struct ctx *cx, int64_t now,
	struct location **ret_locations, size_t *ret_count);

/* A session with the unsealed token, our mark, the uid and the stored wait; of a location that is only
 * observed one that cannot write, whoever's mark is there. ERR_CONFLICT
 * location.token (expired, revoked, refused) or location.owned_by_other says why there is none. */
must_check enum err location_session_open(struct app *app, struct ctx *cx,
	const struct location *location, enum pacer_priority priority,
	struct apple_session **ret_session);

/* May something be changed at Apple? ERR_CONFLICT location.token, location.read_only,
 * location.observe_only or location.owned_by_other with the sentence that held items show. */
must_check enum err location_may_write(
	struct app *app, struct ctx *cx, const struct location *location);

/* After each call of a lane: takes what the reply says about owner, token and wait, and writes what
 * changed. *ret_may_go_on: nothing speaks against the next call now. Opens its own transaction:
 * none may be open. A second look at a doubtful token is a call of its own. */
must_check enum err location_reply_seen(struct app *app, struct ctx *cx,
	const struct location *location, const struct apple_reply *reply, bool *ret_may_go_on);

/* Does Apple want nothing to be sent at present? Not so while only our own doubt about the token rests. */
bool location_waits_for_apple(const struct location *location, int64_t now);
/* A wait that Apple told somebody who is no lane, on his way to the error that cx holds: kept like a
 * lane's, so that it holds after a restart. */
void location_keep_wait(struct app *app, struct ctx *cx, const struct location *location,
	const struct apple_reply *reply);

/* Keeps the invitation template of the live service config beside the location, so that a link can
 * be built while Apple is away. Writes only a change. */
must_check enum err location_template_seen(
	struct app *app, struct ctx *cx, const struct location *location);

/* Is our notification address to be written at Apple again: it failed an hour ago, or is not the
 * one that was written (another public address)? */
bool location_hook_due(struct app *app, struct ctx *cx, const struct location *location);
/* Writes it when it is due. *ret_was_due false: nothing was to be done and nothing was sent; else
 * ret_reply is what Apple said. The session must be this location's. */
must_check enum err location_keep_hook(struct app *app, struct ctx *cx,
	const struct location *location, struct apple_session *session,
	struct apple_reply *ret_reply, bool *ret_was_due);
