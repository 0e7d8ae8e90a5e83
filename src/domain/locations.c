#include "domain/locations.h"

#include <inttypes.h>

#include "apple/client_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/audit_change.h"
#include "domain/jobs.h"
#include "domain/location_config.h"
#include "domain/location_guard.h"
#include "store/audit.h"
#include "store/jobs.h"

enum err location_set_channel(struct app *app, struct ctx *cx, int64_t id, const char *channel,
	struct location *ret_location)
{
	if (!text_equal(channel, "notification") && !text_equal(channel, "email") &&
		!text_equal(channel, "notification_else_email"))
		return err_set_field(cx, ERR_INVALID, "location.channel", "/message_channel",
			"The message channel is one of notification, email, "
			"notification_else_email.");
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e || (e = locations_get(db, cx, id, ret_location)))
		return e;
	if (text_equal(ret_location->message_channel, channel))
		return OK;
	AUDIT_CHANGE(change, cx);
	audit_change_str(&change, "message_channel", ret_location->message_channel, channel);
	e = locations_set_channel(db, cx, id, channel, clock_now_ms());
	if (!e)
		e = audit_write(db, cx, "location.set_channel", "location", id, ret_location->name,
			audit_change_json(&change));
	if (!e)
		e = locations_get(db, cx, id, ret_location);
	return e ? e : db_commit(&db, cx);
}

static enum err check_leave(
	struct db *db, struct ctx *cx, const struct location *l, bool leave_users)
{
	int64_t jobs, users;
	enum err e = locations_count_open_jobs(db, cx, l->id, &jobs);
	if (e || (e = locations_count_live_users(db, cx, l->id, &users)))
		return e;
	if (jobs > 0)
		return err_set(cx, ERR_CONFLICT, "location.busy",
			"%" PRId64
			" jobs of the location %s are not finished. Wait for them, or cancel "
			"them.",
			jobs, l->name);
	if (users > 0 && !leave_users)
		return err_set(cx, ERR_CONFLICT, "location.has_users",
			"The location %s has %" PRId64
			" VPP users. Delete them from VPP first, so that "
			"their licences come back; or leave them at Apple as they are.",
			l->name, users);
	return OK;
}

/* Changes our mark so that the next service reads that nobody manages the location. It is a
 * courtesy: when Apple cannot be reached, or somebody else's mark stands there, nothing is sent. */
static void say_good_bye(struct app *app, struct ctx *cx, const struct location *l)
{
	struct apple_client_config config;
	struct apple_reply reply;
	struct apple_client_config_set set = {
		.mdm_id = l->mdm_info_id,
		.mdm_name = "Not managed (was Pomona)",
		.mdm_metadata = "pomona " POMONA_VERSION,
	};
	APPLE_SESSION_AUTO(session);
	if (location_session_open(app, cx, l, PACER_INTERACTIVE, &session) != OK ||
		apple_client_config_get(session, cx, &reply, &config) != OK || !reply.mdm_id ||
		reply.is_foreign || reply.is_other_location)
		return;
	if (apple_client_config_post(session, cx, &set, &reply) != OK)
		cx->error = (struct err_detail){ 0 };
}

/* Nobody can apply them any more. */
static enum err end_plans(struct db *db, struct ctx *cx, int64_t location_id)
{
	int64_t job_id = 0;
	enum err e;
	while ((e = jobs_planned_of(db, cx, location_id, &job_id)) == OK)
		if ((e = jobs_give_up_plan(db, cx, job_id, "The location was forgotten here")))
			return e;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err location_leave(struct app *app, struct ctx *cx, int64_t id, bool leave_users)
{
	struct location l;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e || (e = locations_get(db, cx, id, &l)) || (e = check_leave(db, cx, &l, leave_users)))
		return e;
	e = locations_leave(db, cx, id, clock_now_ms());
	if (!e)
		e = end_plans(db, cx, id);
	if (!e)
		e = audit_write(db, cx, "location.leave", "location", id, l.name,
			leave_users ? "{\"leave_users\":true}" : NULL);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("location.left");
	if (!e)
		say_good_bye(app, cx, &l);
	return e;
}
