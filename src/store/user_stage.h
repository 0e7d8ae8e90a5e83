/* user_stage.h - what Apple said about the users of a plan's rows, kept until the plan is over: it may be
 * applied days after Apple was read. The reading itself is in user_list.h.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct staged_user {
	const char *client_user_id;
	const char *status;
	const char *email;
	const char *id_hash;
	const char *invite_code_box;
};

must_check enum err user_stage_put(
	struct db *db, struct ctx *cx, int64_t job_id, const struct staged_user *user);
/* ERR_NOT_FOUND without detail. */
must_check enum err user_stage_find(struct db *db, struct ctx *cx, int64_t job_id,
	const char *client_user_id, struct staged_user *ret_user);
/* Takes away at most limit rows of the job; *ret_count may be NULL. */
must_check enum err user_stage_clear(
	struct db *db, struct ctx *cx, int64_t job_id, size_t limit, int64_t *ret_count);
/* The next job after this one that has rows; 0: none. */
must_check enum err user_stage_next_job(
	struct db *db, struct ctx *cx, int64_t after_job_id, int64_t *ret_job_id);
