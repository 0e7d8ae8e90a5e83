/* memory.h - what outlives a call in the twin: plain heap memory that never fails (running out ends
 * the process) and lists that grow. Everything here is freed by a reset or the end of the twin. */
#pragma once

#include <stddef.h>

void *memory_new(size_t size) __attribute__((malloc, returns_nonnull)); /* zeroed */
char *memory_strdup(const char *s);                                     /* NULL gives NULL */
/* Frees *field and puts a copy of s there. */
void memory_set(char **field, const char *s);

/* Room for one more item: `l->items = memory_grow(l->items, l->count, &l->capacity, sizeof(…));` */
void *memory_grow(void *items, size_t count, size_t *capacity, size_t item_size);
