#include "http/selection.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "http/input.h"
#include "http/input_words.h"
#include "net/http_server.h"

#define WORDS_MAX 200

static const char *const states[] = { "none", "requested", "registered", "invited", "associated",
	"removing", "removed", "checking", "failed", NULL };
static const char *const platforms[] = { "iOS", "iPadOS", "macOS", "other", NULL };

/* The text members of a filter as they came, from a body or a query. */
struct words {
	const char *q, *states, *platforms, *department;
};

static struct people_filter make_filter(
	struct ctx *cx, const struct words *w, int eligible, int active)
{
	static const int bits[] = { PLATFORM_IOS, PLATFORM_IPADOS, PLATFORM_MACOS, PLATFORM_OTHER };
	struct people_filter f = { .eligible = eligible, .active = active };

	f.q = w->q ? text_fold_search(cx->mem, w->q) : NULL;
	f.states = w->states;
	f.department = w->department;
	for (size_t i = 0; w->platforms && platforms[i]; i++) {
		if (strstr(w->platforms, arena_printf(cx->mem, ",%s,", platforms[i])))
			f.platform |= bits[i];
	}
	return f;
}

/* ",none,invited," of "none,invited", each of them once; NULL for a word that is not in the set. */
static const char *read_list(struct ctx *cx, const char *const *words, const char *text)
{
	char *rest = arena_strdup(cx->mem, text), *list = arena_strdup(cx->mem, ",");

	for (char *word; (word = strsep(&rest, ",")) != NULL;) {
		const char *known = input_word(words, word);

		if (!known)
			return NULL;
		if (!strstr(list, arena_printf(cx->mem, ",%s,", known)))
			list = arena_printf(cx->mem, "%s%s,", list, known);
	}
	return list;
}

/* name is the member's or parameter's, pointer its place. */
static enum err check_list(struct ctx *cx, const char *const *words, const char *name,
	const char *pointer, const char *text, const char **ret_list)
{
	*ret_list = text ? read_list(cx, words, text) : NULL;
	if (text && !*ret_list)
		return err_set_field(cx, ERR_INVALID, "query.word", pointer,
			"%s must be one of %s, or several with commas between them.", name,
			input_words_listed(cx, words));
	return OK;
}

static enum err read_flag(struct ctx *cx, const struct json *filter, const char *key, int *ret_flag)
{
	bool flag;
	enum err e;

	*ret_flag = -1;
	if (!json_get(filter, key))
		return OK;
	e = http_member_bool(cx, filter, key, HTTP_REQUIRED, false, &flag);
	if (!e)
		*ret_flag = flag;
	return e;
}

static enum err read_filter(
	struct ctx *cx, const struct json *filter, struct people_filter *ret_filter)
{
	static const char *const known[] = { "q", "state", "eligible", "platform", "active",
		"department", NULL };
	struct words w;
	const char *state, *platform;
	int eligible, active;
	enum err e = http_json_only(cx, filter, "/selection/filter", known);

	if (!e)
		e = http_member_text(cx, filter, "q", HTTP_OPTIONAL, WORDS_MAX, &w.q);
	if (!e)
		e = http_member_text(cx, filter, "state", HTTP_OPTIONAL, WORDS_MAX, &state);
	if (!e)
		e = check_list(cx, states, "state", "/selection/filter/state", state, &w.states);
	if (!e)
		e = http_member_text(cx, filter, "platform", HTTP_OPTIONAL, WORDS_MAX, &platform);
	if (!e)
		e = check_list(cx, platforms, "platform", "/selection/filter/platform", platform,
			&w.platforms);
	if (!e)
		e = http_member_text(
			cx, filter, "department", HTTP_OPTIONAL, WORDS_MAX, &w.department);
	if (!e)
		e = read_flag(cx, filter, "eligible", &eligible);
	if (!e)
		e = read_flag(cx, filter, "active", &active);
	if (e)
		return e;
	*ret_filter = make_filter(cx, &w, eligible, active);
	return OK;
}

/* An array of ids; absent is none. */
static enum err read_ids(struct ctx *cx, const struct json *array, const char *pointer,
	int64_t **ret_ids, size_t *ret_count)
{
	if (json_count(array) > SELECTION_MAX_IDS)
		return err_set_field(cx, ERR_INVALID, "selection.too_many", pointer,
			"At most %d people can be named one by one. Use a filter to select more.",
			SELECTION_MAX_IDS);
	return http_ids(cx, array, pointer, SELECTION_MAX_IDS, ret_ids, ret_count);
}

static enum err read_by_filter(
	struct ctx *cx, const struct json *selection, struct selection *ret_selection)
{
	static const char *const known[] = { "filter", "exclude", "expected", NULL };
	struct people_filter filter;
	int64_t *exclude, expected;
	size_t count;
	enum err e = http_json_only(cx, selection, "/selection", known);

	if (!e)
		e = read_filter(cx, json_get(selection, "filter"), &filter);
	if (!e)
		e = read_ids(
			cx, json_get(selection, "exclude"), "/selection/exclude", &exclude, &count);
	if (!e)
		e = http_member_i64(
			cx, selection, "expected", HTTP_OPTIONAL, 0, INT64_MAX, -1, &expected);
	if (e)
		return e;
	return selection_of_filter(cx, &filter, exclude, count, expected, ret_selection);
}

enum err http_selection_read(
	struct ctx *cx, const struct json *selection, struct selection *ret_selection)
{
	static const char *const known[] = { "ids", NULL };
	int64_t *ids;
	size_t count;
	enum err e;

	if (!selection)
		return err_set_field(cx, ERR_INVALID, "selection.empty", "/selection",
			"The selection is missing: {\"ids\": […]} or {\"filter\": {…}}.");
	if (http_member_given(selection, "filter"))
		return read_by_filter(cx, selection, ret_selection);
	e = http_json_only(cx, selection, "/selection", known);
	if (!e)
		e = read_ids(cx, json_get(selection, "ids"), "/selection/ids", &ids, &count);
	return e ? e : selection_of_ids(cx, ids, count, ret_selection);
}

enum err http_people_filter(
	struct ctx *cx, const struct http_request *rq, struct people_filter *ret_filter)
{
	struct words w;
	const char *state, *platform;
	int eligible, active;
	enum err e = http_query_text(cx, rq, "q", WORDS_MAX, &w.q);

	if (!e)
		e = http_query_text(cx, rq, "state", WORDS_MAX, &state);
	if (!e)
		e = check_list(cx, states, "state", "state", state, &w.states);
	if (!e)
		e = http_query_text(cx, rq, "platform", WORDS_MAX, &platform);
	if (!e)
		e = check_list(cx, platforms, "platform", "platform", platform, &w.platforms);
	if (!e)
		e = http_query_text(cx, rq, "department", WORDS_MAX, &w.department);
	if (!e)
		e = http_query_flag(cx, rq, "eligible", -1, &eligible);
	if (!e)
		e = http_query_flag(cx, rq, "active", -1, &active);
	if (e)
		return e;
	*ret_filter = make_filter(cx, &w, eligible, active);
	return OK;
}

enum err http_people_sort(struct ctx *cx, const struct http_request *rq, struct people_page *page)
{
	static const char *const words[] = { "name", "email", "department", "state", "synced",
		"-name", "-email", "-department", "-state", "-synced", NULL };
	static const enum people_sort sorts[] = { PEOPLE_BY_NAME, PEOPLE_BY_EMAIL,
		PEOPLE_BY_DEPARTMENT, PEOPLE_BY_STATE, PEOPLE_BY_SEEN };
	const size_t sort_count = sizeof(sorts) / sizeof(sorts[0]);
	const char *word = NULL;
	enum err e = http_query_word(cx, rq, "sort", words, &word);

	for (size_t i = 0; !e && word && words[i]; i++) {
		if (!text_equal(words[i], word))
			continue;
		page->sort = sorts[i % sort_count];
		page->is_descending = i >= sort_count;
	}
	return e;
}
