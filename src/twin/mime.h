/* mime.h - reads one mail message as far as a person wants to see it: subject, text, HTML, links.
 *
 * RFC 5322 headers with folding, RFC 2047 words (Q and B, UTF-8), multipart with a boundary, the
 * transfer encodings quoted-printable and base64. What it does not know it shows as it came.
 */
#pragma once

#include <stddef.h>

struct arena;

#define MIME_LINKS 16

struct mime_message {
	const char *subject, *from, *to, *message_id; /* "" when absent */
	const char *text;              /* the text/plain part; "" when there is none */
	const char *html;              /* the text/html part; "" when there is none */
	const char *links[MIME_LINKS]; /* http and https addresses, each once, text first */
	size_t link_count;
};

void mime_read(struct arena *mem, const char *message, struct mime_message *ret_message);

/* Parts of it, for the tests. */
char *mime_decode_quoted(struct arena *mem, const char *s, size_t length);
char *mime_decode_words(struct arena *mem, const char *s);
