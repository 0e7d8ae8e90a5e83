/* arena.h - memory with one owner and one end.
 *
 * What a function makes for its caller it makes in an arena; nobody frees it, the owner ends the
 * arena. When the system has no memory left the process ends: limits on every input make sure
 * that a client cannot cause it. Not thread-safe: an arena belongs to one thread at a time.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);  /* accepts NULL */
void arena_reset(struct arena *a); /* everything made so far ends; the first block is kept */

/* Zeroed memory, aligned for any type. size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));
void *arena_copy(struct arena *a, const void *bytes, size_t size);

char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t length);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args);

/* `ARENA_NEW(a, struct thing)` */
#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (size_t)(count)))
