/* wire.h - small parts of Apple's JSON that several rooms of apple/ read or write. */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct apple_page;
struct apple_reply;
struct buf;
struct ctx;
struct json;

/* The paging members. No nextPageIndex: the last page, whatever totalPages says. */
void apple_page_read(const struct json *root, struct apple_page *ret_page);

/* The eventId of a write that Apple took. An answer without one leaves the write in doubt. */
must_check enum err apple_event_id_read(struct ctx *cx, const struct json *root,
	struct apple_reply *reply, const char **ret_event_id);

/* Adds "&name=value" with the value encoded; nothing for NULL. */
void apple_query_add(struct ctx *cx, struct buf *query, const char *name, const char *value);
