/* session.h - the one shape of a session, shared by sign-in and set-up. */
#pragma once

#include "base/err.h"

struct app;
struct ctx;
struct http_reply;
struct identity;

/* who is NULL when nobody is signed in; session is NULL for an API token. */
must_check enum err session_reply(struct app *app, struct ctx *cx, const struct identity *who,
	const char *session, struct http_reply *rp);
