/* locations.h - locations: add one from its token file, renew it, take it back, observe it, leave it.
 *
 * All of these but location_set_channel talk to Apple while the admin waits; nothing is stored on a
 * refusal, and no transaction is open meanwhile. What the lanes see of a location's token and owner
 * while they work is location_guard.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/locations.h"

struct app;
struct ctx;

/* token_file: the bytes of a .vpptoken file. The refusals, each with its own sentence:
 * ERR_INVALID token.empty, token.not_base64, token.not_json, token.incomplete, token.expired,
 * token.refused (Apple: 9601, 9621, 9622, 9625, 9722 …); ERR_LIMITED token.too_large; ERR_CONFLICT
 * token.duplicate, location.owned_by_other (both other ways go past it); ERR_REMOTE and ERR_LIMITED
 * when Apple is not to be reached or asks to wait. */
enum location_way {
	LOCATION_MANAGE,    /* unless another service does */
	LOCATION_TAKE_OVER, /* from whoever does */
	LOCATION_OBSERVE,   /* nothing is written at Apple, not even our mark */
};
must_check enum err location_add(struct app *app, struct ctx *cx, const char *token_file,
	size_t length, enum location_way way, struct location *ret_location);

/* A new token for the same location, tried at Apple before it replaces the old one. Everything
 * else stays; what waited for a token goes on. ERR_CONFLICT token.other_location names both. */
must_check enum err location_renew(struct app *app, struct ctx *cx, int64_t id,
	const char *token_file, size_t length, struct location *ret_location);

/* ERR_INVALID for a word that is no channel. */
must_check enum err location_set_channel(struct app *app, struct ctx *cx, int64_t id,
	const char *channel, struct location *ret_location);

/* "observe": from now on nothing is written at Apple; what of open jobs was not sent yet is cancelled.
 * "manage": our mark is written there. ERR_CONFLICT location.owned_by_other: another service manages
 * it; location_take_back goes past that. */
must_check enum err location_set_mode(struct app *app, struct ctx *cx, int64_t id, const char *mode,
	struct location *ret_location);
/* Writes our mark at Apple again after another service took the location, and manages it. */
must_check enum err location_take_back(
	struct app *app, struct ctx *cx, int64_t id, struct location *ret_location);

/* What Apple answered when it was asked with the location's token. */
struct location_tested {
	bool is_good;
	int64_t took_ms;
	const char *words;      /* why not; NULL when it is good */
	const char *owner_name; /* of the mark that the location has now; NULL: none */
	bool is_ours;
};
/* Asks, writes nothing. A token that was found dead is asked with too: its refusal may have ended. */
must_check enum err location_test(
	struct app *app, struct ctx *cx, int64_t id, struct location_tested *ret_tested);

/* Forgets a location. ERR_CONFLICT location.busy while a job of it is open, location.has_users
 * while VPP users are live, unless leave_users: then they stay at Apple as they are. */
must_check enum err location_leave(struct app *app, struct ctx *cx, int64_t id, bool leave_users);
