/* location_param.h - which location a request means when it may leave that out. */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct db;
struct http_request;
struct json;

/* given (0: left out) when there is such a location, ERR_NOT_FOUND "location.unknown" otherwise.
 * Left out: the only one; 0 when there is none; ERR_INVALID "location.needed" when there are
 * several. */
must_check enum err http_location_or_only(
	struct db *db, struct ctx *cx, int64_t given, int64_t *ret_id);
/* The same for ?location=. */
must_check enum err http_location_param(
	struct db *db, struct ctx *cx, const struct http_request *rq, int64_t *ret_id);
/* The member "location" of a body, for what cannot be done without one: ERR_CONFLICT "location.none". */
must_check enum err http_body_location(
	struct app *app, struct ctx *cx, const struct json *body, int64_t *ret_id);
