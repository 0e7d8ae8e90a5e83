/* Whether a location is managed or only observed, and taking it back. */
#include <strings.h>

#include "apple/client_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/location_config.h"
#include "domain/location_guard.h"
#include "domain/locations.h"
#include "store/audit.h"
#include "store/items.h"

/* A session that may write and does not mind whose mark the location has. */
static enum err open_any_owner(struct app *app, struct ctx *cx, const struct location *l,
	struct apple_session **ret_session)
{
	struct location mine = *l;
	mine.owner_state = "unknown";
	mine.mode = "manage";
	return location_session_open(app, cx, &mine, PACER_INTERACTIVE, ret_session);
}

/* Apple is asked, because what was seen last may be old. */
static enum err check_nobody_else(
	struct app *app, struct ctx *cx, const struct location *l, struct apple_session *session)
{
	struct apple_client_config config;
	struct apple_reply reply = { 0 };
	int tries = 0;
	enum err e;
	do
		e = apple_client_config_get(session, cx, &reply, &config);
	while (e && location_try_again(app, e, &reply, &tries));
	if (e)
		location_keep_wait(app, cx, l, &reply);
	if (e || !reply.mdm_id || strcasecmp(reply.mdm_id, l->mdm_info_id) == 0)
		return e;
	return err_set(cx, ERR_CONFLICT, "location.owned_by_other",
		"%s manages the location %s at present. Take it back, then that service loses it; "
		"or go on observing.",
		text_is_blank(reply.mdm_name) ? "Another service" : reply.mdm_name, l->name);
}

static enum err store_ours(struct app *app, struct ctx *cx, const struct location *l, bool by_force,
	struct location *ret_location)
{
	int64_t now = clock_now_ms();
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = locations_set_owner(
			db, cx, l->id, l->owner_state, l->owner_name, l->owner_since, now);
	if (!e)
		e = locations_set_hook(
			db, cx, l->id, l->hook_state, l->hook_reason, l->hook_url, now);
	if (!e)
		e = locations_set_mode(db, cx, l->id, "manage", now);
	if (!e && !text_equal(l->token_state, "valid"))
		e = locations_set_token_state(db, cx, l->id, l->token_state, l->token_reason, now);
	if (!e)
		e = items_unhold(db, cx, l->id, now);
	if (!e && by_force)
		e = audit_write(db, cx, "location.take_back", "location", l->id, l->name, NULL);
	else if (!e)
		e = audit_write(db, cx, "location.manage", "location", l->id, l->name, NULL);
	if (!e)
		e = locations_get(db, cx, l->id, ret_location);
	return e ? e : db_commit(&db, cx);
}

static enum err claim(
	struct app *app, struct ctx *cx, int64_t id, bool by_force, struct location *ret_location)
{
	struct location l;
	struct apple_reply reply = { 0 };
	APPLE_SESSION_AUTO(session);
	enum err e = location_load(app, cx, id, &l);
	if (!e)
		e = open_any_owner(app, cx, &l, &session);
	if (!e && !by_force)
		e = check_nobody_else(app, cx, &l, session);
	if (e)
		return e;
	e = location_post_config(app, cx, session, &l, &reply);
	if (e)
		location_keep_wait(app, cx, &l, &reply);
	if (e && location_is_observed(&l) && location_is_read_only(&reply)) {
		location_mark_read_only(cx, &l, reply.number);
		e = OK;
	}
	if (!e)
		e = store_ours(app, cx, &l, by_force, ret_location);
	if (!e)
		wake_ring(app->lane_wake);
	return e;
}

enum err location_take_back(
	struct app *app, struct ctx *cx, int64_t id, struct location *ret_location)
{
	return claim(app, cx, id, true, ret_location);
}

static enum err observe_only(
	struct app *app, struct ctx *cx, int64_t id, struct location *ret_location)
{
	int64_t now = clock_now_ms();
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = locations_get(db, cx, id, ret_location);
	if (e || location_is_observed(ret_location))
		return e;
	e = locations_set_mode(db, cx, id, "observe", now);
	if (!e)
		e = audit_write(
			db, cx, "location.observe", "location", id, ret_location->name, NULL);
	if (!e)
		e = locations_get(db, cx, id, ret_location);
	if (!e)
		e = db_commit(&db, cx);
	if (!e)
		wake_ring(app->lane_wake);
	return e;
}

enum err location_set_mode(struct app *app, struct ctx *cx, int64_t id, const char *mode,
	struct location *ret_location)
{
	if (text_equal(mode, "observe"))
		return observe_only(app, cx, id, ret_location);
	enum err e = location_load(app, cx, id, ret_location);
	if (e || !location_is_observed(ret_location))
		return e;
	return claim(app, cx, id, false, ret_location);
}
