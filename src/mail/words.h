/* words.h - what our mails say: the invitation, and the test message.
 *
 * Text and HTML say the same, in the reader's language. Nothing is loaded from elsewhere, nothing
 * tells that a mail was read.
 */
#pragma once

#include <stdbool.h>

struct ctx;

struct mail_words {
	const char *language;              /* its tag: "de" */
	const char *subject, *text, *html; /* in cx->mem */
};

struct mail_invitation {
	const char *language;     /* BCP 47; see mail_words_language */
	const char *organisation; /* who invites */
	const char *person_name;
	const char *link;
	const char *contact; /* address for questions; NULL: none is named */
};

/* The language of ours that serves a tag, by its first part: "de" for "de-AT", "en" for NULL and for
 * what we do not speak. */
const char *mail_words_language(const char *tag);
/* Is it, letter for letter, a language that mails are written in? */
bool mail_words_speaks(const char *tag);

struct mail_words mail_words_invitation(struct ctx *cx, const struct mail_invitation *n);
/* by: who asked for it. */
struct mail_words mail_words_test(struct ctx *cx, const char *language, const char *by);
