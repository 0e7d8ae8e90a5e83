#include "domain/observe.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "domain/app.h"
#include "domain/drift.h"
#include "domain/invitations.h"
#include "domain/jobs.h"
#include "domain/life_cycle.h"
#include "store/assets.h"
#include "store/items.h"
#include "store/vpp_users.h"

#define OPEN_ITEMS 16

bool observe_is_active(const char *status)
{
	return text_equal(status, "Registered") || text_equal(status, "Associated");
}

/* While a retire of ours is open, only its proof may move the record. */
static enum err has_open_retire(struct db *db, struct ctx *cx, int64_t vpp_user_id, bool *ret_has)
{
	struct item items[OPEN_ITEMS];
	size_t count = 0;
	*ret_has = false;
	enum err e = items_open_of(db, cx, vpp_user_id, OPEN_ITEMS, items, &count);
	for (size_t i = 0; !e && i < count; i++)
		*ret_has = *ret_has || text_equal(items[i].kind, "retire");
	return e;
}

static enum err move(struct db *db, struct ctx *cx, struct vpp_user *u, const char *status,
	int64_t now, bool *ret_moved)
{
	enum life_event event;
	*ret_moved = false;
	if (text_equal(status, "Registered"))
		event = LIFE_SEEN_REGISTERED;
	else if (text_equal(status, "Associated"))
		event = LIFE_SEEN_ASSOCIATED;
	else if (text_equal(status, "Retired") || text_equal(status, "Deleted"))
		event = LIFE_SEEN_RETIRED;
	else
		return OK;
	bool is_held = false;
	if (u->state == VPP_CHECKING && event != LIFE_SEEN_RETIRED) {
		enum err e = has_open_retire(db, cx, u->id, &is_held);
		if (e)
			return e;
	}
	*ret_moved = !is_held && life_cycle_move(u, event, now);
	return OK;
}

static void take_code(
	struct app *app, struct ctx *cx, struct vpp_user *u, const struct observed *seen)
{
	char *known = NULL;
	if (!seen->invite_code) {
		if (seen->invite_code_box && !u->invite_code_box)
			u->invite_code_box = seen->invite_code_box;
		return;
	}
	if (u->invite_code_box &&
		!secret_unseal(cx, app->key, VPP_INVITE_CODE, u->invite_code_box, &known) &&
		secret_equal(known, seen->invite_code))
		return;
	u->invite_code_box = secret_seal(cx->mem, app->key, VPP_INVITE_CODE, seen->invite_code);
}

/* The message that waits is not needed any more. */
static enum err end_messages(struct db *db, struct ctx *cx, const struct vpp_user *u)
{
	struct item items[OPEN_ITEMS];
	size_t count = 0;
	bool is_removed = u->state == VPP_REMOVED;
	const char *words = is_removed ? "Retired at Apple before the message was sent."
	                               : "Accepted before the message was sent.";
	enum err e = items_open_of(db, cx, u->id, OPEN_ITEMS, items, &count);
	for (size_t i = 0; !e && i < count; i++)
		if (text_equal(items[i].kind, "message"))
			e = jobs_end_item(
				db, cx, items[i].id, is_removed ? "cancelled" : "done", 0, words);
	return e;
}

static enum err after_move(struct db *db, struct ctx *cx, struct vpp_user *u)
{
	if (u->state != VPP_ASSOCIATED && u->state != VPP_REMOVED)
		return OK;
	enum err e = end_messages(db, cx, u);
	if (!e)
		e = invitations_withdraw(db, cx, u->id, NULL);
	if (!e && u->state == VPP_REMOVED)
		e = assignments_drop_revocable_of(db, cx, u->location_id, u->client_user_id);
	return e;
}

enum err observe(struct app *app, struct db *db, struct ctx *cx, int64_t location_id,
	const struct observed *seen, int64_t read_at, struct vpp_user *ret_user, bool *ret_moved)
{
	*ret_moved = false;
	*ret_user = (struct vpp_user){ 0 };
	struct vpp_user u;
	enum err e = vpp_users_find_client(db, cx, location_id, seen->client_user_id, &u);
	if (e)
		return e == ERR_NOT_FOUND ? OK : e;
	struct vpp_user before = u;
	if (u.apple_seen_at == read_at && observe_is_active(u.apple_status) &&
		!observe_is_active(seen->status)) {
		*ret_user = u;
		return OK;
	}
	u.apple_status = seen->status;
	u.apple_email = seen->email;
	if (seen->id_hash)
		u.id_hash = seen->id_hash;
	take_code(app, cx, &u, seen);
	u.missing_since = observe_is_active(seen->status) ? 0 : u.missing_since;
	/* A wish that came while Apple was being read is not fulfilled by that reading. */
	if (u.look_wanted_at < read_at)
		u.look_wanted_at = 0;
	u.apple_seen_at = read_at;
	e = move(db, cx, &u, seen->status, clock_now_ms(), ret_moved);
	if (e)
		return e;
	if (*ret_moved) {
		u.failed_number = 0;
		u.failed_reason = NULL;
	}
	bool is_settled = before.state == VPP_REGISTERED || before.state == VPP_INVITED ||
	                  before.state == VPP_ASSOCIATED || before.state == VPP_REMOVED;
	bool is_same = !*ret_moved && text_equal(u.apple_status, before.apple_status) &&
	               text_equal(u.apple_email, before.apple_email) &&
	               text_equal(u.id_hash, before.id_hash) &&
	               text_equal(u.invite_code_box, before.invite_code_box) &&
	               u.missing_since == before.missing_since && !before.look_wanted_at;
	*ret_user = u;
	if (is_settled && is_same && before.apple_seen_at)
		return OK;
	struct drift_news news = { seen->status, seen->email, seen->id_hash };
	bool is_back = (*ret_moved || before.missing_since) && observe_is_active(seen->status);
	e = drift_seen(db, cx, 0, &before, &news);
	if (!e && is_back)
		e = drift_is_back(db, cx, &u);
	if (!e)
		e = vpp_users_save(db, cx, &u);
	if (!e && *ret_moved)
		e = after_move(db, cx, &u);
	return e;
}
