#include "domain/reconcile.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* clang-format off */
static const struct reconcile_row rows[] = {
	[PLAN_NOTHING]         = { PLAN_NOTHING,         NULL,              "Nothing to change.", false },
	[PLAN_NOTE_REGISTERED] = { PLAN_NOTE_REGISTERED, "note_registered", "Apple has the user; it is shown here as Registered.", false },
	[PLAN_NOTE_ASSOCIATED] = { PLAN_NOTE_ASSOCIATED, "note_associated", "The person accepted at Apple; shown here as Associated.", false },
	[PLAN_NOTE_RETIRED]    = { PLAN_NOTE_RETIRED,    "note_retired",    "Retired at Apple; shown here as Removed. May be invited again.", false },
	[PLAN_NOTE_MISSING]    = { PLAN_NOTE_MISSING,    "note_missing",    "Apple does not list the user any more; marked as missing. May be invited again.", false },
	[PLAN_NOTE_FOUND]      = { PLAN_NOTE_FOUND,      "note_found",      "Apple lists the user again; the mark missing is taken off.", false },
	[PLAN_UPDATE]          = { PLAN_UPDATE,          "update",          "The e-mail was changed here; it is changed at Apple.", true },
	[PLAN_RETIRE]          = { PLAN_RETIRE,          "retire",          "Deactivated, deleted or removed here; it is retired at Apple.", true },
	[PLAN_ADOPT]           = { PLAN_ADOPT,           "adopt",           "A record at Apple that was not made here has this person's e-mail; it is taken as theirs.", false },
	[PLAN_FOREIGN]         = { PLAN_FOREIGN,         "foreign",         "A record at Apple that was not made here; listed, not touched.", false },
};
/* clang-format on */

static bool is_active(const char *status)
{
	return text_equal(status, "Registered") || text_equal(status, "Associated");
}

static enum reconcile_plan plan_unlisted(
	const struct vpp_user *last, const struct reconcile_news *news)
{
	bool was_there = last->state == VPP_REGISTERED || last->state == VPP_INVITED ||
	                 last->state == VPP_ASSOCIATED;
	if (news->list_is_consistent && last->is_live && was_there && !last->missing_since)
		return PLAN_NOTE_MISSING;
	return PLAN_NOTHING;
}

static enum reconcile_plan plan_active(const struct reconcile_wish *wish,
	const struct vpp_user *last, const struct reconcile_news *news)
{
	if (!last->is_live || !wish->is_wanted)
		return PLAN_RETIRE;
	if (last->missing_since)
		return PLAN_NOTE_FOUND;
	if (text_equal(news->status, "Associated") && last->state != VPP_ASSOCIATED)
		return PLAN_NOTE_ASSOCIATED;
	if (text_equal(news->status, "Registered") &&
		(last->state == VPP_REQUESTED || last->state == VPP_CHECKING))
		return PLAN_NOTE_REGISTERED;
	/* Apple compares addresses without case; so do we, or a sync would never come to rest. */
	if (wish->email && (!news->email || strcasecmp(wish->email, news->email) != 0))
		return PLAN_UPDATE;
	return PLAN_NOTHING;
}

static enum reconcile_plan plan_of(const struct reconcile_wish *wish, const struct vpp_user *last,
	const struct reconcile_news *news, bool is_busy)
{
	if (is_busy)
		return PLAN_NOTHING;
	if (!last) {
		if (!news->is_listed || !is_active(news->status))
			return PLAN_NOTHING;
		return wish->has_person ? PLAN_ADOPT : PLAN_FOREIGN;
	}
	if (!last->person_id)
		return PLAN_NOTHING;
	if (!news->is_listed)
		return plan_unlisted(last, news);
	if (is_active(news->status))
		return plan_active(wish, last, news);
	if (text_equal(news->status, "Retired") || text_equal(news->status, "Deleted"))
		return last->is_live ? PLAN_NOTE_RETIRED : PLAN_NOTHING;
	return PLAN_NOTHING; /* a word that Apple did not have when this was written */
}

struct reconcile_row reconcile(const struct reconcile_wish *wish, const struct vpp_user *last,
	const struct reconcile_news *news, bool is_busy)
{
	return rows[plan_of(wish, last, news, is_busy)];
}
