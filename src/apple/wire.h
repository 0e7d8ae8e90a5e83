/* wire.h - small parts of Apple's JSON that several rooms of apple/ read or write. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct apple_page;
struct apple_reply;
struct buf;
struct ctx;
struct json;

/* What a list cannot need: a walk that would not end is broken off instead. */
#define APPLE_PAGES_MAX 100000
/* Longer than any word of Apple's that stands in a request later (its ids are 36 characters). */
#define APPLE_ID_BYTES 255

/* The paging members of the answer for page `asked`. No nextPageIndex: the last page, whatever
 * totalPages says. A next page that is not behind this one is no answer: the walk would not end. */
must_check enum err apple_page_read(struct ctx *cx, const struct json *root, int64_t asked,
	struct apple_reply *reply, struct apple_page *ret_page);

/* The text; NULL when it is longer than most_bytes: then it is not what it should be. */
const char *apple_bounded(const char *text, size_t most_bytes);

/* A number as our int; one that no int holds stays a number that nobody knows. */
int apple_number(const struct json *object, const char *key);

/* The eventId of a write that Apple took. An answer without one leaves the write in doubt. */
must_check enum err apple_event_id_read(struct ctx *cx, const struct json *root,
	struct apple_reply *reply, const char **ret_event_id);

/* Adds "&name=value" with the value encoded; nothing for NULL. */
void apple_query_add(struct ctx *cx, struct buf *query, const char *name, const char *value);
