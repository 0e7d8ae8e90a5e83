#include "twin/location.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "twin/memory.h"
#include "twin/twin.h"

#define YEAR_MS (365LL * 24 * 3600 * 1000)

/* "Orchard School" → "appleid.orchard-school.example" */
static char *make_domain(const char *name)
{
	char plain[128];
	size_t n = 0;
	for (const char *s = name; *s && n < sizeof(plain) - 1; s++) {
		bool is_plain = (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9');
		if (*s >= 'A' && *s <= 'Z')
			plain[n++] = (char)(*s + ('a' - 'A'));
		else if (is_plain)
			plain[n++] = *s;
		else if (n && plain[n - 1] != '-')
			plain[n++] = '-';
	}
	plain[n] = '\0';
	const size_t size = sizeof("appleid..example") + n;
	char *domain = memory_new(size);
	snprintf(domain, size, "appleid.%s.example", plain);
	return domain;
}

struct location *location_new(struct twin *twin, const struct location_options *options)
{
	struct location *l = memory_new(sizeof(*l));
	if (options->uid)
		snprintf(l->uid, sizeof(l->uid), "%s", options->uid);
	while (!*l->uid || map_get(&twin->locations, l->uid))
		random_digits(&twin->random, sizeof(l->uid) - 1, l->uid);
	l->name = memory_strdup(options->name);
	l->organisation = memory_strdup(options->organisation);
	l->domain = options->domain ? memory_strdup(options->domain) : make_domain(options->name);
	memcpy(l->country, options->country, 2);
	l->is_school = strstr(options->organisation, "School") != NULL;
	users_init(&l->users, &twin->random, l->domain);
	twin->list =
		memory_grow(twin->list, twin->count, &twin->capacity, sizeof(struct location *));
	twin->list[twin->count++] = l;
	map_put(&twin->locations, l->uid, l);
	if (!options->is_without_token)
		location_add_token(twin, l,
			options->expires_at ? options->expires_at : twin_now(twin) + YEAR_MS,
			false);
	return l;
}

void location_free(struct location *l)
{
	location_set_mdm(l, NULL, NULL, NULL);
	location_set_notifications(l, NULL, NULL, NULL, 0);
	events_fini(&l->events);
	assets_fini(&l->assets);
	users_fini(&l->users);
	for (size_t i = 0; i < l->token_count; i++)
		free(l->tokens[i]);
	free(l->tokens);
	free(l->name);
	free(l->organisation);
	free(l->domain);
	free(l);
}

struct location *location_find(const struct twin *twin, const char *uid)
{
	return map_get(&twin->locations, uid);
}

struct token *location_add_token(
	struct twin *twin, struct location *l, int64_t expires_at, bool is_read_only)
{
	struct token *t = memory_new(sizeof(*t));
	random_hex(&twin->random, sizeof(t->inner) - 1, t->inner);
	t->location = l;
	t->expires_at = expires_at;
	t->is_read_only = is_read_only;
	l->tokens =
		memory_grow(l->tokens, l->token_count, &l->token_capacity, sizeof(struct token *));
	l->tokens[l->token_count++] = t;
	map_put(&twin->tokens, t->inner, t);
	return t;
}

void location_rename_token(struct twin *twin, struct token *t, const char *inner)
{
	if (!inner || strlen(inner) != sizeof(t->inner) - 1)
		return;
	map_remove(&twin->tokens, t->inner);
	memcpy(t->inner, inner, sizeof(t->inner));
	map_put(&twin->tokens, t->inner, t);
}

struct token *location_best_token(const struct location *l)
{
	for (size_t i = l->token_count; i-- > 0;) {
		if (!l->tokens[i]->is_revoked && !l->tokens[i]->is_read_only)
			return l->tokens[i];
	}
	return l->tokens[l->token_count - 1];
}

char *token_file(struct arena *mem, const struct token *t)
{
	BUF_AUTO(json, 8192);
	struct json_writer w;
	jw_init(&w, &json);
	jw_object(&w, NULL);
	jw_str(&w, "token", t->inner);
	jw_str(&w, "expDate", twin_apple_date(mem, t->expires_at));
	jw_str(&w, "orgName", t->location->organisation);
	jw_end_object(&w);
	return text_base64(mem, json.bytes, json.length);
}

struct token *token_find(const struct twin *twin, struct arena *mem, const char *bearer)
{
	uint8_t *bytes;
	size_t length;
	if (text_base64_decode(mem, bearer, strlen(bearer), &bytes, &length))
		return NULL;
	CTX_AUTO(cx);
	const struct json *root;
	if (json_parse(&cx, (const char *)bytes, length, &root))
		return NULL;
	return map_get(&twin->tokens, json_str(root, "token"));
}

enum token_state token_state(const struct token *t, int64_t now)
{
	if (t->is_revoked)
		return TOKEN_REVOKED;
	return t->expires_at <= now ? TOKEN_EXPIRED : TOKEN_VALID;
}

void location_set_mdm(struct location *l, const char *id, const char *name, const char *metadata)
{
	memory_set(&l->mdm_id, id);
	memory_set(&l->mdm_name, name);
	memory_set(&l->mdm_metadata, metadata);
}

bool location_notify_type(const char *type, unsigned *ret_mask)
{
	static const struct {
		const char *name;
		unsigned mask;
	} types[] = {
		{ "ASSET_COUNT", NOTIFY_ASSET_COUNT },
		{ "ASSET_MANAGEMENT", NOTIFY_ASSETS },
		{ "USER_MANAGEMENT", NOTIFY_USERS },
		{ "USER_ASSOCIATED", NOTIFY_ASSOCIATED },
		{ "SUBSCRIPTION_MANAGEMENT", 0 },
		{ "SUBSCRIPTION_COUNT", 0 },
		{ "UNLIMITED_ASSET", 0 },
		{ "TEST_NOTIFICATION", 0 },
	};
	for (size_t i = 0; type && i < sizeof(types) / sizeof(*types); i++) {
		if (!strcmp(types[i].name, type)) {
			*ret_mask = types[i].mask;
			return true;
		}
	}
	return false;
}

void location_set_notifications(struct location *l, const char *url, const char *token,
	const char *const *types, size_t count)
{
	memory_set(&l->notify_url, url);
	memory_set(&l->notify_token, token);
	for (size_t i = 0; i < l->notify_type_count; i++)
		free(l->notify_types[i]);
	free(l->notify_types);
	l->notify_types = NULL;
	l->notify_type_count = 0;
	l->notify_mask = 0;
	size_t capacity = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned mask = 0;
		if (!location_notify_type(types[i], &mask))
			continue;
		l->notify_mask |= mask;
		l->notify_types = memory_grow(
			l->notify_types, l->notify_type_count, &capacity, sizeof(char *));
		l->notify_types[l->notify_type_count++] = memory_strdup(types[i]);
	}
}

/* A bucket of one second: a client may send the whole second's allowance at once, not more. */
bool location_may_call(struct location *l, int64_t now_ms, int64_t per_second)
{
	double refill = (double)(now_ms - l->calls_filled_at) * (double)per_second / 1000.0;
	l->calls_filled_at = now_ms;
	l->calls_left += refill;
	if (l->calls_left > (double)per_second)
		l->calls_left = (double)per_second;
	if (l->calls_left < 1.0)
		return false;
	l->calls_left -= 1.0;
	return true;
}
