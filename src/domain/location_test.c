/* Whether Apple answers with a location's token: one question that changes nothing. */
#include <strings.h>

#include "apple/client_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "domain/app.h"
#include "domain/location_config.h"
#include "domain/location_guard.h"
#include "domain/locations.h"

/* A session that may ask, whoever manages the location and however its token was last seen. */
static enum err open_any(struct app *app, struct ctx *cx, const struct location *l,
	struct apple_session **ret_session)
{
	struct location mine = *l;
	mine.owner_state = "unknown";
	mine.mode = "observe";
	mine.token_state = "valid";
	return location_session_open(app, cx, &mine, PACER_INTERACTIVE, ret_session);
}

/* Why it did not go well, as Apple's number says it; else as it was noticed. */
static const char *why(struct ctx *cx, const struct apple_reply *reply)
{
	if (!reply->number)
		return cx->error.sentence;
	const struct apple_error *row = apple_error_find(reply->number);
	return arena_printf(cx->mem, "%s %s (Apple %d)", row->means, row->how, reply->number);
}

enum err location_test(
	struct app *app, struct ctx *cx, int64_t id, struct location_tested *ret_tested)
{
	struct location l;
	struct apple_reply reply = { 0 };
	struct apple_client_config config = { 0 };
	APPLE_SESSION_AUTO(session);
	int tries = 0;
	enum err e = location_load(app, cx, id, &l);
	if (e)
		return e;
	int64_t begun = clock_mono_ms();
	e = open_any(app, cx, &l, &session);
	do
		e = e ? e : apple_client_config_get(session, cx, &reply, &config);
	while (e && location_try_again(app, e, &reply, &tries));
	if (e)
		location_keep_wait(app, cx, &l, &reply);
	*ret_tested = (struct location_tested){ .is_good = !e,
		.took_ms = clock_mono_ms() - begun,
		.words = e ? why(cx, &reply) : NULL,
		.owner_name = reply.mdm_name ? arena_strdup(cx->mem, reply.mdm_name) : NULL,
		.is_ours =
			reply.mdm_id && l.mdm_info_id && !strcasecmp(reply.mdm_id, l.mdm_info_id) };
	return OK;
}
