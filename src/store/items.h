/* items.h - the parts of a job: one wish for one person.
 *
 * An item of an invitation is one row from "create" to "message": when Apple has the user, the
 * same row goes on as kind "message". domain/jobs.h ends items and counts them on their job.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct item {
	int64_t id, job_id;
	int64_t location_id, person_id, vpp_user_id, call_id; /* 0: none */
	const char *kind;  /* create, update, retire, message, note_associated, … */
	const char *state; /* planned, intended, accepted, unknown, held, done, failed, … */
	const char *detail;
	int64_t apple_number;
	const char *reason;
	int64_t attempts;
	int64_t not_before;
	int64_t updated_at;
	/* filled by items_list and its like */
	const char *person_name, *person_user_name, *person_email;
};

must_check enum err items_insert(
	struct db *db, struct ctx *cx, const struct item *item, int64_t *ret_id);
must_check enum err items_find(struct db *db, struct ctx *cx, int64_t id, struct item *ret_item);
/* Writes kind, state, call_id, vpp_user_id, detail, apple_number, reason, attempts, not_before. */
must_check enum err items_save(struct db *db, struct ctx *cx, const struct item *item);

/* The records at Apple that a sync found and nobody here made have no items: they are shown as items of
 * kind "foreign" that are done, made of their rows in vpp_user. Their ids begin here. */
#define ITEMS_STRANGERS_FROM (INT64_C(1) << 52)
must_check enum err items_count_strangers(
	struct db *db, struct ctx *cx, int64_t job_id, int64_t *ret_count);

/* A job's items in order of id, with the person's name, the strangers last; state NULL: any. */
must_check enum err items_list(struct db *db, struct ctx *cx, int64_t job_id, const char *state,
	int64_t after_id, size_t limit, struct item *ret_items, size_t *ret_count);
/* The same of one kind. */
must_check enum err items_list_kind(struct db *db, struct ctx *cx, int64_t job_id, const char *kind,
	const char *state, int64_t after_id, size_t limit, struct item *ret_items,
	size_t *ret_count);
/* The same of some people: a JSON array of their ids. */
must_check enum err items_list_people(struct db *db, struct ctx *cx, int64_t job_id,
	const char *people_json, const char *state, int64_t after_id, size_t limit,
	struct item *ret_items, size_t *ret_count);
must_check enum err items_count_people(struct db *db, struct ctx *cx, int64_t job_id,
	const char *people_json, const char *state, int64_t *ret_count);
/* state, kind NULL: any. */
must_check enum err items_count(struct db *db, struct ctx *cx, int64_t job_id, const char *state,
	const char *kind, int64_t *ret_count);
/* What shares a call, in order of id. */
must_check enum err items_of_call(struct db *db, struct ctx *cx, int64_t call_id, size_t limit,
	struct item *ret_items, size_t *ret_count);
/* Planned items of the job and kind that may be sent now, in order of id: whose time has come, and
 * whose VPP user has nothing under way. */
must_check enum err items_sendable(struct db *db, struct ctx *cx, int64_t job_id, const char *kind,
	int64_t now, size_t limit, struct item *ret_items, size_t *ret_count);
/* The earliest not_before of the job's planned items; 0: none waits. */
must_check enum err items_next_send(struct db *db, struct ctx *cx, int64_t job_id, int64_t *ret_at);
/* Open items (planned … held) of one VPP user in order of id. */
must_check enum err items_open_of(struct db *db, struct ctx *cx, int64_t vpp_user_id, size_t limit,
	struct item *ret_items, size_t *ret_count);
/* planned → held with the reason, and back; for the whole location. */
must_check enum err items_hold(
	struct db *db, struct ctx *cx, int64_t location_id, const char *reason, int64_t now);
must_check enum err items_unhold(struct db *db, struct ctx *cx, int64_t location_id, int64_t now);
/* What has not left for Apple ends as cancelled; the job's counters are the caller's. */
must_check enum err items_cancel(struct db *db, struct ctx *cx, int64_t job_id, const char *reason,
	int64_t now, int64_t *ret_count);
/* Planned rows that are not wanted end as skipped: those of another kind, those not among ids, those
 * among except. Each a JSON list; NULL: not said. The job's counters are the caller's. */
struct items_part {
	const char *kinds, *ids, *except;
};
must_check enum err items_leave_out(struct db *db, struct ctx *cx, int64_t job_id,
	const struct items_part *part, const char *reason, int64_t *ret_count);
/* How many of the ids (a JSON list) are planned rows of the job. */
must_check enum err items_count_planned(
	struct db *db, struct ctx *cx, int64_t job_id, const char *ids, int64_t *ret_count);
/* A half-written plan goes before it is written again: at most limit rows at once. */
must_check enum err items_drop_plan(
	struct db *db, struct ctx *cx, int64_t job_id, size_t limit, int64_t *ret_count);

/* How many of which kind and state; walks the job's items, so once a job, not once a page. */
struct item_count {
	const char *kind, *state;
	int64_t count;
};
must_check enum err items_count_kinds(struct db *db, struct ctx *cx, int64_t job_id, size_t limit,
	struct item_count *ret_counts, size_t *ret_count);

/* What became of the items of a job, by kind, state and reason, the most frequent first; walks them all. */
struct item_result {
	const char *kind, *state, *reason;
	int64_t apple_number;
	int64_t count;
};
must_check enum err items_results(struct db *db, struct ctx *cx, int64_t job_id, size_t limit,
	struct item_result *ret_results, size_t *ret_count);
