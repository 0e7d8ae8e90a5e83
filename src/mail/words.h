/* words.h - what our mails say: the invitation, and the test message.
 *
 * Text and HTML say the same. Nothing is loaded from elsewhere, nothing tells that a mail was read.
 */
#pragma once

struct ctx;

struct mail_words {
	const char *subject, *text, *html; /* in cx->mem */
};

struct mail_invitation {
	const char *organisation; /* who invites */
	const char *person_name;
	const char *link;
	const char *contact; /* address for questions; NULL: none is named */
};

struct mail_words mail_words_invitation(struct ctx *cx, const struct mail_invitation *n);
/* by: who asked for it. */
struct mail_words mail_words_test(struct ctx *cx, const char *by);
