/* map.h - text to pointer, for a million entries: open addressing, linear probing, no removal of
 * single slots but by tombstone. The map copies no keys: a key must live as long as its entry. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct map_slot {
	const char *key; /* NULL: never used */
	void *value;     /* NULL with a key: removed */
	uint64_t hash;
};

struct map {
	struct map_slot *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t used;     /* slots with a key, removed ones too */
	size_t count;    /* live entries */
};

void map_fini(struct map *m); /* frees the table, not the values; the map is empty then */
void *map_get(const struct map *m, const char *key); /* NULL: none */
/* value must not be NULL. An entry of the same key gets the new key pointer and value. */
void map_put(struct map *m, const char *key, void *value);
void map_remove(struct map *m, const char *key);
