/* locations.h - locations: add one from its token file, renew, leave, and guard its ownership.
 *
 * Adding, renewing and taking back talk to Apple while the admin waits; nothing is stored on any
 * refusal, and no transaction is open meanwhile.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apple/client.h"
#include "base/err.h"
#include "store/locations.h"

struct app;
struct ctx;

/* token_file: the bytes of a .vpptoken file. The refusals, each with its own sentence:
 * ERR_INVALID token.empty, token.too_large, token.not_base64, token.not_json, token.incomplete,
 * token.expired, token.refused (Apple: 9621, 9622, 9625, 9601, 9722); ERR_CONFLICT token.duplicate,
 * location.owned_by_other (take_over goes past it); ERR_REMOTE when Apple is not to be reached. */
must_check enum err location_add(struct app *app, struct ctx *cx, const char *token_file,
	size_t length, bool take_over, struct location *ret_location);

/* A new token for the same location, tried at Apple before it replaces the old one. Everything
 * else stays; what waited for a token goes on. ERR_CONFLICT token.other_location names both. */
must_check enum err location_renew(struct app *app, struct ctx *cx, int64_t id,
	const char *token_file, size_t length, struct location *ret_location);

must_check enum err location_set_channel(struct app *app, struct ctx *cx, int64_t id,
	const char *channel, struct location *ret_location);

/* Writes our mark at Apple again after another service took it. */
must_check enum err location_take_back(
	struct app *app, struct ctx *cx, int64_t id, struct location *ret_location);

/* Forgets a location. ERR_CONFLICT location.busy while a job of it is open, location.has_users while VPP users are live, unless leave_users:
 * then they stay at Apple as they are. */
must_check enum err location_leave(struct app *app, struct ctx *cx, int64_t id, bool leave_users);

/* For the lane: a session with the unsealed token, our mark, the uid and the stored wait. ERR_CONFLICT
 * location.token (expired, revoked, refused) or location.owned_by_other says why there is none. */
must_check enum err location_session_open(struct app *app, struct ctx *cx,
	const struct location *location, enum pacer_priority priority,
	struct apple_session **ret_session);

/* For the lane, after each call: takes what the reply says about owner, wait and token, and
 * writes it if it changed. Gives whether the lane may go on with this location now. Token
 * trouble is believed when a second, different call at least a minute later agrees; until then it
 * is a wait. Opens its own transaction: none may be open. */
must_check enum err location_reply_seen(struct app *app, struct ctx *cx,
	const struct location *location, const struct apple_reply *reply, bool *ret_may_go_on);

/* The two halves of it, for callers that know more. operation tells different calls apart. */
must_check enum err location_token_trouble(
	struct app *app, struct ctx *cx, int64_t location_id, int number, const char *operation);
must_check enum err location_owner_seen(struct app *app, struct ctx *cx, int64_t location_id,
	const char *mdm_info_id, const char *name);

/* Keeps the invitation template of the live service config beside the location, so that a link can
 * be built while Apple is away. Writes only a change. */
must_check enum err location_template_seen(struct app *app, struct ctx *cx,
	const struct location *location, struct apple_session *session);
