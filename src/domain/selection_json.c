/* A selection as it is kept with its job, for the sentence that the portal makes of it. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "domain/selection.h"

#define JSON_BYTES (8 * 1024)

static void flag(struct json_writer *w, const char *name, int value)
{
	if (value >= 0)
		jw_bool(w, name, value != 0);
}

static void platforms(struct json_writer *w, int bits)
{
	static const char *const names[] = { "iOS", "iPadOS", "macOS", "other" };
	if (!bits)
		return;
	jw_array(w, "platforms");
	for (int i = 0; i < 4; i++)
		if (bits & (1 << i))
			jw_str(w, NULL, names[i]);
	jw_end_array(w);
}

/* ",none,invited," */
static void states(struct json_writer *w, struct arena *a, const char *list)
{
	if (!list || !*list)
		return;
	char *rest = arena_strdup(a, list);
	jw_array(w, "states");
	for (char *word; (word = strsep(&rest, ",")) != NULL;)
		if (*word)
			jw_str(w, NULL, word);
	jw_end_array(w);
}

static void filter(struct json_writer *w, struct ctx *cx, const struct people_filter *f)
{
	jw_object(w, "filter");
	if (f->q && *f->q)
		jw_str(w, "q", f->q);
	states(w, cx->mem, f->states);
	flag(w, "eligible", f->eligible);
	flag(w, "active", f->active);
	platforms(w, f->platform);
	if (f->department)
		jw_str(w, "department", f->department);
	jw_end_object(w);
}

const char *selection_to_json(struct ctx *cx, const struct selection *selection, int64_t retry_of)
{
	struct json_writer w;
	BUF_AUTO(out, JSON_BYTES);
	jw_init(&w, &out);
	jw_object(&w, NULL);
	if (retry_of)
		jw_i64(&w, "retry_of", retry_of);
	if (selection->findings)
		jw_bool(&w, "findings", true);
	else if (selection->is_filter)
		filter(&w, cx, &selection->filter);
	else
		jw_i64(&w, "chosen", (int64_t)selection->id_count);
	if (selection->exclude_count)
		jw_i64(&w, "except", (int64_t)selection->exclude_count);
	jw_end_object(&w);
	return out.is_full ? NULL : arena_strdup(cx->mem, out.bytes);
}
