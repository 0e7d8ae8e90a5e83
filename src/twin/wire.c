#include "twin/wire.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "twin/random.h"

struct disorder {
	struct ctx *cx;
	struct random *random;
	bool is_to_shuffle, is_to_add;
	struct json_writer w;
};

static void write_value(struct disorder *d, const char *key, const struct json *value);

static void add_unknown(struct disorder *d)
{
	static const char *const keys[] = { "xTraceToken", "_links", "serverRegion", "newIn2031" };
	if (!d->is_to_add || random_below(d->random, 3))
		return;
	const char *key = keys[random_below(d->random, 4)];
	switch (random_below(d->random, 4)) {
	case 0:
		jw_null(&d->w, key);
		break;
	case 1:
		jw_i64(&d->w, key, INT64_MAX);
		break;
	case 2:
		jw_raw(&d->w, key, "{\"deep\":[1,2,{\"deeper\":\"\\u00e4\"}]}");
		break;
	default:
		jw_str(&d->w, key, "somebody may read this one day");
	}
}

static void write_members(struct disorder *d, const struct json *object)
{
	size_t count = json_count(object);
	size_t *order = ARENA_ARRAY(d->cx->mem, size_t, count);
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; d->is_to_shuffle && i > 1; i--) {
		size_t j = random_below(d->random, i);
		size_t swap = order[i - 1];
		order[i - 1] = order[j];
		order[j] = swap;
	}
	for (size_t i = 0; i < count; i++)
		write_value(d, json_key_at(object, order[i]), json_value_at(object, order[i]));
	add_unknown(d);
}

static void write_value(struct disorder *d, const char *key, const struct json *value)
{
	if (json_is_object(value)) {
		jw_object(&d->w, key);
		write_members(d, value);
		jw_end_object(&d->w);
	} else if (json_is_array(value)) {
		jw_array(&d->w, key);
		for (size_t i = 0; i < json_count(value); i++)
			write_value(d, NULL, json_at(value, i));
		jw_end_array(&d->w);
	} else if (json_is_string(value)) {
		jw_str(&d->w, key, json_text(value));
	} else {
		jw_raw(&d->w, key, value ? json_dump(d->cx, value) : "null");
	}
}

void wire_disorder(struct ctx *cx, struct random *random, bool is_to_shuffle, bool is_to_add,
	const char *json, struct buf *out)
{
	const struct json *root;
	if (json_parse(cx, json, strlen(json), &root)) {
		buf_puts(out, json);
		return;
	}
	struct disorder d = {
		.cx = cx, .random = random, .is_to_shuffle = is_to_shuffle, .is_to_add = is_to_add
	};
	jw_init(&d.w, out);
	write_value(&d, NULL, root);
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) % 16 : -1;
}

char *wire_form_field(struct arena *mem, const char *form, const char *name)
{
	size_t length = strlen(name);
	const char *s = form;
	while (*s && !(!strncmp(s, name, length) && s[length] == '=')) {
		s += strcspn(s, "&");
		s += *s == '&';
	}
	if (!*s)
		return NULL;
	s += length + 1;
	char *out = arena_alloc(mem, strcspn(s, "&") + 1);
	for (char *o = out; *s && *s != '&'; s++) {
		if (*s == '%' && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0) {
			*o++ = (char)(hex_digit(s[1]) * 16 + hex_digit(s[2]));
			s += 2;
		} else {
			*o++ = *s == '+' ? ' ' : *s;
		}
	}
	return out;
}
