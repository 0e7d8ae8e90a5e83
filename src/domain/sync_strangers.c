/* Records at Apple that nobody here made. There may be as many as there are users: another system's whole
 * school. So they cost a row and nothing more, and many of them are one finding. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/drift.h"
#include "domain/observe.h"
#include "domain/sync_judge.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/people.h"
#include "store/user_list.h"

#define EARLY 768 /* of the list, in a transaction */

static enum vpp_state state_of(const char *status)
{
	return text_equal(status, "Associated")   ? VPP_ASSOCIATED
	       : text_equal(status, "Registered") ? VPP_REGISTERED
	                                          : VPP_REMOVED;
}

/* As reconcile says of a record that is nobody's. */
bool sync_is_stranger(const struct staged_user *staged)
{
	struct reconcile_wish wish = { 0 };
	struct reconcile_news news = {
		.is_listed = true, .status = staged->status, .email = staged->email
	};
	return reconcile(&wish, NULL, &news, false).plan == PLAN_FOREIGN;
}

/* Its address is somebody's: theirs, or a second record of theirs? */
static enum err take_known(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct staged_user *staged, bool *ret_is_stranger)
{
	struct sync_case c = { .staged = staged };
	bool is_planned = false;
	enum err e = sync_plan_row(db, cx, reading, &c, &is_planned);
	*ret_is_stranger = !is_planned;
	return e;
}

static enum err know_addresses(struct db *db, struct ctx *cx,
	const struct staged_user *const *staged, size_t count, bool *ret_known)
{
	const char **keys = ARENA_ARRAY(cx->mem, const char *, count);
	for (size_t i = 0; i < count; i++)
		keys[i] = staged[i]->email ? text_fold(cx->mem, staged[i]->email) : NULL;
	return people_know_addresses(db, cx, keys, count, ret_known);
}

enum err sync_strangers_take(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct staged_user *const *staged, size_t count, int64_t *ret_planned)
{
	size_t stranger_count = 0;
	*ret_planned = 0;
	if (!count)
		return OK;
	const struct staged_user **strangers =
		ARENA_ARRAY(cx->mem, const struct staged_user *, count);
	bool *is_known = ARENA_ARRAY(cx->mem, bool, count);
	enum err e = know_addresses(db, cx, staged, count, is_known);
	for (size_t i = 0; !e && i < count; i++) {
		bool is_stranger = true;
		if (is_known[i])
			e = take_known(db, cx, reading, staged[i], &is_stranger);
		if (is_stranger)
			strangers[stranger_count++] = staged[i];
		else
			++*ret_planned;
	}
	return e ? e
	         : vpp_users_insert_strangers(db, cx, reading->location_id, reading->job_id,
			   strangers, stranger_count);
}

enum err sync_strangers_follow(
	struct db *db, struct ctx *cx, const struct vpp_user *u, const struct staged_user *staged)
{
	struct vpp_user now = *u;
	now.apple_status = staged ? staged->status : u->apple_status;
	now.apple_email = staged ? staged->email : u->apple_email;
	now.state = staged ? state_of(staged->status) : VPP_REMOVED;
	/* Our retire is on its way: only its proof moves the record. */
	bool is_ours = u->state == VPP_REMOVING || u->state == VPP_CHECKING;
	if (is_ours && now.state != VPP_REMOVED)
		return OK;
	if (now.state == u->state && text_equal(now.apple_status, u->apple_status) &&
		text_equal(now.apple_email, u->apple_email))
		return OK;
	now.apple_seen_at = staged ? clock_now_ms() : u->apple_seen_at;
	return vpp_users_save(db, cx, &now);
}

/* --- while the list is read --------------------------------------------------------------------- */

/* Those of the list that are unknown here and whose address is nobody's: both in the order of the list. */
static enum err pick_early(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct staged_user *users, size_t count, const struct staged_user **ret_strangers,
	size_t *ret_count)
{
	struct vpp_user_facts *facts = ARENA_ARRAY(cx->mem, struct vpp_user_facts, count);
	const struct staged_user **fresh = ARENA_ARRAY(cx->mem, const struct staged_user *, count);
	const char **keys = ARENA_ARRAY(cx->mem, const char *, count);
	bool *is_known = ARENA_ARRAY(cx->mem, bool, count);
	size_t fact_count = 0, fresh_count = 0;
	for (size_t i = 0; i < count; i++)
		keys[i] = users[i].client_user_id;
	enum err e =
		vpp_users_facts_of(db, cx, reading->location_id, keys, count, facts, &fact_count);
	for (size_t i = 0, f = 0; !e && i < count; i++) {
		bool is_here = f < fact_count &&
		               text_equal(facts[f].user.client_user_id, users[i].client_user_id);
		f += is_here;
		if (!is_here && sync_is_stranger(&users[i]))
			fresh[fresh_count++] = &users[i];
	}
	*ret_count = 0;
	if (!e && fresh_count)
		e = know_addresses(db, cx, fresh, fresh_count, is_known);
	for (size_t i = 0; !e && i < fresh_count; i++)
		if (!is_known[i])
			ret_strangers[(*ret_count)++] = fresh[i];
	return e;
}

enum err sync_take_early(
	struct app *app, struct ctx *asker, const struct sync_reading *reading, bool *ret_did)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct staged_user *users = ARENA_ARRAY(cx.mem, struct staged_user, EARLY);
	const struct staged_user **strangers =
		ARENA_ARRAY(cx.mem, const struct staged_user *, EARLY);
	size_t count = 0, stranger_count = 0;
	DB_AUTO(db);
	enum err e = user_list_part(reading->list, &cx, EARLY, users, &count);
	*ret_did = count > 0;
	if (e || !count)
		return e ? action_pass_error(asker, &cx, e) : OK;
	e = db_write(app->db, &cx, &db);
	if (!e)
		e = pick_early(db, &cx, reading, users, count, strangers, &stranger_count);
	if (!e)
		e = vpp_users_insert_strangers(
			db, &cx, reading->location_id, reading->job_id, strangers, stranger_count);
	if (!e)
		e = db_commit(&db, &cx);
	for (size_t i = 0; !e && i < stranger_count; i++)
		e = user_list_take_out(reading->list, &cx, strangers[i]->client_user_id);
	return e ? action_pass_error(asker, &cx, e) : OK;
}

/* --- at the end --------------------------------------------------------------------------------- */

static enum err name_each(struct db *db, struct ctx *cx, const struct sync_reading *reading)
{
	struct item items[SYNC_STRANGERS_NAMED];
	size_t count = 0;
	enum err e = items_list(db, cx, reading->job_id, "done", ITEMS_STRANGERS_FROM,
		SYNC_STRANGERS_NAMED, items, &count);
	for (size_t i = 0; !e && i < count; i++) {
		struct vpp_user u;
		e = vpp_users_find(db, cx, items[i].vpp_user_id, &u);
		if (!e)
			e = drift_stranger(db, cx, reading->job_id, &u);
	}
	return e;
}

enum err sync_strangers_close(struct app *app, struct ctx *cx, const struct sync_reading *reading)
{
	int64_t count = 0, left = 0;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = items_count_strangers(db, cx, reading->job_id, &count);
	db_release(&db);
	if (e || !count)
		return e;
	e = db_write(app->db, cx, &db);
	if (!e)
		e = jobs_grow(db, cx, reading->job_id, count);
	if (!e)
		e = jobs_count_up(db, cx, reading->job_id, count, 0, 0, &left);
	if (!e)
		e = count <= SYNC_STRANGERS_NAMED ? name_each(db, cx, reading)
		                                  : drift_strangers(db, cx, reading, count);
	return e ? e : db_commit(&db, cx);
}
