#include "mail/words.h"

#include "base/ctx.h"
#include "base/text.h"

#define PAGE_BEGIN                                                                                 \
	"<!doctype html>\n<html lang=\"en\">\n<head><meta "                                        \
	"charset=\"utf-8\"><title>%s</title></head>\n"                                             \
	"<body "                                                                                   \
	"style=\"margin:0;padding:24px;background:#f2f2f2;font-family:Helvetica,Arial,sans-serif;" \
	"font-size:16px;line-height:1.5;color:#151515\">\n"                                        \
	"<div style=\"max-width:560px;margin:0 auto;padding:32px;background:#ffffff;"              \
	"border-radius:8px\">\n"
#define PAGE_END "</div>\n</body>\n</html>\n"

static const char *invitation_html(
	struct ctx *cx, const struct mail_invitation *n, const char *subject)
{
	const char *organisation = text_html_escape(cx->mem, n->organisation);
	const char *link = text_html_escape(cx->mem, n->link);
	const char *questions = "";
	if (n->contact) {
		const char *contact = text_html_escape(cx->mem, n->contact);
		questions = arena_printf(cx->mem,
			" Questions? Write to <a href=\"mailto:%s\" "
			"style=\"color:#0066cc\">%s</a>.",
			contact, contact);
	}
	return arena_printf(cx->mem,
		PAGE_BEGIN
		"<p>Hello %s,</p>\n"
		"<p><strong>%s</strong> gives you apps and books for your iPhone, iPad or "
		"Mac.</p>\n"
		"<p>Open this link <strong>on that device</strong>. The App Store opens; sign in "
		"with "
		"the Apple Account that you use there and accept.</p>\n"
		"<p style=\"margin:28px 0\"><a href=\"%s\" "
		"style=\"display:inline-block;padding:12px 24px;"
		"background:#0066cc;color:#ffffff;text-decoration:none;border-radius:6px\">"
		"Set up my apps</a></p>\n"
		"<p style=\"font-size:14px\">If the button does nothing, open this address:<br>"
		"<a href=\"%s\" style=\"color:#0066cc;word-break:break-all\">%s</a></p>\n"
		"<p style=\"font-size:14px;color:#4d4d4d\">It takes a minute. %s does not see your "
		"purchases or your data. The link is only for you: please do not pass it "
		"on.%s</p>\n" PAGE_END,
		text_html_escape(cx->mem, subject), text_html_escape(cx->mem, n->person_name),
		organisation, link, link, link, organisation, questions);
}

struct mail_words mail_words_invitation(struct ctx *cx, const struct mail_invitation *n)
{
	const char *questions =
		n->contact ? arena_printf(cx->mem, "Questions: %s\n", n->contact) : "";
	struct mail_words words = {
		.subject = arena_printf(cx->mem, "%s: set up your work apps", n->organisation),
		/* The link stands alone on its line, or mail programs would break it. */
		.text = arena_printf(cx->mem,
			"Hello %s,\n\n"
			"%s gives you apps and books for your iPhone, iPad or Mac.\n"
			"Open this link on that device. The App Store opens; sign in with the\n"
			"Apple Account that you use there and accept.\n\n"
			"%s\n\n"
			"It takes a minute. %s does not see your purchases or your data.\n"
			"The link is only for you: please do not pass it on.\n%s",
			n->person_name, n->organisation, n->link, n->organisation, questions),
	};
	words.html = invitation_html(cx, n, words.subject);
	return words;
}

struct mail_words mail_words_test(struct ctx *cx, const char *by)
{
	struct mail_words words = {
		.subject = "Pomona: test message",
		.text = arena_printf(cx->mem,
			"This is the test message that %s asked for.\n\n"
			"The mail server took it, so invitations can be sent this way.\n",
			by),
	};
	words.html = arena_printf(cx->mem,
		PAGE_BEGIN
		"<p>This is the test message that %s asked for.</p>\n"
		"<p>The mail server took it, so invitations can be sent this way.</p>\n" PAGE_END,
		words.subject, text_html_escape(cx->mem, by));
	return words;
}
