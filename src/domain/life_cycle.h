/* life_cycle.h - what may happen to a VPP user, as a table: from, event, to, words.
 *
 * Every change of vpp_user.state is asked of this table. An event that has no row for a state
 * changes nothing: Apple's news come late, twice and out of order, and that is not an error.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store/vpp_users.h"

enum life_event {
	LIFE_INVITE, /* we ask Apple to register the person */
	LIFE_SEEN_REGISTERED,
	LIFE_SEEN_ASSOCIATED,
	LIFE_SEEN_RETIRED,
	LIFE_MESSAGE_SENT,
	LIFE_REMOVE,                   /* we ask Apple to retire the record */
	LIFE_REMOVE_UNSENT,            /* not wanted any more, and Apple does not have it */
	LIFE_DOUBT_CREATE,             /* a create broke on the way */
	LIFE_DOUBT_REMOVE,             /* a retire broke on the way */
	LIFE_NOT_CREATED,              /* looked: Apple does not have it */
	LIFE_NOT_REMOVED,              /* looked: Apple still has it */
	LIFE_REMOVE_FAILED_REGISTERED, /* Apple refused the retire; the record stays as it was */
	LIFE_REMOVE_FAILED_ASSOCIATED,
};

struct life_row {
	enum vpp_state from;
	enum life_event event;
	enum vpp_state to;
	const char *words; /* for the audit trail and the item */
};

/* NULL when the event means nothing in that state. */
const struct life_row *life_cycle_find(enum vpp_state from, enum life_event event);
/* Moves u->state, is_live and the time that belongs to the new state; false when nothing moved. */
bool life_cycle_move(struct vpp_user *u, enum life_event event, int64_t now);

/* The whole table, for tests and the manual. */
const struct life_row *life_cycle_rows(size_t *ret_count);

/* "Associated": how a state is shown. */
const char *life_cycle_label(enum vpp_state state);
