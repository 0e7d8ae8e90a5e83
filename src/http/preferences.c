/* How the portal looks for the admin who is signed in. */
#include "domain/preferences.h"

#include <string.h>

#include "base/ctx.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"

#define WORD_MAX 60

static const char *const languages[] = { "", "en", "de", "ko", "ar", NULL };
static const char *const themes[] = { "system", "light", "dark", NULL };
static const char *const densities[] = { "comfortable", "compact", NULL };

static void words_to_json(struct json_writer *w, struct ctx *cx, const char *key, const char *list)
{
	char *rest = arena_strdup(cx->mem, list);
	jw_array(w, key);
	for (char *word; (word = strsep(&rest, ",")) != NULL;)
		if (*word)
			jw_str(w, NULL, word);
	jw_end_array(w);
}

static enum err reply(struct ctx *cx, struct http_reply *rp, const struct preferences *p)
{
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_str(&w, "language", p->language);
	jw_str(&w, "theme", p->theme);
	jw_bool(&w, "single_keys", p->single_keys);
	jw_i64(&w, "page_size", p->page_size);
	jw_str(&w, "density", p->density);
	words_to_json(&w, cx, "user_columns", p->user_columns);
	words_to_json(&w, cx, "dismissed", p->dismissed);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_preferences_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const none[] = { NULL };
	struct preferences preferences;
	enum err e = http_query_only(cx, rq, none);
	if (!e)
		e = preferences_of_actor(app, cx, &preferences);
	return e ? e : reply(cx, rp, &preferences);
}

static bool is_word(const char *text)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_.:-";
	return text && *text && strlen(text) <= WORD_MAX && !text[strspn(text, good)];
}

/* ["a", "b"] → "a,b"; absent stays NULL. */
static enum err read_words(struct ctx *cx, const struct json *body, const char *key, size_t most,
	const char **ret_list)
{
	const struct json *array = json_get(body, key);
	const char *pointer = arena_printf(cx->mem, "/%s", key), *list = "";
	if (!http_member_given(body, key))
		return OK;
	if (!json_is_array(array) || json_count(array) > most)
		return err_set_field(cx, ERR_INVALID, "body.value", pointer,
			"\"%s\" must be a list of at most %zu words.", key, most);
	for (size_t i = 0; i < json_count(array); i++) {
		const char *word = json_text(json_at(array, i));
		if (!is_word(word))
			return err_set_field(cx, ERR_INVALID, "body.value",
				arena_printf(cx->mem, "%s/%zu", pointer, i),
				"A word is 1 to %d letters, digits and _ . : -.", WORD_MAX);
		list = arena_printf(cx->mem, "%s%s%s", list, i ? "," : "", word);
	}
	*ret_list = list;
	return OK;
}

static enum err read_page_size(
	struct ctx *cx, const struct json *body, struct preferences_change *change)
{
	static const int64_t sizes[] = { 0, 25, 50, 100, 200 };
	enum err e = http_member_i64(
		cx, body, "page_size", HTTP_OPTIONAL, 25, 200, 0, &change->page_size);
	for (size_t i = 0; !e && i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (sizes[i] == change->page_size)
			return OK;
	return e ? e
	         : err_set_field(cx, ERR_INVALID, "body.value", "/page_size",
			   "\"page_size\" must be 25, 50, 100 or 200.");
}

static enum err read_change(
	struct ctx *cx, const struct http_request *rq, struct preferences_change *change)
{
	static const char *const known[] = { "language", "theme", "single_keys", "page_size",
		"density", "user_columns", "dismissed", NULL };
	const struct json *body = NULL;
	bool single_keys = false;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_word(
			cx, body, "language", HTTP_OPTIONAL, languages, &change->language);
	if (!e)
		e = http_member_word(cx, body, "theme", HTTP_OPTIONAL, themes, &change->theme);
	if (!e)
		e = http_member_word(
			cx, body, "density", HTTP_OPTIONAL, densities, &change->density);
	if (!e)
		e = http_member_bool(cx, body, "single_keys", HTTP_OPTIONAL, false, &single_keys);
	if (!e)
		e = read_page_size(cx, body, change);
	if (!e)
		e = read_words(
			cx, body, "user_columns", PREFERENCES_COLUMNS_MAX, &change->user_columns);
	if (!e)
		e = read_words(
			cx, body, "dismissed", PREFERENCES_DISMISSED_MAX, &change->dismissed);
	if (!e)
		change->single_keys = json_get(body, "single_keys") ? single_keys : -1;
	return e;
}

enum err http_preferences_put(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct preferences_change change = { 0 };
	struct preferences preferences;
	enum err e = read_change(cx, rq, &change);
	if (!e)
		e = preferences_change(app, cx, &change, &preferences);
	return e ? e : reply(cx, rp, &preferences);
}
