#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 256

void buf_init(struct buf *b, size_t limit_bytes)
{
	*b = (struct buf){ .bytes = NULL, .limit = limit_bytes };
	b->bytes = malloc(1);
	if (!b->bytes)
		abort();
	b->bytes[0] = 0;
}

void buf_fini(struct buf *b)
{
	free(b->bytes);
	*b = (struct buf){ .bytes = NULL };
}

void buf_clear(struct buf *b)
{
	b->length = 0;
	b->is_full = false;
	if (b->bytes)
		b->bytes[0] = 0;
}

/* Room for length more bytes and the NUL. */
static void grow(struct buf *b, size_t length)
{
	size_t need = b->length + length;
	if (b->bytes && need <= b->capacity)
		return;
	size_t capacity = b->capacity ? b->capacity : FIRST_BYTES;
	while (capacity < need)
		capacity *= 2;
	if (capacity > b->limit)
		capacity = b->limit;
	char *bytes = realloc(b->bytes, capacity + 1);
	if (!bytes) {
		fputs("out of memory\n", stderr);
		abort();
	}
	b->bytes = bytes;
	b->capacity = capacity;
}

void buf_append(struct buf *b, const void *bytes, size_t length)
{
	if (length > b->limit - b->length) {
		b->is_full = true;
		length = b->limit - b->length;
	}
	grow(b, length);
	if (length)
		memcpy(b->bytes + b->length, bytes, length);
	b->length += length;
	b->bytes[b->length] = 0;
}

void buf_puts(struct buf *b, const char *s)
{
	buf_append(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_append(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	char small[512];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (length < 0)
		return;
	if ((size_t)length < sizeof(small)) {
		buf_append(b, small, (size_t)length);
		return;
	}
	char *large = malloc((size_t)length + 1);
	if (!large)
		abort();
	va_start(args, format);
	vsnprintf(large, (size_t)length + 1, format, args);
	va_end(args);
	buf_append(b, large, (size_t)length);
	free(large);
}
