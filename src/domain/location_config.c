#include "domain/location_config.h"

#include <string.h>

#include "apple/client_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/location_guard.h"
#include "store/settings.h"

#define PATIENCE_MS   10000
#define HOOK_RETRY_MS (60 * 60 * 1000LL)
#define TRIES_MAX     4
#define LOOK_AGAIN_MS 100

#define OUR_MARK "apple.mdm_info_id" /* a setting */

/* One UUID for the installation, made when it is first needed. */
enum err location_our_mark(struct app *app, struct ctx *cx, const char **ret_mark)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e || (e = settings_get(db, cx, OUR_MARK, ret_mark)))
		return e;
	if (*ret_mark)
		return OK;
	*ret_mark = secret_uuid(cx->mem);
	e = settings_put(db, cx, OUR_MARK, *ret_mark);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("location.mark_made");
	return e;
}

/* The address Apple may post to, or NULL with the reason why there is none. Apple wants https; the
 * stand-in on this machine takes http from this machine. */
static const char *hook_url(
	struct app *app, struct ctx *cx, const char *hook_key, const char **ret_reason)
{
	struct http_url url;
	const char *base = app->settings.public_url;
	*ret_reason = NULL;
	if (text_is_blank(base)) {
		*ret_reason =
			"No public address is configured, so Apple cannot tell us of changes. "
			"Syncs show them. Start Pomona with --public-url.";
		return NULL;
	}
	bool is_url = http_url_parse(cx, base, &url) == OK;
	bool is_near = is_url && apple_is_loopback(app->apple) && http_host_is_loopback(url.host);
	if (!is_url || !(text_equal(url.scheme, "https") || is_near)) {
		*ret_reason = "The public address does not begin with https, which Apple wants for "
			      "notifications. Syncs show changes.";
		return NULL;
	}
	size_t length = strlen(base);
	while (length > 0 && base[length - 1] == '/')
		length--;
	return arena_printf(cx->mem, "%.*s/hooks/apple/%s", (int)length, base, hook_key);
}

/* A stop does not wait for it. */
static bool sit_out(struct app *app, int64_t ms)
{
	int64_t until = clock_mono_ms() + ms;
	struct wake *nobody_rings = wake_new();
	int64_t left;
	while ((left = until - clock_mono_ms()) > 0 && !apple_is_ending(app->apple))
		wake_wait(nobody_rings, left < LOOK_AGAIN_MS ? left : LOOK_AGAIN_MS);
	wake_free(nobody_rings);
	return !apple_is_ending(app->apple);
}

bool location_try_again(struct app *app, enum err e, const struct apple_reply *reply, int *tries)
{
	bool is_cut =
		e == ERR_UNCERTAIN || (e == ERR_REMOTE && reply->sent == HTTP_MAYBE) ||
		(e == ERR_REMOTE && reply->class == APPLE_WAIT && reply->sent == HTTP_ANSWERED);
	bool is_long = reply->retry_after_ms > PATIENCE_MS;
	bool is_short = e == ERR_LIMITED && reply->retry_after_ms > 0;
	if ((!is_cut && !is_short) || is_long || ++*tries >= TRIES_MAX)
		return false;
	return reply->retry_after_ms > 0 ? sit_out(app, reply->retry_after_ms + 20) : true;
}

/* The mark is the same each time, so a write of it whose answer was lost is written again. */
static enum err post_patiently(struct app *app, struct ctx *cx, struct apple_session *session,
	const struct apple_client_config_set *set, struct apple_reply *ret_reply)
{
	int tries = 0;
	enum err e;
	do
		e = apple_client_config_post(session, cx, set, ret_reply);
	while (e && location_try_again(app, e, ret_reply, &tries));
	return e;
}

static const char *our_name(struct app *app, struct ctx *cx)
{
	struct http_url url;
	const char *base = app->settings.public_url;
	if (text_is_blank(base) || http_url_parse(cx, base, &url) != OK)
		return "Pomona";
	return arena_printf(cx->mem, "Pomona (%s)", url.host);
}

static bool is_about_the_hook(int number)
{
	return number == APPLE_HOOK_UNREACHABLE || (number >= 9710 && number <= 9712);
}

/* Writes our mark and our address at Apple. An address that Apple does not take is no reason to
 * refuse a location: Apple has then stored nothing, so the mark is written once more without it. */
enum err location_post_config(struct app *app, struct ctx *cx, struct apple_session *session,
	struct location *l, struct apple_reply *ret_reply)
{
	const char *reason;
	struct apple_client_config_set set = {
		.mdm_id = l->mdm_info_id,
		.mdm_name = our_name(app, cx),
		.mdm_metadata = "pomona " POMONA_VERSION,
		.hook_url = hook_url(app, cx, l->hook_key, &reason),
		.hook_secret = secret_derive(cx->mem, app->key, LOCATION_HOOK, l->hook_key),
	};
	enum err e = post_patiently(app, cx, session, &set, ret_reply);
	l->hook_state = set.hook_url ? "on" : "off";
	l->hook_reason = reason;
	l->hook_url = set.hook_url;
	if (e == ERR_REMOTE && set.hook_url && is_about_the_hook(ret_reply->number)) {
		const struct apple_error *row = apple_error_find(ret_reply->number);
		l->hook_state = "failed";
		l->hook_reason = arena_printf(cx->mem, "%s %s", row->means, row->how);
		set.hook_url = NULL;
		e = post_patiently(app, cx, session, &set, ret_reply);
	}
	if (!e) {
		l->owner_state = "ours";
		l->owner_name = NULL;
		l->owner_since = clock_now_ms();
	}
	return e;
}

/* A token that may only read is taken, and says so. */
bool location_is_read_only(const struct apple_reply *reply)
{
	return reply->number == APPLE_NOT_ALLOWED || reply->number == APPLE_READ_ONLY_LOCATION;
}

void location_mark_read_only(struct ctx *cx, struct location *l, int number)
{
	const struct apple_error *row = apple_error_find(number);
	l->token_state = "read_only";
	l->token_reason = arena_printf(cx->mem, "%s %s (Apple %d)", row->means, row->how, number);
	l->hook_state = "off";
	l->hook_reason = "The token may only read, so Apple cannot be asked to tell us of changes.";
}

enum err location_load(struct app *app, struct ctx *cx, int64_t id, struct location *ret_location)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : locations_get(db, cx, id, ret_location);
}

/* --- the notification address, looked after ---------------------------------------------------- */

bool location_hook_due(struct app *app, struct ctx *cx, const struct location *l)
{
	int64_t now = clock_now_ms();
	const char *reason;
	const char *url = hook_url(app, cx, l->hook_key, &reason);
	if (!url || !text_equal(l->owner_state, "ours") || location_is_observed(l) ||
		!text_equal(location_token_state(l, now), "valid"))
		return false;
	/* Each try is written down with its address, so an address is tried at once only when new. */
	bool is_new = !text_equal(url, l->hook_url);
	bool is_failed = text_equal(l->hook_state, "failed");
	return is_new || (is_failed && now - l->hook_tried_at >= HOOK_RETRY_MS);
}

enum err location_keep_hook(struct app *app, struct ctx *cx, const struct location *location,
	struct apple_session *session, struct apple_reply *ret_reply, bool *ret_was_due)
{
	int64_t now = clock_now_ms();
	struct location l = *location;
	*ret_was_due = location_hook_due(app, cx, location);
	if (!*ret_was_due)
		return OK;
	struct apple_client_config config;
	enum err e = apple_client_config_get(session, cx, ret_reply, &config);
	if (e || ret_reply->is_foreign || ret_reply->is_other_location)
		return e;
	e = location_post_config(app, cx, session, &l, ret_reply);
	if (e) {
		/* Not before an hour is over: Apple's other answers tell what is wrong. */
		l.hook_state = "failed";
		l.hook_reason =
			"Apple could not be asked to notify this address. Pomona tries again.";
	}
	DB_AUTO(db);
	enum err stored = db_write(app->db, cx, &db);
	if (!stored)
		stored = locations_set_hook(
			db, cx, l.id, l.hook_state, l.hook_reason, l.hook_url, now);
	KILL_POINT("hook.posted");
	if (!stored)
		stored = db_commit(&db, cx);
	KILL_POINT("hook.kept");
	return stored ? stored : e;
}
