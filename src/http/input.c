#include "http/input.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "http/input_words.h"
#include "net/http_server.h"

#define QUERY_MAX_PARAMETERS 100

enum err http_path_id(
	struct ctx *cx, const struct http_request *rq, const char *name, int64_t *ret_id)
{
	const char *text = http_path_param(rq, name);
	if (!text || text_parse_i64(text, 1, INT64_MAX, ret_id))
		return err_set_field(cx, ERR_NOT_FOUND, "not_found", name,
			"There is nothing here: an id is a whole number from 1.");
	return OK;
}

enum err http_query_i64(struct ctx *cx, const struct http_request *rq, const char *name,
	int64_t min, int64_t max, int64_t fallback, int64_t *ret_value)
{
	const char *text = http_query(rq, name);
	if (!text || !*text) {
		*ret_value = fallback;
		return OK;
	}
	if (text_parse_i64(text, min, max, ret_value))
		return err_set_field(cx, ERR_INVALID, "query.number", name,
			"%s must be a whole number from %" PRId64 " to %" PRId64 ".", name, min,
			max);
	return OK;
}

enum err http_query_flag(struct ctx *cx, const struct http_request *rq, const char *name,
	int fallback, int *ret_value)
{
	const char *text = http_query(rq, name);
	if (!text || !*text)
		*ret_value = fallback;
	else if (text_equal(text, "1") || text_equal(text, "true") || text_equal(text, "yes"))
		*ret_value = 1;
	else if (text_equal(text, "0") || text_equal(text, "false") || text_equal(text, "no"))
		*ret_value = 0;
	else
		return err_set_field(
			cx, ERR_INVALID, "query.flag", name, "%s must be 0 or 1.", name);
	return OK;
}

enum err http_query_word(struct ctx *cx, const struct http_request *rq, const char *name,
	const char *const *words, const char **ret_word)
{
	const char *text = http_query(rq, name);
	*ret_word = NULL;
	if (!text || !*text)
		return OK;
	*ret_word = input_word(words, text);
	if (!*ret_word)
		return err_set_field(cx, ERR_INVALID, "query.word", name, "%s must be one of %s.",
			name, input_words_listed(cx, words));
	return OK;
}

enum err http_query_time(
	struct ctx *cx, const struct http_request *rq, const char *name, int64_t *ret_ms)
{
	const char *text = http_query(rq, name);
	*ret_ms = 0;
	if (!text || !*text)
		return OK;
	if (clock_parse(text, ret_ms))
		return err_set_field(cx, ERR_INVALID, "query.time", name,
			"%s must be a moment like 2026-11-23T00:00:00Z.", name);
	return OK;
}

enum err http_query_text(struct ctx *cx, const struct http_request *rq, const char *name,
	size_t max, const char **ret_text)
{
	const char *text = http_query(rq, name);
	*ret_text = NULL;
	if (!text || text_is_blank(text))
		return OK;
	if (!text_is_clean(text, strlen(text), false))
		return err_set_field(cx, ERR_INVALID, "query.text", name,
			"%s holds characters that are not text.", name);
	text = text_trim(cx->mem, text);
	if (input_characters(text) > max)
		return err_set_field(cx, ERR_INVALID, "query.text", name,
			"%s is longer than %zu characters.", name, max);
	*ret_text = text;
	return OK;
}

enum err http_query_only(struct ctx *cx, const struct http_request *rq, const char *const *known)
{
	const char *name, *value;
	const char *seen[QUERY_MAX_PARAMETERS];
	for (size_t i = 0; http_query_at(rq, i, &name, &value); i++) {
		if (i == QUERY_MAX_PARAMETERS)
			return err_set(cx, ERR_INVALID, "query.too_many",
				"There are more than %d query parameters.", QUERY_MAX_PARAMETERS);
		if (!input_word(known, name))
			return err_set_field(cx, ERR_INVALID, "query.unknown", name,
				"There is no query parameter of this name here; known are: %s.",
				input_words_listed(cx, known));
		for (size_t j = 0; j < i; j++)
			if (text_equal(seen[j], name))
				return err_set_field(cx, ERR_INVALID, "query.twice", name,
					"%s is given twice.", name);
		seen[i] = name;
	}
	return OK;
}

enum err http_idempotency_key(struct ctx *cx, const struct http_request *rq, const char **ret_key)
{
	const char *key = http_header(rq, "Idempotency-Key");
	*ret_key = NULL;
	if (!key)
		return OK;
	size_t length = strlen(key);
	bool is_good = length >= 1 && length <= 128;
	for (size_t i = 0; is_good && i < length; i++)
		is_good = key[i] > ' ' && key[i] < 0x7f;
	if (!is_good)
		return err_set_field(cx, ERR_INVALID, "idempotency.key", "Idempotency-Key",
			"Idempotency-Key must have 1 to 128 printable ASCII characters.");
	*ret_key = key;
	return OK;
}

enum err http_idempotency(struct ctx *cx, const struct http_request *rq, const char **ret_key,
	const char **ret_request_hash)
{
	enum err e = http_idempotency_key(cx, rq, ret_key);
	*ret_request_hash = NULL;
	if (e || !*ret_key)
		return e;
	size_t head = strlen(http_method(rq)) + 1 + strlen(http_path(rq)) + 1;
	char *whole = arena_printf(cx->mem, "%s %s\n", http_method(rq), http_path(rq));
	char *bytes = arena_alloc(cx->mem, head + http_body_length(rq));
	memcpy(bytes, whole, head);
	memcpy(bytes + head, http_body(rq), http_body_length(rq));
	char *hash = arena_alloc(cx->mem, SECRET_HASH_HEX);
	secret_hash(bytes, head + http_body_length(rq), hash);
	*ret_request_hash = hash;
	return OK;
}
