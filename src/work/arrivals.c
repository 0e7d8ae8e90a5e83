#include "work/arrivals.h"

#include <inttypes.h>
#include <string.h>

#include "apple/notifications.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "store/calls.h"
#include "store/inbox.h"
#include "store/locations.h"
#include "store/vpp_users.h"

#define BATCH   50
#define BATCHES 8
#define KEEP_MS (3 * 24 * 60 * 60 * 1000LL) /* Apple repeats within minutes; an outage may last */

static enum err look_at_users(struct db *db, struct ctx *cx, int64_t location_id,
	const struct apple_notice *n, int64_t now)
{
	for (size_t i = 0; i < n->user_count; i++) {
		bool is_known;
		enum err e = vpp_users_ask_look(
			db, cx, location_id, n->users[i].client_user_id, now, &is_known);
		if (e)
			return e;
	}
	return OK;
}

/* *ret_state: "done", or "ignored" for what says nothing that we use. */
static enum err take_notice(struct db *db, struct ctx *cx, const struct inbox_message *m,
	const struct apple_notice *n, const char **ret_state)
{
	int64_t now = clock_now_ms();
	bool is_ours = false;
	enum err e = OK;
	*ret_state = "done";
	if (n->event_id)
		e = calls_look_now(db, cx, m->location_id, n->event_id, now, &is_ours);
	if (e)
		return e;
	switch (n->type) {
	case APPLE_NOTICE_USER_MANAGEMENT:
	case APPLE_NOTICE_USER_ASSOCIATED:
		/* What a call of ours is about is read back with the call. */
		e = is_ours ? OK : look_at_users(db, cx, m->location_id, n, now);
		break;
	case APPLE_NOTICE_ASSET_MANAGEMENT:
	case APPLE_NOTICE_ASSET_COUNT:
		e = locations_set_assets_wanted(db, cx, m->location_id, now);
		break;
	case APPLE_NOTICE_TEST:
	case APPLE_NOTICE_OTHER:
		*ret_state = "ignored";
		break;
	}
	return e;
}

/* A notice of another location than the address it was posted to is not believed. */
static bool is_of(
	struct db *db, struct ctx *cx, const struct inbox_message *m, const struct apple_notice *n)
{
	struct location l;
	return m->location_id && locations_get(db, cx, m->location_id, &l) == OK &&
	       (!n->uid || text_equal(n->uid, l.apple_uid));
}

static enum err take_message(
	struct app *app, struct db *db, struct ctx *cx, const struct inbox_message *m)
{
	char *body = NULL;
	struct apple_notice notice;
	const char *state = "ignored";
	if (secret_unseal(cx, app->key, INBOX_BODY, m->body_box, &body) == OK &&
		apple_notice_parse(cx, body, strlen(body), &notice) == OK &&
		is_of(db, cx, m, &notice)) {
		enum err e = take_notice(db, cx, m, &notice, &state);
		if (e)
			return e;
	}
	log_event(LOG_INFO, "arrival", "location=%" PRId64 " type=%s state=%s", m->location_id,
		log_quote(cx->mem, m->kind), state);
	return inbox_set_state(db, cx, m->id, state, clock_now_ms());
}

static enum err take_batch(struct app *app, struct ctx *cx, size_t *ret_count)
{
	struct inbox_message *messages;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (e || (e = inbox_new(db, cx, "apple", BATCH, &messages, ret_count)))
		return e;
	db_release(&db);
	if (*ret_count == 0)
		return OK;
	e = db_write(app->db, cx, &db);
	for (size_t i = 0; i < *ret_count && !e; i++)
		e = take_message(app, db, cx, &messages[i]);
	if (!e)
		e = inbox_forget(db, cx, clock_now_ms() - KEEP_MS);
	KILL_POINT("notice.judged");
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("notice.taken");
	return e;
}

enum err arrivals_take(struct app *app, struct ctx *cx, int64_t *ret_taken)
{
	size_t count = BATCH;
	*ret_taken = 0;
	for (int i = 0; i < BATCHES && count == BATCH; i++) {
		CTX_AUTO(batch);
		batch.actor = cx->actor;
		enum err e = take_batch(app, &batch, &count);
		if (e)
			return err_set(cx, e, "arrivals.failed", "%s",
				batch.error.sentence ? batch.error.sentence
						     : "The inbox could not be read.");
		*ret_taken += (int64_t)count;
	}
	return OK;
}
