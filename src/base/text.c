#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"

#define SORT_DIGITS 12

static bool is_control(utf8proc_int32_t c, bool allow_lines)
{
	if (c == '\t' || c == '\r' || c == '\n')
		return !allow_lines;
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

bool text_is_clean(const char *s, size_t length, bool allow_lines)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)s;
	const utf8proc_uint8_t *end = at + length;
	while (at < end) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(at, end - at, &c);
		if (n <= 0 || is_control(c, allow_lines))
			return false;
		at += n;
	}
	return true;
}

char *text_readable(struct arena *a, const char *s, size_t most_bytes)
{
	static const char unknown[] = "\xef\xbf\xbd";
	size_t length = strlen(s), made = 0;
	char *out = arena_alloc(a, (length < most_bytes ? length : most_bytes) * 3 + 1);
	for (const char *end = s + length; s < end;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, end - s, &c);
		const char *part = n <= 0 ? unknown : is_control(c, false) ? " " : s;
		size_t size = n <= 0 ? 3 : part == s ? (size_t)n : 1;
		if (made + size > most_bytes)
			break;
		memcpy(out + made, part, size);
		made += size;
		s += n > 0 ? n : 1;
	}
	out[made] = 0;
	return out;
}

bool text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Bytes of the white-space character that s begins with; 0: it is none (or not UTF-8). */
static size_t space_length(const char *s, size_t length)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n =
		utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)length, &c);
	if (n <= 0)
		return 0;
	if ((c >= '\t' && c <= '\r') || c == 0x85 || c == 0x200b || c == 0xfeff)
		return (size_t)n;
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return (size_t)n;
	default:
		return 0;
	}
}

static const char *skip_spaces(const char *s)
{
	for (size_t n; *s && (n = space_length(s, strlen(s))) > 0;)
		s += n;
	return s;
}

bool text_is_blank(const char *s)
{
	return !s || !*skip_spaces(s);
}

char *text_trim(struct arena *a, const char *s)
{
	s = skip_spaces(s);
	const char *end = s + strlen(s);
	while (end > s) {
		const char *last = end - 1;
		while (last > s && ((unsigned char)*last & 0xc0) == 0x80)
			last--;
		if (space_length(last, (size_t)(end - last)) != (size_t)(end - last))
			break;
		end = last;
	}
	return arena_strndup(a, s, (size_t)(end - s));
}

static char *map(struct arena *a, const char *s, utf8proc_option_t options)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t n =
		utf8proc_map((const utf8proc_uint8_t *)s, 0, &mapped, options | UTF8PROC_NULLTERM);
	if (n < 0)
		return arena_strdup(a, s);
	char *copy = arena_strndup(a, (const char *)mapped, (size_t)n);
	free(mapped);
	return copy;
}

char *text_nfc(struct arena *a, const char *s)
{
	return map(a, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

/* Folding ASCII is lower case and no more. NULL: it is more than ASCII. */
static char *fold_ascii(struct arena *a, const char *s)
{
	size_t length = strlen(s);
	char *out = arena_alloc(a, length + 1);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c >= 0x80)
			return NULL;
		out[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
	}
	return out;
}

char *text_fold(struct arena *a, const char *s)
{
	char *ascii = s ? fold_ascii(a, s) : NULL;
	if (ascii)
		return ascii;
	return map(a, s,
		UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
			UTF8PROC_IGNORE);
}

/* Combining marks are dropped by their code point (U+0300 to U+036F, CC 80 to CD AF in UTF-8) and
 * not by their category, because the vowel signs of Indic scripts and Thai are marks too. */
char *text_fold_search(struct arena *a, const char *s)
{
	char *from = map(a, s,
		UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
			UTF8PROC_IGNORE);
	char *out = arena_alloc(a, strlen(from) + 1), *to = out;
	while (*from) {
		unsigned char first = (unsigned char)from[0], second = (unsigned char)from[1];
		bool is_mark =
			(first == 0xcc && second) || (first == 0xcd && second && second < 0xb0);
		if (is_mark)
			from += 2;
		else
			*to++ = *from++;
	}
	return map(a, out, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

char *text_sort_key(struct arena *a, const char *folded)
{
	size_t numbers = 0;
	for (const char *c = folded; *c; c++)
		numbers += is_digit(*c) && !is_digit(c[1]);
	char *out = arena_alloc(a, strlen(folded) + numbers * SORT_DIGITS + 1), *to = out;
	while (*folded) {
		size_t digits = 0;
		while (is_digit(folded[digits]))
			digits++;
		for (size_t pad = digits; pad && pad < SORT_DIGITS; pad++)
			*to++ = '0';
		to = mempcpy(to, folded, digits ? digits : 1);
		folded += digits ? digits : 1;
	}
	return out;
}

enum err text_parse_i64(const char *s, int64_t min, int64_t max, int64_t *ret_value)
{
	if (!s)
		return ERR_INVALID;
	bool is_negative = *s == '-';
	s += is_negative;
	if (!*s)
		return ERR_INVALID;
	int64_t value = 0;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return ERR_INVALID;
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_sub_overflow(value, *s - '0', &value))
			return ERR_INVALID;
	}
	/* Gathered below zero, because INT64_MIN has no positive twin. */
	if (!is_negative && __builtin_sub_overflow(0, value, &value))
		return ERR_INVALID;
	if (value < min || value > max)
		return ERR_INVALID;
	*ret_value = value;
	return OK;
}

bool text_is_email(const char *s)
{
	size_t length = s ? strlen(s) : 0;
	if (length < 3 || length > 254 || !text_is_clean(s, length, false))
		return false;
	const char *at = strchr(s, '@');
	if (!at || at == s || !at[1] || strchr(at + 1, '@') || (size_t)(at - s) > 64)
		return false;
	if (strpbrk(s, " <>()[],;:\\\"\t"))
		return false;
	const char *host = at + 1;
	return host[0] != '.' && host[0] != '-' && host[strlen(host) - 1] != '.' &&
	       !strstr(s, "..") && s[0] != '.' && at[-1] != '.';
}

bool text_is_formula(const char *s)
{
	/* The last row: the full-width forms of = + - @ (U+FF1D, FF0B, FF0D, FF20). */
	static const char *const beginnings[] = { "=", "+", "-", "@", "\t", "\r", "\n",
		"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" };
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++)
		if (text_starts_with(s, beginnings[i]))
			return true;
	return false;
}

char *text_hex(struct arena *a, const void *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *from = bytes;
	char *hex = arena_alloc(a, length * 2 + 1);
	for (size_t i = 0; i < length; i++) {
		hex[i * 2] = digits[from[i] >> 4];
		hex[i * 2 + 1] = digits[from[i] & 15];
	}
	return hex;
}

char *text_url_encode(struct arena *a, const char *s)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_alloc(a, strlen(s) * 3 + 1), *to = out;
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		                (c >= 'A' && c <= 'Z') || strchr("-._~", c);
		if (is_plain) {
			*to++ = (char)c;
		} else {
			*to++ = '%';
			*to++ = digits[c >> 4];
			*to++ = digits[c & 15];
		}
	}
	return out;
}

static const char *html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

char *text_html_escape(struct arena *a, const char *s)
{
	size_t length = 0;
	for (const char *c = s; *c; c++)
		length += html_entity(*c) ? strlen(html_entity(*c)) : 1;
	char *out = arena_alloc(a, length + 1), *to = out;
	for (; *s; s++) {
		const char *entity = html_entity(*s);
		if (entity)
			to = stpcpy(to, entity);
		else
			*to++ = *s;
	}
	return out;
}

char *text_replace(struct arena *a, const char *s, const char *from, const char *to)
{
	size_t from_length = strlen(from), to_length = strlen(to), count = 0;
	if (!from_length)
		return arena_strdup(a, s);
	for (const char *at = strstr(s, from); at; at = strstr(at + from_length, from))
		count++;
	char *out = arena_alloc(a, strlen(s) + count * to_length + 1), *end = out;
	for (const char *at; (at = strstr(s, from)); s = at + from_length) {
		end = mempcpy(end, s, (size_t)(at - s));
		end = mempcpy(end, to, to_length);
	}
	stpcpy(end, s);
	return out;
}
