/* static.h - the pages of the portal, out of the program itself. */
#pragma once

struct ctx;
struct http_reply;
struct http_request;

/* Serves GET and HEAD of everything outside the API: a file by its name, index.html for the portal's
 * own addresses, 404 for a missing asset, and a page that says how to build the portal when the
 * program was built without it. */
void static_reply(struct ctx *cx, const struct http_request *rq, struct http_reply *rp);
