#include "domain/life_cycle.h"

/* clang-format off */
static const struct life_row rows[] = {
	{ VPP_NONE,       LIFE_INVITE,          VPP_REQUESTED,  "Apple is asked to register the person." },

	{ VPP_REQUESTED,  LIFE_SEEN_REGISTERED, VPP_REGISTERED, "Apple has the user; the invitation is not accepted yet." },
	{ VPP_REQUESTED,  LIFE_SEEN_ASSOCIATED, VPP_ASSOCIATED, "The person accepted with an Apple Account." },
	{ VPP_REQUESTED,  LIFE_SEEN_RETIRED,    VPP_REMOVED,    "Apple shows the user as retired." },
	{ VPP_REQUESTED,  LIFE_DOUBT_CREATE,    VPP_CHECKING,   "It is not known whether Apple registered the user." },
	{ VPP_REQUESTED,  LIFE_REMOVE,          VPP_REMOVING,   "Apple is asked to retire the user." },
	{ VPP_REQUESTED,  LIFE_REMOVE_UNSENT,   VPP_REMOVED,    "The request to register was taken back before it was sent." },

	{ VPP_REGISTERED, LIFE_SEEN_ASSOCIATED, VPP_ASSOCIATED, "The person accepted with an Apple Account." },
	{ VPP_REGISTERED, LIFE_SEEN_RETIRED,    VPP_REMOVED,    "Apple shows the user as retired." },
	{ VPP_REGISTERED, LIFE_MESSAGE_SENT,    VPP_INVITED,    "The invitation was handed over." },
	{ VPP_REGISTERED, LIFE_REMOVE,          VPP_REMOVING,   "Apple is asked to retire the user." },

	{ VPP_INVITED,    LIFE_SEEN_ASSOCIATED, VPP_ASSOCIATED, "The person accepted with an Apple Account." },
	{ VPP_INVITED,    LIFE_SEEN_RETIRED,    VPP_REMOVED,    "Apple shows the user as retired." },
	{ VPP_INVITED,    LIFE_REMOVE,          VPP_REMOVING,   "Apple is asked to retire the user." },

	{ VPP_ASSOCIATED, LIFE_SEEN_RETIRED,    VPP_REMOVED,    "Apple shows the user as retired." },
	{ VPP_ASSOCIATED, LIFE_REMOVE,          VPP_REMOVING,   "Apple is asked to retire the user." },

	{ VPP_REMOVING,   LIFE_SEEN_RETIRED,    VPP_REMOVED,    "Apple retired the user." },
	{ VPP_REMOVING,   LIFE_DOUBT_REMOVE,    VPP_CHECKING,   "It is not known whether Apple retired the user." },
	{ VPP_REMOVING,   LIFE_REMOVE_UNSENT,   VPP_REMOVED,    "Apple never had the user." },
	{ VPP_REMOVING,   LIFE_REMOVE_FAILED_REGISTERED, VPP_REGISTERED, "Apple refused to retire the user." },
	{ VPP_REMOVING,   LIFE_REMOVE_FAILED_ASSOCIATED, VPP_ASSOCIATED, "Apple refused to retire the user." },

	{ VPP_CHECKING,   LIFE_SEEN_REGISTERED, VPP_REGISTERED, "Apple was looked up: it has the user." },
	{ VPP_CHECKING,   LIFE_SEEN_ASSOCIATED, VPP_ASSOCIATED, "Apple was looked up: the person has accepted." },
	{ VPP_CHECKING,   LIFE_SEEN_RETIRED,    VPP_REMOVED,    "Apple was looked up: the user is retired." },
	{ VPP_CHECKING,   LIFE_NOT_CREATED,     VPP_REQUESTED,  "Apple was looked up: it does not have the user; it is asked again." },
	{ VPP_CHECKING,   LIFE_NOT_REMOVED,     VPP_REMOVING,   "Apple was looked up: it still has the user; it is asked again." },
	{ VPP_CHECKING,   LIFE_REMOVE,          VPP_REMOVING,   "Apple is asked to retire the user." },
	{ VPP_CHECKING,   LIFE_REMOVE_UNSENT,   VPP_REMOVED,    "Apple never had the user." },

	{ VPP_REMOVED,    LIFE_REMOVE,          VPP_REMOVING,   "Apple has the user again; it is asked to retire it." },
};
/* clang-format on */

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

const struct life_row *life_cycle_find(enum vpp_state from, enum life_event event)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].from == from && rows[i].event == event)
			return &rows[i];
	return NULL;
}

bool life_cycle_move(struct vpp_user *u, enum life_event event, int64_t now)
{
	const struct life_row *row = life_cycle_find(u->state, event);
	if (!row)
		return false;
	u->state = row->to;
	switch (row->to) {
	case VPP_REQUESTED:
		u->requested_at = u->requested_at ? u->requested_at : now;
		break;
	case VPP_REGISTERED:
		u->registered_at = u->registered_at ? u->registered_at : now;
		break;
	case VPP_ASSOCIATED:
		u->registered_at = u->registered_at ? u->registered_at : now;
		u->associated_at = u->associated_at ? u->associated_at : now;
		break;
	case VPP_REMOVED:
		u->removed_at = now;
		u->is_live = false;
		break;
	case VPP_NONE:
	case VPP_INVITED:
	case VPP_REMOVING:
	case VPP_CHECKING:
		break;
	}
	return true;
}

const struct life_row *life_cycle_rows(size_t *ret_count)
{
	*ret_count = ROW_COUNT;
	return rows;
}

const char *life_cycle_label(enum vpp_state state)
{
	static const char *const labels[VPP_STATE_COUNT] = {
		[VPP_NONE] = "Not a VPP user",
		[VPP_REQUESTED] = "Requested",
		[VPP_REGISTERED] = "Registered",
		[VPP_INVITED] = "Invited",
		[VPP_ASSOCIATED] = "Associated",
		[VPP_REMOVING] = "Removing",
		[VPP_REMOVED] = "Removed",
		[VPP_CHECKING] = "Checking",
	};
	return labels[state];
}
