/* input.h - what a request brings, checked: path and query parameters, cursors, JSON bodies.
 *
 * Everything refuses with ERR_INVALID and names the parameter or the member ("/selection/ids").
 * Strings live as long as cx.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct http_request;
struct json;

/* Path */
must_check enum err http_path_id(
	struct ctx *cx, const struct http_request *rq, const char *name, int64_t *ret_id);

/* Query. Absent gives the fallback. */
must_check enum err http_query_i64(struct ctx *cx, const struct http_request *rq, const char *name,
	int64_t min, int64_t max, int64_t fallback, int64_t *ret_value);
/* 0 or 1 (also false, true); fallback may be -1 for "not said". */
must_check enum err http_query_flag(struct ctx *cx, const struct http_request *rq, const char *name,
	int fallback, int *ret_value);
/* One of words (ended by NULL); absent gives NULL. */
must_check enum err http_query_word(struct ctx *cx, const struct http_request *rq, const char *name,
	const char *const *words, const char **ret_word);
/* Clean text of at most max characters; absent or blank gives NULL. */
must_check enum err http_query_text(struct ctx *cx, const struct http_request *rq, const char *name,
	size_t max, const char **ret_text);
/* A moment as RFC 3339, in ms; absent gives 0. */
must_check enum err http_query_time(
	struct ctx *cx, const struct http_request *rq, const char *name, int64_t *ret_ms);
/* Refuses parameters that are not in known (ended by NULL), and any that is given twice. */
must_check enum err http_query_only(
	struct ctx *cx, const struct http_request *rq, const char *const *known);

/* The body as a JSON object with the content type application/json, whose members are all in known
 * (ended by NULL). */
must_check enum err http_json_body(struct ctx *cx, const struct http_request *rq,
	const char *const *known, const struct json **ret_object);
/* The same check for an object inside; pointer is its place, "/selection". */
must_check enum err http_json_only(
	struct ctx *cx, const struct json *object, const char *pointer, const char *const *known);

enum http_needed { HTTP_OPTIONAL, HTTP_REQUIRED };

/* Members of an object. Optional and absent or null gives NULL, the fallback, or false. Text is
 * trimmed and clean, 1 to max characters (blank counts as absent). */
must_check enum err http_member_text(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, size_t max, const char **ret_text);
must_check enum err http_member_word(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, const char *const *words, const char **ret_word);
must_check enum err http_member_i64(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, int64_t min, int64_t max, int64_t fallback, int64_t *ret_value);
must_check enum err http_member_bool(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, bool fallback, bool *ret_value);
/* A list of ids, ascending and each once; absent gives none. pointer is its place, "/only/items". */
must_check enum err http_ids(struct ctx *cx, const struct json *array, const char *pointer,
	size_t max, int64_t **ret_ids, size_t *ret_count);
/* Is the member there, be it null? For PATCH: absent keeps, null empties. */
bool http_member_given(const struct json *object, const char *key);
/* A password as it was typed: neither trimmed nor cleaned, 1 to 512 bytes of UTF-8. */
must_check enum err http_member_secret(struct ctx *cx, const struct json *object, const char *key,
	enum http_needed needed, const char **ret_secret);

/* The header Idempotency-Key; NULL: none. */
must_check enum err http_idempotency_key(
	struct ctx *cx, const struct http_request *rq, const char **ret_key);
/* The header Idempotency-Key (NULL: none) and the hash of method, path and body that goes with it
 * (NULL: none). */
must_check enum err http_idempotency(struct ctx *cx, const struct http_request *rq,
	const char **ret_key, const char **ret_request_hash);
