/* json.h - reading JSON into a tree, and writing it row by row.
 *
 * Reading is strict (no duplicate keys, no NaN, valid UTF-8) and bounded in depth and size;
 * jansson is known here alone. A tree belongs to the ctx that parsed it and ends with it. The
 * getters never fail: an absent member, null, or one of another type gives NULL, the fallback or 0,
 * because Apple documents every member as optional.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct arena;
struct buf;
struct ctx;
struct json; /* one value of a tree; NULL stands for absent and for null */

#define JSON_MAX_DEPTH 32

/* ERR_INVALID with reason "json.invalid" and the line and column in the sentence. */
must_check enum err json_parse(
	struct ctx *cx, const char *bytes, size_t length, const struct json **ret_root);

const struct json *json_get(const struct json *object, const char *key);
const char *json_str(const struct json *object, const char *key);
int64_t json_i64(const struct json *object, const char *key, int64_t fallback);
bool json_bool(const struct json *object, const char *key, bool fallback);
/* A string, or an integer written as text in cx->mem: Apple's adamId comes as either. */
const char *json_str_or_number(struct ctx *cx, const struct json *object, const char *key);

bool json_is_object(const struct json *v);
bool json_is_array(const struct json *v);
bool json_is_string(const struct json *v);
bool json_is_integer(const struct json *v);
bool json_is_bool(const struct json *v);

size_t json_count(const struct json *array); /* 0 for what is not an array or object */
const struct json *json_at(const struct json *array, size_t index);
const char *json_text(const struct json *value); /* the text of a string value, else NULL */
int64_t json_int(const struct json *value, int64_t fallback); /* of an integer value */

/* Member names of an object, in the order of the text: index 0 … json_count - 1. */
const char *json_key_at(const struct json *object, size_t index);
const struct json *json_value_at(const struct json *object, size_t index);

/* The value written back as compact text in cx->mem. */
char *json_dump(struct ctx *cx, const struct json *value);

/* The writer appends to a buf and puts the commas itself. key is NULL inside arrays. Text that is
 * not valid UTF-8 is written with U+FFFD in place of the bad bytes. A NULL string becomes null. */
struct json_writer {
	struct buf *out;
	bool needs_comma;
};

void jw_init(struct json_writer *w, struct buf *out);
void jw_object(struct json_writer *w, const char *key);
void jw_end_object(struct json_writer *w);
void jw_array(struct json_writer *w, const char *key);
void jw_end_array(struct json_writer *w);
void jw_str(struct json_writer *w, const char *key, const char *value);
void jw_i64(struct json_writer *w, const char *key, int64_t value);
void jw_bool(struct json_writer *w, const char *key, bool value);
void jw_null(struct json_writer *w, const char *key);
/* 0 becomes null: for ids and numbers where 0 stands for none. */
void jw_i64_or_null(struct json_writer *w, const char *key, int64_t value);
void jw_time(struct json_writer *w, const char *key, int64_t ms); /* RFC 3339; 0 becomes null */
void jw_raw(struct json_writer *w, const char *key, const char *json); /* trusted JSON text */

/* The texts as a JSON array in cx->mem: how a list is given to a query. */
char *json_texts(struct ctx *cx, const char *const *texts, size_t count);
