#include "mail/message.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"

/* An encoded word is a third longer, and 12 for "=?UTF-8?B?" and "?="; "Subject: " stands before. */
#define WORD_BYTES 39
#define LINE_CHARS 76

char *mail_message_id(struct ctx *cx, const char *from_address)
{
	const char *at = from_address ? strrchr(from_address, '@') : NULL;
	return arena_printf(
		cx->mem, "<%s@%s>", secret_token(cx->mem, 24), at ? at + 1 : "localhost");
}

static enum err check(struct ctx *cx, const char *field, const char *value)
{
	if (!value || text_is_clean(value, strlen(value), false))
		return OK;
	return err_set_field(cx, ERR_INVALID, "mail.header", field,
		"The %s of the message holds a line break or another character that no header may "
		"have.",
		field);
}

static enum err check_address(struct ctx *cx, const char *field, const char *value)
{
	if (text_is_email(value))
		return OK;
	return err_set_field(cx, ERR_INVALID, "mail.header", field,
		"The %s of the message is not an e-mail address.", field);
}

static bool is_ascii(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return true;
}

/* As many bytes as fit into an encoded word without cutting a character. */
static size_t word_length(const char *s)
{
	size_t length = strlen(s);
	if (length <= WORD_BYTES)
		return length;
	length = WORD_BYTES;
	while (length && ((unsigned char)s[length] & 0xc0) == 0x80)
		length--;
	return length;
}

static void put_encoded_words(struct ctx *cx, struct buf *out, const char *s)
{
	while (*s) {
		size_t length = word_length(s);
		buf_printf(out, "=?UTF-8?B?%s?=", text_base64(cx->mem, s, length));
		s += length;
		if (*s)
			buf_puts(out, "\r\n ");
	}
}

/* "Ada" <ada@example.org> */
static void put_mailbox(
	struct ctx *cx, struct buf *out, const char *field, const char *name, const char *address)
{
	buf_printf(out, "%s: ", field);
	if (!text_is_blank(name) && is_ascii(name) && strlen(name) < 60) {
		buf_putc(out, '"');
		for (const char *c = name; *c; c++) {
			if (*c == '"' || *c == '\\')
				buf_putc(out, '\\');
			buf_putc(out, *c);
		}
		buf_puts(out, "\"\r\n ");
	} else if (!text_is_blank(name)) {
		put_encoded_words(cx, out, name);
		buf_puts(out, "\r\n ");
	}
	buf_printf(out, "<%s>\r\n", address);
}

static void put_subject(struct ctx *cx, struct buf *out, const char *subject)
{
	buf_puts(out, "Subject: ");
	if (is_ascii(subject) && strlen(subject) < LINE_CHARS - 10)
		buf_puts(out, subject);
	else
		put_encoded_words(cx, out, subject);
	buf_puts(out, "\r\n");
}

static bool is_literal(const char *s)
{
	unsigned char c = (unsigned char)*s;
	if (c == ' ' || c == '\t')
		return s[1] != '\n' && s[1] != 0;
	return c > 0x20 && c < 0x7f && c != '=';
}

static void put_quoted_printable(struct buf *out, const char *s)
{
	size_t column = 0;
	for (; *s; s++) {
		if (*s == '\n') {
			buf_puts(out, "\r\n");
			column = 0;
			continue;
		}
		size_t width = is_literal(s) ? 1 : 3;
		if (column + width > LINE_CHARS - 1) {
			buf_puts(out, "=\r\n");
			column = 0;
		}
		if (width == 1)
			buf_putc(out, *s);
		else
			buf_printf(out, "=%02X", (unsigned char)*s);
		column += width;
	}
	buf_puts(out, "\r\n");
}

static void put_part(struct buf *out, const char *boundary, const char *type, const char *body)
{
	buf_printf(out,
		"--%s\r\nContent-Type: %s; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		boundary, type);
	put_quoted_printable(out, body);
}

static void put_message(struct ctx *cx, struct buf *out, const struct mail_message *m)
{
	const char *boundary = arena_printf(cx->mem, "=_%s", secret_token(cx->mem, 24));
	buf_printf(out, "Date: %s\r\n", clock_rfc5322(cx->mem, m->at_ms));
	put_mailbox(cx, out, "From", m->from_name, m->from_address);
	put_mailbox(cx, out, "To", m->to_name, m->to_address);
	put_subject(cx, out, m->subject);
	if (m->language)
		buf_printf(out, "Content-Language: %s\r\n", m->language);
	buf_printf(out,
		"Message-ID: %s\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n",
		m->message_id, boundary);
	/* RFC 2046: the plainest first, the richest last. */
	put_part(out, boundary, "text/plain", m->text);
	put_part(out, boundary, "text/html", m->html);
	buf_printf(out, "--%s--\r\n", boundary);
}

enum err mail_compose(
	struct ctx *cx, const struct mail_message *m, const char **ret_bytes, size_t *ret_length)
{
	enum err e = check_address(cx, "sender", m->from_address);
	if (!e)
		e = check_address(cx, "recipient", m->to_address);
	if (!e)
		e = check(cx, "sender's name", m->from_name);
	if (!e)
		e = check(cx, "recipient's name", m->to_name);
	if (!e)
		e = check(cx, "subject", m->subject);
	if (!e)
		e = check(cx, "id", m->message_id);
	if (!e)
		e = check(cx, "language", m->language);
	if (e)
		return e;
	BUF_AUTO(out, MAIL_MAX_BYTES);
	put_message(cx, &out, m);
	if (out.is_full)
		return err_set(cx, ERR_INVALID, "mail.too_large",
			"The message is larger than %d bytes.", MAIL_MAX_BYTES);
	*ret_bytes = arena_strndup(cx->mem, out.bytes, out.length);
	*ret_length = out.length;
	return OK;
}
