/* texts.h - the words of our mails in each language; tools/mail-texts writes the table from
 * web/locales.
 */
#pragma once

#include <stddef.h>

/* MAIL_HELLO is the key mail.hello. */
enum mail_text {
	MAIL_APPS,
	MAIL_BUTTON,
	MAIL_HELLO,
	MAIL_LINK_ALONE,
	MAIL_OPEN,
	MAIL_PERSONAL,
	MAIL_QUESTIONS,
	MAIL_SUBJECT,
	MAIL_TEST,
	MAIL_TEST_SUBJECT,
	MAIL_TEST_TAKEN,
	MAIL_TEXT_COUNT
};

struct mail_language {
	const char *tag;       /* "de" */
	const char *direction; /* "ltr", "rtl" */
	const char *texts[MAIL_TEXT_COUNT];
};

extern const struct mail_language mail_languages[];
extern const size_t mail_language_count;
