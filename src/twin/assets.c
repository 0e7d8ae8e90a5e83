#include "twin/assets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "twin/memory.h"
#include "twin/users.h"

void assets_fini(struct assets *a)
{
	for (struct assignment *s = a->first, *after; s; s = after) {
		after = s->after;
		free(s);
	}
	for (size_t i = 0; i < a->devices.capacity; i++) {
		struct holder_device *d = a->devices.slots[i].value;
		if (d)
			free(d->serial);
		free(d);
	}
	for (size_t i = 0; i < a->count; i++) {
		free(a->list[i]->adam_id);
		free(a->list[i]->pricing_param);
		free(a->list[i]->name);
		free(a->list[i]->key);
		free(a->list[i]);
	}
	free(a->list);
	free(a->shown);
	map_fini(&a->by_key);
	map_fini(&a->devices);
}

static char *make_key(const char *adam_id, const char *pricing_param)
{
	size_t size = strlen(adam_id) + strlen(pricing_param) + 2;
	char *key = memory_new(size);
	snprintf(key, size, "%s/%s", adam_id, pricing_param);
	return key;
}

struct asset *assets_find(const struct assets *a, const char *adam_id, const char *pricing_param)
{
	char *key = make_key(adam_id, pricing_param ? pricing_param : "STDQ");
	struct asset *asset = map_get(&a->by_key, key);
	free(key);
	return asset;
}

struct asset *assets_add(struct assets *a, const char *adam_id, const char *pricing_param,
	const char *name, bool is_book, int64_t licences)
{
	struct asset *x = memory_new(sizeof(*x));
	x->adam_id = memory_strdup(adam_id);
	x->pricing_param = memory_strdup(pricing_param);
	x->name = memory_strdup(name);
	x->key = make_key(adam_id, pricing_param);
	x->is_book = is_book;
	x->platforms = PLATFORM_IOS;
	x->available = licences;
	a->list = memory_grow(a->list, a->count, &a->capacity, sizeof(*a->list));
	a->list[a->count++] = x;
	map_put(&a->by_key, x->key, x);
	a->version++;
	return x;
}

int64_t assets_buy(struct assets *a, struct asset *asset, int64_t delta)
{
	if (delta < -asset->available)
		delta = -asset->available;
	asset->available += delta;
	a->version++;
	return delta;
}

static struct assignment **holder_list(
	struct assets *a, struct user *user, const char *serial, bool is_to_make)
{
	if (user)
		return &user->assignments;
	struct holder_device *d = map_get(&a->devices, serial);
	if (!d && is_to_make) {
		d = memory_new(sizeof(*d));
		d->serial = memory_strdup(serial);
		map_put(&a->devices, d->serial, d);
	}
	return d ? &d->assignments : NULL;
}

static struct assignment *find_held(struct assignment *list, const struct asset *asset)
{
	while (list && list->asset != asset)
		list = list->next;
	return list;
}

int assets_associate(struct assets *a, struct asset *asset, struct user *user, const char *serial)
{
	struct assignment **list = holder_list(a, user, serial, true);
	if (find_held(*list, asset))
		return 0;
	if (!asset->is_unlimited) {
		if (asset->available < 1)
			return 9709;
		asset->available--;
	}
	asset->assigned++;
	struct assignment *s = memory_new(sizeof(*s));
	s->asset = asset;
	s->user = user;
	s->device = user ? NULL : map_get(&a->devices, serial);
	s->next = *list;
	*list = s;
	s->before = a->last;
	if (a->last)
		a->last->after = s;
	else
		a->first = s;
	a->last = s;
	s->added = ++a->assignments_version;
	a->assignment_count++;
	a->version++;
	return 0;
}

static void unlink_held(struct assignment **list, struct assignment *s)
{
	while (*list != s)
		list = &(*list)->next;
	*list = s->next;
}

/* Takes the licence out of the books of assignments; the counts are the caller's. */
static void drop(struct assets *a, struct assignment **list, struct assignment *s)
{
	unlink_held(list, s);
	if (s->before)
		s->before->after = s->after;
	else
		a->first = s->after;
	if (s->after)
		s->after->before = s->before;
	else
		a->last = s->before;
	a->assignment_count--;
	a->assignments_version++;
	a->version++;
	free(s);
}

static void give_back(struct assets *a, struct assignment **list, struct assignment *s)
{
	s->asset->assigned--;
	if (!s->asset->is_unlimited)
		s->asset->available++;
	drop(a, list, s);
}

void assets_disassociate(
	struct assets *a, struct asset *asset, struct user *user, const char *serial)
{
	struct assignment **list = holder_list(a, user, serial, false);
	struct assignment *s = list ? find_held(*list, asset) : NULL;
	if (s)
		give_back(a, list, s);
}

struct assignment *assets_held_by_device(const struct assets *a, const char *serial)
{
	const struct holder_device *d = map_get(&a->devices, serial);
	return d ? d->assignments : NULL;
}

void assets_user_retired(struct assets *a, struct user *user)
{
	for (struct assignment *s = user->assignments, *next; s; s = next) {
		next = s->next;
		if (!s->asset->is_book) {
			give_back(a, &user->assignments, s);
			continue;
		}
		s->asset->assigned--;
		s->asset->retired++;
		a->assignments_version++;
		a->version++;
	}
}

void assets_user_revived(struct assets *a, struct user *user)
{
	for (struct assignment *s = user->assignments; s; s = s->next) {
		s->asset->assigned++;
		s->asset->retired--;
		a->assignments_version++;
		a->version++;
	}
}

void assets_move(struct assets *a, struct user *from, struct user *to)
{
	while (from->assignments) {
		struct assignment *s = from->assignments;
		if (find_held(to->assignments, s->asset)) {
			give_back(a, &from->assignments, s);
			continue;
		}
		from->assignments = s->next;
		s->user = to;
		s->next = to->assignments;
		to->assignments = s;
		a->assignments_version++;
	}
}

static void show(struct assets *a)
{
	if (a->shown && a->shown_version == a->assignments_version)
		return;
	free(a->shown);
	a->shown = memory_new(a->assignment_count * sizeof(struct assignment *));
	size_t n = 0;
	for (struct assignment *s = a->first; s; s = s->after)
		a->shown[n++] = s;
	a->shown_version = a->assignments_version;
}

static bool fits(const struct assignments_query *q, const struct assignment *s)
{
	if (q->adam_id && strcmp(q->adam_id, s->asset->adam_id))
		return false;
	if (q->pricing_param && strcmp(q->pricing_param, s->asset->pricing_param))
		return false;
	if (q->serial && (!s->device || strcmp(q->serial, s->device->serial)))
		return false;
	if (q->exclude_inactive && s->user && s->user->status == USER_RETIRED)
		return false;
	return !q->has_since || s->added > q->since;
}

struct selection {
	struct assignment **list;
	size_t count, capacity;
};

static void take(struct selection *to, const struct assignments_query *q, struct assignment *s)
{
	if (!fits(q, s))
		return;
	to->list = memory_grow(to->list, to->count, &to->capacity, sizeof(struct assignment *));
	to->list[to->count++] = s;
}

void assets_select(struct assets *a, struct arena *mem, const struct assignments_query *q,
	struct assignment ***ret_list, size_t *ret_count)
{
	struct selection found = { 0 };
	if (q->has_user) {
		for (struct user *u = q->user_chain; u; u = u->older) {
			for (struct assignment *s = u->assignments; s; s = s->next)
				take(&found, q, s);
		}
	} else if (q->serial) {
		for (struct assignment *s = assets_held_by_device(a, q->serial); s; s = s->next)
			take(&found, q, s);
	} else if (q->has_since) {
		struct assignment *s = a->last;
		while (s && s->added > q->since && s->before)
			s = s->before;
		for (; s; s = s->after)
			take(&found, q, s);
	} else if (q->adam_id || q->pricing_param || q->exclude_inactive) {
		for (struct assignment *s = a->first; s; s = s->after)
			take(&found, q, s);
	} else {
		show(a);
		*ret_list = a->shown;
		*ret_count = a->assignment_count;
		return;
	}
	*ret_list = arena_copy(mem, found.list, found.count * sizeof(struct assignment *));
	*ret_count = found.count;
	free(found.list);
}
