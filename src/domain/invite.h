/* invite.h - Send VPP invitation: register people at Apple and send them their link, or send the
 * link again to those who have not accepted. */
#pragma once

#include "domain/action.h"

must_check enum err invite_preview(struct app *app, struct ctx *cx, const struct action *action,
	struct action_preview *ret_preview);
must_check enum err invite_start(struct app *app, struct ctx *cx, const struct action *action,
	int64_t *ret_job_id, bool *ret_is_repeat);
