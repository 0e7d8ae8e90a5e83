/* People: the list, one of them, and changes by hand. The export is in people_csv.c. */
#include <inttypes.h>
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/person.h"
#include "http/input.h"
#include "http/list.h"
#include "http/location_param.h"
#include "http/people_json.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/selection.h"
#include "store/people.h"

enum err http_people_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "location", "q", "state", "eligible", "platform",
		"active", "department", "sort", "count", "exact", NULL };
	struct people_filter filter;
	struct people_page page = { 0 };
	struct people_count total = { .people = -1 };
	struct http_list list;
	struct person *people;
	int wants_exact = 0;
	DB_AUTO(db);
	enum err e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = http_people_sort(cx, rq, &page);
	if (!e)
		e = http_people_filter(cx, rq, &filter);
	if (!e)
		e = http_query_flag(cx, rq, "exact", 0, &wants_exact);
	if (!e)
		e = http_location_param(db, cx, rq, &page.location_id);
	if (e)
		return e;
	page.limit = (int)list.most;
	if (list.has_after) {
		page.after_key = list.after_text ? list.after_text : "";
		page.after_id = list.after_id;
	}
	e = people_list(db, cx, &filter, &page, &people, &list.count);
	if (!e && list.wants_total)
		e = people_count(db, cx, &filter, page.location_id, wants_exact, &total);
	if (e)
		return e;
	list.total = total.people;
	list.says_more = true;
	list.total_is_more = total.is_more;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		people_to_json(&w, NULL, &people[i]);
		list.last_text = people_place(cx, page.sort, &people[i]);
		list.last_id = people[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

/* After a change the answer is given even where the location is left open. */
static enum err reply_person(struct app *app, struct ctx *cx, const struct http_request *rq,
	struct http_reply *rp, int64_t id, int status)
{
	struct person *person;
	int64_t location_id;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = http_location_param(db, cx, rq, &location_id);
	if (e == ERR_INVALID && !text_equal(http_method(rq), "GET")) {
		location_id = 0;
		e = OK;
	}
	if (!e)
		e = people_find(db, cx, id, location_id, &person);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	people_to_json(&w, NULL, person);
	return http_reply_json(cx, rp, status, &out);
}

enum err http_people_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "location", NULL };
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_query_only(cx, rq, known);
	return e ? e : reply_person(app, cx, rq, rp, id, 200);
}

/* ["a", "b"] → "a|b". */
static enum err read_groups(struct ctx *cx, const struct json *body, const char **ret_groups)
{
	const struct json *array = json_get(body, "groups");
	const char *groups = "";
	if (!http_member_given(body, "groups"))
		return OK;
	if (array && !json_is_array(array))
		return err_set_field(cx, ERR_INVALID, "body.value", "/groups",
			"\"groups\" must be a list of texts.");
	if (json_count(array) > PERSON_GROUPS)
		return err_set_field(cx, ERR_INVALID, "body.value", "/groups",
			"There may be at most %d groups.", PERSON_GROUPS);
	for (size_t i = 0; i < json_count(array); i++) {
		const char *group = json_text(json_at(array, i));
		if (!group || strchr(group, '|') || text_is_blank(group))
			return err_set_field(cx, ERR_INVALID, "body.value",
				arena_printf(cx->mem, "/groups/%zu", i),
				"A group is a text without |.");
		groups = arena_printf(cx->mem, "%s%s%s", groups, *groups ? "|" : "", group);
	}
	*ret_groups = groups;
	return OK;
}

/* A text member: absent keeps, null or blank empties. */
static enum err read_text(
	struct ctx *cx, const struct json *body, const char *key, size_t max, const char **ret_text)
{
	enum err e = http_member_text(cx, body, key, HTTP_OPTIONAL, max, ret_text);
	if (!e && !*ret_text && http_member_given(body, key))
		*ret_text = "";
	return e;
}

static enum err read_person(
	struct ctx *cx, const struct http_request *rq, bool is_new, struct person_input *in)
{
	static const char *const known[] = { "user_name", "display_name", "email",
		"managed_apple_account", "groups", "department", "language", "active", NULL };
	enum http_needed needed = is_new ? HTTP_REQUIRED : HTTP_OPTIONAL;
	const struct json *body;
	bool is_active = true;
	*in = (struct person_input){ .active = -1 };
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_text(
			cx, body, "user_name", needed, PERSON_NAME_MAX, &in->user_name);
	if (!e)
		e = http_member_text(
			cx, body, "display_name", needed, PERSON_NAME_MAX, &in->display_name);
	if (!e)
		e = read_text(cx, body, "email", PERSON_EMAIL_MAX, &in->email);
	if (!e)
		e = read_text(cx, body, "managed_apple_account", PERSON_EMAIL_MAX,
			&in->managed_apple_account);
	if (!e)
		e = read_groups(cx, body, &in->groups);
	if (!e)
		e = read_text(cx, body, "department", PERSON_NAME_MAX, &in->department);
	if (!e)
		e = read_text(cx, body, "language", PERSON_LANGUAGE_MAX, &in->language);
	if (!e)
		e = http_member_bool(cx, body, "active", HTTP_OPTIONAL, true, &is_active);
	if (!e && http_member_given(body, "active"))
		in->active = is_active;
	return e;
}

enum err http_people_create(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct person_input in;
	int64_t id;
	enum err e = read_person(cx, rq, true, &in);
	if (!e)
		e = person_add(app, cx, &in, &id);
	return e ? e : reply_person(app, cx, rq, rp, id, 201);
}

enum err http_people_change(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct person_input in;
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = read_person(cx, rq, false, &in);
	if (!e)
		e = person_change(app, cx, id, &in);
	return e ? e : reply_person(app, cx, rq, rp, id, 200);
}

static void event_to_json(struct json_writer *w, const struct person_event *ev)
{
	jw_object(w, NULL);
	jw_i64(w, "id", ev->id);
	jw_str(w, "type", ev->type);
	jw_time(w, "at", ev->at);
	jw_i64_or_null(w, "job_id", ev->job_id);
	jw_str(w, "kind", ev->kind);
	jw_str(w, "state", ev->state);
	jw_str(w, "channel", ev->channel);
	jw_str(w, "detail", ev->detail);
	jw_str(w, "reason", ev->reason);
	jw_i64_or_null(w, "apple_number", ev->apple_number);
	jw_end_object(w);
}

/* The cursor is the time of the last row, as text, and its place among those of that time. */
enum err http_people_history(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const none[] = { NULL };
	struct http_list list;
	struct person *person;
	struct person_event *events;
	int64_t id, before = 0;
	DB_AUTO(db);
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_list_open(app, cx, rq, none, &list, &db);
	if (!e && list.has_after && text_parse_i64(list.after_text, 1, INT64_MAX, &before))
		e = err_set_field(cx, ERR_INVALID, "query.cursor", "after",
			"after is not a cursor of this list; begin again without it.");
	if (!e)
		e = people_find_even_deleted(db, cx, id, 0, &person);
	if (!e)
		e = people_history(
			db, cx, id, before, list.after_id, (int)list.most, &events, &list.count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		event_to_json(&w, &events[i]);
		list.last_text = arena_printf(cx->mem, "%" PRId64, events[i].at);
		list.last_id = events[i].order;
	}
	return http_list_reply(cx, rp, &list, &w);
}
