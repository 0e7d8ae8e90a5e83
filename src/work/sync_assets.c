/* What the location owns and who holds it: needed to say what a delete frees. Apple's list of
 * changes does not show what was taken away, so it only tells whether to read everything. */
#include <inttypes.h>
#include <string.h>

#include "apple/assets.h"
#include "apple/assignments.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/asset_days.h"
#include "store/assets.h"
#include "work/lane.h"

#define READINGS_MAX    2
#define SMALLER_PERCENT 80 /* of what is known: less is read a second time */

static enum err put_assets(
	struct lane *lane, struct ctx *cx, const struct apple_assets_page *page, int64_t seen_at)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	for (size_t i = 0; !e && i < page->count; i++) {
		const struct apple_asset *a = &page->assets[i];
		struct asset row = {
			.location_id = lane->location_id,
			.adam_id = a->adam_id,
			.pricing_param = a->pricing_param,
			.product_type = a->product_type,
			.is_revocable = a->is_revocable,
			.device_assignable = a->device_assignable,
			.platforms = a->platforms,
			.available_count = a->available_count,
			.assigned_count = a->assigned_count,
			.retired_count = a->retired_count,
			.total_count = a->total_count,
			.seen_at = seen_at,
		};
		e = assets_put(db, cx, &row);
	}
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("assets.page");
	return e;
}

/* One reading of a list to its end. */
struct reading {
	int64_t seen_from, pages, count;
	char version[100]; /* of its first page */
	bool has_moved;    /* what it does not show may be there all the same */
	bool is_unchanged; /* it is what was read last: nothing more was read */
};

static void see_page(struct reading *r, const struct apple_page *page, size_t count)
{
	const char *version = page->version_id ? page->version_id : "";
	if (!r->pages++ && strlen(version) < sizeof(r->version))
		memcpy(r->version, version, strlen(version) + 1);
	r->has_moved = r->has_moved || page->is_odd || strcmp(r->version, version) != 0;
	r->count += (int64_t)count;
}

/* A list that moved while it was read, or is a good deal smaller than what is known, is read once more; what
 * is absent is dropped when the second reading does not move, and is as small. */
static bool is_believed(const struct reading *r, int64_t known, int64_t *count_before)
{
	bool is_small = r->count * 100 < known * SMALLER_PERCENT && r->count != *count_before;
	*count_before = r->count;
	return !r->has_moved && !is_small;
}

static void tell_again(const struct lane *lane, const char *what, const struct reading *r)
{
	log_event(LOG_INFO, "assets.read_again",
		"location=%" PRId64 " list=%s moved=%d listed=%" PRId64, lane->location_id, what,
		r->has_moved, r->count);
}

static enum err end_assets(struct lane *lane, struct ctx *cx, const struct reading *r, bool is_good)
{
	int64_t dropped = 0;
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e && is_good)
		e = assets_drop_unseen(db, cx, lane->location_id, r->seen_from, &dropped);
	if (!e)
		e = asset_days_keep_today(db, cx, lane->location_id);
	if (!e)
		e = locations_set_assets_version(
			db, cx, lane->location_id, is_good && r->version[0] ? r->version : NULL);
	if (!e && lane->location.assets_wanted_at)
		e = locations_assets_read(
			db, cx, lane->location_id, lane->location.assets_wanted_at);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("assets.read");
	return e;
}

static enum err walk_assets(struct lane *lane, struct ctx *asker, struct reading *r)
{
	int64_t index = 0;
	*r = (struct reading){ .seen_from = clock_now_ms() };
	while (index >= 0 && lane->may_go_on) {
		CTX_AUTO(cx);
		cx.actor = asker->actor;
		struct apple_reply reply = { 0 };
		struct apple_assets_page page = { 0 };
		enum err e = apple_assets_get(lane->session, &cx, index, &reply, &page);
		if (!lane_heard(lane, &cx, e, &reply) && !e)
			return OK;
		if (!e)
			see_page(r, &page.page, page.count);
		r->is_unchanged = r->version[0] &&
		                  text_equal(r->version, lane->location.assets_version_id) &&
		                  !lane->location.assets_wanted_at;
		if (!e && r->is_unchanged)
			return OK;
		if (!e)
			e = put_assets(lane, &cx, &page, r->seen_from);
		if (e)
			return action_pass_error(asker, &cx, e);
		index = page.page.next;
	}
	return OK;
}

static enum err count_known(
	struct lane *lane, struct ctx *cx, bool is_of_assets, int64_t *ret_count)
{
	struct assignment_filter all = { 0 };
	struct asset_filter all_assets = { 0 };
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e && is_of_assets)
		return assets_count(db, cx, lane->location_id, &all_assets, ret_count);
	return e ? e : assignments_count(db, cx, lane->location_id, &all, ret_count);
}

static enum err read_assets(struct lane *lane, struct ctx *cx)
{
	struct reading r;
	int64_t known = 0, count_before = -1;
	bool is_good = false;
	for (int i = 0; i < READINGS_MAX && !is_good; i++) {
		enum err e = walk_assets(lane, cx, &r);
		if (e || !lane->may_go_on || r.is_unchanged)
			return e;
		e = count_known(lane, cx, true, &known);
		if (e)
			return e;
		is_good = is_believed(&r, known, &count_before);
		if (!is_good)
			tell_again(lane, "assets", &r);
	}
	return end_assets(lane, cx, &r, is_good);
}

static enum err put_assignments(struct lane *lane, struct ctx *cx,
	const struct apple_assignments_page *page, int64_t seen_at)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	for (size_t i = 0; !e && i < page->count; i++) {
		struct assignment row = {
			.location_id = lane->location_id,
			.adam_id = page->assignments[i].adam_id,
			.pricing_param = page->assignments[i].pricing_param,
			.client_user_id = page->assignments[i].client_user_id,
			.serial_number = page->assignments[i].serial_number,
			.seen_at = seen_at,
		};
		e = assignments_put(db, cx, &row);
	}
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("licences.page");
	return e;
}

/* Did anything change since the last whole reading? */
static enum err ask_changed(struct lane *lane, struct ctx *cx, bool *ret_changed)
{
	const char *known = lane->location.assignments_version_id;
	struct apple_assignments_query query = { .since_version_id = known };
	struct apple_reply reply = { 0 };
	struct apple_assignments_page page = { 0 };
	*ret_changed = true;
	if (!known)
		return OK;
	enum err e = apple_assignments_get(lane->session, cx, &query, &reply, &page);
	bool may_go_on = lane_heard(lane, cx, e, &reply);
	if (e == ERR_REMOTE && reply.number == APPLE_BAD_VERSION) {
		lane->may_go_on = true;
		return OK;
	}
	if (!e && may_go_on)
		*ret_changed = page.count > 0 || !text_equal(known, page.page.version_id);
	return e;
}

static enum err end_assignments(
	struct lane *lane, struct ctx *cx, const struct reading *r, bool is_good)
{
	int64_t dropped = 0;
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e && is_good)
		e = assignments_drop_unseen(db, cx, lane->location_id, r->seen_from, &dropped);
	if (!e)
		e = locations_set_assignments_version(
			db, cx, lane->location_id, is_good && r->version[0] ? r->version : NULL);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("licences.read");
	return e;
}

static enum err walk_assignments(struct lane *lane, struct ctx *asker, struct reading *r)
{
	int64_t index = 0;
	*r = (struct reading){ .seen_from = clock_now_ms() };
	while (index >= 0 && lane->may_go_on) {
		CTX_AUTO(cx);
		cx.actor = asker->actor;
		struct apple_assignments_query query = { .page_index = index };
		struct apple_reply reply = { 0 };
		struct apple_assignments_page page = { 0 };
		enum err e = apple_assignments_get(lane->session, &cx, &query, &reply, &page);
		if (!lane_heard(lane, &cx, e, &reply) && !e)
			return OK;
		if (!e)
			see_page(r, &page.page, page.count);
		if (!e)
			e = put_assignments(lane, &cx, &page, r->seen_from);
		if (e)
			return action_pass_error(asker, &cx, e);
		index = page.page.next;
	}
	return OK;
}

static enum err read_assignments(struct lane *lane, struct ctx *cx)
{
	struct reading r;
	int64_t known = 0, count_before = -1;
	bool is_good = false;
	for (int i = 0; i < READINGS_MAX && !is_good; i++) {
		enum err e = walk_assignments(lane, cx, &r);
		if (e || !lane->may_go_on)
			return e;
		e = count_known(lane, cx, false, &known);
		if (e)
			return e;
		is_good = is_believed(&r, known, &count_before);
		if (!is_good)
			tell_again(lane, "assignments", &r);
	}
	return end_assignments(lane, cx, &r, is_good);
}

enum err lane_read_assets(struct lane *lane, struct ctx *cx)
{
	bool has_changed = false;
	enum err e = read_assets(lane, cx);
	if (!e && lane->may_go_on)
		e = ask_changed(lane, cx, &has_changed);
	if (!e && has_changed && lane->may_go_on)
		e = read_assignments(lane, cx);
	return e;
}
