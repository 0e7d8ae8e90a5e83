#include "base/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"

/* jansson has these names as macros on json_t; ours are functions on struct json. */
#undef json_is_object
#undef json_is_array
#undef json_is_string
#undef json_is_integer

static const json_t *inner(const struct json *v)
{
	return (const json_t *)v;
}

/* null is told from a value nowhere: both getters and tests treat it as absent. */
static const struct json *outer(const json_t *v)
{
	return v && json_typeof(v) != JSON_NULL ? (const struct json *)v : NULL;
}

static bool is(const struct json *v, json_type type)
{
	return v && json_typeof(inner(v)) == type;
}

static void free_tree(void *root)
{
	json_decref(root);
}

/* jansson allows 2048 levels and recurses; ours are counted before it starts. */
static bool is_too_deep(const char *bytes, size_t length)
{
	size_t depth = 0;
	bool is_in_string = false;
	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];
		if (is_in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				is_in_string = false;
		} else if (c == '"') {
			is_in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_MAX_DEPTH)
				return true;
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		}
	}
	return false;
}

enum err json_parse(struct ctx *cx, const char *bytes, size_t length, const struct json **ret_root)
{
	if (is_too_deep(bytes, length))
		return err_set(cx, ERR_INVALID, "json.invalid",
			"The JSON text is nested deeper than %d levels.", JSON_MAX_DEPTH);
	json_error_t error;
	json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!root)
		return err_set(cx, ERR_INVALID, "json.invalid",
			"This is not valid JSON: %s, at line %d, column %d.", error.text,
			error.line, error.column);
	ctx_at_end(cx, free_tree, root);
	*ret_root = outer(root);
	return OK;
}

const struct json *json_get(const struct json *object, const char *key)
{
	return json_is_object(object) ? outer(json_object_get(inner(object), key)) : NULL;
}

const char *json_str(const struct json *object, const char *key)
{
	return json_text(json_get(object, key));
}

int64_t json_i64(const struct json *object, const char *key, int64_t fallback)
{
	return json_int(json_get(object, key), fallback);
}

bool json_bool(const struct json *object, const char *key, bool fallback)
{
	const struct json *v = json_get(object, key);
	return json_is_bool(v) ? is(v, JSON_TRUE) : fallback;
}

const char *json_str_or_number(struct ctx *cx, const struct json *object, const char *key)
{
	const struct json *v = json_get(object, key);
	if (json_is_integer(v))
		return arena_printf(cx->mem, "%lld", (long long)json_integer_value(inner(v)));
	return json_text(v);
}

bool json_is_object(const struct json *v)
{
	return is(v, JSON_OBJECT);
}

bool json_is_array(const struct json *v)
{
	return is(v, JSON_ARRAY);
}

bool json_is_string(const struct json *v)
{
	return is(v, JSON_STRING);
}

bool json_is_integer(const struct json *v)
{
	return is(v, JSON_INTEGER);
}

bool json_is_bool(const struct json *v)
{
	return is(v, JSON_TRUE) || is(v, JSON_FALSE);
}

size_t json_count(const struct json *array)
{
	if (json_is_array(array))
		return json_array_size(inner(array));
	return json_is_object(array) ? json_object_size(inner(array)) : 0;
}

const struct json *json_at(const struct json *array, size_t index)
{
	return json_is_array(array) ? outer(json_array_get(inner(array), index)) : NULL;
}

const char *json_text(const struct json *value)
{
	return json_is_string(value) ? json_string_value(inner(value)) : NULL;
}

int64_t json_int(const struct json *value, int64_t fallback)
{
	return json_is_integer(value) ? (int64_t)json_integer_value(inner(value)) : fallback;
}

static void *member_at(const struct json *object, size_t index)
{
	if (!json_is_object(object))
		return NULL;
	json_t *o = (json_t *)(uintptr_t)inner(object);
	void *member = json_object_iter(o);
	for (size_t i = 0; member && i < index; i++)
		member = json_object_iter_next(o, member);
	return member;
}

const char *json_key_at(const struct json *object, size_t index)
{
	void *member = member_at(object, index);
	return member ? json_object_iter_key(member) : NULL;
}

const struct json *json_value_at(const struct json *object, size_t index)
{
	void *member = member_at(object, index);
	return member ? outer(json_object_iter_value(member)) : NULL;
}

char *json_dump(struct ctx *cx, const struct json *value)
{
	if (!value)
		return arena_strdup(cx->mem, "null");
	char *text = json_dumps(inner(value), JSON_COMPACT | JSON_ENCODE_ANY);
	char *copy = arena_strdup(cx->mem, text ? text : "null");
	free(text);
	return copy;
}
