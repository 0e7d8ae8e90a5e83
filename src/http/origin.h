/* origin.h - does a browser's request come from our own page, under a name of ours?
 *
 * A page of another site may make a browser ask us, and a name of another site may be made to
 * resolve to our address (DNS rebinding). Programs with an API token are not asked: they carry
 * nothing that a page could borrow.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct app;
struct ctx;
struct http_request;

/* ERR_DENIED "host.unknown" (421): the Host is a public name that is not the one of --public-url.
 * ERR_DENIED "csrf.origin": a page of another site made the request. */
must_check enum err origin_check(struct app *app, struct ctx *cx, const struct http_request *rq);

/* Can nobody on the Internet own this name? Addresses, single words, and names of local use.
 * host has no port. */
bool origin_is_local_name(const char *host);
