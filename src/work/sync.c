/* Reading Apple for a sync. The users are staged page by page, so that memory does not grow with
 * their number; the plan is then made of the stage (domain/sync_plan). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "apple/users.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/jobs.h"
#include "domain/location_guard.h"
#include "domain/sync_plan.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/user_stage.h"
#include "store/vpp_users.h"
#include "work/lane.h"

#define WALKS_MAX         3  /* when the list moves under the reading */
#define SMALLER_PERCENT   80 /* a list below this part of what is known is read a second time */
#define CHOSEN_ONE_BY_ONE LANE_FEW

struct walk {
	struct lane *lane;
	const struct job *job;
	const char *since; /* "": the whole list */
	char version[100]; /* of the first page */
	bool has_moved;
	int64_t total_pages;
};

static enum err stage(struct walk *w, struct ctx *cx, const struct apple_users_page *page)
{
	struct lane *lane = w->lane;
	const char *version = page->page.version_id;
	if (!w->version[0] && version)
		snprintf(w->version, sizeof(w->version), "%s", version);
	else if (version && strcmp(w->version, version) != 0)
		w->has_moved = true;
	if (page->page.total_pages > w->total_pages)
		w->total_pages = page->page.total_pages;
	if (!page->count)
		return OK;
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	for (size_t i = 0; !e && i < page->count; i++) {
		const struct apple_user *u = &page->users[i];
		struct staged_user staged = {
			.client_user_id = u->client_user_id,
			.status = u->status_text ? u->status_text : "",
			.email = u->email,
			.id_hash = u->id_hash,
			.invite_code_box = u->invite_code ? secret_seal(cx->mem, lane->app->key,
								    VPP_INVITE_CODE, u->invite_code)
			                                  : NULL,
		};
		e = user_stage_put(db, cx, w->job->id, &staged);
	}
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("sync.staged");
	return e;
}

/* Up to five pages at once; *next becomes -1 at the end of the list. */
static enum err fetch(struct walk *w, struct ctx *asker, int64_t *next)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct apple_reply replies[APPLE_MAX_PAGES_IN_FLIGHT] = { 0 };
	struct apple_users_page pages[APPLE_MAX_PAGES_IN_FLIGHT] = { 0 };
	int64_t known = w->total_pages - *next;
	size_t count = known > APPLE_MAX_PAGES_IN_FLIGHT ? APPLE_MAX_PAGES_IN_FLIGHT
	               : known > 0                       ? (size_t)known
	                                                 : 1;
	struct apple_users_query query = {
		.since_version_id = w->since[0] ? w->since : NULL,
		.page_index = *next,
	};
	enum err e = apple_users_get_many(w->lane->session, &cx, &query, count, replies, pages);
	int64_t following = *next;
	for (size_t i = 0; i < count && following >= 0; i++) {
		bool is_past_end = replies[i].number == APPLE_BAD_PAGE && *next + (int64_t)i > 0;
		enum err heard = is_past_end || replies[i].class == APPLE_FINE ? OK : e;
		lane_heard(w->lane, &cx, heard, &replies[i]);
		if (is_past_end) {
			w->has_moved = true; /* the list became shorter while it was read */
			following = -1;
			e = OK;
		} else if (replies[i].sent == HTTP_ANSWERED && replies[i].class == APPLE_FINE) {
			enum err staged = stage(w, &cx, &pages[i]);
			if (staged)
				return action_pass_error(asker, &cx, staged);
			following = pages[i].page.next;
		} else {
			break;
		}
	}
	*next = following;
	return e ? action_pass_error(asker, &cx, e) : OK;
}

static enum err clear_stage(struct lane *lane, struct ctx *cx, const struct job *job)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = user_stage_clear(db, cx, job->id);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("sync.cleared");
	return e;
}

static enum err walk_once(struct walk *w, struct ctx *cx)
{
	int64_t next = 0;
	w->version[0] = '\0';
	w->has_moved = false;
	w->total_pages = 0;
	enum err e = clear_stage(w->lane, cx, w->job);
	while (!e && next >= 0 && w->lane->may_go_on)
		e = fetch(w, cx, &next);
	return e;
}

static enum err count_both(struct walk *w, struct ctx *cx, int64_t *ret_known, int64_t *ret_listed)
{
	int64_t states[VPP_STATE_COUNT];
	DB_AUTO(db);
	enum err e = db_read(w->lane->app->db, cx, &db);
	if (!e)
		e = vpp_users_count_states(db, cx, w->lane->location_id, states);
	if (!e)
		e = user_stage_count(db, cx, w->job->id, ret_listed);
	if (!e)
		*ret_known = states[VPP_REGISTERED] + states[VPP_INVITED] + states[VPP_ASSOCIATED];
	return e;
}

/* The whole list. A version that moves means a new walk, at most three; a list that is much smaller
 * than what is known is believed when a second one says the same. */
static enum err walk_whole(struct walk *w, struct ctx *cx, bool *ret_is_consistent)
{
	int64_t before = -1;
	w->since = "";
	for (int walks = 0; walks < WALKS_MAX; walks++) {
		int64_t known = 0, listed = 0;
		enum err e = walk_once(w, cx);
		if (e || !w->lane->may_go_on)
			return e;
		e = count_both(w, cx, &known, &listed);
		if (e)
			return e;
		bool is_small = listed * 100 < known * SMALLER_PERCENT && listed != before;
		before = listed;
		*ret_is_consistent = !w->has_moved && !is_small;
		if (*ret_is_consistent)
			return OK;
		log_event(LOG_INFO, "sync.walk_again",
			"location=%" PRId64 " moved=%d known=%" PRId64 " listed=%" PRId64,
			w->lane->location_id, w->has_moved, known, listed);
	}
	return OK;
}

static enum err walk_changes(struct walk *w, struct ctx *cx, struct sync_reading *reading)
{
	reading->is_delta = true;
	enum err e = walk_once(w, cx);
	if (e != ERR_REMOTE || w->lane->last_number != APPLE_BAD_VERSION)
		return e;
	w->lane->may_go_on = true; /* Apple forgot that version: read everything */
	reading->is_delta = false;
	return walk_whole(w, cx, &reading->is_consistent);
}

/* A few chosen people are asked for one by one; absence is then certain. */
static enum err read_chosen(
	struct walk *w, struct ctx *cx, struct sync_reading *reading, bool *ret_was_few)
{
	struct item items[CHOSEN_ONE_BY_ONE + 1];
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(w->lane->app->db, cx, &db);
	if (!e)
		e = items_sendable(db, cx, w->job->id, "look", INT64_MAX, CHOSEN_ONE_BY_ONE + 1,
			items, &count);
	*ret_was_few = count <= CHOSEN_ONE_BY_ONE;
	struct vpp_user users[CHOSEN_ONE_BY_ONE];
	for (size_t i = 0; !e && *ret_was_few && i < count; i++)
		e = vpp_users_find(db, cx, items[i].vpp_user_id, &users[i]);
	db_release(&db);
	for (size_t i = 0; !e && *ret_was_few && i < count && w->lane->may_go_on; i++) {
		struct apple_users_query query = { .client_user_id = users[i].client_user_id };
		struct apple_reply reply = { 0 };
		struct apple_users_page page = { 0 };
		e = apple_users_get(w->lane->session, cx, &query, &reply, &page);
		lane_heard(w->lane, cx, e, &reply);
		w->version[0] = '\0';
		if (!e && w->lane->may_go_on)
			e = stage(w, cx, &page);
	}
	reading->is_consistent = true;
	return e;
}

static enum err set_step(struct lane *lane, struct ctx *cx, const struct job *job, const char *step)
{
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e)
		e = jobs_set_step(db, cx, job->id, step);
	/* A plan that was half written when the process ended is written anew. */
	if (!e && job->whole_location)
		e = items_drop_plan(db, cx, job->id);
	if (!e && job->whole_location && job->total)
		e = jobs_grow(db, cx, job->id, -job->total);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("sync.begun");
	if (!e)
		jobs_publish(lane->app, cx, job->id);
	return e;
}

static enum err read_phase(
	struct lane *lane, struct ctx *cx, const struct job *job, bool *ret_waits)
{
	bool was_few = false;
	const char *known = lane->location.users_version_id;
	struct walk w = {
		.lane = lane, .job = job, .since = known && lane->location.last_sync_at ? known : ""
	};
	struct sync_reading reading = { .job_id = job->id, .location_id = lane->location_id };
	*ret_waits = true;
	enum err e = set_step(lane, cx, job, "Reading users from Apple");
	if (!e && !job->whole_location)
		e = read_chosen(&w, cx, &reading, &was_few);
	if (!e && !was_few && lane->may_go_on)
		e = w.since[0] ? walk_changes(&w, cx, &reading)
		               : walk_whole(&w, cx, &reading.is_consistent);
	if (!e && job->whole_location && lane->may_go_on)
		e = lane_read_assets(lane, cx);
	if (e || !lane->may_go_on)
		return e;
	e = job->whole_location ? sync_plan_whole(lane->app, cx, &reading)
	                        : sync_plan_chosen(lane->app, cx, &reading);
	KILL_POINT("sync.planned");
	if (!e && job->whole_location && w.version[0]) {
		lane->sync_job_id = job->id;
		snprintf(lane->sync_version, sizeof(lane->sync_version), "%s", w.version);
	}
	return e ? e : sync_plan_close(lane->app, cx, job->id, ret_waits);
}

/* The version is kept only when everything up to it was applied. */
static enum err keep_version(struct lane *lane, struct ctx *cx, const struct job *job)
{
	if (!job->whole_location)
		return OK;
	bool is_same = job->is_part || lane->sync_job_id != job->id ||
	               text_equal(lane->sync_version, lane->location.users_version_id);
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, cx, &db);
	if (!e && !is_same)
		e = locations_set_users_version(db, cx, lane->location_id, lane->sync_version);
	if (!e)
		e = locations_set_synced(db, cx, lane->location_id, clock_now_ms());
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("sync.versioned");
	return e;
}

enum err lane_sync(struct lane *lane, struct ctx *cx, struct job *job, bool *ret_worked)
{
	bool waits = false;
	*ret_worked = true;
	if (text_equal(job->phase, "read")) {
		enum err e = read_phase(lane, cx, job, &waits);
		if (e || waits)
			return e;
		job->phase = "apply";
	}
	if (!lane->may_write && !location_is_observed(&lane->location)) {
		job->phase = "read"; /* nothing of it is sent in this round */
		*ret_worked = false;
		return OK;
	}
	enum err e = sync_apply(lane->app, cx, job->id);
	KILL_POINT("sync.applied");
	if (!e)
		e = keep_version(lane, cx, job);
	job->phase = NULL;
	return e;
}
