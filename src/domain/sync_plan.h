/* sync_plan.h - asking for a sync, turning what Apple said into a stored plan, and applying it.
 *
 * A sync is a job with two phases: "read", in which the lane reads Apple (work/sync) and the plan is
 * written as items; and "apply", in which each planned row is judged once more: changes here are
 * made, changes at Apple become items that the lane sends. A plan that waits for a person stands
 * between the two as the job's state "planned".
 */
#pragma once

#include "domain/action.h"

struct job;
struct user_list;
struct item;

must_check enum err sync_preview(struct app *app, struct ctx *cx, const struct action *action,
	struct action_preview *ret_preview);
/* action->selection NULL: the whole location. The schedule calls this too (cx->actor.kind
 * "schedule"). An open sync of the whole location in the same mode is given instead of a second
 * one, as a repeat. */
must_check enum err sync_start(struct app *app, struct ctx *cx, const struct action *action,
	int64_t *ret_job_id, bool *ret_is_repeat);

/* How the users were read. */
struct sync_reading {
	int64_t job_id, location_id;
	bool is_delta;          /* what is not staged has not changed */
	bool is_consistent;     /* what is not staged is not in Apple's list */
	struct user_list *list; /* what Apple listed */
};

/* Known records that a whole list does not show although Apple had them: at most limit of their
 * clientUserIds, in cx->mem. */
must_check enum err sync_absent(struct app *app, struct ctx *cx, const struct sync_reading *reading,
	size_t limit, const char **ret_ids, size_t *ret_count);

/* While a whole list is still being read and there is time: takes in some of the strangers in it.
 * *ret_did false: there is nothing to do at the moment. */
must_check enum err sync_take_early(
	struct app *app, struct ctx *cx, const struct sync_reading *reading, bool *ret_did);
/* The plan of a whole location: what is staged, merged with what is known here. */
must_check enum err sync_plan_whole(
	struct app *app, struct ctx *cx, const struct sync_reading *reading);
/* The plan of the chosen people: each item "look" becomes its row of the plan. */
must_check enum err sync_plan_chosen(
	struct app *app, struct ctx *cx, const struct sync_reading *reading);
/* The reading is over: the job goes on to be applied, or waits as planned (asked for, or held by
 * the brake: a plan that would retire more than 20 people, or more than one and 5 %). */
must_check enum err sync_plan_close(
	struct app *app, struct ctx *cx, int64_t job_id, bool *ret_waits);

/* What was kept for plans that are over goes. */
must_check enum err sync_tidy(struct app *app, struct ctx *cx);
/* Judges each planned row once more and applies it, a few hundred in a transaction; then the job is
 * out of its phases and the lane sends what is for Apple. */
must_check enum err sync_apply(struct app *app, struct ctx *cx, int64_t job_id);
