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

static enum vpp_state state_of(const char *status)
{
	return text_equal(status, "Associated")   ? VPP_ASSOCIATED
	       : text_equal(status, "Registered") ? VPP_REGISTERED
	                                          : VPP_REMOVED;
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

enum err sync_strangers_take(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct staged_user *const *staged, size_t count, int64_t *ret_planned)
{
	size_t stranger_count = 0;
	*ret_planned = 0;
	if (!count)
		return OK;
	const struct staged_user **strangers =
		ARENA_ARRAY(cx->mem, const struct staged_user *, count);
	const char **keys = ARENA_ARRAY(cx->mem, const char *, count);
	bool *is_known = ARENA_ARRAY(cx->mem, bool, count);
	for (size_t i = 0; i < count; i++)
		keys[i] = staged[i]->email ? text_fold(cx->mem, staged[i]->email) : NULL;
	enum err e = people_know_addresses(db, cx, keys, count, is_known);
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
	if (now.state == u->state && text_equal(now.apple_status, u->apple_status) &&
		text_equal(now.apple_email, u->apple_email))
		return OK;
	now.apple_seen_at = staged ? clock_now_ms() : u->apple_seen_at;
	return vpp_users_save(db, cx, &now);
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
