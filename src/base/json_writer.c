#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/clock.h"
#include "base/json.h"

#define TEXTS_MAX_BYTES (4 * 1024 * 1024)

/* How many bytes the UTF-8 character at s has; 0: these bytes are none. */
static size_t character(const unsigned char *s)
{
	if (s[0] < 0x80)
		return 1;
	size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	bool is_overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
	bool is_outside = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f);
	return is_overlong || is_outside ? 0 : length;
}

static const char *escape_of(unsigned char c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

static void put_string(struct buf *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text, *plain = s;
	buf_putc(out, '"');
	while (*s) {
		size_t length = character(s);
		if (length && *s >= 0x20 && *s != '"' && *s != '\\' && *s != 0x7f) {
			s += length;
			continue;
		}
		buf_append(out, plain, (size_t)(s - plain));
		if (!length)
			buf_puts(out, "\xef\xbf\xbd");
		else if (escape_of(*s))
			buf_puts(out, escape_of(*s));
		else
			buf_printf(out, "\\u%04x", *s);
		plain = ++s;
	}
	buf_append(out, plain, (size_t)(s - plain));
	buf_putc(out, '"');
}

static void begin(struct json_writer *w, const char *key)
{
	if (w->needs_comma)
		buf_putc(w->out, ',');
	w->needs_comma = true;
	if (!key)
		return;
	put_string(w->out, key);
	buf_putc(w->out, ':');
}

static void open_with(struct json_writer *w, const char *key, char bracket)
{
	begin(w, key);
	buf_putc(w->out, bracket);
	w->needs_comma = false;
}

static void close_with(struct json_writer *w, char bracket)
{
	buf_putc(w->out, bracket);
	w->needs_comma = true;
}

void jw_init(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){ .out = out };
}

void jw_object(struct json_writer *w, const char *key)
{
	open_with(w, key, '{');
}

void jw_end_object(struct json_writer *w)
{
	close_with(w, '}');
}

void jw_array(struct json_writer *w, const char *key)
{
	open_with(w, key, '[');
}

void jw_end_array(struct json_writer *w)
{
	close_with(w, ']');
}

void jw_str(struct json_writer *w, const char *key, const char *value)
{
	begin(w, key);
	if (value)
		put_string(w->out, value);
	else
		buf_puts(w->out, "null");
}

void jw_i64(struct json_writer *w, const char *key, int64_t value)
{
	begin(w, key);
	buf_printf(w->out, "%" PRId64, value);
}

void jw_bool(struct json_writer *w, const char *key, bool value)
{
	begin(w, key);
	buf_puts(w->out, value ? "true" : "false");
}

void jw_null(struct json_writer *w, const char *key)
{
	begin(w, key);
	buf_puts(w->out, "null");
}

void jw_i64_or_null(struct json_writer *w, const char *key, int64_t value)
{
	if (value)
		jw_i64(w, key, value);
	else
		jw_null(w, key);
}

void jw_time(struct json_writer *w, const char *key, int64_t ms)
{
	if (!ms) {
		jw_null(w, key);
		return;
	}
	struct arena *a = arena_new();
	jw_str(w, key, clock_rfc3339(a, ms));
	arena_free(a);
}

void jw_raw(struct json_writer *w, const char *key, const char *json)
{
	begin(w, key);
	buf_puts(w->out, json);
}

char *json_texts(struct ctx *cx, const char *const *texts, size_t count)
{
	BUF_AUTO(out, TEXTS_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < count; i++)
		jw_str(&w, NULL, texts[i]);
	jw_end_array(&w);
	return arena_strndup(cx->mem, out.bytes, out.length);
}
