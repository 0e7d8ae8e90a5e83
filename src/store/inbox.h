/* inbox.h - messages in, stored before they are answered, handled once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

#define INBOX_BODY "inbox.body" /* purpose of the sealed box */

struct inbox_message {
	int64_t id;
	const char *source;  /* apple, mdm */
	int64_t location_id; /* 0: none */
	const char *message_id;
	const char *kind;
	const char *body_box; /* sealed (INBOX_BODY): it may hold invite codes */
	int64_t received_at;
};

/* ret_is_new false: the same message is stored already; that is no error. */
must_check enum err inbox_put(
	struct db *db, struct ctx *cx, const struct inbox_message *m, bool *ret_is_new);
/* The oldest new messages of a source. */
must_check enum err inbox_new(struct db *db, struct ctx *cx, const char *source, int64_t limit,
	struct inbox_message **ret_messages, size_t *ret_count);
/* state: done, ignored. Empties the box: it has done its work. */
must_check enum err inbox_set_state(
	struct db *db, struct ctx *cx, int64_t id, const char *state, int64_t now);
/* Forgets handled messages older than that. */
must_check enum err inbox_forget(struct db *db, struct ctx *cx, int64_t handled_before);
