#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (16 * 1024)
#define ALIGNMENT   sizeof(max_align_t)

struct block {
	struct block *next;
	size_t size, used;
	max_align_t bytes[];
};

struct arena {
	struct block *first, *present;
};

static void out_of_memory(void)
{
	fputs("out of memory\n", stderr);
	abort();
}

static struct block *block_new(size_t size)
{
	struct block *b = malloc(sizeof(*b) + size);
	if (!b)
		out_of_memory();
	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = malloc(sizeof(*a));
	if (!a)
		out_of_memory();
	a->first = a->present = block_new(BLOCK_BYTES);
	return a;
}

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;
		free(b);
		b = next;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	free_blocks(a->first);
	free(a);
}

void arena_reset(struct arena *a)
{
	free_blocks(a->first->next);
	a->first->next = NULL;
	a->first->used = 0;
	a->present = a->first;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		out_of_memory();
	size_t need = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (a->present->size - a->present->used < need) {
		struct block *b = block_new(need > BLOCK_BYTES ? need : BLOCK_BYTES);
		a->present->next = b;
		a->present = b;
	}
	void *p = (char *)a->present->bytes + a->present->used;
	a->present->used += need;
	return memset(p, 0, size);
}

void *arena_copy(struct arena *a, const void *bytes, size_t size)
{
	void *p = arena_alloc(a, size);
	if (size)
		memcpy(p, bytes, size);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t length)
{
	char *p = arena_alloc(a, length + 1);
	if (length)
		memcpy(p, s, length);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return arena_strdup(a, "");
	char *p = arena_alloc(a, (size_t)length + 1);
	vsnprintf(p, (size_t)length + 1, format, args);
	return p;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *p = arena_vprintf(a, format, args);
	va_end(args);
	return p;
}
