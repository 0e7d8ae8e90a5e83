#include "work/sync_walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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
#include "domain/sync_plan.h"
#include "store/calls.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/user_list.h"
#include "store/vpp_users.h"
#include "work/lane.h"

#define WHOLE_EVERY_MS  (24 * 60 * 60 * 1000LL)
#define WALKS_MAX       3    /* of the whole list, when it cannot be believed */
#define FOLLOWS_MAX     3    /* lists of changes after a walk in which the version moved */
#define ABSENT_MAX      50   /* so many are asked for one by one, more are a reason to walk again */
#define SMALLER_PERCENT 80   /* a list below this part of what is known is read a second time */
#define IDLE_MS         20   /* at least, for work beside the reading */
#define SLICE_MS        2000 /* after this long it is looked whether the lane is wanted elsewhere */

struct sync_walk {
	struct lane *lane;
	int64_t job_id;
	struct user_list *list;
	bool is_whole;     /* of the location, not of chosen people */
	bool is_delta;     /* only changes since the last sync */
	char since[100];   /* of the list that is read now; "": the whole list */
	char version[100]; /* of its first page */
	int64_t next;      /* its next page; -1: it was read to the end */
	bool has_moved;    /* its version did */
	bool any_moved;    /* in this walk of the whole list */
	int walks, follows;
	int64_t listed_before;
	bool is_read, is_consistent;
};

const char *sync_walk_version(const struct sync_walk *w)
{
	return w->version;
}

void sync_walk_end(struct lane *lane)
{
	if (!lane->walk)
		return;
	user_list_close(lane->walk->list);
	free(lane->walk);
	lane->walk = NULL;
}

static void begin_list(struct sync_walk *w, const char *since)
{
	char kept[sizeof(w->since)];
	snprintf(kept, sizeof(kept), "%s", since);
	memcpy(w->since, kept, sizeof(w->since));
	w->version[0] = '\0';
	w->next = 0;
	w->has_moved = false;
}

static enum err begin_walk(struct sync_walk *w, struct ctx *cx)
{
	user_list_close(w->list);
	w->list = NULL;
	w->any_moved = false;
	w->follows = 0;
	w->walks++;
	begin_list(w, "");
	return user_list_open(cx, w->lane->app->settings.data_folder, &w->list);
}

static enum err is_job_open(struct lane *lane, struct ctx *cx, int64_t job_id, bool *ret_is_open)
{
	struct job job;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, job_id, &job);
	*ret_is_open = !e && (text_equal(job.state, "running") || text_equal(job.state, "waiting"));
	return e;
}

/* A list of changes proves nobody's absence, and is believed to be complete. So once a day a sync of the
 * location reads the whole list. */
static bool is_whole_due(const struct location *l)
{
	int64_t since = clock_now_ms() - l->last_whole_at;
	return since < 0 || since >= WHOLE_EVERY_MS;
}

enum err sync_walk_of(
	struct lane *lane, struct ctx *cx, const struct job *job, struct sync_walk **ret_walk)
{
	bool is_open = false;
	*ret_walk = NULL;
	if (lane->walk && lane->walk->job_id != job->id) {
		enum err e = is_job_open(lane, cx, lane->walk->job_id, &is_open);
		if (e || is_open)
			return e;
		sync_walk_end(lane);
	}
	*ret_walk = lane->walk;
	if (lane->walk)
		return OK;
	struct sync_walk *w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	const char *known = lane->location.users_version_id;
	bool is_due = job->whole_location && is_whole_due(&lane->location);
	*w = (struct sync_walk){ .lane = lane,
		.job_id = job->id,
		.is_whole = job->whole_location,
		.listed_before = -1,
		.is_delta = known && lane->location.last_sync_at && !is_due };
	lane->walk = w;
	enum err e = begin_walk(w, cx);
	if (e) {
		sync_walk_end(lane);
		return e;
	}
	begin_list(w, w->is_delta ? known : "");
	*ret_walk = w;
	return OK;
}

/* --- pages ------------------------------------------------------------------------------------ */

static enum err put_users(struct sync_walk *w, struct ctx *cx, const struct apple_users_page *page)
{
	enum err e = OK;
	for (size_t i = 0; !e && i < page->count; i++) {
		const struct apple_user *u = &page->users[i];
		struct staged_user staged = {
			.client_user_id = u->client_user_id,
			.status = u->status_text,
			.email = u->email,
			.id_hash = u->id_hash,
			.invite_code_box = u->invite_code ? secret_seal(cx->mem, w->lane->app->key,
								    VPP_INVITE_CODE, u->invite_code)
			                                  : NULL,
		};
		e = user_list_put(w->list, cx, &staged);
	}
	KILL_POINT("sync.staged");
	return e;
}

static void see_version(struct sync_walk *w, const char *version)
{
	if (!version)
		return;
	if (!w->version[0])
		snprintf(w->version, sizeof(w->version), "%s", version);
	else if (strcmp(w->version, version) != 0)
		w->has_moved = true;
}

static enum err read_page(
	struct sync_walk *w, struct apple_users_walk *pages, struct ctx *asker, int64_t *total)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct apple_reply reply = { 0 };
	struct apple_users_page page = { 0 };
	enum err e = apple_users_walk_next(pages, &cx, &reply, &page);
	bool is_past_end = e && reply.number == APPLE_BAD_PAGE && w->next > 0;
	lane_heard(w->lane, &cx, is_past_end ? OK : e, &reply);
	if (is_past_end) {
		w->has_moved = true; /* the list became shorter while it was read */
		w->next = -1;
		return OK;
	}
	if (!e)
		e = put_users(w, &cx, &page);
	if (e)
		return action_pass_error(asker, &cx, e);
	see_version(w, page.page.version_id);
	w->has_moved = w->has_moved || page.page.is_odd;
	w->next = page.page.next;
	*total = page.page.total_pages;
	return OK;
}

/* Is there something for the lane to do meanwhile, or nothing at all any more? Says how far it is. */
static enum err look_up(struct sync_walk *w, struct ctx *asker, int64_t total, bool *ret_is_wanted)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct lane *lane = w->lane;
	struct job jobs[2];
	size_t open = 0;
	int64_t now = clock_now_ms(), call_at = 0, look_at = 0;
	DB_AUTO(db);
	enum err e = db_read(lane->app->db, &cx, &db);
	if (!e)
		e = jobs_open(db, &cx, lane->location_id, 2, jobs, &open);
	if (!e)
		e = calls_next_look(db, &cx, lane->location_id, &call_at);
	if (!e)
		e = vpp_users_next_look(db, &cx, lane->location_id, &look_at);
	db_release(&db);
	*ret_is_wanted = open != 1 || jobs[0].id != w->job_id || (call_at && call_at <= now) ||
	                 (look_at && look_at <= now);
	if (!e)
		e = db_write(lane->app->db, &cx, &db);
	if (!e)
		e = jobs_set_step(db, &cx, w->job_id,
			arena_printf(cx.mem,
				"Reading users from Apple: page %" PRId64 " of %" PRId64, w->next,
				total));
	if (!e)
		e = db_commit(&db, &cx);
	if (e)
		return action_pass_error(asker, &cx, e);
	jobs_publish(lane->app, &cx, w->job_id);
	return OK;
}

/* Apple's pace leaves time: what can be known of the list before its end is done in it. */
static enum err use_time(struct sync_walk *w, struct apple_users_walk *pages, struct ctx *cx)
{
	bool did = w->is_whole && !w->is_delta && !w->follows;
	struct sync_reading reading = {
		.job_id = w->job_id, .location_id = w->lane->location_id, .list = w->list
	};
	enum err e = OK;
	while (!e && did && apple_users_walk_idle_ms(pages) >= IDLE_MS)
		e = sync_take_early(w->lane->app, cx, &reading, &did);
	return e;
}

/* To the end of the list, or until the lane is wanted elsewhere. */
static enum err read_list(struct sync_walk *w, struct ctx *cx)
{
	struct apple_users_query query = {
		.since_version_id = w->since[0] ? w->since : NULL,
		.page_index = w->next,
	};
	struct apple_users_walk *pages = apple_users_walk_open(w->lane->session, &query);
	int64_t until = clock_mono_ms() + SLICE_MS, total = 0;
	bool is_wanted = false;
	enum err e = OK;
	while (!e && w->next >= 0 && !is_wanted && w->lane->may_go_on) {
		e = read_page(w, pages, cx, &total);
		if (!e && w->next >= 0)
			e = use_time(w, pages, cx);
		if (e || w->next < 0 || clock_mono_ms() < until)
			continue;
		e = look_up(w, cx, total, &is_wanted);
		until = clock_mono_ms() + SLICE_MS;
	}
	apple_users_walk_close(pages);
	return e;
}

static enum err read_one(struct sync_walk *w, struct ctx *asker, const char *client_user_id)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct apple_users_query query = { .client_user_id = client_user_id };
	struct apple_reply reply = { 0 };
	struct apple_users_page page = { 0 };
	enum err e = apple_users_get(w->lane->session, &cx, &query, &reply, &page);
	lane_heard(w->lane, &cx, e, &reply);
	if (!e)
		e = put_users(w, &cx, &page);
	return e ? action_pass_error(asker, &cx, e) : OK;
}

/* --- may it be believed? ------------------------------------------------------------------------ */

/* A list that is much smaller than what is known is believed when a second one says the same. */
static enum err is_too_small(struct sync_walk *w, struct ctx *cx, bool *ret_is_small)
{
	int64_t states[VPP_STATE_COUNT], listed = user_list_active(w->list);
	DB_AUTO(db);
	enum err e = db_read(w->lane->app->db, cx, &db);
	if (!e)
		e = vpp_users_count_states(db, cx, w->lane->location_id, states);
	if (e)
		return e;
	int64_t known = states[VPP_REGISTERED] + states[VPP_INVITED] + states[VPP_ASSOCIATED];
	*ret_is_small = listed * 100 < known * SMALLER_PERCENT && listed != w->listed_before;
	w->listed_before = listed;
	return OK;
}

/* While pages are read a record can slip from one that is to come to one that was. So after a moved
 * walk who is absent is asked for; *ret_is_certain false: they are too many for that. */
static enum err ask_absent(struct sync_walk *w, struct ctx *cx, bool *ret_is_certain)
{
	const char *ids[ABSENT_MAX + 1];
	size_t count = 0;
	struct sync_reading reading = {
		.job_id = w->job_id, .location_id = w->lane->location_id, .list = w->list
	};
	enum err e = sync_absent(w->lane->app, cx, &reading, ABSENT_MAX + 1, ids, &count);
	*ret_is_certain = count <= ABSENT_MAX;
	if (count && *ret_is_certain)
		user_list_next_reading(w->list);
	for (size_t i = 0; !e && *ret_is_certain && i < count && w->lane->may_go_on; i++)
		e = read_one(w, cx, ids[i]);
	return e;
}

static enum err judge(struct sync_walk *w, struct ctx *cx, bool *ret_is_good)
{
	bool is_small = false, is_certain = true;
	enum err e = is_too_small(w, cx, &is_small);
	if (!e && !is_small && w->any_moved)
		e = ask_absent(w, cx, &is_certain);
	*ret_is_good = !is_small && is_certain;
	if (!e && !*ret_is_good)
		log_event(LOG_INFO, "sync.walk_again",
			"location=%" PRId64 " walk=%d moved=%d small=%d listed=%" PRId64,
			w->lane->location_id, w->walks, w->any_moved, is_small, w->listed_before);
	return e;
}

/* The list was read to its end: what is to be read next, if anything. */
static enum err after_list(struct sync_walk *w, struct ctx *cx)
{
	w->is_read = w->is_delta;
	if (w->is_delta)
		return OK;
	w->any_moved = w->any_moved || w->has_moved;
	if (w->has_moved && w->version[0] && w->follows++ < FOLLOWS_MAX) {
		user_list_next_reading(w->list);
		begin_list(w, w->version);
		return OK;
	}
	enum err e = judge(w, cx, &w->is_consistent);
	if (e || !w->lane->may_go_on)
		return e;
	w->is_read = w->is_consistent || w->walks == WALKS_MAX;
	return w->is_read ? OK : begin_walk(w, cx);
}

/* Apple forgot the version: the whole list is read. */
static enum err read_whole_instead(struct sync_walk *w, struct ctx *cx)
{
	w->lane->may_go_on = true;
	w->walks -= w->is_delta;
	w->is_delta = false;
	if (w->walks == WALKS_MAX) {
		w->is_read = true;
		return OK;
	}
	return begin_walk(w, cx);
}

/* A few chosen people are asked for one by one; absence is then certain. */
static enum err read_chosen(struct sync_walk *w, struct ctx *cx, const struct job *job)
{
	struct item items[LANE_FEW + 1];
	struct vpp_user users[LANE_FEW];
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(w->lane->app->db, cx, &db);
	if (!e)
		e = items_sendable(db, cx, job->id, "look", INT64_MAX, LANE_FEW + 1, items, &count);
	if (e || count > LANE_FEW)
		return e;
	for (size_t i = 0; !e && i < count; i++)
		e = vpp_users_find(db, cx, items[i].vpp_user_id, &users[i]);
	db_release(&db);
	w->is_delta = false;
	for (size_t i = 0; !e && i < count && w->lane->may_go_on; i++)
		e = read_one(w, cx, users[i].client_user_id);
	w->is_read = w->is_consistent = !e && w->lane->may_go_on;
	return e;
}

enum err sync_walk_go_on(struct sync_walk *w, struct ctx *cx, const struct job *job,
	struct sync_reading *ret_reading, bool *ret_is_over)
{
	struct lane *lane = w->lane;
	bool is_begun = w->next > 0 || w->walks > 1 || w->follows;
	enum err e = job->whole_location || is_begun || w->is_read ? OK : read_chosen(w, cx, job);
	bool is_few = !e && w->is_read;
	while (!e && !w->is_read && !is_few && lane->may_go_on) {
		if (w->next >= 0)
			e = read_list(w, cx);
		if (e == ERR_REMOTE && w->since[0] && lane->last_number == APPLE_BAD_VERSION)
			e = read_whole_instead(w, cx);
		else if (!e && w->next < 0)
			e = after_list(w, cx);
		else
			break;
	}
	*ret_is_over = !e && w->is_read;
	*ret_reading = (struct sync_reading){
		.job_id = job->id,
		.location_id = lane->location_id,
		.is_delta = w->is_delta,
		.is_consistent = w->is_consistent,
		.list = w->list,
	};
	return e;
}
