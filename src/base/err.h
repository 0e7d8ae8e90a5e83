/* err.h - the closed set of errors, and the detail that travels with one.
 *
 * Every function that can fail returns enum err. The sentence for a human, a stable reason and a
 * time to wait are put into cx->error once, where they are first known, by err_set(); callers pass
 * the code on. Only a door (http/, cli/, work/, bin/) turns a code into a status number or a log line.
 * Running out of memory is not an error value: it ends the process (see arena.h).
 */
#pragma once

#include <stdint.h>

struct ctx;

enum err {
	OK = 0,
	ERR_INVALID,   /* the caller gave something wrong; the sentence says what and where */
	ERR_DENIED,    /* not signed in, or the role does not allow it */
	ERR_NOT_FOUND, /* no such row, file or route */
	ERR_CONFLICT,  /* the world is not as the caller expected */
	ERR_LIMITED,   /* too large, too many, too fast; retry_after_ms may be set */
	ERR_UNCERTAIN, /* a write may or may not have happened at the other side */
	ERR_REMOTE,    /* Apple, an MDM or a mail server said no, or could not be reached */
	ERR_DB,        /* the database failed */
	ERR_IO,        /* a file or socket of ours failed */
	ERR_BUG,       /* our own mistake */
};

#define must_check __attribute__((warn_unused_result))

struct err_detail {
	enum err code;
	const char *reason;     /* stable and documented, for example "token.expired" */
	const char *sentence;   /* what was wrong, where, and what to do; in cx->mem */
	const char *pointer;    /* the field it is about (RFC 6901 or a parameter name), or NULL */
	int64_t retry_after_ms; /* 0: not known */
	const char *internal;   /* what a library said, for the log alone; in cx->mem, or NULL */
};

/* Records the detail in cx->error and returns code, so that a caller can write
 * `return err_set(cx, ERR_CONFLICT, "person.exists", "There is already a person %s.", name);`.
 * reason must be a string literal. The sentence never holds a secret, SQL or a path. */
enum err err_set(struct ctx *cx, enum err code, const char *reason, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Like err_set, and names the field that was wrong. pointer is copied. */
enum err err_set_field(struct ctx *cx, enum err code, const char *reason, const char *pointer,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The name of a code as it stands in logs: "conflict". */
const char *err_name(enum err code);
