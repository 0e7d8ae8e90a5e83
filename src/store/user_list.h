/* user_list.h - what Apple said about users in a sync that is being read.
 *
 * Pages are put here as they come and read back in the order of clientUserId, so that a list is merged
 * with what is known here in one pass and memory does not grow with it. It is not in the database:
 * a sync that the process did not live through reads Apple again. Apple lists a clientUserId more
 * than once when it was retired and registered again: the active record wins, and a later list wins
 * over an earlier one.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/user_stage.h"

struct ctx;
struct user_list;

must_check enum err user_list_open(
	struct ctx *cx, const char *data_folder, struct user_list **ret_list);
void user_list_close(struct user_list *list); /* accepts NULL */

/* From here on a later list is put. */
void user_list_next_reading(struct user_list *list);
must_check enum err user_list_put(
	struct user_list *list, struct ctx *cx, const struct staged_user *user);
/* How many were put that are active at Apple. */
int64_t user_list_active(const struct user_list *list);

/* ERR_NOT_FOUND without detail. */
must_check enum err user_list_find(struct user_list *list, struct ctx *cx,
	const char *client_user_id, struct staged_user *ret_user);
/* While it is still being read: the next at most limit users, in cx->mem, each once, in parts that are in
 * order; 0: none at the moment. One of them that is done with may be taken out of the list. */
must_check enum err user_list_part(struct user_list *list, struct ctx *cx, size_t limit,
	struct staged_user *ret_users, size_t *ret_count);
must_check enum err user_list_take_out(
	struct user_list *list, struct ctx *cx, const char *client_user_id);
/* Reading in order; nothing may be put meanwhile. The next at most limit users, in cx->mem. */
must_check enum err user_list_rewind(struct user_list *list, struct ctx *cx);
must_check enum err user_list_page(struct user_list *list, struct ctx *cx, size_t limit,
	struct staged_user *ret_users, size_t *ret_count);
