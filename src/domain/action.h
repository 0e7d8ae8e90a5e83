/* action.h - one verb over a selection of people: who will, who will not and why; then the job.
 *
 * Invite, delete and sync share this walk: people in key order, one verdict each, made by the
 * verb. A dry run keeps counts and the first 200 of each side; the real thing writes job, items
 * and audit row, in several transactions when there are many, and the job runs only when it is
 * complete.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct selection; /* domain/selection.h */

#define ACTION_PREVIEW_PEOPLE 200

struct action {
	int64_t location_id;
	const struct selection *selection; /* NULL: the whole location (sync alone) */
	bool plan_only;                    /* sync: stop at the plan */
	const char *idempotency_key;       /* NULL: none */
	const char *request_hash;          /* SHA-256 of the body, when there is a key */
};

struct action_line {
	int64_t person_id;
	const char *person_name;
	const char *words; /* what will be done, or why not */
};

struct action_reason {
	const char *reason;
	int64_t count;
};

struct action_preview {
	int64_t will_do, will_skip;
	int64_t licences;      /* that come back (delete) */
	int64_t licences_stay; /* books that cannot be taken back */
	struct action_line *will, *skip;
	size_t will_count, skip_count;
	struct action_reason *reasons; /* most frequent first */
	size_t reason_count;
};

/* *ret_is_repeat: the idempotency key was used for the same request; ret_job_id is that job.
 * ERR_CONFLICT "idempotency.other_request" when it was used for another. ERR_CONFLICT
 * "selection.moved" comes from the selection. A selection with nobody to do anything for still
 * makes a job, which is done at once and lists who was skipped and why. */
