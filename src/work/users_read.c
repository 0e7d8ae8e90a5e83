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

enum err lane_read_since(struct lane *lane, struct ctx *cx, const char *since)
{
	int64_t read_at = clock_now_ms(), index = 0;
	char version[sizeof(lane->users_version)] = "";
	while (index >= 0) {
		CTX_AUTO(page_cx);
		page_cx.actor = cx->actor;
		struct apple_users_query query = {
			.since_version_id = since[0] ? since : NULL,
			.page_index = index,
		};
		struct apple_reply reply = { 0 };
		struct apple_users_page page = { 0 };
		enum err e = apple_users_get(lane->session, &page_cx, &query, &reply, &page);
		if (!lane_heard(lane, &page_cx, e, &reply) && !e)
			return OK;
		if (!e)
			e = observe_page(lane, &page_cx, page.users, page.count, read_at);
		if (e)
			return action_pass_error(cx, &page_cx, e);
		if (index == 0 && page.page.version_id)
			snprintf(version, sizeof(version), "%s", page.page.version_id);
		index = page.page.next;
	}
	if (!version[0])
		return OK;
	snprintf(lane->users_version, sizeof(lane->users_version), "%s", version);
	bool has_no_gap = !since[0] || text_equal(since, lane->observed_version) ||
	                  text_equal(since, lane->location.users_version_id);
	if (has_no_gap)
		snprintf(lane->observed_version, sizeof(lane->observed_version), "%s", version);
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
