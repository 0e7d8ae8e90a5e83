/* buf.h - bytes that grow up to a limit given at birth.
 *
 * Appending past the limit sets is_full and drops the rest, so that a writer may check once at the
 * end. The bytes are always followed by a NUL that length does not count.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *bytes;
	size_t length;
	size_t capacity;
	size_t limit;
	bool is_full;
};

void buf_init(struct buf *b, size_t limit_bytes);
void buf_fini(struct buf *b); /* accepts one that is all zero */
void buf_clear(struct buf *b);
void buf_append(struct buf *b, const void *bytes, size_t length);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define BUF_AUTO(name, limit_bytes)                                                                \
	__attribute__((cleanup(buf_fini))) struct buf name = { 0 };                                \
	buf_init(&name, (limit_bytes))
