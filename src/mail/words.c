#include "mail/words.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "base/text.h"
#include "mail/texts.h"

#define PAGE_MAX_BYTES (64 * 1024)

#define BODY_STYLE                                                                                 \
	"margin:0;padding:24px;background:#f2f2f2;font-family:Helvetica,Arial,sans-serif;"         \
	"font-size:16px;line-height:1.5;color:#151515"
#define CARD_STYLE "max-width:560px;margin:0 auto;padding:32px;background:#ffffff;border-radius:8px"
#define BUTTON_STYLE                                                                               \
	"display:inline-block;padding:12px 24px;background:#0066cc;color:#ffffff;"                 \
	"text-decoration:none;border-radius:6px"

/* What stands for {{name}}. */
struct value {
	const char *name, *value;
};

static const struct mail_language *find(const char *tag)
{
	const struct mail_language *english = NULL;
	size_t length = tag ? strcspn(tag, "-") : 0;
	for (size_t i = 0; i < mail_language_count; i++) {
		const struct mail_language *one = &mail_languages[i];
		if (length == strlen(one->tag) && !strncasecmp(tag, one->tag, length))
			return one;
		if (text_equal(one->tag, "en"))
			english = one;
	}
	return english;
}

const char *mail_words_language(const char *tag)
{
	return find(tag)->tag;
}

bool mail_words_speaks(const char *tag)
{
	return text_equal(find(tag)->tag, tag);
}

static const char *value_of(const struct value *values, const char *name, size_t length)
{
	for (; values->name; values++)
		if (strlen(values->name) == length && !strncmp(values->name, name, length))
			return values->value;
	return "";
}

/* The text with each {{name}} filled in. */
static const char *fill(struct ctx *cx, const struct mail_language *in, enum mail_text text,
	const struct value *values)
{
	BUF_AUTO(out, PAGE_MAX_BYTES);
	const char *rest = in->texts[text], *begin, *end;
	while ((begin = strstr(rest, "{{")) && (end = strstr(begin, "}}"))) {
		buf_append(&out, rest, (size_t)(begin - rest));
		buf_puts(&out, value_of(values, begin + 2, (size_t)(end - begin - 2)));
		rest = end + 2;
	}
	buf_puts(&out, rest);
	return arena_strndup(cx->mem, out.bytes, out.length);
}

/* A name in HTML, whose own direction does not turn the words around it. */
static const char *isolate(struct ctx *cx, const char *name)
{
	return arena_printf(cx->mem, "<bdi>%s</bdi>", text_html_escape(cx->mem, name));
}

static const char *page(
	struct ctx *cx, const struct mail_language *in, const char *title, const char *body)
{
	return arena_printf(cx->mem,
		"<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head><meta charset=\"utf-8\">"
		"<title>%s</title></head>\n<body dir=\"%s\" style=\"" BODY_STYLE
		"\">\n<div style=\"" CARD_STYLE "\">\n%s</div>\n</body>\n</html>\n",
		in->tag, in->direction, text_html_escape(cx->mem, title), in->direction, body);
}

static const char *invitation_text(
	struct ctx *cx, const struct mail_language *in, const struct mail_invitation *n)
{
	const struct value values[] = { { "name", n->person_name },
		{ "organisation", n->organisation }, { "contact", n->contact }, { 0 } };
	const char *questions =
		n->contact ? arena_printf(cx->mem, "%s\n", fill(cx, in, MAIL_QUESTIONS, values))
			   : "";
	/* The link stands alone on its line, or mail programs would break it. */
	return arena_printf(cx->mem, "%s\n\n%s\n%s\n\n%s\n\n%s\n%s",
		fill(cx, in, MAIL_HELLO, values), fill(cx, in, MAIL_APPS, values),
		fill(cx, in, MAIL_OPEN, values), n->link, fill(cx, in, MAIL_PERSONAL, values),
		questions);
}

static const char *invitation_html(struct ctx *cx, const struct mail_language *in,
	const struct mail_invitation *n, const char *subject)
{
	const char *link = text_html_escape(cx->mem, n->link);
	const char *contact = "";
	if (n->contact) {
		const char *address = text_html_escape(cx->mem, n->contact);
		contact = arena_printf(cx->mem,
			"<a href=\"mailto:%s\" style=\"color:#0066cc\" dir=\"ltr\">%s</a>", address,
			address);
	}
	const struct value values[] = { { "name", isolate(cx, n->person_name) },
		{ "organisation", isolate(cx, n->organisation) }, { "contact", contact }, { 0 } };
	const char *questions =
		n->contact ? arena_printf(cx->mem, " %s", fill(cx, in, MAIL_QUESTIONS, values))
			   : "";
	const char *body = arena_printf(cx->mem,
		"<p>%s</p>\n<p>%s</p>\n<p>%s</p>\n"
		"<p style=\"margin:28px 0\"><a href=\"%s\" style=\"" BUTTON_STYLE "\">%s</a></p>\n"
		"<p style=\"font-size:14px\">%s<br><a href=\"%s\" dir=\"ltr\" "
		"style=\"color:#0066cc;word-break:break-all\">%s</a></p>\n"
		"<p style=\"font-size:14px;color:#4d4d4d\">%s%s</p>\n",
		fill(cx, in, MAIL_HELLO, values), fill(cx, in, MAIL_APPS, values),
		fill(cx, in, MAIL_OPEN, values), link, fill(cx, in, MAIL_BUTTON, values),
		fill(cx, in, MAIL_LINK_ALONE, values), link, link,
		fill(cx, in, MAIL_PERSONAL, values), questions);
	return page(cx, in, subject, body);
}

struct mail_words mail_words_invitation(struct ctx *cx, const struct mail_invitation *n)
{
	const struct mail_language *in = find(n->language);
	const struct value values[] = { { "organisation", n->organisation }, { 0 } };
	struct mail_words words = { .language = in->tag,
		.subject = fill(cx, in, MAIL_SUBJECT, values),
		.text = invitation_text(cx, in, n) };
	words.html = invitation_html(cx, in, n, words.subject);
	return words;
}

struct mail_words mail_words_test(struct ctx *cx, const char *language, const char *by)
{
	const struct mail_language *in = find(language);
	const struct value plain[] = { { "name", by }, { 0 } };
	const struct value marked[] = { { "name", isolate(cx, by) }, { 0 } };
	const char *taken = fill(cx, in, MAIL_TEST_TAKEN, plain);
	struct mail_words words = { .language = in->tag,
		.subject = fill(cx, in, MAIL_TEST_SUBJECT, plain),
		.text = arena_printf(
			cx->mem, "%s\n\n%s\n", fill(cx, in, MAIL_TEST, plain), taken) };
	words.html = page(cx, in, words.subject,
		arena_printf(
			cx->mem, "<p>%s</p>\n<p>%s</p>\n", fill(cx, in, MAIL_TEST, marked), taken));
	return words;
}
