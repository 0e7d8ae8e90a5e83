/* Devices, by serial number. */
#include <ctype.h>

#include "base/ctx.h"
#include "db/db.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/devices.h"

static const char *const platforms[] = { "iOS", "iPadOS", "macOS", "tvOS", "watchOS", "visionOS",
	"other", NULL };
static const char *const states[] = { "activated", "pending", "left", NULL };

static void device_to_json(struct json_writer *w, const struct device *d)
{
	jw_object(w, NULL);
	jw_i64(w, "id", d->id);
	jw_str(w, "serial_number", d->serial_number);
	jw_str(w, "udid", d->udid);
	jw_str(w, "name", d->name);
	jw_str(w, "model", d->model);
	jw_str(w, "platform", d->platform);
	jw_str(w, "os_version", d->os_version);
	jw_str(w, "enrolment_type", d->enrolment_type);
	jw_str(w, "state", d->state);
	if (d->person_id) {
		jw_object(w, "person");
		jw_i64(w, "id", d->person_id);
		jw_str(w, "display_name", d->person_name);
		jw_end_object(w);
	} else {
		jw_null(w, "person");
	}
	jw_end_object(w);
}

static enum err read_filter(
	struct ctx *cx, const struct http_request *rq, struct devices_filter *filter)
{
	const char *q;
	enum err e = http_query_text(cx, rq, "q", 200, &q);
	if (!e)
		e = http_query_word(cx, rq, "platform", platforms, &filter->platform);
	if (!e)
		e = http_query_word(cx, rq, "state", states, &filter->state);
	if (!e)
		e = http_query_i64(cx, rq, "person", 1, INT64_MAX, 0, &filter->person_id);
	if (e || !q)
		return e;
	char *upper = arena_strdup(cx->mem, q);
	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	filter->q = upper;
	return OK;
}

enum err http_devices_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "q", "person", "platform", "state", "limit", "after",
		"count", NULL };
	struct devices_filter filter = { 0 };
	struct http_page page;
	struct device *devices;
	size_t count;
	int64_t total = -1;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_page_read(cx, rq, &page);
	if (!e)
		e = read_filter(cx, rq, &filter);
	if (e)
		return e;
	DB_AUTO(db);
	e = db_read(app->db, cx, &db);
	if (!e)
		e = devices_list(
			db, cx, &filter, page.after_text, page.limit + 1, &devices, &count);
	if (!e && page.wants_total)
		e = devices_count(db, cx, &filter, &total);
	if (e)
		return e;
	bool is_more = http_page_cut(&page, &count);
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++)
		device_to_json(&w, &devices[i]);
	http_list_end(&w,
		is_more ? http_cursor(cx, devices[count - 1].serial_number, devices[count - 1].id)
			: NULL,
		total);
	return http_reply_json(cx, rp, 200, &out);
}
