/* What the location owns and who holds it: needed to say what a delete frees. Apple's list of
 * changes does not show what was taken away, so it only tells whether to read everything. */
#include <string.h>

#include "apple/assets.h"
#include "apple/assignments.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/asset_days.h"
#include "store/assets.h"
#include "work/lane.h"

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

static enum err end_assets(
	struct lane *lane, struct ctx *cx, int64_t seen_from, const char *version)
{
	int64_t dropped = 0;
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = assets_drop_unseen(db, cx, lane->location_id, seen_from, &dropped);
	if (!e)
		e = asset_days_keep_today(db, cx, lane->location_id);
	if (!e)
		e = locations_set_assets_version(db, cx, lane->location_id, version);
	if (!e && lane->location.assets_wanted_at)
		e = locations_assets_read(
			db, cx, lane->location_id, lane->location.assets_wanted_at);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("assets.read");
	return e;
}

static enum err read_assets(struct lane *lane, struct ctx *asker)
{
	int64_t seen_from = clock_now_ms(), index = 0;
	char version[100] = "";
	while (index >= 0) {
		CTX_AUTO(cx);
		cx.actor = asker->actor;
		struct apple_reply reply = { 0 };
		struct apple_assets_page page = { 0 };
		enum err e = apple_assets_get(lane->session, &cx, index, &reply, &page);
		if (!lane_heard(lane, &cx, e, &reply) && !e)
			return OK;
		if (!e && !version[0] && page.page.version_id &&
			strlen(page.page.version_id) < sizeof(version))
			memcpy(version, page.page.version_id, strlen(page.page.version_id) + 1);
		bool is_same = version[0] &&
		               text_equal(version, lane->location.assets_version_id) &&
		               !lane->location.assets_wanted_at;
		if (!e && is_same)
			return OK;
		if (!e)
			e = put_assets(lane, &cx, &page, seen_from);
		if (e)
			return action_pass_error(asker, &cx, e);
		index = page.page.next;
	}
	return end_assets(lane, asker, seen_from, version[0] ? version : NULL);
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

static enum err end_assignments(struct lane *lane, struct ctx *cx, int64_t seen_from,
	const char *version, bool is_consistent)
{
	int64_t dropped = 0;
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e && is_consistent)
		e = assignments_drop_unseen(db, cx, lane->location_id, seen_from, &dropped);
	if (!e)
		e = locations_set_assignments_version(
			db, cx, lane->location_id, is_consistent ? version : NULL);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("licences.read");
	return e;
}

static enum err read_assignments(struct lane *lane, struct ctx *asker)
{
	int64_t seen_from = clock_now_ms(), index = 0;
	char version[100] = "";
	bool is_consistent = true;
	while (index >= 0) {
		CTX_AUTO(cx);
		cx.actor = asker->actor;
		struct apple_assignments_query query = { .page_index = index };
		struct apple_reply reply = { 0 };
		struct apple_assignments_page page = { 0 };
		enum err e = apple_assignments_get(lane->session, &cx, &query, &reply, &page);
		if (!lane_heard(lane, &cx, e, &reply) && !e)
			return OK;
		if (!e && index == 0 && page.page.version_id &&
			strlen(page.page.version_id) < sizeof(version))
			memcpy(version, page.page.version_id, strlen(page.page.version_id) + 1);
		is_consistent = is_consistent && text_equal(version, page.page.version_id);
		if (!e)
			e = put_assignments(lane, &cx, &page, seen_from);
		if (e)
			return action_pass_error(asker, &cx, e);
		index = page.page.next;
	}
	return end_assignments(lane, asker, seen_from, version[0] ? version : NULL, is_consistent);
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
