/* Locations: list, add by token file, show, change, renew, take back, leave. */
#include "domain/locations.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/location_guard.h"
#include "domain/schedule.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/schedules.h"
#include "store/vpp_users.h"

#define DAY_MS (24 * 60 * 60 * 1000LL)

/* What a location shows beside its row. */
struct view {
	const struct location *location;
	struct schedule schedule;
	int64_t states[VPP_STATE_COUNT];
};

static enum err load_view(
	struct app *app, struct ctx *cx, const struct location *l, struct view *ret_view)
{
	ret_view->location = l;
	enum err e = schedule_get(app, cx, l->id, &ret_view->schedule);
	if (e)
		return e;
	DB_AUTO(db);
	e = db_read(app->db, cx, &db);
	return e ? e : vpp_users_count_states(db, cx, l->id, ret_view->states);
}

static void token_to_json(struct json_writer *w, const struct location *l, int64_t now)
{
	const char *state = location_token_shown(l, now), *reason = l->token_reason;
	int64_t left = (l->token_expires_at - now) / DAY_MS;
	if (text_equal(state, "expired") && !reason)
		reason =
			"The content token has expired. Download a new one at Apple and upload it.";
	jw_object(w, "token");
	jw_str(w, "state", state);
	jw_time(w, "expires_at", l->token_expires_at);
	jw_i64(w, "days_left", left > 0 ? left : 0);
	int step = location_token_step(l, now);
	jw_i64_or_null(w, "warn_days", step);
	jw_str(w, "reason", reason);
	jw_end_object(w);
}

static void users_to_json(struct json_writer *w, const int64_t states[VPP_STATE_COUNT])
{
	static const enum vpp_state shown[] = { VPP_REQUESTED, VPP_REGISTERED, VPP_INVITED,
		VPP_ASSOCIATED, VPP_REMOVING, VPP_CHECKING };
	jw_object(w, "vpp_users");
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		jw_i64(w, vpp_state_name(shown[i]), states[shown[i]]);
	jw_end_object(w);
}

static void location_to_json(struct json_writer *w, const char *key, const struct view *view)
{
	const struct location *l = view->location;
	int64_t now = clock_now_ms();
	bool is_waiting = l->wait_until > now;
	jw_object(w, key);
	jw_i64(w, "id", l->id);
	jw_str(w, "name", l->name);
	jw_str(w, "organisation", l->organisation);
	jw_str(w, "country", l->country);
	jw_str(w, "apple_uid", l->apple_uid);
	jw_str(w, "mode", l->mode);
	token_to_json(w, l, now);
	jw_object(w, "owner");
	jw_str(w, "state", l->owner_state);
	jw_str(w, "name", l->owner_name);
	jw_time(w, "since", l->owner_since);
	jw_end_object(w);
	jw_str(w, "message_channel", l->message_channel);
	jw_object(w, "notifications");
	jw_str(w, "state", l->hook_state);
	jw_str(w, "reason", l->hook_reason);
	jw_end_object(w);
	jw_object(w, "wait");
	jw_time(w, "until", is_waiting ? l->wait_until : 0);
	jw_str(w, "reason", is_waiting ? l->wait_reason : NULL);
	jw_end_object(w);
	jw_time(w, "last_sync_at", l->last_sync_at);
	http_schedule_to_json(w, "schedule", &view->schedule);
	users_to_json(w, view->states);
	jw_end_object(w);
}

static enum err reply_location(struct app *app, struct ctx *cx, struct http_reply *rp, int status,
	const struct location *l)
{
	struct view view;
	enum err e = load_view(app, cx, l, &view);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	location_to_json(&w, NULL, &view);
	return http_reply_json(cx, rp, status, &out);
}

enum err http_locations_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)rq;
	struct location *locations;
	size_t count;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (e || (e = locations_list(db, cx, &locations, &count)))
		return e;
	db_release(&db);
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++) {
		struct view view;
		e = load_view(app, cx, &locations[i], &view);
		if (e)
			return e;
		location_to_json(&w, NULL, &view);
	}
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}

/* The file is a secret: it is not left behind in memory. */
static void wipe_body(const struct http_request *rq)
{
	secret_wipe((void *)(uintptr_t)http_body(rq), http_body_length(rq));
}

enum err http_locations_add(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "take_over", "observe", NULL };
	struct location l;
	int take_over, observe;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_flag(cx, rq, "take_over", 0, &take_over);
	if (!e)
		e = http_query_flag(cx, rq, "observe", 0, &observe);
	if (!e && take_over && observe)
		e = err_set_field(cx, ERR_INVALID, "location.way", "observe",
			"A location is either taken over or only observed.");
	if (!e)
		e = location_add(app, cx, http_body(rq), http_body_length(rq),
			take_over ? LOCATION_TAKE_OVER
			: observe ? LOCATION_OBSERVE
				  : LOCATION_MANAGE,
			&l);
	wipe_body(rq);
	return e ? e : reply_location(app, cx, rp, 201, &l);
}

enum err http_locations_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct location l;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (e)
		return e;
	DB_AUTO(db);
	e = db_read(app->db, cx, &db);
	if (e || (e = locations_get(db, cx, id, &l)))
		return e;
	db_release(&db);
	return reply_location(app, cx, rp, 200, &l);
}

enum err http_locations_change(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "message_channel", NULL };
	static const char *const channels[] = { "notification", "email", "notification_else_email",
		NULL };
	const struct json *body;
	const char *channel;
	struct location l;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_word(
			cx, body, "message_channel", HTTP_REQUIRED, channels, &channel);
	if (!e)
		e = location_set_channel(app, cx, id, channel, &l);
	return e ? e : reply_location(app, cx, rp, 200, &l);
}

enum err http_locations_renew(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct location l;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = location_renew(app, cx, id, http_body(rq), http_body_length(rq), &l);
	wipe_body(rq);
	return e ? e : reply_location(app, cx, rp, 200, &l);
}

enum err http_locations_take_back(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct location l;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = location_take_back(app, cx, id, &l);
	return e ? e : reply_location(app, cx, rp, 200, &l);
}

enum err http_locations_test(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct location_tested tested;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = location_test(app, cx, id, &tested);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_bool(&w, "good", tested.is_good);
	jw_i64(&w, "took_ms", tested.took_ms);
	jw_str(&w, "words", tested.words);
	jw_str(&w, "owner", tested.owner_name);
	jw_bool(&w, "ours", tested.is_ours);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_locations_set_mode(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "mode", NULL };
	static const char *const modes[] = { "manage", "observe", NULL };
	const struct json *body;
	const char *mode;
	struct location l;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_word(cx, body, "mode", HTTP_REQUIRED, modes, &mode);
	if (!e)
		e = location_set_mode(app, cx, id, mode, &l);
	return e ? e : reply_location(app, cx, rp, 200, &l);
}

enum err http_locations_leave(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "leave_users", NULL };
	int leave_users;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_flag(cx, rq, "leave_users", 0, &leave_users);
	if (!e)
		e = location_leave(app, cx, id, leave_users);
	return e ? e : http_reply_nothing(rp);
}
