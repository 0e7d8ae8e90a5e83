/* location_config.h - what we write about ourselves at Apple: our mark and where to notify us. Shared
 * by the rooms that add, renew, take back and leave a location. */
#pragma once

#include <stdbool.h>

#include "apple/client.h"
#include "base/err.h"
#include "store/locations.h"

struct app;
struct ctx;

/* The mark of this installation: one UUID, made when it is first needed. */
must_check enum err location_our_mark(struct app *app, struct ctx *cx, const char **ret_mark);

/* While an admin waits, a short breath of Apple's is sat out here: is the call worth another try, at
 * once or after the wait that Apple asked for? tries counts up; false after a few, and when the server
 * stops. */
bool location_try_again(struct app *app, enum err e, const struct apple_reply *reply, int *tries);

/* Writes our mark and our address at Apple, and what came of it into l's owner and hook members. An
 * address that Apple does not take is no failure: l->hook_state says so. */
must_check enum err location_post_config(struct app *app, struct ctx *cx,
	struct apple_session *session, struct location *l, struct apple_reply *ret_reply);

/* Was the write refused because the token may only read? */
bool location_is_read_only(const struct apple_reply *reply);
void location_mark_read_only(struct ctx *cx, struct location *l, int number);

must_check enum err location_load(
	struct app *app, struct ctx *cx, int64_t id, struct location *ret_location);
