/* observe.h - taking what Apple shows about one record: the row follows, nothing is asked of Apple.
 *
 * Used for every record that is read, whatever it was read for. It never removes a wish of ours,
 * and old news change nothing (domain/life_cycle).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct db;
struct vpp_user;

struct observed {
	const char *client_user_id;
	const char *status; /* Apple's word */
	const char *email;
	const char *id_hash;
	const char *invite_code;     /* plain, or */
	const char *invite_code_box; /* sealed already */
};

/* In the caller's write transaction. read_at is when the read began: among several records of one
 * clientUserId in a read the active one wins. *ret_user has id 0 when the record is not known
 * here; *ret_moved tells that its state changed. */
must_check enum err observe(struct app *app, struct db *db, struct ctx *cx, int64_t location_id,
	const struct observed *seen, int64_t read_at, struct vpp_user *ret_user, bool *ret_moved);

bool observe_is_active(const char *status);
