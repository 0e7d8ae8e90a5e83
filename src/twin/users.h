/* users.h - the user records of one location and the rules by which they change.
 *
 * A clientUserId names a chain of records, newest first, of which at most one is not retired. The
 * rules are section 4 of the API reference as the twin reads it; a function that a client's call
 * leads to gives Apple's error number, 0 for success. Records are never freed before the location.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twin/map.h"

struct arena;
struct assignment;
struct random;

enum user_status { USER_REGISTERED, USER_ASSOCIATED, USER_RETIRED };

#define USER_HASH_BYTES 29 /* base64 of 20 bytes */

struct user {
	char *client_user_id;
	char *email;   /* or NULL */
	char *account; /* the Apple Account that accepted, as it was typed; NULL before */
	char invite_code[33];
	char id_hash[USER_HASH_BYTES]; /* "" before the first association */
	enum user_status status;
	uint64_t changed;                            /* version of the last change */
	struct user *changed_before, *changed_after; /* the list by time of change */
	struct user *older;                          /* next record of the same clientUserId */
	struct assignment *assignments;              /* what this record holds; assignments.c */
	struct email_count *email_count;
	uint32_t creates_applied;
};

/* How many records were ever made with one e-mail address: what "invited twice" is counted by. */
struct email_count {
	char *email;
	uint32_t creates;
};

struct users {
	struct random *random;
	const char *domain; /* of Managed Apple Accounts; owned by the location */
	struct map newest;  /* clientUserId → newest record */
	struct map by_hash; /* idHash → associated record */
	struct map by_code; /* invite code → record */
	struct map emails;  /* e-mail → struct email_count */
	struct user **all;  /* in the order of making */
	size_t count, capacity;
	size_t status_counts[3];
	struct user *changed_first, *changed_last;
	uint64_t version;
	/* The records that a filtered listing shows, kept while the version stands. */
	struct user **shown;
	size_t shown_count;
	uint64_t shown_version;
	enum users_shown { SHOWN_NONE, SHOWN_ACTIVE, SHOWN_RETIRED } shown_kind;
};

struct user_request {
	const char *client_user_id;
	const char *email;            /* or NULL */
	const char *managed_apple_id; /* or NULL */
};

void users_init(struct users *u, struct random *random, const char *domain);
void users_fini(struct users *u);

const char *user_status_name(enum user_status status);
/* What Apple would keep of an account: 28 characters, the same for the same account. */
void user_hash_account(const char *account, char ret_hash[USER_HASH_BYTES]);

/* The record of clientUserId that is not retired; NULL: none. */
struct user *users_active(const struct users *u, const char *client_user_id);

int users_create(struct users *u, const struct user_request *rq, struct user **ret_user);
int users_update(struct users *u, const struct user_request *rq, struct user **ret_user);
/* The caller takes the record's licences back (assignments_of_retired). */
int users_retire(struct users *u, const char *client_user_id, struct user **ret_user);

/* Someone accepted with an account. When an older record of the same clientUserId had the same
 * account, that one is revived and user is retired: ret_user is the record that is associated now,
 * and the caller moves the licences (assignments_move). user must be Registered. */
void users_accept(struct users *u, struct user *user, const char *account, struct user **ret_user);
void users_set_email(struct users *u, struct user *user, const char *email);

/* A record as an earlier run left it: names, code, hash and status of record are copied. */
struct user *users_restore(struct users *u, const struct user *record);

struct users_query {
	bool active_only, retired_only;
	const char *client_user_id; /* or NULL */
	bool has_since;
	uint64_t since;
};

/* The records that fit, in order; the list lives until the next change or as long as the arena. */
void users_select(struct users *u, struct arena *mem, const struct users_query *q,
	struct user ***ret_list, size_t *ret_count);
