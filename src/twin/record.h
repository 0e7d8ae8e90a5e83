/* record.h - the twin's own truth: what was asked, what was applied, when.
 *
 * Tests join this with what Pomona promised and shows. Applied entries are kept for good (up to a
 * ceiling); of the calls the last 50,000 are, and all are counted by operation.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct arena;
struct json_writer;
struct user;

struct call {
	uint64_t number; /* from 1 */
	int64_t at;
	const char *operation; /* static: "users.create", "service.config", … */
	const char *method;    /* static */
	char *target;          /* path and query */
	char uid[17];          /* "" when the token was not known */
	int status;            /* 0: no answer was sent */
	int error_number;
	const char *fault;    /* static; NULL: none */
	char retry_after[64]; /* what the answer asked for; "" nothing */
	char event_id[37];
	size_t elements; /* users, or assets × targets */
	int64_t took_ms;
};

/* Strings are borrowed from the model or copied; see record_applied. */
struct applied {
	int64_t at;
	const char *location;       /* uId; lives as long as the model */
	const char *kind;           /* static */
	const struct user *user;    /* or NULL */
	const char *client_user_id; /* copied */
	const char *serial;         /* copied */
	const char *adam_id;        /* lives as long as the model */
	int error_number;
	const char *event_id; /* copied */
};

#define RECORD_CALLS 50000

struct record {
	struct call *calls; /* a ring */
	uint64_t call_count;
	struct applied *applied;
	size_t applied_count, applied_capacity;
	struct operation_count {
		const char *operation;
		uint64_t asked, good;
	} operations[32];
	size_t operation_count;
};

void record_fini(struct record *r); /* empty then */

/* Copies target. */
void record_call(struct record *r, const struct call *call);
void record_applied(struct record *r, const struct applied *applied);

struct record_query {
	uint64_t after; /* number of the last one that was seen */
	size_t limit;
	const char *operation; /* or kind; NULL: all */
	const char *uid;       /* NULL: all */
};

/* {"items":[…],"next":N,"total":N}: members without braces. */
void record_write_calls(
	const struct record *r, const struct record_query *q, struct json_writer *w);
void record_write_applied(
	const struct record *r, const struct record_query *q, struct json_writer *w);
void record_write_counts(const struct record *r, struct json_writer *w);
