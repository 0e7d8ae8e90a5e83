#include "domain/location_guard.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "apple/assets.h"
#include "apple/client_config.h"
#include "apple/service_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/plant.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "store/audit.h"
#include "store/items.h"

#define SECOND_OPINION_MS 60000
#define DOUBT_WORDS                                                                                \
	"Apple refused the content token once. Pomona asks a second time before it believes it."

bool location_is_observed(const struct location *location)
{
	return text_equal(location->mode, "observe");
}

enum err location_refuse_observed(struct ctx *cx, const struct location *location)
{
	if (!location_is_observed(location))
		return OK;
	return err_set(cx, ERR_CONFLICT, "location.observe_only",
		"Pomona only observes the location %s and changes nothing at Apple. Let Pomona "
		"manage it in Setting > iOS > VPP Server Setting to do this.",
		location->name);
}

const char *location_token_state(const struct location *location, int64_t now)
{
	bool is_live = text_equal(location->token_state, "valid") ||
	               text_equal(location->token_state, "read_only");
	return is_live && location->token_expires_at <= now ? "expired" : location->token_state;
}

static enum err check_readable(struct ctx *cx, const struct location *l)
{
	const char *state = location_token_state(l, clock_now_ms());
	if (text_equal(state, "expired"))
		return err_set(cx, ERR_CONFLICT, "location.token",
			"The content token of %s expired on %.10s. Upload a new one in Setting.",
			l->name, clock_rfc3339(cx->mem, l->token_expires_at));
	if (!text_equal(state, "valid") && !text_equal(state, "read_only"))
		return err_set(cx, ERR_CONFLICT, "location.token",
			"The content token of %s is not valid any more. %s", l->name,
			l->token_reason ? l->token_reason : "Upload a new one in Setting.");
	if (text_equal(l->owner_state, "foreign") && !location_is_observed(l))
		return err_set(cx, ERR_CONFLICT, "location.owned_by_other",
			"%s manages the location %s now. Pomona has stopped writing to it. Take it "
			"back, only observe it, or leave it in Setting.",
			l->owner_name ? l->owner_name : "Another service", l->name);
	return OK;
}

enum err location_may_write(struct app *app, struct ctx *cx, const struct location *location)
{
	(void)app;
	enum err e = check_readable(cx, location);
	if (!e)
		e = location_refuse_observed(cx, location);
	if (e)
		return e;
	if (text_equal(location->token_state, "read_only"))
		return err_set(cx, ERR_CONFLICT, "location.read_only",
			"Pomona may only read the location %s. %s", location->name,
			location->token_reason ? location->token_reason : "");
	return OK;
}

static enum err open_session(struct app *app, struct ctx *cx, const struct location *location,
	const char *mdm_id, enum pacer_priority priority, struct apple_session **ret_session)
{
	char *token;
	enum err e = secret_unseal(cx, app->key, LOCATION_TOKEN, location->token_box, &token);
	if (e)
		return e;
	struct apple_session_options options = {
		.token = token,
		.uid = location->apple_uid,
		.mdm_id = location_is_observed(location) ? NULL : mdm_id,
		.only_reads = location_is_observed(location),
		.priority = priority,
		.closed_until_ms = location->wait_until,
	};
	e = apple_session_open(app->apple, cx, &options, ret_session);
	secret_wipe(token, strlen(token));
	return e;
}

enum err location_session_open(struct app *app, struct ctx *cx, const struct location *location,
	enum pacer_priority priority, struct apple_session **ret_session)
{
	enum err e = check_readable(cx, location);
	if (e)
		return e;
	return open_session(app, cx, location, location->mdm_info_id, priority, ret_session);
}

/* --- what a reply says ---------------------------------------------------------------------- */

/* A change of state that an admin has to see: everything that waits says why. */
static enum err stop_location(struct db *db, struct ctx *cx, const struct location *l,
	const char *act, const char *reason)
{
	enum err e = items_hold(db, cx, l->id, reason, clock_now_ms());
	return e ? e : audit_write(db, cx, act, "location", l->id, l->name, NULL);
}

static enum err owner_seen(struct app *app, struct ctx *cx, int64_t location_id,
	const char *mdm_info_id, const char *name)
{
	struct location l;
	if (!mdm_info_id)
		return OK;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e || (e = locations_get(db, cx, location_id, &l)))
		return e;

	int64_t now = clock_now_ms();
	bool is_ours = strcasecmp(mdm_info_id, l.mdm_info_id) == 0;
	if (is_ours && text_equal(l.owner_state, "unknown")) {
		e = locations_set_owner(db, cx, l.id, "ours", NULL, now, now);
	} else if (!is_ours && !text_equal(l.owner_state, "foreign")) {
		const char *who = text_is_blank(name) ? "Another service" : name;
		const char *reason = arena_printf(cx->mem,
			"%s manages this location now. Pomona has stopped writing to it.", who);
		e = locations_set_owner(db, cx, l.id, "foreign", who, now, now);
		if (!e)
			e = stop_location(db, cx, &l, "location.taken_by_other", reason);
	}
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("owner.seen");
	return e;
}

/* Who manages a location that is only observed is told, and stops nothing. */
static enum err owner_watched(struct app *app, struct ctx *cx, const struct location *location,
	const struct apple_reply *reply)
{
	bool is_ours = reply->mdm_id && strcasecmp(reply->mdm_id, location->mdm_info_id) == 0;
	const char *state = is_ours ? "ours" : "foreign";
	const char *who = is_ours                          ? NULL
	                  : text_is_blank(reply->mdm_name) ? "Another service"
	                                                   : reply->mdm_name;
	struct location l;
	if (!reply->mdm_id ||
		(text_equal(state, location->owner_state) && text_equal(who, location->owner_name)))
		return OK;
	DB_AUTO(db);
	int64_t now = clock_now_ms();
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = locations_get(db, cx, location->id, &l);
	if (e || (text_equal(state, l.owner_state) && text_equal(who, l.owner_name)))
		return e;
	e = locations_set_owner(db, cx, l.id, state, who, now, now);
	if (!e && !is_ours)
		e = audit_write(db, cx, "location.taken_by_other", "location", l.id, l.name, NULL);
	return e ? e : db_commit(&db, cx);
}

static enum err write_token_state(
	struct app *app, struct ctx *cx, int64_t id, const char *state, const char *reason)
{
	struct location l;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e || (e = locations_get(db, cx, id, &l)))
		return e;
	if (text_equal(l.token_state, state))
		return OK;
	e = locations_set_token_state(db, cx, id, state, reason, clock_now_ms());
	if (!e)
		e = stop_location(db, cx, &l, "location.token_lost", reason);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("token.lost");
	return e;
}

bool location_waits_for_apple(const struct location *location, int64_t now)
{
	return location->wait_until > now && !text_equal(location->wait_reason, DOUBT_WORDS);
}

/* at 0: no doubt any more. A longer wait of Apple's stays. */
static enum err write_doubt(struct app *app, struct ctx *cx, int64_t id, int64_t at,
	const char *doubt, int64_t wait_until)
{
	struct location l;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = locations_get(db, cx, id, &l);
	if (e || (e = locations_set_token_doubt(db, cx, id, at, doubt)))
		return e;
	if (wait_until > l.wait_until)
		e = locations_set_wait(db, cx, id, wait_until, DOUBT_WORDS);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("token.doubted");
	return e;
}

static const char *state_of_number(int number)
{
	switch (number) {
	case APPLE_TOKEN_EXPIRED:
		return "expired";
	case APPLE_TOKEN_REVOKED:
		return "revoked";
	case APPLE_NOT_ALLOWED:
	case APPLE_READ_ONLY_LOCATION:
		return "read_only";
	default:
		return "refused";
	}
}

static const char *words_of_number(struct ctx *cx, int number)
{
	const struct apple_error *row = apple_error_find(number);
	if (row->number == 0)
		return "Apple does not accept the content token. Upload a new one in Setting.";
	return arena_printf(cx->mem, "%s %s (Apple %d)", row->means, row->how, number);
}

/* The second, different call. A token that may only read is no question of the token's life: there
 * the repeated refusal itself is the second opinion. */
static enum err ask_again(struct app *app, struct ctx *cx, const struct location *l,
	const struct apple_reply *first, bool *ret_is_lost, int *ret_number)
{
	struct apple_client_config config;
	struct apple_assets_page assets;
	struct apple_reply reply;
	*ret_number = first->number;
	*ret_is_lost = text_equal(state_of_number(first->number), "read_only") ||
	               !text_equal(l->token_doubt, first->operation);
	if (*ret_is_lost)
		return OK;
	APPLE_SESSION_AUTO(session);
	enum err e = open_session(app, cx, l, l->mdm_info_id, PACER_INTERACTIVE, &session);
	if (e)
		return e;
	if (text_equal(first->operation, "clientConfig"))
		e = apple_assets_get(session, cx, 0, &reply, &assets);
	else
		e = apple_client_config_get(session, cx, &reply, &config);
	*ret_is_lost = e && reply.class == APPLE_TOKEN;
	if (*ret_is_lost)
		*ret_number = reply.number;
	return OK;
}

/* Tests shorten the minute with the settle time, which they shorten anyway. */
static int64_t second_opinion_ms(const struct app *app)
{
	return app->settings.settle_ms < SECOND_OPINION_MS ? app->settings.settle_ms
	                                                   : SECOND_OPINION_MS;
}

static enum err token_trouble(
	struct app *app, struct ctx *cx, const struct location *l, const struct apple_reply *reply)
{
	int64_t now = clock_now_ms(), pause = second_opinion_ms(app);
	bool is_lost = reply->number == APPLE_TOKEN_EXPIRED && l->token_expires_at <= now;
	int number = reply->number;
	enum err e;
	if (!is_lost && (!l->token_doubt_at || now - l->token_doubt_at > 60 * pause))
		return write_doubt(app, cx, l->id, now, reply->operation, now + pause);
	if (!is_lost && now - l->token_doubt_at < pause)
		return OK;
	if (!is_lost) {
		e = ask_again(app, cx, l, reply, &is_lost, &number);
		if (e)
			return e;
	}
	if (is_lost)
		return write_token_state(
			app, cx, l->id, state_of_number(number), words_of_number(cx, number));
	return write_doubt(app, cx, l->id, 0, NULL, 0);
}

/* What a good answer ends: a wait that is over, a doubt, an old date of expiry. */
static enum err write_good_news(
	struct app *app, struct ctx *cx, const struct location *l, const struct apple_reply *reply)
{
	int64_t now = clock_now_ms();
	bool wait_over = l->wait_until && l->wait_until <= now;
	bool doubt_over = l->token_doubt_at && !text_equal(l->token_doubt, reply->operation);
	bool new_expiry = reply->token_expires_at && reply->token_expires_at != l->token_expires_at;
	if (!wait_over && !doubt_over && !new_expiry)
		return OK;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e && wait_over)
		e = locations_set_wait(db, cx, l->id, 0, NULL);
	if (!e && doubt_over)
		e = locations_set_token_doubt(db, cx, l->id, 0, NULL);
	if (!e && new_expiry)
		e = locations_set_expiry(db, cx, l->id, reply->token_expires_at, now);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("wait.over");
	return e;
}

static const char *wait_words(struct ctx *cx, const struct apple_reply *reply)
{
	int status = reply->http_status;
	if (reply->number)
		return apple_error_find(reply->number)->means;
	if (status == 429 || status == 503)
		return arena_printf(cx->mem, "Apple asked us to wait (HTTP %d).", status);
	if (status >= 500 || status == 408)
		return arena_printf(cx->mem, "Apple has a fault at present (HTTP %d).", status);
	return arena_printf(cx->mem, "Apple's answer could not be used (HTTP %d).", status);
}

static enum err write_wait(
	struct app *app, struct ctx *cx, const struct location *l, const struct apple_reply *reply)
{
	int64_t until = clock_now_ms() + reply->retry_after_ms;
	const char *words = wait_words(cx, reply);
	if (until <= l->wait_until || PLANT("forget_wait"))
		return OK;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e || (e = locations_set_wait(db, cx, l->id, until, words)))
		return e;
	KILL_POINT("wait.heard");
	e = db_commit(&db, cx);
	KILL_POINT("wait.kept");
	return e;
}

void location_keep_wait(struct app *app, struct ctx *asker, const struct location *location,
	const struct apple_reply *reply)
{
	if (reply->retry_after_ms <= 0 || reply->sent != HTTP_ANSWERED)
		return;
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	/* Lost, it still holds as long as this process lives: the pacer knows it. */
	if (write_wait(app, &cx, location, reply))
		log_event(LOG_ERROR, "location.wait_lost", "location=%" PRId64 " why=%s",
			location->id, log_quote(cx.mem, cx.error.sentence));
}

enum err location_reply_seen(struct app *app, struct ctx *cx, const struct location *location,
	const struct apple_reply *reply, bool *ret_may_go_on)
{
	*ret_may_go_on = false;
	/* A wait holds whatever else the answer says. Not sent and told to wait: the pacer said what is
	 * stored already. */
	enum err kept = reply->retry_after_ms > 0 && reply->sent == HTTP_ANSWERED
	                        ? write_wait(app, cx, location, reply)
	                        : OK;
	if (kept)
		return kept;
	if (reply->is_other_location)
		return write_token_state(app, cx, location->id, "refused",
			"Apple answers for another location than this token was added for. Upload "
			"the "
			"token of this location in Setting.");
	if (location_is_observed(location)) {
		enum err e = owner_watched(app, cx, location, reply);
		if (e)
			return e;
	}
	if (reply->is_foreign)
		return owner_seen(app, cx, location->id, reply->mdm_id, reply->mdm_name);
	if (reply->class == APPLE_OWNER)
		return write_token_state(app, cx, location->id, state_of_number(reply->number),
			words_of_number(cx, reply->number));
	if (reply->class == APPLE_TOKEN)
		return token_trouble(app, cx, location, reply);
	if (reply->retry_after_ms > 0)
		return OK;
	*ret_may_go_on = true;
	if (reply->class != APPLE_FINE || reply->sent != HTTP_ANSWERED)
		return OK;
	if (reply->mdm_id && text_equal(location->owner_state, "unknown") &&
		!location_is_observed(location)) {
		enum err e = owner_seen(app, cx, location->id, reply->mdm_id, reply->mdm_name);
		if (e)
			return e;
	}
	return write_good_news(app, cx, location, reply);
}

enum err location_template_seen(struct app *app, struct ctx *cx, const struct location *location)
{
	const char *template = apple_invite_template(app->apple, cx);
	if (!template || text_equal(template, location->invite_template))
		return OK;
	struct location changed = *location;
	changed.invite_template = template;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (e || (e = locations_set_names(db, cx, &changed, clock_now_ms())))
		return e;
	e = db_commit(&db, cx);
	KILL_POINT("location.template_kept");
	return e;
}
