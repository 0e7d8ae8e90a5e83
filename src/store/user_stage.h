/* user_stage.h - what Apple said about users in a sync that is being read.
 *
 * Pages are put here as they come and read back in the order of clientUserId, so that a walk is
 * merged with what is known here in one pass and memory does not grow with it. Apple lists a
 * clientUserId more than once when it was retired and registered again: the active record wins.
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
/* In the order of clientUserId after a given one; ret_users has room for limit. */
must_check enum err user_stage_page(struct db *db, struct ctx *cx, int64_t job_id,
	const char *after_client_user_id, size_t limit, struct staged_user *ret_users,
	size_t *ret_count);
/* ERR_NOT_FOUND without detail. */
must_check enum err user_stage_find(struct db *db, struct ctx *cx, int64_t job_id,
	const char *client_user_id, struct staged_user *ret_user);
must_check enum err user_stage_count(
	struct db *db, struct ctx *cx, int64_t job_id, int64_t *ret_active);
must_check enum err user_stage_clear(struct db *db, struct ctx *cx, int64_t job_id);
