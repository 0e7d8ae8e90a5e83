/* Apple's user records, read for the lane: each page is observed in one transaction. */
#include <stdio.h>
#include <string.h>

#include "apple/service_config.h"
#include "apple/users.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/events.h"
#include "domain/observe.h"
#include "store/vpp_users.h"
#include "work/lane.h"

struct progress {
	char version[100]; /* of the first page */
	int64_t read_at;
	bool is_over;
};

static enum err observe_page(struct lane *lane, struct ctx *cx, const struct apple_user *users,
	size_t count, int64_t read_at)
{
	DB_AUTO(db);
	bool any_moved = false;
	enum err e = count ? db_write(lane->app->db, cx, &db) : OK;
	for (size_t i = 0; !e && i < count; i++) {
		struct observed seen = {
			.client_user_id = users[i].client_user_id,
			.status = users[i].status_text,
			.email = users[i].email,
			.id_hash = users[i].id_hash,
			.invite_code = users[i].invite_code,
		};
		struct vpp_user u;
		bool moved = false;
		e = observe(lane->app, db, cx, lane->location_id, &seen, read_at, &u, &moved);
		any_moved = any_moved || moved;
	}
	if (!e && db)
		e = db_commit(&db, cx);
	KILL_POINT("read.observed");
	if (!e && any_moved)
		events_post(lane->app, "people-changed", lane->location_id, "{}");
	return e;
}

/* One page; has its own ctx, since the list may be long. */
static enum err read_page(struct lane *lane, struct ctx *asker, struct apple_users_walk *walk,
	struct lane_list *list, struct progress *w)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct apple_reply reply = { 0 };
	struct apple_users_page page = { 0 };
	enum err e = apple_users_walk_next(walk, &cx, &reply, &page);
	if (e && reply.number == APPLE_BAD_PAGE && w->version[0]) {
		list->has_moved = true; /* it became shorter meanwhile */
		w->is_over = true;
		return OK;
	}
	if (!lane_heard(lane, &cx, e, &reply) && !e)
		return OK;
	const char *version = page.page.version_id;
	if (!e && !w->version[0] && version)
		snprintf(w->version, sizeof(w->version), "%s", version);
	else if (!e && version && strcmp(version, w->version) != 0)
		list->has_moved = true;
	if (!e)
		e = observe_page(lane, &cx, page.users, page.count, w->read_at);
	w->is_over = page.page.next < 0;
	return e ? action_pass_error(asker, &cx, e) : OK;
}

static enum err walk_list(
	struct lane *lane, struct ctx *cx, struct lane_list *list, struct progress *w)
{
	struct apple_users_query query = {
		.since_version_id = list->since[0] ? list->since : NULL,
		.active_only = list->active_only,
	};
	struct apple_users_walk *walk = apple_users_walk_open(lane->session, &query);
	enum err e = OK;
	while (!e && lane->may_go_on && !w->is_over)
		e = read_page(lane, cx, walk, list, w);
	apple_users_walk_close(walk);
	return e;
}

enum err lane_read_list(struct lane *lane, struct ctx *cx, struct lane_list *list)
{
	struct progress w = { .read_at = clock_now_ms() };
	enum err e = walk_list(lane, cx, list, &w);
	if (e || !w.is_over || !w.version[0])
		return e;
	const char *since = list->since;
	bool has_no_gap =
		!list->active_only && (!since[0] || text_equal(since, lane->observed_version) ||
					      text_equal(since, lane->location.users_version_id));
	bool goes_on = !since[0] || list->is_older || text_equal(since, lane->users_version) ||
	               text_equal(since, lane->observed_version);
	if (list->active_only || !goes_on)
		lane->covered_from = 0;
	snprintf(lane->users_version, sizeof(lane->users_version), "%s", w.version);
	if (has_no_gap)
		snprintf(lane->observed_version, sizeof(lane->observed_version), "%s", w.version);
	return OK;
}

enum err lane_read_ids(
	struct lane *lane, struct ctx *cx, const char *const *client_user_ids, size_t count)
{
	int64_t read_at = clock_now_ms();
	for (size_t i = 0; i < count && lane->may_go_on; i++) {
		struct apple_users_query query = { .client_user_id = client_user_ids[i] };
		struct apple_reply reply = { 0 };
		struct apple_users_page page = { 0 };
		enum err e = apple_users_get(lane->session, cx, &query, &reply, &page);
		if (!lane_heard(lane, cx, e, &reply) && !e)
			return OK;
		if (!e)
			e = observe_page(lane, cx, page.users, page.count, read_at);
		if (e)
			return e;
	}
	return OK;
}
