/* Apple's notifications: kept before they are answered, looked into later by work/arrivals.
 *
 * The bearer is derived from the key in the address, so a right one can be told before the location
 * is stored: Apple sends its test while the location is being added. */
#include <string.h>
#include <strings.h>

#include "apple/notifications.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/plant.h"
#include "base/secret.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/location_guard.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/inbox.h"
#include "store/locations.h"

#define HOOK_KEY_MAX 64

static enum err check_bearer(
	struct app *app, struct ctx *cx, const struct http_request *rq, const char *hook_key)
{
	const char *header = http_header(rq, "Authorization");
	if (hook_key && strlen(hook_key) <= HOOK_KEY_MAX && header &&
		strncasecmp(header, "Bearer ", 7) == 0) {
		const char *want = secret_derive(cx->mem, app->key, LOCATION_HOOK, hook_key);
		if (secret_equal(header + 7, want))
			return OK;
	}
	return err_set(cx, ERR_DENIED, "hook.refused",
		"The bearer token is not the one that was given to Apple for this address.");
}

/* *ret_is_kept false: no location has this address (any more), or it was kept before. */
static enum err keep(struct app *app, struct ctx *cx, const struct http_request *rq,
	const char *hook_key, const struct apple_notice *notice, bool *ret_is_kept)
{
	struct location l;
	*ret_is_kept = false;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e)
		return e;
	e = locations_by_hook_key(db, cx, hook_key, &l);
	if (e == ERR_NOT_FOUND)
		return OK;
	struct inbox_message message = {
		.source = "apple",
		.location_id = l.id,
		.message_id = notice->id,
		.kind = notice->type_text,
		.body_box = secret_seal(cx->mem, app->key, INBOX_BODY, http_body(rq)),
		.received_at = clock_now_ms(),
	};
	if (!e)
		e = inbox_put(db, cx, &message, ret_is_kept);
	KILL_POINT("notice.arrived");
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("notice.stored");
	return e;
}

enum err http_apple_hook(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char *hook_key = http_path_param(rq, "hook_key");
	struct apple_notice notice;
	bool is_kept;
	enum err e = check_bearer(app, cx, rq, hook_key);
	if (!e)
		e = apple_notice_parse(cx, http_body(rq), http_body_length(rq), &notice);
	if (!e && (strlen(notice.id) > 200 || strlen(notice.type_text) > 100))
		e = err_set(cx, ERR_INVALID, "notice.invalid",
			"The notificationId or notificationType is too long.");
	if (!e)
		e = keep(app, cx, rq, hook_key, &notice, &is_kept);
	if (e && !PLANT("hook_200"))
		return e;
	if (is_kept)
		wake_ring(app->lane_wake);
	http_reply_status(rp, 200);
	return OK;
}
