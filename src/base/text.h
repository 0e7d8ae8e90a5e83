/* text.h - strings: checks, folding, numbers, and the encodings that travel in text.
 *
 * Text is UTF-8 everywhere inside Pomona. Doors check it once with text_is_clean. utf8proc is
 * known here alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct arena;

/* Valid UTF-8 without NUL, control characters (but TAB, CR, LF if allow_lines) or surrogates. */
bool text_is_clean(const char *s, size_t length, bool allow_lines);

/* Words of another program, fit to be kept and shown: what is not UTF-8 becomes U+FFFD, a control
 * character a space, and what is longer than most_bytes is cut between two characters. */
char *text_readable(struct arena *a, const char *s, size_t most_bytes);

bool text_equal(const char *a, const char *b); /* NULL equals NULL only */
bool text_starts_with(const char *s, const char *prefix);
bool text_is_blank(const char *s); /* NULL, empty, or white space only */

/* A copy without leading and trailing white space (Unicode spaces too). */
char *text_trim(struct arena *a, const char *s);

/* NFC, and NFKC + case fold for keys and search. Input must be valid UTF-8. */
char *text_nfc(struct arena *a, const char *s);
char *text_fold(struct arena *a, const char *s);
/* As text_fold, and without the accents of Latin, Greek and Cyrillic letters: for what people type
 * into a search box and for the order of lists. Not for keys: "muller" is not "müller". */
char *text_fold_search(struct arena *a, const char *s);
/* A folded text for sorting in byte order: its numbers are padded with zeros to 12 digits, so that
 * "year 2" comes before "year 10". */
char *text_sort_key(struct arena *a, const char *folded);

/* Whole-string decimal numbers; ERR_INVALID without detail when it is not one in range. */
must_check enum err text_parse_i64(const char *s, int64_t min, int64_t max, int64_t *ret_value);

/* A plausible e-mail address for SMTP: one @, no spaces or controls, at most 254 bytes. */
bool text_is_email(const char *s);

/* Would a spreadsheet take a cell that begins so for a formula? */
bool text_is_formula(const char *s);

char *text_hex(struct arena *a, const void *bytes, size_t length);

/* RFC 4648 base64 with padding; decoding skips white space. ERR_INVALID without detail. */
char *text_base64(struct arena *a, const void *bytes, size_t length);
must_check enum err text_base64_decode(
	struct arena *a, const char *s, size_t length, uint8_t **ret_bytes, size_t *ret_length);

/* Percent-encoding of a URL component (everything but unreserved characters), and HTML text. */
char *text_url_encode(struct arena *a, const char *s);
char *text_html_escape(struct arena *a, const char *s);

/* Replaces every occurrence of from by to. */
char *text_replace(struct arena *a, const char *s, const char *from, const char *to);
