/* calls.h - one request to Apple that changes something; its items share its fate.
 *
 * The row is committed as "intended" before the first byte leaves, and as "accepted" with Apple's
 * event id after the answer. Found as "intended" at start it becomes "unknown": then only looking
 * is allowed until the settle time is over.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct apple_call {
	int64_t id, location_id, job_id;
	const char *kind;  /* create, update, retire */
	int64_t users;     /* how many it is about */
	const char *state; /* intended, accepted, complete, unknown, final */
	const char *event_id;
	const char
		*since_version_id; /* of the user list before the call: where reading back begins */
	int64_t attempts;
	int64_t intended_at, accepted_at;
	int64_t told_at; /* a notice said that Apple worked on it; calls_save leaves it */
	int64_t look_at; /* when to ask Apple again */
	int64_t looks;
	const char *reason;
	int64_t finished_at;
};

must_check enum err calls_insert(
	struct db *db, struct ctx *cx, const struct apple_call *call, int64_t *ret_id);
must_check enum err calls_save(struct db *db, struct ctx *cx, const struct apple_call *call);
/* Those not final whose look_at has come, oldest first. */
must_check enum err calls_due(struct db *db, struct ctx *cx, int64_t location_id, int64_t now,
	size_t limit, struct apple_call *ret_calls, size_t *ret_count);
/* The earliest look_at of the location; 0: none. */
must_check enum err calls_next_look(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t *ret_at);
/* Accepted ones, due or not, those that are due longest first. */
must_check enum err calls_accepted(struct db *db, struct ctx *cx, int64_t location_id, size_t limit,
	struct apple_call *ret_calls, size_t *ret_count);
/* The first that is not final; ERR_NOT_FOUND without detail: none. */
must_check enum err calls_oldest_open(
	struct db *db, struct ctx *cx, int64_t location_id, struct apple_call *ret_call);
/* How many of the call's open items Apple's list has shown, in a read that began at since or before. */
must_check enum err calls_shown(struct db *db, struct ctx *cx, const struct apple_call *call,
	int64_t since, int64_t *ret_count);
/* Apple's notice about an event: the call is looked at now (arrivals call this). *ret_is_ours is
 * false for an event that no call of ours began. */
must_check enum err calls_look_now(struct db *db, struct ctx *cx, int64_t location_id,
	const char *event_id, int64_t now, bool *ret_is_ours);
/* At start: intended becomes unknown, with its items and VPP users; looked at from look_at on. */
must_check enum err calls_recover(struct db *db, struct ctx *cx, int64_t location_id, int64_t now,
	int64_t look_at, int64_t *ret_count);
