#include "twin/map.h"

#include <stdlib.h>
#include <string.h>

#include "twin/memory.h"

static uint64_t hash_text(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a, then mixed */
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return h ^ h >> 32;
}

void map_fini(struct map *m)
{
	free(m->slots);
	*m = (struct map){ 0 };
}

static struct map_slot *find(const struct map *m, const char *key, uint64_t hash)
{
	size_t i = hash & (m->capacity - 1);
	while (m->slots[i].key) {
		if (m->slots[i].hash == hash && !strcmp(m->slots[i].key, key))
			return &m->slots[i];
		i = (i + 1) & (m->capacity - 1);
	}
	return &m->slots[i];
}

static void rebuild(struct map *m)
{
	struct map old = *m;
	size_t capacity = 16;
	while (capacity < old.count * 2 + 2)
		capacity *= 2;
	*m = (struct map){ .slots = memory_new(capacity * sizeof(*m->slots)),
		.capacity = capacity };
	for (size_t i = 0; i < old.capacity; i++) {
		if (!old.slots[i].value)
			continue;
		*find(m, old.slots[i].key, old.slots[i].hash) = old.slots[i];
		m->used++;
		m->count++;
	}
	free(old.slots);
}

void *map_get(const struct map *m, const char *key)
{
	return m->capacity && key ? find(m, key, hash_text(key))->value : NULL;
}

void map_put(struct map *m, const char *key, void *value)
{
	if ((m->used + 1) * 4 > m->capacity * 3)
		rebuild(m);
	uint64_t hash = hash_text(key);
	struct map_slot *slot = find(m, key, hash);
	if (!slot->key)
		m->used++;
	if (!slot->value)
		m->count++;
	*slot = (struct map_slot){ .key = key, .value = value, .hash = hash };
}

void map_remove(struct map *m, const char *key)
{
	if (!m->capacity || !key)
		return;
	struct map_slot *slot = find(m, key, hash_text(key));
	if (!slot->value)
		return;
	/* The tombstone keeps a key for the probing; a literal, because the owner frees its own. */
	slot->key = "";
	slot->hash = 0;
	slot->value = NULL;
	m->count--;
}
