#include "apple/redact.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/ctx.h"

#define MARK "\xe2\x80\xa6" /* … */

struct reader {
	const char *at, *end;
};

static bool ends_with(const char *name, size_t length, const char *end)
{
	size_t n = strlen(end);
	return length >= n && strncasecmp(name + length - n, end, n) == 0;
}

/* By the end of the name, so that a member that Apple adds later is secret as well. */
static bool is_secret(const char *name, size_t length)
{
	static const char *const ends[] = { "token", "secret", "password", "inviteCode",
		"inviteUrl", "invitationUrl", "jwt" };
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends_with(name, length, ends[i]))
			return true;
	return false;
}

static bool is_address(const char *name, size_t length)
{
	return ends_with(name, length, "email") || ends_with(name, length, "managedAppleId");
}

/* The string that begins at r->at (a quote), without its quotes; r goes behind it. One that has no
 * end goes to the end of the text. */
static size_t take_string(struct reader *r, const char **ret_start)
{
	const char *start = ++r->at;
	while (r->at < r->end && *r->at != '"')
		r->at += *r->at == '\\' && r->end - r->at > 1 ? 2 : 1;
	size_t length = (size_t)(r->at - start);
	r->at += r->at < r->end;
	*ret_start = start;
	return length;
}

static void put_address(struct buf *out, const char *s, size_t length)
{
	const char *domain = memchr(s, '@', length);
	if (domain && domain > s)
		buf_append(out, s, 1);
	buf_puts(out, MARK);
	if (domain)
		buf_append(out, domain, length - (size_t)(domain - s));
}

/* The value behind a name: a string is shown as the name allows; anything else is copied later. */
static void put_value(struct buf *out, struct reader *r, const char *name, size_t name_length)
{
	const char *from = r->at;
	while (r->at < r->end && strchr(" \t\r\n:", *r->at))
		r->at++;
	buf_append(out, from, (size_t)(r->at - from));
	bool secret = is_secret(name, name_length), address = is_address(name, name_length);
	if (r->at == r->end || *r->at != '"' || (!secret && !address))
		return;
	const char *value;
	size_t length = take_string(r, &value);
	buf_putc(out, '"');
	if (secret)
		buf_puts(out, MARK);
	else
		put_address(out, value, length);
	buf_putc(out, '"');
}

/* A byte that is not the first of its letter in UTF-8. */
static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

const char *apple_redact(struct ctx *cx, const char *text, size_t length, size_t limit)
{
	BUF_AUTO(out, 2 * limit + 64);
	struct reader r = { text, text + length };
	if (!text || !length)
		return "";
	while (r.at < r.end && out.length < limit) {
		if (*r.at != '"') {
			buf_putc(&out, *r.at++);
			continue;
		}
		const char *string;
		size_t string_length = take_string(&r, &string);
		size_t shown = string_length > limit ? limit : string_length;
		const char *next = r.at;
		while (next < r.end && strchr(" \t\r\n", *next))
			next++;
		buf_putc(&out, '"');
		buf_append(&out, string, shown);
		buf_putc(&out, '"');
		if (next < r.end && *next == ':')
			put_value(&out, &r, string, string_length);
	}
	size_t shown = out.length > limit ? limit : out.length;
	bool is_mid =
		shown < out.length ? continues(out.bytes[shown]) : r.at < r.end && continues(*r.at);
	while (is_mid && shown > 0 && continues(out.bytes[shown - 1]))
		shown--;
	shown -= is_mid && shown > 0;
	size_t rest = (size_t)(r.end - r.at) + (out.length - shown);
	char *words = arena_printf(cx->mem, "%.*s", (int)shown, out.bytes);
	return rest ? arena_printf(cx->mem, "%s " MARK " (%zu bytes more)", words, rest) : words;
}
