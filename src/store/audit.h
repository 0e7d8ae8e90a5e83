/* audit.h - who did what, for whom, from where: rows that are only ever added.
 *
 * A row is written in the transaction of the act, so that there is no act without its row. Rows are
 * numbered without a gap and each holds the SHA-256 of itself and of the one before, so that a row
 * that was changed, taken out or put in later is found by audit_verify. Reads are not audited, and
 * secrets never stand in a row. Every function may return ERR_DB.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct audit_row {
	int64_t id;
	int64_t at;
	const char *actor_kind;
	int64_t actor_id; /* 0: none */
	const char *actor_name;
	const char *from_address; /* NULL: none */
	const char *act;
	const char *target_kind; /* NULL: none, as the two below */
	const char *target_id;
	const char *target_name;
	const char *detail; /* a JSON object, or NULL */
	const char *result; /* ok, partial, failed, refused */
	const char *chain_hash;
};

/* Writes the row of an act by cx->actor, in the caller's write transaction:
 *   audit_write(db, cx, "schedule.change", "location", id, location->name, "{\"mode\":\"off\"}");
 * target_kind, target_name and detail_json may be NULL, target_id 0. detail_json is a JSON object
 * made with json_writer. */
must_check enum err audit_write(struct db *db, struct ctx *cx, const char *act,
	const char *target_kind, int64_t target_id, const char *target_name,
	const char *detail_json);

/* The same of an act that did not go well: result is partial, failed or refused. audit_write says ok,
 * and refused of "session.refuse". */
must_check enum err audit_write_result(struct db *db, struct ctx *cx, const char *act,
	const char *target_kind, int64_t target_id, const char *target_name,
	const char *detail_json, const char *result);

#define AUDIT_PAGE_MAX 200

/* What the trail is narrowed by; what is NULL or 0 is not looked at. */
struct audit_filter {
	const char *target_kind, *target_id;
	const char *actor;    /* the name, whole */
	const char *act;      /* "session.begin", or "session." for all that begin so */
	int64_t since, until; /* the first moment, and the one after the last */
	const char *result;
	const char
		*target; /* stands in the name of what the act was on, in small or large letters */
};
must_check enum err audit_find(struct db *db, struct ctx *cx, const struct audit_filter *filter,
	int64_t before_id, int limit, struct audit_row **ret_rows, size_t *ret_count);

/* Newest first, those with an id below before_id (0: from the newest). target_kind and target_id
 * (as text) narrow it; NULL: all. At most limit rows, at most AUDIT_PAGE_MAX. */
must_check enum err audit_list(struct db *db, struct ctx *cx, const char *target_kind,
	const char *target_id, int64_t before_id, int limit, struct audit_row **ret_rows,
	size_t *ret_count);

/* What is wrong with a chain. */
struct audit_finding {
	int64_t rows;      /* that were read */
	int64_t bad_id;    /* the first row that does not fit; 0: all fit */
	const char *words; /* what is wrong with it, or "" */
	const char *head;  /* chain_hash of the newest row: to be kept off this machine */
};

/* How far a walk along the chain is; all zero before the first row. */
struct audit_walk {
	int64_t id;    /* the last row that fits; 0: none */
	char head[65]; /* its hash */
	int64_t rows;
	int64_t bad_id; /* the first row that does not fit; 0: none so far */
	const char *words;
	bool is_at_end;
};
/* Reads the next thousand rows, and sees that the last one before them is still what it was. Not to be
 * called again after a row that does not fit; what follows it says nothing. */
must_check enum err audit_walk_on(struct db *db, struct ctx *cx, struct audit_walk *walk);

/* Walks the whole chain. Rows cut off at the newest end can only be seen by comparing head and rows
 * with what was noted elsewhere. */
must_check enum err audit_verify(struct db *db, struct ctx *cx, struct audit_finding *ret_finding);
