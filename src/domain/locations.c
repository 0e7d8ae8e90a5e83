#include "domain/locations.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "apple/client_config.h"
#include "apple/service_config.h"
#include "apple/token.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/location_guard.h"
#include "store/audit.h"
#include "store/items.h"
#include "store/settings.h"

#define OUR_MARK "apple.mdm_info_id" /* a setting: the mark of this installation */

/* --- our side of a location at Apple --------------------------------------------------------- */

/* One UUID for the installation, made when it is first needed. */
static enum err our_mark(struct app *app, struct ctx *cx, const char **ret_mark)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e || (e = settings_get(db, cx, OUR_MARK, ret_mark)))
		return e;
	if (*ret_mark)
		return OK;
	*ret_mark = secret_uuid(cx->mem);
	e = settings_put(db, cx, OUR_MARK, *ret_mark);
	return e ? e : db_commit(&db, cx);
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
static enum err post_config(struct app *app, struct ctx *cx, struct apple_session *session,
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
	enum err e = apple_client_config_post(session, cx, &set, ret_reply);
	l->hook_state = set.hook_url ? "on" : "off";
	l->hook_reason = reason;
	if (e == ERR_REMOTE && set.hook_url && is_about_the_hook(ret_reply->number)) {
		const struct apple_error *row = apple_error_find(ret_reply->number);
		l->hook_state = "failed";
		l->hook_reason = arena_printf(cx->mem, "%s %s", row->means, row->how);
		set.hook_url = NULL;
		e = apple_client_config_post(session, cx, &set, ret_reply);
	}
	if (!e) {
		l->owner_state = "ours";
		l->owner_name = NULL;
		l->owner_since = clock_now_ms();
	}
	return e;
}

/* A token that may only read is taken, and says so. */
static bool is_read_only(const struct apple_reply *reply)
{
	return reply->number == APPLE_NOT_ALLOWED || reply->number == APPLE_READ_ONLY_LOCATION;
}

static void mark_read_only(struct ctx *cx, struct location *l, int number)
{
	const struct apple_error *row = apple_error_find(number);
	l->token_state = "read_only";
	l->token_reason = arena_printf(cx->mem, "%s %s (Apple %d)", row->means, row->how, number);
	l->hook_state = "off";
	l->hook_reason = "The token may only read, so Apple cannot be asked to tell us of changes.";
}

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
	const char *reason = cx->error.reason;
	enum err code = e == ERR_UNCERTAIN ? ERR_REMOTE : e;
	err_set(cx, code, reason, "%s Nothing was stored; try again.", cx->error.sentence);
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

/* Reads the file and asks Apple what it opens. */
static enum err try_token(struct app *app, struct ctx *cx, const char *token_file, size_t length,
	struct attempt *ret_attempt)
{
	enum err e = apple_token_parse(cx, token_file, length, &ret_attempt->token);
	if (e)
		return e;
	struct apple_session_options options = {
		.token = ret_attempt->token.text,
		.priority = PACER_INTERACTIVE,
	};
	e = apple_session_open(app->apple, cx, &options, &ret_attempt->session);
	if (e)
		return e;
	e = apple_client_config_get(
		ret_attempt->session, cx, &ret_attempt->reply, &ret_attempt->config);
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
	l->organisation = a->token.organisation;
	l->token_state = "valid";
	l->token_reason = NULL;
}

static void fill_names(struct app *app, struct ctx *cx, const struct attempt *a, struct location *l)
{
	const struct apple_client_config *config = &a->config;
	l->name = text_is_blank(config->location_name) ? a->token.organisation
	                                               : config->location_name;
	l->country = config->country;
	l->platform = config->platform;
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

static enum err check_owner(
	struct ctx *cx, const struct attempt *a, const struct location *l, bool take_over)
{
	if (!a->reply.mdm_id || strcasecmp(a->reply.mdm_id, l->mdm_info_id) == 0 || take_over)
		return OK;
	return err_set(cx, ERR_CONFLICT, "location.owned_by_other",
		"%s manages the location %s at present%s%s%s. Two services on one location disturb "
	        "each "
		"other. Remove it there first, or take it over: then that service loses it.",
		text_is_blank(a->reply.mdm_name) ? "Another service" : a->reply.mdm_name, l->name,
		text_is_blank(a->reply.mdm_metadata) ? "" : " (",
		text_is_blank(a->reply.mdm_metadata) ? "" : a->reply.mdm_metadata,
		text_is_blank(a->reply.mdm_metadata) ? "" : ")");
}

static const char *add_detail(struct ctx *cx, const struct attempt *a, const struct location *l)
{
	BUF_AUTO(out, 8192);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_str(&w, "apple_uid", l->apple_uid);
	jw_time(&w, "token_expires_at", l->token_expires_at);
	if (a->reply.mdm_id && strcasecmp(a->reply.mdm_id, l->mdm_info_id) != 0)
		jw_str(&w, "taken_over_from",
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
	return e ? e : db_commit(&db, cx);
}

static enum err add(struct app *app, struct ctx *cx, struct attempt *a, bool take_over,
	struct location *ret_location)
{
	struct location l = {
		.apple_uid = a->config.uid,
		.owner_state = "unknown",
		.hook_key = secret_token(cx->mem, 32),
		.message_channel = "notification_else_email",
		.created_at = clock_now_ms(),
	};
	enum err e = check_new(app, cx, l.apple_uid);
	if (e || (e = our_mark(app, cx, &l.mdm_info_id)))
		return e;
	fill_token(app, cx, a, &l);
	fill_names(app, cx, a, &l);
	e = check_owner(cx, a, &l, take_over);
	if (e)
		return e;

	struct apple_reply reply;
	e = post_config(app, cx, a->session, &l, &reply);
	if (e && is_read_only(&reply))
		mark_read_only(cx, &l, reply.number);
	else if (e)
		return refused(cx, e, &reply);
	e = store_new(app, cx, a, &l);
	if (!e)
		*ret_location = l;
	return e;
}

enum err location_add(struct app *app, struct ctx *cx, const char *token_file, size_t length,
	bool take_over, struct location *ret_location)
{
	struct attempt a = { 0 };
	enum err e = try_token(app, cx, token_file, length, &a);
	if (!e)
		e = add(app, cx, &a, take_over, ret_location);
	attempt_end(&a);
	if (!e)
		wake_ring(app->lane_wake);
	return e;
}

/* --- renew ----------------------------------------------------------------------------------- */

static enum err load(struct app *app, struct ctx *cx, int64_t id, struct location *ret_location)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : locations_get(db, cx, id, ret_location);
}

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
		e = locations_set_hook(db, cx, l->id, l->hook_state, l->hook_reason, now);
	if (!e && !text_equal(l->owner_state, "foreign") && text_equal(l->token_state, "valid"))
		e = items_unhold(db, cx, l->id, now);
	if (!e)
		e = audit_write(db, cx, "location.renew_token", "location", l->id, l->name,
			add_detail(cx, a, l));
	if (!e)
		e = locations_get(db, cx, l->id, l);
	return e ? e : db_commit(&db, cx);
}

static enum err renew(struct app *app, struct ctx *cx, struct attempt *a, int64_t id,
	struct location *ret_location)
{
	struct location l;
	enum err e = load(app, cx, id, &l);
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
	fill_token(app, cx, a, &l);
	fill_names(app, cx, a, &l);

	struct apple_reply reply = a->reply;
	bool is_foreign = reply.mdm_id && strcasecmp(reply.mdm_id, l.mdm_info_id) != 0;
	if (is_foreign) {
		l.owner_since =
			text_equal(l.owner_state, "foreign") ? l.owner_since : clock_now_ms();
		l.owner_state = "foreign";
		l.owner_name = text_is_blank(reply.mdm_name) ? "Another service" : reply.mdm_name;
	} else {
		e = post_config(app, cx, a->session, &l, &reply);
		if (e && is_read_only(&reply))
			mark_read_only(cx, &l, reply.number);
		else if (e)
			return refused(cx, e, &reply);
	}
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
	enum err e = load(app, cx, id, &exists);
	if (!e)
		e = try_token(app, cx, token_file, length, &a);
	if (!e)
		e = renew(app, cx, &a, id, ret_location);
	attempt_end(&a);
	if (!e)
		wake_ring(app->lane_wake);
	return e;
}

/* --- take back, channel, leave --------------------------------------------------------------- */

/* A session that does not mind whose mark the location has. */
static enum err open_any_owner(struct app *app, struct ctx *cx, const struct location *l,
	struct apple_session **ret_session)
{
	struct location mine = *l;
	mine.owner_state = "unknown";
	return location_session_open(app, cx, &mine, PACER_INTERACTIVE, ret_session);
}

enum err location_take_back(
	struct app *app, struct ctx *cx, int64_t id, struct location *ret_location)
{
	struct location l;
	struct apple_reply reply;
	APPLE_SESSION_AUTO(session);
	enum err e = load(app, cx, id, &l);
	if (e || (e = open_any_owner(app, cx, &l, &session)))
		return e;
	e = post_config(app, cx, session, &l, &reply);
	if (e)
		return e;

	int64_t now = clock_now_ms();
	DB_AUTO(db);
	e = db_write(app->db, cx, &db);
	if (!e)
		e = locations_set_owner(db, cx, id, "ours", NULL, now, now);
	if (!e)
		e = locations_set_hook(db, cx, id, l.hook_state, l.hook_reason, now);
	if (!e)
		e = items_unhold(db, cx, id, now);
	if (!e)
		e = audit_write(db, cx, "location.take_back", "location", id, l.name, NULL);
	if (!e)
		e = locations_get(db, cx, id, ret_location);
	if (!e)
		e = db_commit(&db, cx);
	if (!e)
		wake_ring(app->lane_wake);
	return e;
}

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
	e = locations_set_channel(db, cx, id, channel, clock_now_ms());
	if (!e)
		e = audit_write(db, cx, "location.set_channel", "location", id, ret_location->name,
			arena_printf(cx->mem, "{\"message_channel\":\"%s\"}", channel));
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

enum err location_leave(struct app *app, struct ctx *cx, int64_t id, bool leave_users)
{
	struct location l;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e || (e = locations_get(db, cx, id, &l)) || (e = check_leave(db, cx, &l, leave_users)))
		return e;
	e = locations_leave(db, cx, id, clock_now_ms());
	if (!e)
		e = audit_write(db, cx, "location.leave", "location", id, l.name,
			leave_users ? "{\"leave_users\":true}" : NULL);
	if (!e)
		e = db_commit(&db, cx);
	if (!e)
		say_good_bye(app, cx, &l);
	return e;
}
