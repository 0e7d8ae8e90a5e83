/* The half of input.h that reads JSON bodies. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "http/input.h"
#include "http/input_words.h"
#include "net/http_server.h"

const char *input_word(const char *const *words, const char *text)
{
	for (; *words; words++)
		if (text_equal(*words, text))
			return *words;
	return NULL;
}

const char *input_words_listed(struct ctx *cx, const char *const *words)
{
	const char *list = *words ? *words : "none";
	for (size_t i = 1; words[0] && words[i]; i++)
		list = arena_printf(cx->mem, "%s, %s", list, words[i]);
	return list;
}

size_t input_characters(const char *text)
{
	size_t count = 0;
	for (; *text; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

static char *pointer_to(struct ctx *cx, const char *place, const char *key)
{
	return arena_printf(cx->mem, "%s/%s", place, key);
}

enum err http_json_only(
	struct ctx *cx, const struct json *object, const char *pointer, const char *const *known)
{
	if (!json_is_object(object))
		return err_set_field(cx, ERR_INVALID, "body.shape", pointer,
			"Here a JSON object is needed: {…}.");
	for (size_t i = 0; i < json_count(object); i++) {
		const char *key = json_key_at(object, i);
		if (!input_word(known, key))
			return err_set_field(cx, ERR_INVALID, "body.unknown_member",
				pointer_to(cx, pointer, key),
				"There is no member \"%.60s\" here; known are: %s.", key,
				input_words_listed(cx, known));
	}
	return OK;
}

static bool is_json_type(const char *content_type)
{
	return content_type && !strncasecmp(content_type, "application/json", 16) &&
	       (content_type[16] == '\0' || content_type[16] == ';' || content_type[16] == ' ');
}

enum err http_json_body(struct ctx *cx, const struct http_request *rq, const char *const *known,
	const struct json **ret_object)
{
	/* For a browser the type is part of the guard against other sites' forms; a script that
	 * brings its own token has nobody to be guarded from. */
	bool is_script = text_equal(cx->actor.kind, "api_token");
	if (!is_script && !is_json_type(http_header(rq, "Content-Type")))
		return err_set_field(cx, ERR_INVALID, "body.type", "Content-Type",
			"The body must be JSON, with the header Content-Type: application/json.");
	if (!http_body_length(rq))
		return err_set(cx, ERR_INVALID, "body.empty",
			"The body is empty; a JSON object is needed.");
	const struct json *root;
	enum err e = json_parse(cx, http_body(rq), http_body_length(rq), &root);
	if (e)
		return e;
	e = http_json_only(cx, root, "", known);
	if (e)
		return e;
	*ret_object = root;
	return OK;
}

bool http_member_given(const struct json *object, const char *key)
{
	for (size_t i = 0; i < json_count(object); i++)
		if (text_equal(json_key_at(object, i), key))
			return true;
	return false;
}

/* ERR_NOT_FOUND: it is absent, and may be. */
static enum err find_member(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, const struct json **ret_value)
{
	*ret_value = json_get(object, key);
	if (*ret_value)
		return OK;
	if (needed == HTTP_OPTIONAL)
		return ERR_NOT_FOUND;
	return err_set_field(cx, ERR_INVALID, "body.missing", pointer_to(cx, "", key),
		"\"%s\" is missing.", key);
}

static enum err wrong(struct ctx *cx, const char *key, const char *must_be)
{
	return err_set_field(cx, ERR_INVALID, "body.value", pointer_to(cx, "", key),
		"\"%s\" must be %s.", key, must_be);
}

enum err http_member_text(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, size_t max, const char **ret_text)
{
	const struct json *value;
	*ret_text = NULL;
	enum err e = find_member(cx, object, key, needed, &value);
	if (e)
		return e == ERR_NOT_FOUND ? OK : e;
	const char *text = json_text(value);
	if (!text || !text_is_clean(text, strlen(text), false))
		return wrong(cx, key, "text without control characters");
	text = text_trim(cx->mem, text);
	if (input_characters(text) > max)
		return wrong(cx, key, arena_printf(cx->mem, "at most %zu characters long", max));
	if (!*text)
		return needed == HTTP_REQUIRED ? wrong(cx, key, "text that is not blank") : OK;
	*ret_text = text;
	return OK;
}

enum err http_member_secret(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, const char **ret_secret)
{
	const struct json *value;
	*ret_secret = NULL;
	enum err e = find_member(cx, object, key, needed, &value);
	if (e)
		return e == ERR_NOT_FOUND ? OK : e;
	const char *text = json_text(value);
	if (!text || !*text || strlen(text) > 512)
		return wrong(cx, key, "text of 1 to 512 bytes");
	*ret_secret = text;
	return OK;
}

enum err http_member_word(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, const char *const *words, const char **ret_word)
{
	const struct json *value;
	*ret_word = NULL;
	enum err e = find_member(cx, object, key, needed, &value);
	if (e)
		return e == ERR_NOT_FOUND ? OK : e;
	const char *text = json_text(value);
	*ret_word = text ? input_word(words, text) : NULL;
	if (!*ret_word)
		return wrong(
			cx, key, arena_printf(cx->mem, "one of %s", input_words_listed(cx, words)));
	return OK;
}

enum err http_member_i64(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, int64_t min, int64_t max, int64_t fallback, int64_t *ret_value)
{
	const struct json *value;
	enum err e = find_member(cx, object, key, needed, &value);
	if (e == ERR_NOT_FOUND) {
		*ret_value = fallback;
		return OK;
	}
	if (e)
		return e;
	int64_t number = json_int(value, min);
	if (!json_is_integer(value) || number < min || number > max)
		return wrong(cx, key,
			arena_printf(
				cx->mem, "a whole number from %" PRId64 " to %" PRId64, min, max));
	*ret_value = number;
	return OK;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

enum err http_ids(struct ctx *cx, const struct json *array, const char *pointer, size_t max,
	int64_t **ret_ids, size_t *ret_count)
{
	size_t given = json_count(array), count = 0;
	if (array && !json_is_array(array))
		return err_set_field(cx, ERR_INVALID, "body.value", pointer,
			"Here a list of ids is needed: [1, 2].");
	if (given > max)
		return err_set_field(cx, ERR_INVALID, "body.too_many", pointer,
			"At most %zu can be named one by one.", max);
	int64_t *ids = ARENA_ARRAY(cx->mem, int64_t, given);
	for (size_t i = 0; i < given; i++) {
		ids[i] = json_int(json_at(array, i), 0);
		if (ids[i] < 1)
			return err_set_field(cx, ERR_INVALID, "body.value",
				arena_printf(cx->mem, "%s/%zu", pointer, i),
				"An id is a whole number from 1.");
	}
	qsort(ids, given, sizeof(*ids), compare_ids);
	for (size_t i = 0; i < given; i++)
		if (!count || ids[count - 1] != ids[i])
			ids[count++] = ids[i];
	*ret_ids = ids;
	*ret_count = count;
	return OK;
}

enum err http_member_bool(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, bool fallback, bool *ret_value)
{
	const struct json *value;
	enum err e = find_member(cx, object, key, needed, &value);
	if (e == ERR_NOT_FOUND) {
		*ret_value = fallback;
		return OK;
	}
	if (e)
		return e;
	if (!json_is_bool(value))
		return wrong(cx, key, "true or false");
	*ret_value = json_bool(object, key, fallback);
	return OK;
}
