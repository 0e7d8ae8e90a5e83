/* Devices, by serial number. */
#include <ctype.h>

#include "base/ctx.h"
#include "db/db.h"
#include "http/input.h"
#include "http/list.h"
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
	static const char *const known[] = { "q", "person", "platform", "state", "count", NULL };
	struct devices_filter filter = { 0 };
	struct http_list list;
	struct device *devices;
	DB_AUTO(db);
	enum err e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = read_filter(cx, rq, &filter);
	if (!e)
		e = devices_list(
			db, cx, &filter, list.after_text, (int)list.most, &devices, &list.count);
	if (!e && list.wants_total)
		e = devices_count(db, cx, &filter, &list.total);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		device_to_json(&w, &devices[i]);
		list.last_text = devices[i].serial_number;
		list.last_id = devices[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}
