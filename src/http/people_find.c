/* The people of a pasted list. */
#include "domain/people_find.h"

#include <string.h>

#include "base/ctx.h"
#include "base/text.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"

#define ANSWER_MAX_BYTES (32 * 1024 * 1024)

static enum err read_lines(
	struct ctx *cx, const struct http_request *rq, const char ***ret_lines, size_t *ret_count)
{
	static const char *const known[] = { "lines", NULL };
	const struct json *body = NULL;
	enum err e = http_json_body(cx, rq, known, &body);
	if (e)
		return e;
	const struct json *array = json_get(body, "lines");
	size_t count = json_count(array);
	if (!json_is_array(array) || !count || count > PEOPLE_FIND_LINES)
		return err_set_field(cx, ERR_INVALID, "body.value", "/lines",
			"\"lines\" must be a list of 1 to %d texts.", PEOPLE_FIND_LINES);
	const char **lines = ARENA_ARRAY(cx->mem, const char *, count);
	for (size_t i = 0; i < count; i++) {
		lines[i] = json_text(json_at(array, i));
		if (!lines[i] || strlen(lines[i]) > PEOPLE_FIND_LINE_BYTES ||
			!text_is_clean(lines[i], strlen(lines[i]), true))
			return err_set_field(cx, ERR_INVALID, "body.value",
				arena_printf(cx->mem, "/lines/%zu", i),
				"A line is text of at most 300 characters.");
	}
	*ret_lines = lines;
	*ret_count = count;
	return OK;
}

static void found_to_json(struct json_writer *w, const struct people_found *f)
{
	jw_object(w, NULL);
	jw_str(w, "line", f->line);
	if (f->count == 1) {
		jw_i64(w, "id", f->person_id);
		jw_str(w, "display_name", f->display_name);
	} else {
		jw_i64(w, "count", (int64_t)f->count);
	}
	jw_end_object(w);
}

enum err http_people_find(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char **lines;
	struct people_found *found;
	size_t count;
	enum err e = read_lines(cx, rq, &lines, &count);
	if (!e)
		e = people_find_lines(app, cx, lines, count, &found, &count);
	if (e)
		return e;
	BUF_AUTO(out, ANSWER_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_array(&w, "found");
	for (size_t i = 0; i < count; i++)
		if (found[i].count == 1)
			found_to_json(&w, &found[i]);
	jw_end_array(&w);
	jw_array(&w, "unknown");
	for (size_t i = 0; i < count; i++)
		if (!found[i].count)
			jw_str(&w, NULL, found[i].line);
	jw_end_array(&w);
	jw_array(&w, "ambiguous");
	for (size_t i = 0; i < count; i++)
		if (found[i].count > 1)
			found_to_json(&w, &found[i]);
	jw_end_array(&w);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}
