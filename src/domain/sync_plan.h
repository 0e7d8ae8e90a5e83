/* sync_plan.h - asking for a sync, and turning what Apple said into a stored plan.
 *
 * The lane reads Apple (work/sync) and gives each record to sync_plan_take; rows of the plan are
 * items of the job. Applying a plan judges each row again, one at a time.
 */
#pragma once

#include "domain/action.h"

must_check enum err sync_preview(struct app *app, struct ctx *cx, const struct action *action,
	struct action_preview *ret_preview);
/* action->selection NULL: the whole location. The schedule calls this too (cx->actor.kind
 * "schedule"). An open sync of the whole location is given instead of a second one. */
must_check enum err sync_start(struct app *app, struct ctx *cx, const struct action *action,
	int64_t *ret_job_id, bool *ret_is_repeat);
