/* remove.h - Delete from VPP: retire people's records at Apple and free their licences. The people
 * stay. What was asked for but has not left for Apple is taken back instead. */
#pragma once

#include "domain/action.h"

must_check enum err remove_preview(struct app *app, struct ctx *cx, const struct action *action,
	struct action_preview *ret_preview);
must_check enum err remove_start(struct app *app, struct ctx *cx, const struct action *action,
	int64_t *ret_job_id, bool *ret_is_repeat);
