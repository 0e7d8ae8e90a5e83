/* Numbers day by day, for charts. */
#include "domain/statistics.h"

#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"

#define DAY_MS (24 * 60 * 60 * 1000LL)

static void day_to_json(struct json_writer *w, struct ctx *cx, const struct statistics_day *d)
{
	jw_object(w, NULL);
	jw_str(w, "day", arena_strndup(cx->mem, clock_rfc3339(cx->mem, d->day * DAY_MS), 10));
	jw_i64(w, "requested", d->requested);
	jw_i64(w, "registered", d->registered);
	jw_i64(w, "invited", d->invited);
	jw_i64(w, "associated", d->associated);
	jw_i64(w, "retired", d->retired);
	jw_i64(w, "licences_total", d->licences_total);
	jw_i64(w, "licences_assigned", d->licences_assigned);
	jw_end_object(w);
}

enum err http_statistics_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "days", "location", NULL };
	struct statistics_day *days;
	int64_t wanted, location_id;
	size_t count;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_i64(cx, rq, "days", 1, STATISTICS_DAYS_MAX, 30, &wanted);
	if (!e)
		e = http_query_i64(cx, rq, "location", 1, INT64_MAX, 0, &location_id);
	if (!e)
		e = statistics_last(app, cx, wanted, location_id, &days, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_array(&w, "days");
	for (size_t i = 0; i < count; i++)
		day_to_json(&w, cx, &days[i]);
	jw_end_array(&w);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}
