/* reply.h - answers in JSON.
 *
 *   REPLY_AUTO(out, w);                      a buffer and a writer on it
 *   jw_object(&w, NULL);
 *   …
 *   jw_end_object(&w);
 *   return http_reply_json(cx, rp, 200, &out);
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "net/http_server.h"

struct ctx;

/* The greatest answer: a page of 200 rows is far below it. */
#define HTTP_ANSWER_MAX_BYTES (4 * 1024 * 1024)

#define REPLY_AUTO(out, w)                                                                         \
	BUF_AUTO(out, HTTP_ANSWER_MAX_BYTES);                                                      \
	struct json_writer w;                                                                      \
	jw_init(&w, &out)

/* ERR_BUG when the answer did not fit. */
must_check enum err http_reply_json(
	struct ctx *cx, struct http_reply *rp, int status, const struct buf *out);
/* 204. Always OK; for `return http_reply_nothing(rp);`. */
must_check enum err http_reply_nothing(struct http_reply *rp);

/* A list that is never paged: http_list_begin, then one value per row with key NULL, then
 * http_list_end. Pages are in list.h. */
void http_list_begin(struct json_writer *w);
void http_list_end(struct json_writer *w);
