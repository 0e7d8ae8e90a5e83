#include "twin/users.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/secret.h"
#include "base/text.h"
#include "twin/memory.h"
#include "twin/random.h"

void users_init(struct users *u, struct random *random, const char *domain)
{
	*u = (struct users){ .random = random, .domain = domain };
}

void users_fini(struct users *u)
{
	for (size_t i = 0; i < u->emails.capacity; i++) {
		struct email_count *c = u->emails.slots[i].value;
		if (c)
			free(c->email);
		free(c);
	}
	for (size_t i = 0; i < u->count; i++) {
		free(u->all[i]->client_user_id);
		free(u->all[i]->email);
		free(u->all[i]->account);
		free(u->all[i]);
	}
	free(u->all);
	free(u->shown);
	map_fini(&u->newest);
	map_fini(&u->by_hash);
	map_fini(&u->by_code);
	map_fini(&u->emails);
}

const char *user_status_name(enum user_status status)
{
	static const char *const names[] = { "Registered", "Associated", "Retired" };
	return names[status];
}

void user_hash_account(const char *account, char ret_hash[USER_HASH_BYTES])
{
	char hex[SECRET_HASH_HEX];
	uint8_t bytes[20];
	secret_hash(account, strlen(account), hex);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		char pair[3] = { hex[2 * i], hex[2 * i + 1], '\0' };
		bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	struct arena *a = arena_new();
	memcpy(ret_hash, text_base64(a, bytes, sizeof(bytes)), USER_HASH_BYTES);
	arena_free(a);
}

struct user *users_active(const struct users *u, const char *client_user_id)
{
	struct user *r = map_get(&u->newest, client_user_id);
	while (r && r->status == USER_RETIRED)
		r = r->older;
	return r;
}

static void touch(struct users *u, struct user *r)
{
	if (r->changed_before)
		r->changed_before->changed_after = r->changed_after;
	else if (u->changed_first == r)
		u->changed_first = r->changed_after;
	if (r->changed_after)
		r->changed_after->changed_before = r->changed_before;
	else if (u->changed_last == r)
		u->changed_last = r->changed_before;
	r->changed = ++u->version;
	r->changed_before = u->changed_last;
	r->changed_after = NULL;
	if (u->changed_last)
		u->changed_last->changed_after = r;
	else
		u->changed_first = r;
	u->changed_last = r;
}

static void set_status(struct users *u, struct user *r, enum user_status status)
{
	u->status_counts[r->status]--;
	u->status_counts[status]++;
	r->status = status;
}

static void count_create(struct users *u, struct user *r)
{
	r->creates_applied++;
	if (!r->email)
		return;
	struct email_count *c = map_get(&u->emails, r->email);
	if (!c) {
		c = memory_new(sizeof(*c));
		c->email = memory_strdup(r->email);
		map_put(&u->emails, c->email, c);
	}
	c->creates++;
	r->email_count = c;
}

static struct user *make(struct users *u, const struct user_request *rq)
{
	struct user *r = memory_new(sizeof(*r));
	r->client_user_id = memory_strdup(rq->client_user_id);
	r->email = memory_strdup(rq->email);
	random_hex(u->random, 32, r->invite_code);
	r->older = map_get(&u->newest, rq->client_user_id);
	map_put(&u->newest, r->client_user_id, r);
	map_put(&u->by_code, r->invite_code, r);
	u->all = memory_grow(u->all, u->count, &u->capacity, sizeof(*u->all));
	u->all[u->count++] = r;
	u->status_counts[USER_REGISTERED]++;
	return r;
}

static void associate(struct users *u, struct user *r, const char *account, const char *hash)
{
	memory_set(&r->account, account);
	memcpy(r->id_hash, hash, USER_HASH_BYTES);
	map_put(&u->by_hash, r->id_hash, r);
	set_status(u, r, USER_ASSOCIATED);
}

/* The organisation associates by Managed Apple Account: 9635 for a domain that is not its own,
 * 9641 when another user has the account; the record stays Registered then. */
static int associate_managed(struct users *u, struct user *r, const char *managed_apple_id)
{
	if (!managed_apple_id)
		return 0;
	const char *at = strrchr(managed_apple_id, '@');
	if (!at || strcasecmp(at + 1, u->domain))
		return 9635;
	char hash[USER_HASH_BYTES];
	user_hash_account(managed_apple_id, hash);
	struct user *holder = map_get(&u->by_hash, hash);
	if (holder && holder != r)
		return 9641;
	if (!holder)
		associate(u, r, managed_apple_id, hash);
	return 0;
}

int users_create(struct users *u, const struct user_request *rq, struct user **ret_user)
{
	struct user *r = map_get(&u->newest, rq->client_user_id);
	if (users_active(u, rq->client_user_id))
		return 9716;
	if (r && !*r->id_hash) {
		set_status(
			u, r, USER_REGISTERED); /* never associated: the same record comes back */
		if (rq->email)
			memory_set(&r->email, rq->email);
	} else {
		r = make(u, rq);
	}
	count_create(u, r);
	touch(u, r);
	*ret_user = r;
	return associate_managed(u, r, rq->managed_apple_id);
}

int users_update(struct users *u, const struct user_request *rq, struct user **ret_user)
{
	struct user *r = users_active(u, rq->client_user_id);
	if (!r)
		return 9609;
	if (rq->email)
		memory_set(&r->email, rq->email);
	touch(u, r);
	*ret_user = r;
	return associate_managed(u, r, rq->managed_apple_id);
}

static void retire(struct users *u, struct user *r)
{
	if (*r->id_hash && map_get(&u->by_hash, r->id_hash) == r)
		map_remove(&u->by_hash, r->id_hash);
	set_status(u, r, USER_RETIRED);
	touch(u, r);
}

int users_retire(struct users *u, const char *client_user_id, struct user **ret_user)
{
	struct user *r = users_active(u, client_user_id);
	if (!r)
		return 9609;
	retire(u, r);
	*ret_user = r;
	return 0;
}

void users_accept(struct users *u, struct user *user, const char *account, struct user **ret_user)
{
	char hash[USER_HASH_BYTES];
	user_hash_account(account, hash);
	struct user *old = user->older;
	while (old && strcmp(old->id_hash, hash))
		old = old->older;
	if (old) {
		retire(u, user);
		memory_set(&old->email, user->email);
	}
	struct user *now = old ? old : user;
	associate(u, now, account, hash);
	touch(u, now);
	*ret_user = now;
}

struct user *users_restore(struct users *u, const struct user *record)
{
	struct user *r = make(u, &(struct user_request){ .client_user_id = record->client_user_id,
					 .email = record->email });
	if (*record->invite_code) {
		map_remove(&u->by_code, r->invite_code);
		memcpy(r->invite_code, record->invite_code, sizeof(r->invite_code));
		map_put(&u->by_code, r->invite_code, r);
	}
	memcpy(r->id_hash, record->id_hash, sizeof(r->id_hash));
	memory_set(&r->account, record->account);
	set_status(u, r, record->status);
	if (r->status == USER_ASSOCIATED)
		map_put(&u->by_hash, r->id_hash, r);
	count_create(u, r);
	touch(u, r);
	return r;
}

void users_set_email(struct users *u, struct user *user, const char *email)
{
	memory_set(&user->email, email);
	touch(u, user);
}

static void show(struct users *u, enum users_shown kind)
{
	if (u->shown_kind == kind && u->shown_version == u->version)
		return;
	free(u->shown);
	u->shown = memory_new(u->count * sizeof(*u->shown));
	u->shown_count = 0;
	for (size_t i = 0; i < u->count; i++) {
		if ((u->all[i]->status == USER_RETIRED) == (kind == SHOWN_RETIRED))
			u->shown[u->shown_count++] = u->all[i];
	}
	u->shown_kind = kind;
	u->shown_version = u->version;
}

static bool fits(const struct users_query *q, const struct user *r)
{
	if (q->has_since && r->changed <= q->since)
		return false;
	return r->status == USER_RETIRED ? !q->active_only : !q->retired_only;
}

static size_t select_since(
	const struct users *u, const struct users_query *q, struct user **list, bool is_counting)
{
	size_t n = 0;
	struct user *r = u->changed_last;
	while (r && r->changed > q->since && r->changed_before)
		r = r->changed_before;
	for (; r; r = r->changed_after) {
		if (!fits(q, r))
			continue;
		if (!is_counting)
			list[n] = r;
		n++;
	}
	return n;
}

void users_select(struct users *u, struct arena *mem, const struct users_query *q,
	struct user ***ret_list, size_t *ret_count)
{
	struct user **list;
	size_t n = 0;
	if (q->client_user_id) {
		struct user *first = map_get(&u->newest, q->client_user_id);
		for (struct user *r = first; r; r = r->older)
			n++;
		list = ARENA_ARRAY(mem, struct user *, n);
		n = 0;
		for (struct user *r = first; r; r = r->older) {
			if (fits(q, r))
				list[n++] = r;
		}
	} else if (q->has_since) {
		list = ARENA_ARRAY(mem, struct user *, select_since(u, q, NULL, true));
		n = select_since(u, q, list, false);
	} else if (q->active_only || q->retired_only) {
		show(u, q->retired_only ? SHOWN_RETIRED : SHOWN_ACTIVE);
		list = u->shown;
		n = u->shown_count;
	} else {
		list = u->all;
		n = u->count;
	}
	*ret_list = list;
	*ret_count = n;
}
