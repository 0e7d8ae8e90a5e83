/* Applying a plan: all of it, some kinds, some rows, or all but some rows. */
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "domain/jobs.h"
#include "http/input.h"
#include "http/input_words.h"
#include "http/jobs.h"
#include "http/routes.h"

static const char *const kinds[] = { "update", "retire", "note_registered", "note_associated",
	"note_retired", "note_missing", "note_found", "adopt", "foreign", NULL };
#define KINDS_MAX (sizeof(kinds) / sizeof(kinds[0]) - 1)

static enum err read_kinds(struct ctx *cx, const struct json *array, struct plan_part *part)
{
	size_t count = json_count(array);
	if (!json_is_array(array) || !count || count > KINDS_MAX)
		return err_set_field(cx, ERR_INVALID, "body.value", "/only/kinds",
			"Here a list of kinds is needed; known are: %s.",
			input_words_listed(cx, kinds));
	const char **chosen = ARENA_ARRAY(cx->mem, const char *, count);
	for (size_t i = 0; i < count; i++) {
		const char *text = json_text(json_at(array, i));
		chosen[i] = text ? input_word(kinds, text) : NULL;
		if (!chosen[i])
			return err_set_field(cx, ERR_INVALID, "body.value",
				arena_printf(cx->mem, "/only/kinds/%zu", i),
				"A plan has no rows of this kind; known are: %s.",
				input_words_listed(cx, kinds));
	}
	part->kinds = chosen;
	part->kind_count = count;
	return OK;
}

static enum err read_rows(struct ctx *cx, const struct json *object, const char *pointer,
	const int64_t **ret_ids, size_t *ret_count)
{
	int64_t *ids = NULL;
	enum err e = http_ids(cx, json_get(object, "items"),
		arena_printf(cx->mem, "%s/items", pointer), PLAN_PART_MAX, &ids, ret_count);
	if (!e && !*ret_count)
		return err_set_field(cx, ERR_INVALID, "body.value",
			arena_printf(cx->mem, "%s/items", pointer),
			"Here at least one row of the plan is needed.");
	*ret_ids = ids;
	return e;
}

static enum err read_only(struct ctx *cx, const struct json *only, struct plan_part *part)
{
	static const char *const known[] = { "kinds", "items", NULL };
	enum err e = http_json_only(cx, only, "/only", known);
	if (e)
		return e;
	bool has_kinds = http_member_given(only, "kinds"),
	     has_items = http_member_given(only, "items");
	if (has_kinds == has_items)
		return err_set_field(cx, ERR_INVALID, "body.value", "/only",
			"Give either the kinds or the items that are wanted.");
	return has_kinds ? read_kinds(cx, json_get(only, "kinds"), part)
	                 : read_rows(cx, only, "/only", &part->items, &part->item_count);
}

static enum err read_part(struct ctx *cx, const struct http_request *rq, struct plan_part *ret_part)
{
	static const char *const known[] = { "only", "except", NULL };
	static const char *const except_known[] = { "items", NULL };
	const struct json *body = NULL;
	*ret_part = (struct plan_part){ 0 };
	if (!http_body_length(rq))
		return OK;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e && http_member_given(body, "only"))
		e = read_only(cx, json_get(body, "only"), ret_part);
	if (e || !http_member_given(body, "except"))
		return e;
	const struct json *except = json_get(body, "except");
	e = http_json_only(cx, except, "/except", except_known);
	return e ? e : read_rows(cx, except, "/except", &ret_part->except, &ret_part->except_count);
}

enum err http_jobs_apply(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct plan_part part;
	int64_t id = 0;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = read_part(cx, rq, &part);
	if (!e)
		e = jobs_apply(app, cx, id, &part);
	return e ? e : http_jobs_reply(app, cx, rp, 202, id);
}
