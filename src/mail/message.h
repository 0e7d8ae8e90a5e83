/* message.h - one mail as bytes: headers, then the same words as plain text and as HTML.
 *
 * What goes into a header is refused when it holds a line break or another control character, so
 * that nobody's name can add a header. Text that is not ASCII is encoded (RFC 2047 in headers,
 * quoted-printable in bodies). Lines have at most 76 characters and end with CRLF.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;

#define MAIL_MAX_BYTES (256 * 1024)

struct mail_message {
	const char *from_address, *from_name; /* name NULL or "": only the address */
	const char *to_address, *to_name;
	const char *subject;
	const char *message_id; /* "<…@…>" */
	int64_t at_ms;
	const char *text, *html; /* UTF-8 with LF line ends */
	const char *language;    /* BCP 47; NULL: not said */
};

/* A new Message-ID in the domain of an address; ours, so that a repeat is known as one. */
char *mail_message_id(struct ctx *cx, const char *from_address);

/* The bytes in cx->mem. ERR_INVALID "mail.header" names the field; "mail.too_large". */
must_check enum err mail_compose(struct ctx *cx, const struct mail_message *message,
	const char **ret_bytes, size_t *ret_length);
