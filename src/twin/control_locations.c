/* control_locations.c - locations, their tokens and assets, and what the portal's people would do
 * there: buy, refund, take over. */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_server.h"
#include "twin/control.h"
#include "twin/location.h"
#include "twin/notices.h"
#include "twin/twin.h"

#define LOCATIONS_MOST 10000
#define ASSETS_MOST    20000

static void write_location(struct control_call *c, const struct location *l)
{
	jw_str(c->w, "uid", l->uid);
	jw_str(c->w, "name", l->name);
	jw_str(c->w, "organisation", l->organisation);
	jw_str(c->w, "country", l->country);
	jw_str(c->w, "domain", l->domain);
	jw_str(c->w, "mdm_id", l->mdm_id);
	jw_str(c->w, "mdm_name", l->mdm_name);
	jw_str(c->w, "notification_url", l->notify_url);
	jw_i64(c->w, "registered", (int64_t)l->users.status_counts[USER_REGISTERED]);
	jw_i64(c->w, "associated", (int64_t)l->users.status_counts[USER_ASSOCIATED]);
	jw_i64(c->w, "retired", (int64_t)l->users.status_counts[USER_RETIRED]);
	jw_i64(c->w, "assignments", (int64_t)l->assets.assignment_count);
	jw_str(c->w, "token_file", token_file(c->cx->mem, location_best_token(l)));
}

enum err control_location(struct control_call *c)
{
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	write_location(c, l);
	return OK;
}

enum err control_locations(struct control_call *c)
{
	jw_array(c->w, "items");
	for (size_t i = 0; i < c->twin->count; i++) {
		jw_object(c->w, NULL);
		write_location(c, c->twin->list[i]);
		jw_end_object(c->w);
	}
	jw_end_array(c->w);
	return OK;
}

/* A time as text, or milliseconds from now. 0: not given. */
static enum err read_expiry(struct control_call *c, const struct json *body, int64_t *ret_expires)
{
	const char *text = json_str(body, "expires");
	int64_t in = json_i64(body, "expires_in_ms", 0);
	*ret_expires = in ? twin_now(c->twin) + in : 0;
	if (text && clock_parse(text, ret_expires))
		return err_set_field(c->cx, ERR_INVALID, "location.expires", "/expires",
			"expires is a time such as 2027-03-01T09:15:00Z.");
	return OK;
}

static enum err add_asset(struct control_call *c, struct location *l, const struct json *item)
{
	const char *adam_id = json_str_or_number(c->cx, item, "adam_id");
	const char *pricing = json_str(item, "pricing_param");
	const char *name = json_str(item, "name");
	if (!adam_id)
		return err_set(c->cx, ERR_INVALID, "asset.adam_id", "An asset needs an adam_id.");
	struct asset *x = assets_find(&l->assets, adam_id, pricing);
	if (!x)
		x = assets_add(&l->assets, adam_id, pricing ? pricing : "STDQ",
			name ? name : adam_id, json_bool(item, "book", false), 0);
	x->is_unlimited = json_bool(item, "unlimited", x->is_unlimited);
	int64_t delta = assets_buy(&l->assets, x, json_i64(item, "count", 0));
	notices_of_purchase(c->twin, l, x, delta);
	return OK;
}

static enum err add_assets(struct control_call *c, struct location *l, const struct json *body)
{
	const struct json *list = json_get(body, "assets");
	if (json_is_array(list)) {
		for (size_t i = 0; i < json_count(list) && i < ASSETS_MOST; i++) {
			enum err e = add_asset(c, l, json_at(list, i));
			if (e)
				return e;
		}
		return OK;
	}
	/* {"assets": 12, "licences": 500}: that many apps; every sixth is a book. */
	int64_t count = json_i64(body, "assets", 0), licences = json_i64(body, "licences", 1000);
	for (int64_t i = 0; i < count && i < ASSETS_MOST; i++) {
		const char *id = arena_printf(c->cx->mem, "%lld", (long long)(1500000001 + i));
		assets_add(&l->assets, id, "STDQ", id, i % 6 == 5, licences);
	}
	return OK;
}

enum err control_add_location(struct control_call *c)
{
	const char *country = json_str(c->body, "country");
	struct location_options o = { .name = json_str(c->body, "name"),
		.organisation = json_str(c->body, "organisation"),
		.country = country && strlen(country) == 2 ? country : "DE",
		.domain = json_str(c->body, "domain") };
	if (c->twin->count >= LOCATIONS_MOST)
		return err_set(c->cx, ERR_LIMITED, "location.many", "There are enough locations.");
	if (text_is_blank(o.name))
		o.name = "Test location";
	if (text_is_blank(o.organisation))
		o.organisation = o.name;
	enum err e = read_expiry(c, c->body, &o.expires_at);
	if (e)
		return e;
	struct location *l = location_new(c->twin, &o);
	e = add_assets(c, l, c->body);
	if (e)
		return e;
	write_location(c, l);
	return OK;
}

enum err control_tokens(struct control_call *c)
{
	static const char *const states[] = { "valid", "expired", "revoked" };
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	jw_array(c->w, "items");
	for (size_t i = 0; i < l->token_count; i++) {
		const struct token *t = l->tokens[i];
		jw_object(c->w, NULL);
		jw_i64(c->w, "number", (int64_t)i + 1);
		jw_str(c->w, "state", states[token_state(t, twin_now(c->twin))]);
		jw_bool(c->w, "read_only", t->is_read_only);
		jw_time(c->w, "expires", t->expires_at);
		jw_str(c->w, "token_file", token_file(c->cx->mem, t));
		jw_end_object(c->w);
	}
	jw_end_array(c->w);
	return OK;
}

/* {"read_only":false,"expires":…,"revoke_others":false} */
enum err control_add_token(struct control_call *c)
{
	struct location *l;
	int64_t expires;
	enum err e = control_find_location(c, &l);
	if (!e)
		e = read_expiry(c, c->body, &expires);
	if (e)
		return e;
	for (size_t i = 0; json_bool(c->body, "revoke_others", false) && i < l->token_count; i++)
		l->tokens[i]->is_revoked = true;
	struct token *t = location_add_token(c->twin, l,
		expires ? expires : twin_now(c->twin) + 365LL * 24 * 3600 * 1000,
		json_bool(c->body, "read_only", false));
	jw_i64(c->w, "number", (int64_t)l->token_count);
	jw_time(c->w, "expires", t->expires_at);
	jw_str(c->w, "token_file", token_file(c->cx->mem, t));
	return OK;
}

/* revoke, expire, restore; {"number":N} for one token, else all. */
enum err control_end_tokens(struct control_call *c)
{
	const char *act = http_path_param(c->rq, "act");
	int64_t number = json_i64(c->body, "number", 0);
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	for (size_t i = 0; i < l->token_count; i++) {
		struct token *t = l->tokens[i];
		if (number && number != (int64_t)i + 1)
			continue;
		if (!strcmp(act, "revoke")) {
			t->is_revoked = true;
		} else if (!strcmp(act, "expire")) {
			t->expires_at = twin_now(c->twin) - 1000;
		} else if (!strcmp(act, "restore")) {
			t->is_revoked = false;
			t->expires_at = twin_now(c->twin) + 365LL * 24 * 3600 * 1000;
		} else {
			return err_set(c->cx, ERR_NOT_FOUND, "token.act",
				"A token can be given revoke, expire or restore.");
		}
	}
	return control_tokens(c);
}

enum err control_assets(struct control_call *c)
{
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	jw_array(c->w, "items");
	for (size_t i = 0; i < l->assets.count; i++) {
		const struct asset *x = l->assets.list[i];
		jw_object(c->w, NULL);
		jw_str(c->w, "adam_id", x->adam_id);
		jw_str(c->w, "pricing_param", x->pricing_param);
		jw_str(c->w, "name", x->name);
		jw_bool(c->w, "book", x->is_book);
		jw_bool(c->w, "unlimited", x->is_unlimited);
		jw_i64(c->w, "available", x->available);
		jw_i64(c->w, "assigned", x->assigned);
		jw_i64(c->w, "retired", x->retired);
		jw_i64(c->w, "total", x->available + x->assigned + x->retired);
		jw_end_object(c->w);
	}
	jw_end_array(c->w);
	return OK;
}

/* {"adam_id":…,"count":50}; a negative count is a refund, at most what is free. */
enum err control_buy(struct control_call *c)
{
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (!e)
		e = add_asset(c, l, c->body);
	return e ? e : control_assets(c);
}

/* {"id":…,"name":…,"metadata":…}; an empty object takes the mark away. */
enum err control_take_over(struct control_call *c)
{
	const char *id = json_str(c->body, "id"), *name = json_str(c->body, "name");
	const char *metadata = json_str(c->body, "metadata");
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	location_set_mdm(l, id, id ? (name ? name : "Another MDM") : NULL,
		id ? (metadata ? metadata : "") : NULL);
	write_location(c, l);
	return OK;
}
