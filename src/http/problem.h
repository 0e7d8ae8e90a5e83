/* problem.h - an error becomes a status number and an RFC 9457 document, here and nowhere else. */
#pragma once

#include "base/err.h"

struct ctx;
struct http_reply;

/* The status for an error: by its code, with a few reasons that have their own (401, 413, 415). */
int http_problem_status(enum err e, const char *reason);

/* Writes cx->error as the reply. e is what the handler returned. */
void http_problem(struct ctx *cx, enum err e, struct http_reply *rp);

/* For refusals that were never an enum err: 404 and 405 of the server itself. */
void http_problem_plain(struct ctx *cx, int status, const char *reason, const char *sentence,
	struct http_reply *rp);
