/* errors.h - Apple's error numbers: their class, what they mean, who can mend them and how.
 *
 * errors.def is the one table. The number decides, never Apple's text. An unknown number has the
 * class APPLE_UNKNOWN, which callers treat as "not known what happened": they look before they act.
 */
#pragma once

#include <stddef.h>

/* What the caller does about it. */
enum apple_class {
	APPLE_FINE,  /* no error */
	APPLE_ITEM,  /* about one user, asset or event: shown there, never sent again unchanged */
	APPLE_TOKEN, /* the content token: everything of the location waits for an admin */
	APPLE_WAIT,  /* later: Apple is busy, slow or down for maintenance */
	APPLE_FIX_US, /* our request was wrong or our limits are stale: read the service config again */
	APPLE_OWNER,   /* another service manages the location: no writes */
	APPLE_UNKNOWN, /* a number that nobody told us about, or an answer without one */
};

/* Who can mend it, as the admin reads it. */
enum apple_fixer {
	APPLE_FIXER_ADMIN,  /* an admin of this server, or who manages the location at Apple */
	APPLE_FIXER_PERSON, /* the person who was invited */
	APPLE_FIXER_APPLE,  /* nobody but Apple; waiting helps */
	APPLE_FIXER_POMONA, /* a fault of this program: report it */
};

/* The numbers that code reacts to one by one. All others are known by their class alone. */
enum apple_number {
	APPLE_SIGN_IN_NEEDED = 9601,
	APPLE_BAD_ARGUMENT = 9602,
	APPLE_INTERNAL = 9603,
	APPLE_USER_NOT_FOUND = 9609,
	APPLE_ALREADY_ASSIGNED = 9616,
	APPLE_ALREADY_RETIRED = 9618,
	APPLE_NOT_ASSOCIATED = 9619,
	APPLE_TOKEN_EXPIRED = 9621,
	APPLE_TOKEN_INVALID = 9622,
	APPLE_TOKEN_REVOKED = 9625,
	APPLE_NOT_ALLOWED = 9637,
	APPLE_MAINTENANCE = 9644,
	APPLE_READ_ONLY_LOCATION = 9645,
	APPLE_TOO_MANY_REQUESTS = 9646,
	APPLE_BAD_PAGE = 9650,
	APPLE_UNKNOWN_EVENT = 9708,
	APPLE_NO_LICENSES_LEFT = 9709,
	APPLE_TOO_MANY_USERS = 9714,
	APPLE_ALREADY_REGISTERED = 9716,
	APPLE_BAD_VERSION = 9721,
	APPLE_HOOK_UNREACHABLE = 9728,
	APPLE_UNAVAILABLE = 9729,
};

struct apple_error {
	int number;
	int http_status; /* as Apple's table has it; 0: only in events, or only in the old API */
	enum apple_class class;
	enum apple_fixer fixer;
	const char *means; /* one sentence in plain words */
	const char *how;   /* one sentence: what mends it */
};

/* Never NULL: an unknown number gets the row of number 0 (class APPLE_UNKNOWN). */
const struct apple_error *apple_error_find(int number);

/* All rows in the order of their numbers; index 0 … count - 1. */
size_t apple_error_count(void);
const struct apple_error *apple_error_at(size_t index);

/* "item", "token", "wait", "fix-us", "owner", "unknown", "fine"; and "admin", "person", "apple", "pomona". */
const char *apple_class_name(enum apple_class class);
const char *apple_fixer_name(enum apple_fixer fixer);
