/* The record of what is said to Apple and by Apple: gathered beside the calls, written when no
 * transaction is open. A record that cannot be written is lost and stops nothing. */
#include "work/lane_traffic.h"

#include <inttypes.h>

#include "apple/client.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "db/db.h"
#include "domain/app.h"
#include "store/traffic.h"
#include "work/lane.h"

#define GATHERED 64
#define JOBS     8

struct lane_traffic {
	struct ctx cx;      /* of the texts */
	int64_t jobs[JOBS]; /* that what is said now is for */
	size_t job_count;
	size_t count;
	struct traffic rows[GATHERED];
};

static void end(void *traffic)
{
	struct lane_traffic *t = traffic;
	ctx_fini(&t->cx);
}

void lane_traffic_begin(struct ctx *cx, struct lane *lane)
{
	lane->traffic = ARENA_NEW(cx->mem, struct lane_traffic);
	ctx_init(&lane->traffic->cx);
	ctx_at_end(cx, end, lane->traffic);
}

void lane_traffic_of(struct lane *lane, int64_t job_id)
{
	lane->traffic->jobs[0] = job_id;
	lane->traffic->job_count = job_id != 0;
}

void lane_traffic_also(struct lane *lane, int64_t job_id)
{
	struct lane_traffic *t = lane->traffic;
	for (size_t i = 0; i < t->job_count; i++)
		if (t->jobs[i] == job_id)
			return;
	if (job_id && t->job_count < JOBS)
		t->jobs[t->job_count++] = job_id;
}

static void take_for(struct lane_traffic *t, int64_t job_id, const struct apple_exchange *x)
{
	if (t->count == GATHERED)
		return;
	t->rows[t->count++] = (struct traffic){
		.job_id = job_id,
		.at = clock_now_ms(),
		.operation = arena_strdup(t->cx.mem, x->operation),
		.method = arena_strdup(t->cx.mem, x->method),
		.url = arena_strdup(t->cx.mem, x->url),
		.request = arena_strdup(t->cx.mem, x->request),
		.status = x->http_status,
		.response = arena_strdup(t->cx.mem, x->response),
		.failure = arena_strdup(t->cx.mem, x->failure),
		.number = x->number,
		.duration_ms = x->duration_ms,
	};
}

void lane_traffic_take(void *arg, const struct apple_exchange *x)
{
	struct lane *lane = arg;
	for (size_t i = 0; i < lane->traffic->job_count; i++)
		take_for(lane->traffic, lane->traffic->jobs[i], x);
}

static enum err write_rows(struct lane *lane)
{
	struct lane_traffic *t = lane->traffic;
	DB_AUTO(db);
	enum err e = db_write(lane->app->db, &t->cx, &db);
	if (!e)
		e = traffic_add(db, &t->cx, t->rows, t->count);
	e = e ? e : db_commit(&db, &t->cx);
	KILL_POINT("traffic.written");
	return e;
}

void lane_traffic_write(struct lane *lane, size_t at_least)
{
	struct lane_traffic *t = lane->traffic;
	if (!t->count || t->count < at_least)
		return;
	if (write_rows(lane))
		log_event(LOG_INFO, "lane.traffic_lost", "location=%" PRId64 " calls=%zu why=%s",
			lane->location_id, t->count, log_quote(t->cx.mem, t->cx.error.sentence));
	t->count = 0;
	ctx_reset(&t->cx);
}
