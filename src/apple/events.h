/* events.h - how far Apple is with a write that it took. */
#pragma once

#include <stddef.h>

#include "apple/client.h"

enum apple_event_state {
	APPLE_EVENT_PENDING,
	APPLE_EVENT_COMPLETE,
	APPLE_EVENT_FAILED, /* at least one task failed, the others were done */
	APPLE_EVENT_OTHER,  /* a word that we do not know: treat as pending */
};

/* One error and whom it hit. */
struct apple_failure {
	int number;
	const char *message;
	const char **client_user_ids;
	size_t client_user_id_count;
	const char **serial_numbers;
	size_t serial_number_count;
};

struct apple_event {
	enum apple_event_state state;
	const char *type; /* CREATE, UPDATE, RETIRE, ASSOCIATE … */
	int64_t requested, completed;
	struct apple_failure *failures;
	size_t failure_count;
};

/* reply.number is APPLE_UNKNOWN_EVENT when Apple does not know it (any more). */
must_check enum err apple_event_get(struct apple_session *s, struct ctx *cx, const char *event_id,
	struct apple_reply *ret_reply, struct apple_event *ret_event);

/* The failure that hit one user; NULL: none did. A failure that names nobody hits everybody. */
const struct apple_failure *apple_event_failure_of(
	const struct apple_event *event, const char *client_user_id);

struct json;
/* For the other rooms of apple/: one ErrorResponse object. */
void apple_failure_read(
	struct ctx *cx, const struct json *object, struct apple_failure *ret_failure);
