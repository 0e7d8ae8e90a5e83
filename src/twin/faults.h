/* faults.h - what goes wrong on command: armed through the control API, used up call by call. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct json;
struct json_writer;

enum fault_kind {
	FAULT_NONE,
	FAULT_STATUS,       /* answered with an HTTP status, and an error number if one is given */
	FAULT_ERROR_IN_200, /* an error number in an answer with status 200 */
	FAULT_HTML,         /* a page of HTML, status 200 if none is given */
	FAULT_EMPTY,        /* no body, status 200 if none is given */
	FAULT_REDIRECT,     /* 302 to another place */
	FAULT_HALF_JSON,    /* done, but the answer ends in the middle, with a fitting length */
	FAULT_CUT,          /* done, but the connection breaks after `bytes` of the answer */
	FAULT_DROP_ANSWER,  /* done, and the connection closes without an answer */
	FAULT_DROP_CALL,    /* not done, and the connection closes without an answer */
	FAULT_DELAY,        /* done, answered `delay_ms` later */
};

struct fault {
	enum fault_kind kind;
	char operation[32]; /* "" any; "users.create", or a group as "users." or "write" */
	char uid[17];       /* "" any location */
	int64_t left;       /* calls it still hits; negative: all */
	int64_t skip;       /* matching calls it lets pass before */
	int status;
	int error_number;
	char retry_after[64]; /* the header; "" none */
	int64_t bytes;
	int64_t delay_ms;
	uint64_t hits;
};

#define FAULTS_MOST 64

struct faults {
	struct fault list[FAULTS_MOST];
	size_t count;
};

const char *fault_kind_name(enum fault_kind kind);
/* Whether the call is carried out although the answer is spoilt. */
bool fault_is_applied(enum fault_kind kind);

/* ERR_INVALID names the member; ERR_LIMITED past FAULTS_MOST. */
must_check enum err faults_arm(struct faults *f, struct ctx *cx, const struct json *object);
void faults_clear(struct faults *f);
/* The first fault that fits, used up by one; kind FAULT_NONE when there is none. */
struct fault faults_take(struct faults *f, const char *operation, bool is_write, const char *uid);
void faults_write(const struct faults *f, struct json_writer *w); /* an array's elements */
