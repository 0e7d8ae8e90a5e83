#include "twin/people.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "twin/memory.h"

#define PEOPLE_MOST 2000000

void people_fini(struct people *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct person *x = p->all[i];
		for (size_t s = 0; s < x->serial_count; s++)
			free(x->serials[s]);
		free(x->name);
		free(x->email);
		free(x);
	}
	free(p->all);
	map_fini(&p->by_key);
	*p = (struct people){ 0 };
}

static char *fold(const char *s)
{
	char *folded = memory_strdup(s);
	for (char *c = folded; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return folded;
}

static struct person *make(struct people *p)
{
	if (p->count >= PEOPLE_MOST)
		return NULL;
	struct person *x = memory_new(sizeof(*x));
	p->all = memory_grow(p->all, p->count, &p->capacity, sizeof(struct person *));
	p->all[p->count++] = x;
	return x;
}

struct person *people_meet_email(struct people *p, const char *email)
{
	char *key = fold(email);
	struct person *x = map_get(&p->by_key, key);
	if (!x && *key && (x = make(p))) {
		x->email = key;
		map_put(&p->by_key, x->email, x);
		return x;
	}
	free(key);
	return x;
}

static void give_serial(struct people *p, struct person *x, const char *serial)
{
	if (x->serial_count == PERSON_SERIALS)
		return;
	char *copy = memory_strdup(serial);
	x->serials[x->serial_count++] = copy;
	map_put(&p->by_key, copy, x);
}

struct person *people_meet_serial(struct people *p, const char *serial)
{
	struct person *x = map_get(&p->by_key, serial);
	if (!x && *serial && (x = make(p)))
		give_serial(p, x, serial);
	return x;
}

static void take_serial(struct people *p, struct person *x, const char *serial)
{
	for (size_t i = 0; i < x->serial_count; i++) {
		if (strcmp(x->serials[i], serial))
			continue;
		map_remove(&p->by_key, serial);
		free(x->serials[i]);
		x->serials[i] = x->serials[--x->serial_count];
		return;
	}
}

struct person *people_name(struct people *p, const char *name, const char *email,
	const char *const *serials, size_t count)
{
	struct person *x = email   ? people_meet_email(p, email)
	                   : count ? people_meet_serial(p, serials[0])
	                           : NULL;
	if (!x)
		return NULL;
	if (name)
		memory_set(&x->name, name);
	for (size_t i = 0; i < count; i++) {
		struct person *holder = map_get(&p->by_key, serials[i]);
		if (holder == x)
			continue;
		if (holder)
			take_serial(p, holder, serials[i]);
		give_serial(p, x, serials[i]);
	}
	return x;
}

struct person *people_find(const struct people *p, const char *key)
{
	struct person *x = map_get(&p->by_key, key);
	if (x)
		return x;
	char *folded = fold(key);
	x = map_get(&p->by_key, folded);
	free(folded);
	return x;
}

const char *person_key(const struct person *person)
{
	if (person->email)
		return person->email;
	return person->serial_count ? person->serials[0] : "";
}
