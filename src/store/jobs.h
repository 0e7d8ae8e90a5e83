/* jobs.h - what an admin or the schedule asked for. Its parts are in items.h.
 *
 * Counters are kept as the items end; nothing counts a job's items to draw a page. A job in state
 * "preparing" is being written in several transactions, is not listed, and is taken back at start.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct job {
	int64_t id;
	const char *kind;    /* invite, delete, sync, import */
	const char *mode;    /* apply, plan */
	int64_t location_id; /* 0: none */
	const char *channel; /* of an invite: how its messages go; NULL: as the location says */
	bool whole_location;
	bool is_part;      /* a person chose some of the plan; the rest was left out */
	const char *state; /* preparing, waiting, running, planned, done, failed, cancelled */
	const char *phase; /* of a sync: read, apply; else NULL */
	const char *step;  /* in words; of a cancelled one: what took its place */
	const char *asked_by, *asked_kind;
	int64_t total, done, failed, skipped;
	const char *wait_reason;
	int64_t wait_until;
	const char *message_wait_reason; /* its messages wait for the mail server or the MDM */
	int64_t message_wait_until;
	const char *summary_json;
	const char *failure;
	const char *selection_json; /* whom it was asked for; NULL: the whole location */
	const char *idempotency_key, *request_hash;
	int64_t created_at, started_at, finished_at;
};

/* ERR_CONFLICT "db.unique" when asked_by already used the idempotency key. */
must_check enum err jobs_insert(
	struct db *db, struct ctx *cx, const struct job *job, int64_t *ret_id);
/* ERR_NOT_FOUND "job.unknown" in words. */
must_check enum err jobs_find(struct db *db, struct ctx *cx, int64_t id, struct job *ret_job);
/* ERR_NOT_FOUND without detail. */
must_check enum err jobs_find_key(
	struct db *db, struct ctx *cx, const char *asked_by, const char *key, struct job *ret_job);

/* How the messages of the item's job go; NULL: as the location says, or no such item. */
must_check enum err jobs_channel_of_item(
	struct db *db, struct ctx *cx, int64_t item_id, const char **ret_channel);

/* A plan that a newer one took the place of. */
enum jobs_superseded { JOBS_SUPERSEDED_TOO, JOBS_SUPERSEDED_NOT, JOBS_SUPERSEDED_ALONE };

struct jobs_filter {
	const char *state, *kind; /* NULL: any */
	int64_t location_id;      /* 0: any */
	int64_t person_id;        /* among the job's items; 0: any */
	const char *asked_by;     /* the whole name; NULL: anybody */
	int64_t since, until;     /* made from, and before; 0: whenever */
	enum jobs_superseded superseded;
	int64_t before_id; /* newest first; 0: from the newest */
};
must_check enum err jobs_list(struct db *db, struct ctx *cx, const struct jobs_filter *filter,
	size_t limit, struct job *ret_jobs, size_t *ret_count);

must_check enum err jobs_count(
	struct db *db, struct ctx *cx, const struct jobs_filter *filter, int64_t *ret_count);

/* Writes state, mode, is_part, phase, step, wait, total, summary, failure, started_at, finished_at of
 * job->id; never the counters, which jobs_count_up alone changes. */
must_check enum err jobs_save(struct db *db, struct ctx *cx, const struct job *job);
must_check enum err jobs_set_step(struct db *db, struct ctx *cx, int64_t id, const char *step);
/* Its parts are counted anew. */
must_check enum err jobs_restart(struct db *db, struct ctx *cx, int64_t id, const char *step);
/* reason NULL: it waits for nothing. For all open jobs of the location. */
must_check enum err jobs_set_wait(struct db *db, struct ctx *cx, int64_t location_id,
	const char *reason, int64_t until, int64_t *ret_changed);
/* The messages of an open job wait; reason NULL: they do not. Opened jobs that say so, in order of id. */
must_check enum err jobs_set_message_wait(struct db *db, struct ctx *cx, int64_t id,
	const char *reason, int64_t until, int64_t *ret_changed);
must_check enum err jobs_with_message_wait(struct db *db, struct ctx *cx, int64_t after_id,
	size_t limit, int64_t *ret_ids, size_t *ret_count);
/* Adds to the counters; *ret_left is what is still open then. */
must_check enum err jobs_count_up(struct db *db, struct ctx *cx, int64_t id, int64_t done,
	int64_t failed, int64_t skipped, int64_t *ret_left);
must_check enum err jobs_grow(struct db *db, struct ctx *cx, int64_t id, int64_t more);

/* The open sync of a whole location; ERR_NOT_FOUND without detail. */
must_check enum err jobs_open_whole(
	struct db *db, struct ctx *cx, int64_t location_id, struct job *ret_job);
/* The oldest plan that waits and is overtaken by a newer one: by one of the whole location every plan of it,
 * by one of chosen people those whose people are all in it; ERR_NOT_FOUND without detail. */
must_check enum err jobs_overtaken(
	struct db *db, struct ctx *cx, const struct job *newer, int64_t *ret_id);
/* A plan of the location that waits for a person; ERR_NOT_FOUND. */
must_check enum err jobs_planned_of(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t *ret_id);
/* Open jobs (waiting, running) of the location in order of id. */
must_check enum err jobs_open(struct db *db, struct ctx *cx, int64_t location_id, size_t limit,
	struct job *ret_jobs, size_t *ret_count);
/* Jobs that were being written when the process ended: their items and jobs go. */
/* A cancelled job with items that are not ended yet; 0 when there is none. */
must_check enum err jobs_half_cancelled(struct db *db, struct ctx *cx, int64_t *ret_job_id);
must_check enum err jobs_drop_preparing(struct db *db, struct ctx *cx, int64_t *ret_dropped);
