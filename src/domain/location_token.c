/* location_token.c - token files: add a location with one, renew a location's. */
#include "domain/locations.h"

#include <string.h>
#include <strings.h>

#include "apple/client_config.h"
#include "apple/service_config.h"
#include "apple/token.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/location_config.h"
#include "domain/location_guard.h"
#include "store/audit.h"
#include "store/items.h"

#define NAME_BYTES 500 /* of Apple's names of things */

/* --- trying a token -------------------------------------------------------------------------- */

/* Apple's refusal in our words: which of them it was decides what the admin does next. */
static enum err refused(struct ctx *cx, enum err e, const struct apple_reply *reply)
{
	if (reply->class == APPLE_TOKEN && reply->number) {
		const struct apple_error *row = apple_error_find(reply->number);
		return err_set(cx, ERR_INVALID, "token.refused",
			"Apple refuses this content token: %s %s (Apple %d) Nothing was stored.",
			row->means, row->how, reply->number);
	}
	if (reply->class == APPLE_TOKEN)
		return err_set(cx, ERR_INVALID, "token.refused",
			"Apple refuses this content token (HTTP %d). Download a new one at Apple "
			"and "
			"upload the file unchanged. Nothing was stored.",
			reply->http_status);
	int64_t retry_after_ms = cx->error.retry_after_ms;
	const char *reason = cx->error.reason, *words = cx->error.sentence;
	enum err code = e == ERR_UNCERTAIN ? ERR_REMOTE : e;
	if (retry_after_ms > 0)
		err_set(cx, code, reason, "%s Nothing was stored; try again after %s.", words,
			clock_rfc3339(cx->mem, clock_now_ms() + retry_after_ms));
	else
		err_set(cx, code, reason, "%s Nothing was stored; try again.", words);
	cx->error.retry_after_ms = retry_after_ms;
	return code;
}

struct attempt {
	struct apple_token token;
	struct apple_session *session;
	struct apple_client_config config;
	struct apple_reply reply;
};

static void attempt_end(struct attempt *a)
{
	apple_session_close(a->session);
	if (a->token.text)
		secret_wipe((void *)(uintptr_t)a->token.text, a->token.length);
}

/* Reads the file and asks Apple what it opens; there NULL: of a location that is new. */
static enum err try_token(struct app *app, struct ctx *cx, const char *token_file, size_t length,
	const struct location *there, struct attempt *ret_attempt)
{
	enum err e = apple_token_parse(cx, token_file, length, &ret_attempt->token);
	if (e)
		return e;
	struct apple_session_options options = {
		.token = ret_attempt->token.text,
		.priority = PACER_INTERACTIVE,
		/* Apple's wait is for the location, whichever of its tokens asks. */
		.closed_until_ms = there && location_waits_for_apple(there, clock_now_ms())
		                           ? there->wait_until
		                           : 0,
	};
	e = apple_session_open(app->apple, cx, &options, &ret_attempt->session);
	if (e)
		return e;
	int tries = 0;
	do
		e = apple_client_config_get(
			ret_attempt->session, cx, &ret_attempt->reply, &ret_attempt->config);
	while (e && location_try_again(app, e, &ret_attempt->reply, &tries));
	if (e && there)
		location_keep_wait(app, cx, there, &ret_attempt->reply);
	if (e)
		return refused(cx, e, &ret_attempt->reply);
	if (text_is_blank(ret_attempt->config.uid))
		return err_set(cx, ERR_REMOTE, "apple.unreadable",
			"Apple did not say which location this token opens. Nothing was stored; "
			"try "
			"again.");
	return OK;
}

static void fill_token(struct app *app, struct ctx *cx, const struct attempt *a, struct location *l)
{
	char *hash = arena_alloc(cx->mem, SECRET_HASH_HEX);
	secret_hash(a->token.text, a->token.length, hash);
	l->token_hash = hash;
	l->token_box = secret_seal(cx->mem, app->key, LOCATION_TOKEN, a->token.text);
	l->token_expires_at =
		a->reply.token_expires_at ? a->reply.token_expires_at : a->token.expires_at;
	l->organisation = text_readable(cx->mem, a->token.organisation, NAME_BYTES);
	l->token_state = "valid";
	l->token_reason = NULL;
}

static void fill_names(struct app *app, struct ctx *cx, const struct attempt *a, struct location *l)
{
	const struct apple_client_config *config = &a->config;
	const char *name = text_is_blank(config->location_name) ? a->token.organisation
	                                                        : config->location_name;
	l->name = text_readable(cx->mem, name, NAME_BYTES);
	l->country = config->country ? text_readable(cx->mem, config->country, NAME_BYTES) : NULL;
	l->platform =
		config->platform ? text_readable(cx->mem, config->platform, NAME_BYTES) : NULL;
	l->invite_template = apple_invite_template(app->apple, cx);
}

/* --- add ------------------------------------------------------------------------------------- */

static enum err check_new(struct app *app, struct ctx *cx, const char *uid)
{
	struct location there;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (e)
		return e;
	e = locations_by_uid(db, cx, uid, &there);
	if (e == ERR_NOT_FOUND)
		return OK;
	return e ? e
	         : err_set(cx, ERR_CONFLICT, "token.duplicate",
			   "This token opens the location %s of %s, which is here already. To "
			   "renew its "
			   "token, use \"Renew token\" of that location.",
			   there.name, there.organisation);
}

static bool is_foreign(const struct attempt *a, const struct location *l)
{
	return a->reply.mdm_id && strcasecmp(a->reply.mdm_id, l->mdm_info_id) != 0;
}

/* What Apple's answer says of the owner, where nothing is written. */
static void fill_owner(const struct attempt *a, struct location *l)
{
	const char *state = !a->reply.mdm_id ? "unknown" : is_foreign(a, l) ? "foreign" : "ours";
	if (!text_equal(state, l->owner_state))
		l->owner_since = clock_now_ms();
	l->owner_state = state;
	l->owner_name = NULL;
	if (is_foreign(a, l))
		l->owner_name =
			text_is_blank(a->reply.mdm_name) ? "Another service" : a->reply.mdm_name;
}

static enum err check_owner(
	struct ctx *cx, const struct attempt *a, const struct location *l, enum location_way way)
{
	if (!is_foreign(a, l) || way != LOCATION_MANAGE)
		return OK;
	return err_set(cx, ERR_CONFLICT, "location.owned_by_other",
		"%s manages the location %s at present. Two services on one location disturb each "
		"other. "
		"Remove it there first; or take it over: then that service loses it; or only "
		"observe it: then Pomona changes nothing at Apple.",
		text_is_blank(a->reply.mdm_name) ? "Another service" : a->reply.mdm_name, l->name);
}

static const char *add_detail(struct ctx *cx, const struct attempt *a, const struct location *l)
{
	BUF_AUTO(out, 8192);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_str(&w, "apple_uid", l->apple_uid);
	jw_time(&w, "token_expires_at", l->token_expires_at);
	jw_str(&w, "mode", location_is_observed(l) ? "observe" : "manage");
	if (is_foreign(a, l))
		jw_str(&w, text_equal(l->owner_state, "ours") ? "taken_over_from" : "managed_by",
			a->reply.mdm_name ? a->reply.mdm_name : a->reply.mdm_id);
	jw_end_object(&w);
	return arena_strndup(cx->mem, out.bytes, out.length);
}

static enum err store_new(
	struct app *app, struct ctx *cx, const struct attempt *a, struct location *l)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e)
		return e;
	e = locations_insert(db, cx, l, &l->id);
	if (e == ERR_CONFLICT)
		return err_set(cx, e, "token.duplicate",
			"The location %s was added by somebody else a moment ago.", l->name);
	if (!e)
		e = locations_set_assets_wanted(db, cx, l->id, l->created_at);
	if (!e)
		e = audit_write(
			db, cx, "location.add", "location", l->id, l->name, add_detail(cx, a, l));
	if (!e)
		e = locations_get(db, cx, l->id, l);
	KILL_POINT("location.marked");
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("location.added");
	return e;
}

/* Our mark and our address are written at Apple; nothing is where Pomona only observes. */
static enum err announce(
	struct app *app, struct ctx *cx, const struct attempt *a, struct location *l)
{
	struct apple_reply reply;
	if (location_is_observed(l)) {
		fill_owner(a, l);
		l->hook_state = "off";
		l->hook_reason = "Pomona only observes this location, so Apple is not asked to "
				 "tell us of changes. Syncs show them.";
		return OK;
	}
	enum err e = location_post_config(app, cx, a->session, l, &reply);
	if (!e)
		return OK;
	if (!location_is_read_only(&reply))
		return refused(cx, e, &reply);
	location_mark_read_only(cx, l, reply.number);
	return OK;
}

static enum err add(struct app *app, struct ctx *cx, struct attempt *a, enum location_way way,
	struct location *ret_location)
{
	struct location l = {
		.apple_uid = a->config.uid,
		.mode = way == LOCATION_OBSERVE ? "observe" : "manage",
		.owner_state = "unknown",
		/* The same each time: of two who add it at once, either's address is the right one. */
		.hook_key = secret_derive(cx->mem, app->key, LOCATION_HOOK_KEY, a->config.uid),
		.message_channel = "notification_else_email",
		.created_at = clock_now_ms(),
	};
	enum err e = check_new(app, cx, l.apple_uid);
	if (e || (e = location_our_mark(app, cx, &l.mdm_info_id)))
		return e;
	fill_token(app, cx, a, &l);
	fill_names(app, cx, a, &l);
	e = check_owner(cx, a, &l, way);
	if (!e)
		e = announce(app, cx, a, &l);
	if (!e)
		e = store_new(app, cx, a, &l);
	if (!e)
		*ret_location = l;
	return e;
}

enum err location_add(struct app *app, struct ctx *cx, const char *token_file, size_t length,
	enum location_way way, struct location *ret_location)
{
	struct attempt a = { 0 };
	enum err e = try_token(app, cx, token_file, length, NULL, &a);
	if (!e)
		e = add(app, cx, &a, way, ret_location);
	attempt_end(&a);
	if (!e)
		wake_ring(app->lane_wake);
	return e;
}

/* --- renew ----------------------------------------------------------------------------------- */

/* Writes what the new token brought. What was held for the old one goes on, unless another service
 * has the location meanwhile. */
static enum err store_renewed(
	struct app *app, struct ctx *cx, const struct attempt *a, struct location *l)
{
	int64_t now = clock_now_ms();
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e)
		return e;
	e = locations_set_token(db, cx, l->id, l->token_box, l->token_hash, l->token_expires_at,
		l->organisation, now);
	if (!e && !text_equal(l->token_state, "valid"))
		e = locations_set_token_state(db, cx, l->id, l->token_state, l->token_reason, now);
	if (!e)
		e = locations_set_names(db, cx, l, now);
	if (!e)
		e = locations_set_owner(
			db, cx, l->id, l->owner_state, l->owner_name, l->owner_since, now);
	if (!e)
		e = locations_set_hook(
			db, cx, l->id, l->hook_state, l->hook_reason, l->hook_url, now);
	if (!e && !text_equal(l->owner_state, "foreign") && text_equal(l->token_state, "valid"))
		e = items_unhold(db, cx, l->id, now);
	if (!e)
		e = audit_write(db, cx, "location.renew_token", "location", l->id, l->name,
			add_detail(cx, a, l));
	if (!e)
		e = locations_get(db, cx, l->id, l);
	KILL_POINT("token.proved");
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("token.renewed");
	return e;
}

static enum err renew(struct app *app, struct ctx *cx, struct attempt *a, int64_t id,
	struct location *ret_location)
{
	struct location l;
	enum err e = location_load(app, cx, id, &l);
	if (e)
		return e;
	if (!text_equal(a->config.uid, l.apple_uid))
		return err_set(cx, ERR_CONFLICT, "token.other_location",
			"This token opens the location %s of %s. The token to be renewed is that "
			"of %s. "
			"Nothing was changed.",
			text_is_blank(a->config.location_name) ? a->config.uid
							       : a->config.location_name,
			a->token.organisation, l.name);
	const char *hash_before = l.token_hash, *state_before = l.token_state;
	fill_token(app, cx, a, &l);
	fill_names(app, cx, a, &l);
	/* One that was refused meanwhile, and is taken again, is worth keeping. */
	if (text_equal(hash_before, l.token_hash) && text_equal(state_before, "valid"))
		return err_set(cx, ERR_CONFLICT, "token.same",
			"This is the token that %s uses already. Nothing was changed. To renew it, "
			"download a new one from Apple and upload that.",
			l.name);

	if (is_foreign(a, &l))
		fill_owner(a, &l);
	else
		e = announce(app, cx, a, &l);
	if (!e)
		e = store_renewed(app, cx, a, &l);
	if (!e)
		*ret_location = l;
	return e;
}

enum err location_renew(struct app *app, struct ctx *cx, int64_t id, const char *token_file,
	size_t length, struct location *ret_location)
{
	struct attempt a = { 0 };
	struct location exists;
	enum err e = location_load(app, cx, id, &exists);
	if (!e)
		e = try_token(app, cx, token_file, length, &exists, &a);
	if (!e)
		e = renew(app, cx, &a, id, ret_location);
	attempt_end(&a);
	if (!e)
		wake_ring(app->lane_wake);
	return e;
}
