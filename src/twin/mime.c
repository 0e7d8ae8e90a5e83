#include "twin/mime.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/text.h"

#define DEPTH_MOST 8 /* multipart in multipart */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *mime_decode_quoted(struct arena *mem, const char *s, size_t length)
{
	char *out = arena_alloc(mem, length + 1);
	size_t n = 0;
	for (size_t i = 0; i < length; i++) {
		if (s[i] != '=') {
			out[n++] = s[i];
		} else if (i + 2 < length && s[i + 1] == '\r' && s[i + 2] == '\n') {
			i += 2;
		} else if (i + 1 < length && s[i + 1] == '\n') {
			i += 1;
		} else if (i + 2 < length && hex_digit(s[i + 1]) >= 0 && hex_digit(s[i + 2]) >= 0) {
			out[n++] = (char)(hex_digit(s[i + 1]) * 16 + hex_digit(s[i + 2]));
			i += 2;
		} else {
			out[n++] = s[i];
		}
	}
	return out;
}

static char *decode_base64(struct arena *mem, const char *s, size_t length)
{
	uint8_t *bytes;
	size_t count;
	if (text_base64_decode(mem, s, length, &bytes, &count))
		return arena_strndup(mem, s, length);
	return arena_strndup(mem, (const char *)bytes, count);
}

/* "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=" between a and the "?=" at end; NULL when it is none. */
static char *decode_word(struct arena *mem, const char *s, const char **ret_end)
{
	const char *charset_end = strchr(s + 2, '?');
	if (!charset_end || !charset_end[1] || charset_end[2] != '?')
		return NULL;
	const char *text = charset_end + 3;
	const char *end = strstr(text, "?=");
	if (!end)
		return NULL;
	*ret_end = end + 2;
	if (tolower((unsigned char)charset_end[1]) == 'b')
		return decode_base64(mem, text, (size_t)(end - text));
	char *quoted = arena_strndup(mem, text, (size_t)(end - text));
	for (char *c = quoted; *c; c++) {
		if (*c == '_')
			*c = ' ';
	}
	return mime_decode_quoted(mem, quoted, strlen(quoted));
}

char *mime_decode_words(struct arena *mem, const char *s)
{
	char *out = arena_strdup(mem, "");
	bool was_word = false;
	while (*s) {
		const char *end;
		const char *word = strncmp(s, "=?", 2) ? NULL : decode_word(mem, s, &end);
		if (word) {
			out = arena_printf(mem, "%s%s", out, word);
			s = end;
			was_word = true;
			continue;
		}
		size_t blank = strspn(s, " \t\r\n");
		/* White space between two encoded words is not part of the text. */
		if (blank && was_word && !strncmp(s + blank, "=?", 2)) {
			s += blank;
			continue;
		}
		size_t plain = 1 + strcspn(s + 1, "= \t");
		out = arena_printf(mem, "%s%.*s", out, (int)plain, s);
		s += plain;
		was_word = false;
	}
	return out;
}

struct part {
	const char *head;
	size_t head_length;
	const char *body;
	size_t body_length;
};

static struct part split(const char *s, size_t length)
{
	struct part p = { .head = s };
	for (size_t i = 0; i < length; i++) {
		if (s[i] != '\n')
			continue;
		size_t next = i + 1;
		if (next < length && s[next] == '\r')
			next++;
		if (next < length && s[next] == '\n') {
			p.head_length = i + 1;
			p.body = s + next + 1;
			p.body_length = length - next - 1;
			return p;
		}
	}
	p.head_length = length;
	p.body = s + length;
	return p;
}

/* The unfolded value of a header; "" when absent. */
static char *header(struct arena *mem, const struct part *p, const char *name)
{
	size_t length = strlen(name);
	const char *end = p->head + p->head_length;
	for (const char *line = p->head; line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		while (stop && stop + 1 < end && (stop[1] == ' ' || stop[1] == '\t'))
			stop = memchr(stop + 1, '\n', (size_t)(end - stop - 1));
		const char *next = stop ? stop + 1 : end;
		if ((size_t)(next - line) > length && line[length] == ':' &&
			!strncasecmp(line, name, length)) {
			char *value = arena_strndup(
				mem, line + length + 1, (size_t)(next - line) - length - 1);
			char *to =
				value; /* unfolded: the line ends go, the blank after them stays */
			for (const char *c = value; *c; c++) {
				if (*c != '\r' && *c != '\n')
					*to++ = *c;
			}
			*to = '\0';
			return text_trim(mem, value);
		}
		line = next;
	}
	return arena_strdup(mem, "");
}

/* The value of a parameter of Content-Type; NULL when absent. */
static char *parameter(struct arena *mem, const char *value, const char *name)
{
	const char *at = strcasestr(value, name);
	if (!at)
		return NULL;
	at += strlen(name);
	if (*at == '"') {
		at++;
		return arena_strndup(mem, at, strcspn(at, "\""));
	}
	return arena_strndup(mem, at, strcspn(at, "; \t"));
}

static char *body_text(struct arena *mem, const struct part *p)
{
	const char *encoding = header(mem, p, "Content-Transfer-Encoding");
	if (!strcasecmp(encoding, "quoted-printable"))
		return mime_decode_quoted(mem, p->body, p->body_length);
	if (!strcasecmp(encoding, "base64"))
		return decode_base64(mem, p->body, p->body_length);
	return arena_strndup(mem, p->body, p->body_length);
}

static void read_part(
	struct arena *mem, const char *s, size_t length, int depth, struct mime_message *m);

static void read_multipart(struct arena *mem, const struct part *p, const char *boundary, int depth,
	struct mime_message *m)
{
	const char *mark = arena_printf(mem, "--%s", boundary);
	const char *end = p->body + p->body_length;
	const char *at = memmem(p->body, p->body_length, mark, strlen(mark));
	while (at) {
		const char *start = memchr(at, '\n', (size_t)(end - at));
		if (!start || !strncmp(at + strlen(mark), "--", 2))
			return;
		start++;
		const char *next = memmem(start, (size_t)(end - start), mark, strlen(mark));
		read_part(mem, start, (size_t)((next ? next : end) - start), depth, m);
		at = next;
	}
}

static void read_part(
	struct arena *mem, const char *s, size_t length, int depth, struct mime_message *m)
{
	struct part p = split(s, length);
	const char *type = header(mem, &p, "Content-Type");
	const char *boundary = parameter(mem, type, "boundary=");
	if (!strncasecmp(type, "multipart/", 10) && boundary && depth < DEPTH_MOST)
		read_multipart(mem, &p, boundary, depth + 1, m);
	else if (!strncasecmp(type, "text/html", 9))
		m->html = body_text(mem, &p);
	else if (!*type || !strncasecmp(type, "text/plain", 10))
		m->text = body_text(mem, &p);
}

static void add_link(struct mime_message *m, const char *link)
{
	for (size_t i = 0; i < m->link_count; i++) {
		if (!strcmp(m->links[i], link))
			return;
	}
	if (m->link_count < MIME_LINKS)
		m->links[m->link_count++] = link;
}

static void find_links(struct arena *mem, const char *s, bool is_html, struct mime_message *m)
{
	for (const char *at = s; (at = strstr(at, "http")); at++) {
		if (strncmp(at, "http://", 7) && strncmp(at, "https://", 8))
			continue;
		char *link = arena_strndup(mem, at, strcspn(at, " \t\r\n\"'<>)]"));
		add_link(m, is_html ? text_replace(mem, link, "&amp;", "&") : link);
	}
}

void mime_read(struct arena *mem, const char *message, struct mime_message *ret_message)
{
	struct mime_message m = { .text = "", .html = "" };
	struct part whole = split(message, strlen(message));
	m.subject = mime_decode_words(mem, header(mem, &whole, "Subject"));
	m.from = mime_decode_words(mem, header(mem, &whole, "From"));
	m.to = mime_decode_words(mem, header(mem, &whole, "To"));
	m.message_id = header(mem, &whole, "Message-ID");
	read_part(mem, message, strlen(message), 0, &m);
	find_links(mem, m.text, false, &m);
	find_links(mem, m.html, true, &m);
	*ret_message = m;
}
