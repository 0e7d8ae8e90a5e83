#include "domain/remove.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/plant.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/eligibility.h"
#include "domain/invitations.h"
#include "domain/jobs.h"
#include "domain/life_cycle.h"
#include "store/assets.h"
#include "store/items.h"
#include "store/people.h"
#include "store/vpp_users.h"

#define OPEN_ITEMS 16

#define WORDS_RETIRE   "Retired at Apple; the licences that can be taken back are free again."
#define WORDS_UNSENT   "The request to register is taken back; Apple has not heard of it."
#define WORDS_REPLACED "Replaced: the person is deleted from VPP."

/* Has nothing about this record ever left for Apple? */
static enum err is_unsent(
	struct db *db, struct ctx *cx, const struct vpp_user *u, bool *ret_is_unsent)
{
	struct item items[OPEN_ITEMS];
	size_t count = 0;
	*ret_is_unsent = false;
	if (u->state != VPP_REQUESTED || u->apple_status)
		return OK;
	enum err e = items_open_of(db, cx, u->id, OPEN_ITEMS, items, &count);
	if (e)
		return e;
	bool all_wait = count > 0;
	for (size_t i = 0; i < count; i++) {
		bool waits =
			text_equal(items[i].state, "planned") || text_equal(items[i].state, "held");
		all_wait = all_wait && waits && !items[i].call_id && !items[i].attempts;
	}
	*ret_is_unsent = all_wait;
	return OK;
}

static enum err has_retire(struct db *db, struct ctx *cx, const struct vpp_user *u, bool *ret_has)
{
	struct item items[OPEN_ITEMS];
	size_t count = 0;
	*ret_has = false;
	if (u->state != VPP_REMOVING && u->state != VPP_CHECKING)
		return OK;
	enum err e = items_open_of(db, cx, u->id, OPEN_ITEMS, items, &count);
	for (size_t i = 0; !e && i < count; i++)
		*ret_has = *ret_has || text_equal(items[i].kind, "retire");
	return e;
}

static enum err choose(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct person *person, struct action_choice *choice)
{
	struct vpp_user u;
	choice->kind = "retire";
	if (!person->vpp.id) {
		choice->is_skipped = true;
		choice->words = "Not a VPP user in this location.";
		return OK;
	}
	enum err e = vpp_users_find(db, cx, person->vpp.id, &u);
	if (e)
		return e;
	bool is_under_way = false;
	e = has_retire(db, cx, &u, &is_under_way);
	if (e)
		return e;
	if (is_under_way) {
		choice->is_skipped = true;
		choice->words = "Is being removed already.";
		return OK;
	}
	bool unsent = false;
	e = is_unsent(db, cx, &u, &unsent);
	if (e)
		return e;
	choice->words = unsent ? WORDS_UNSENT : WORDS_RETIRE;
	if (unsent)
		return OK;
	return assignments_count_of(db, cx, run->location_id, u.client_user_id, &choice->licences,
		&choice->licences_stay);
}

/* A newer wish takes the place of older ones that have not been sent. */
static enum err replace_older(struct db *db, struct ctx *cx, int64_t vpp_user_id)
{
	struct item items[OPEN_ITEMS];
	size_t count = 0;
	enum err e = items_open_of(db, cx, vpp_user_id, OPEN_ITEMS, items, &count);
	for (size_t i = 0; !e && i < count; i++)
		if (PLANT("overtake") || text_equal(items[i].state, "planned") ||
			text_equal(items[i].state, "held"))
			e = jobs_end_item(db, cx, items[i].id, "cancelled", 0, WORDS_REPLACED);
	if (e)
		return e;
	return invitations_withdraw(db, cx, vpp_user_id, WORDS_REPLACED);
}

static enum err write(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct person *person, const struct action_choice *choice)
{
	struct vpp_user u;
	int64_t item_id = 0;
	bool unsent = false;
	enum err e = vpp_users_find(db, cx, person->vpp.id, &u);
	if (!e)
		e = is_unsent(db, cx, &u, &unsent);
	if (!e)
		e = replace_older(db, cx, u.id);
	if (!e)
		e = vpp_users_find(db, cx, u.id, &u);
	if (e)
		return e;
	life_cycle_move(&u, unsent ? LIFE_REMOVE_UNSENT : LIFE_REMOVE, run->now);
	u.failed_number = 0;
	u.failed_reason = NULL;
	e = vpp_users_save(db, cx, &u);
	if (!e)
		e = action_item(run, db, cx, person->id, u.id, "retire", choice->words, &item_id);
	if (!e && unsent)
		e = jobs_end_item(db, cx, item_id, "done", 0, WORDS_UNSENT);
	return e;
}

static const struct action_verb verb = {
	.job_kind = "delete",
	.audit_act = "vpp_users.delete",
	.changes_apple = true,
	.why_not = why_not_delete,
	.choose = choose,
	.write = write,
};

enum err remove_preview(struct app *app, struct ctx *cx, const struct action *action,
	struct action_preview *ret_preview)
{
	return action_preview(app, cx, &verb, action, ret_preview);
}

enum err remove_start(struct app *app, struct ctx *cx, const struct action *action,
	int64_t *ret_job_id, bool *ret_is_repeat)
{
	return action_start(app, cx, &verb, action, ret_job_id, ret_is_repeat);
}
