/* once.h - the header Idempotency-Key, for every operation that changes something. */
#pragma once

#include <stdbool.h>

#include "domain/once.h"

struct app;
struct ctx;
struct http_reply;
struct http_request;
struct http_row;

/* Before the handler. *ret_is_answered: the reply is the one that was given before. */
must_check enum err http_once_begin(struct app *app, struct ctx *cx, const struct http_request *rq,
	const struct http_row *row, struct http_reply *rp, struct once *ret_once,
	bool *ret_is_answered);
/* After it, with its reply, a problem too. Never fails: a lost answer is told when it is asked for. */
void http_once_end(struct app *app, struct ctx *cx, const struct http_row *row,
	const struct http_reply *rp, struct once *once);
