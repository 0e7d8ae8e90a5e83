#include "twin/memory.h"

#include <stdlib.h>
#include <string.h>

void *memory_new(size_t size)
{
	void *p = calloc(1, size ? size : 1);
	if (!p)
		abort();
	return p;
}

char *memory_strdup(const char *s)
{
	if (!s)
		return NULL;
	size_t size = strlen(s) + 1;
	return memcpy(memory_new(size), s, size);
}

void memory_set(char **field, const char *s)
{
	char *copy = memory_strdup(s);
	free(*field);
	*field = copy;
}

void *memory_grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
	if (count < *capacity)
		return items;
	size_t next = *capacity ? *capacity * 2 : 16;
	void *p = reallocarray(items, next, item_size);
	if (!p)
		abort();
	memset((char *)p + *capacity * item_size, 0, (next - *capacity) * item_size);
	*capacity = next;
	return p;
}
