/* apple_assets.c - the asset calls of the API: what is owned, who holds it, give and take. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_server.h"
#include "twin/apple.h"
#include "twin/location.h"
#include "twin/twin.h"

static void write_adam_id(struct apple_call *call, const char *adam_id)
{
	int64_t number;
	if (call->twin->knobs.adam_id_as_number && !text_parse_i64(adam_id, 0, INT64_MAX, &number))
		jw_i64(call->w, "adamId", number);
	else
		jw_str(call->w, "adamId", adam_id);
}

static void write_asset(struct apple_call *call, const struct asset *x, bool is_unlimited_form)
{
	jw_object(call->w, NULL);
	write_adam_id(call, x->adam_id);
	jw_str(call->w, "pricingParam", x->pricing_param);
	jw_str(call->w, "productType", x->is_book ? "Book" : "App");
	jw_bool(call->w, "deviceAssignable", !x->is_book);
	jw_bool(call->w, "revocable", !x->is_book);
	jw_array(call->w, "supportedPlatforms");
	if (x->platforms & PLATFORM_IOS)
		jw_str(call->w, NULL, "iOS");
	if (x->platforms & PLATFORM_MACOS)
		jw_str(call->w, NULL, "macOS");
	if (x->platforms & PLATFORM_TVOS)
		jw_str(call->w, NULL, "tvOS");
	jw_end_array(call->w);
	jw_i64(call->w, "assignedCount", x->assigned);
	if (!is_unlimited_form) {
		jw_i64(call->w, "availableCount",
			x->is_unlimited ? ASSET_UNLIMITED - x->assigned - x->retired
					: x->available);
		jw_i64(call->w, "retiredCount", x->retired);
		jw_i64(call->w, "totalCount",
			x->is_unlimited ? ASSET_UNLIMITED
					: x->available + x->assigned + x->retired);
	}
	jw_end_object(call->w);
}

struct asset_filter {
	const char *adam_id, *pricing_param, *product_type;
	bool has_revocable, revocable, has_device, device, has_unlimited, unlimited;
	int64_t least_available, most_available, least_assigned, most_assigned;
};

static int read_number(
	struct apple_call *call, const char *name, int64_t fallback, int64_t *ret_number)
{
	const char *text = http_query(call->rq, name);
	*ret_number = fallback;
	return text && text_parse_i64(text, 0, INT32_MAX, ret_number) ? 9602 : 0;
}

static int read_filter(struct apple_call *call, struct asset_filter *f)
{
	f->adam_id = http_query(call->rq, "adamId");
	f->pricing_param = http_query(call->rq, "pricingParam");
	f->product_type = http_query(call->rq, "productType");
	f->has_revocable = http_query(call->rq, "revocable") != NULL;
	f->has_device = http_query(call->rq, "deviceAssignable") != NULL;
	f->has_unlimited = http_query(call->rq, "unlimited") != NULL;
	int bad = apple_query_bool(call, "revocable", &f->revocable) +
	          apple_query_bool(call, "deviceAssignable", &f->device) +
	          apple_query_bool(call, "unlimited", &f->unlimited) +
	          read_number(call, "minAvailableCount", 0, &f->least_available) +
	          read_number(call, "maxAvailableCount", INT32_MAX, &f->most_available) +
	          read_number(call, "minAssignedCount", 0, &f->least_assigned) +
	          read_number(call, "maxAssignedCount", INT32_MAX, &f->most_assigned);
	return bad ? 9602 : 0;
}

static bool fits(const struct asset_filter *f, const struct asset *x)
{
	int64_t available = x->is_unlimited ? INT32_MAX : x->available;
	if ((f->adam_id && strcmp(f->adam_id, x->adam_id)) ||
		(f->pricing_param && strcmp(f->pricing_param, x->pricing_param)) ||
		(f->product_type && strcmp(f->product_type, x->is_book ? "Book" : "App")))
		return false;
	if ((f->has_revocable && f->revocable == x->is_book) ||
		(f->has_device && f->device == x->is_book) ||
		(f->has_unlimited && f->unlimited != x->is_unlimited))
		return false;
	return available >= f->least_available && available <= f->most_available &&
	       x->assigned >= f->least_assigned && x->assigned <= f->most_assigned;
}

int apple_assets_get(struct apple_call *call)
{
	struct assets *a = &call->location->assets;
	struct asset_filter f;
	struct apple_page page;
	int number = read_filter(call, &f);
	if (number)
		return number;
	struct asset **list = ARENA_ARRAY(call->cx->mem, struct asset *, a->count);
	size_t count = 0;
	for (size_t i = 0; i < a->count && !call->twin->knobs.empty_lists; i++) {
		if (fits(&f, a->list[i]))
			list[count++] = a->list[i];
	}
	number = apple_page(call, count, &page);
	if (number)
		return number;
	bool is_unlimited_form = f.has_unlimited && f.unlimited;
	jw_array(call->w, is_unlimited_form ? "unlimitedAssets" : "assets");
	for (size_t i = page.start; i < page.end; i++)
		write_asset(call, list[i], is_unlimited_form);
	jw_end_array(call->w);
	apple_page_members(call, count, &page, apple_version_id(call, "assets", a->version));
	return 0;
}

static void write_assignment(
	struct apple_call *call, const struct assignment *s, bool is_with_state)
{
	jw_object(call->w, NULL);
	write_adam_id(call, s->asset->adam_id);
	jw_str(call->w, "pricingParam", s->asset->pricing_param);
	if (s->device) {
		jw_str(call->w, "serialNumber", s->device->serial);
	} else {
		jw_str(call->w, "clientUserId", s->user->client_user_id);
		if (is_with_state)
			jw_str(call->w, "userStatus", user_status_name(s->user->status));
		if (is_with_state && *s->user->id_hash)
			jw_str(call->w, "idHash", s->user->id_hash);
	}
	jw_end_object(call->w);
}

int apple_assignments_get(struct apple_call *call)
{
	struct twin *twin = call->twin;
	struct assets *a = &call->location->assets;
	struct assignments_query q = { .adam_id = http_query(call->rq, "adamId"),
		.pricing_param = http_query(call->rq, "pricingParam"),
		.serial = http_query(call->rq, "serialNumber") };
	const char *user = http_query(call->rq, "clientUserId");
	bool is_with_state;
	q.has_user = user != NULL;
	q.user_chain = map_get(&call->location->users.newest, user);
	if (twin->knobs.move_versions > 0) {
		twin->knobs.move_versions--;
		a->assignments_version++;
	}
	int number = apple_query_bool(call, "excludeInactiveUsers", &q.exclude_inactive);
	if (!number)
		number = apple_query_bool(call, "includeUserState", &is_with_state);
	if (!number)
		number = apple_since(
			call, "assignments", a->assignments_version, &q.has_since, &q.since);
	if (number)
		return number;
	struct assignment **list;
	size_t count;
	struct apple_page page;
	assets_select(a, call->cx->mem, &q, &list, &count);
	if (twin->knobs.empty_lists)
		count = 0;
	number = apple_page(call, count, &page);
	if (number)
		return number;
	jw_array(call->w, "assignments");
	for (size_t i = page.start; i < page.end; i++)
		write_assignment(call, list[i], is_with_state);
	jw_end_array(call->w);
	apple_page_members(
		call, count, &page, apple_version_id(call, "assignments", a->assignments_version));
	return 0;
}

/* The targets of a write, checked for limits and duplicates. */
struct targets {
	const struct json *users, *serials;
	size_t user_count, serial_count;
};

static int find_duplicate(const struct json *list, int number)
{
	struct map seen = { 0 };
	int found = 0;
	for (size_t i = 0; i < json_count(list) && !found; i++) {
		const char *text = json_text(json_at(list, i));
		if (!text || !*text)
			found = 9602;
		else if (map_get(&seen, text))
			found = number;
		else
			map_put(&seen, text, (void *)(uintptr_t)(i + 1));
	}
	map_fini(&seen);
	return found;
}

static int read_targets(
	struct apple_call *call, enum limit users, enum limit serials, struct targets *t)
{
	const int64_t *limits = call->twin->knobs.limits;
	t->users = json_get(call->body, "clientUserIds");
	t->serials = json_get(call->body, "serialNumbers");
	t->user_count = json_count(t->users);
	t->serial_count = json_count(t->serials);
	if (!t->user_count && !t->serial_count)
		return 9719;
	if ((int64_t)t->user_count > limits[users])
		return 9701;
	return (int64_t)t->serial_count > limits[serials] ? 9702 : 0;
}

static int find_target_duplicates(const struct targets *t)
{
	int number = find_duplicate(t->users, 9704);
	return number ? number : find_duplicate(t->serials, 9705);
}

/* duplicates (9703), unknown asset (9602), then what may not be done with it (9706, 9707) */
static int read_assets(struct apple_call *call, const struct json *list, struct asset **ret_assets)
{
	struct map seen = { 0 };
	int number = 0;
	for (size_t i = 0; i < json_count(list) && !number; i++) {
		const struct json *item = json_at(list, i);
		const char *adam_id = json_str_or_number(call->cx, item, "adamId");
		struct asset *x = adam_id ? assets_find(&call->location->assets, adam_id,
						    json_str(item, "pricingParam"))
		                          : NULL;
		ret_assets[i] = x;
		if (x && map_get(&seen, x->key))
			number = 9703;
		else if (x)
			map_put(&seen, x->key, x);
	}
	map_fini(&seen);
	for (size_t i = 0; i < json_count(list) && !number; i++) {
		if (!ret_assets[i])
			number = 9602;
	}
	return number;
}

static int write_assets(struct apple_call *call, enum event_type type)
{
	const struct json *list = json_get(call->body, "assets");
	struct targets t;
	if (!json_is_array(list) || !json_count(list))
		return 9718;
	int number = read_targets(call, LIMIT_CLIENT_USER_IDS, LIMIT_SERIAL_NUMBERS, &t);
	if (number == 9719)
		return number;
	size_t asset_count = json_count(list);
	if ((int64_t)asset_count > call->twin->knobs.limits[LIMIT_ASSETS])
		return 9700;
	struct asset **assets = ARENA_ARRAY(call->cx->mem, struct asset *, asset_count);
	if (!number)
		number = find_target_duplicates(&t);
	if (!number)
		number = read_assets(call, list, assets);
	for (size_t i = 0; i < asset_count && !number; i++) {
		if (type == EVENT_DISASSOCIATE && assets[i]->is_book)
			number = 9706;
		else if (t.serial_count && assets[i]->is_book)
			number = 9707;
	}
	if (number)
		return number;
	struct arena *mem = arena_new();
	size_t per_asset = t.user_count + t.serial_count;
	struct task *tasks = ARENA_ARRAY(mem, struct task, asset_count * per_asset);
	for (size_t i = 0; i < asset_count * per_asset; i++) {
		size_t target = i % per_asset;
		tasks[i].asset = assets[i / per_asset];
		if (target < t.user_count)
			tasks[i].user.client_user_id =
				arena_strdup(mem, json_text(json_at(t.users, target)));
		else
			tasks[i].serial = arena_strdup(
				mem, json_text(json_at(t.serials, target - t.user_count)));
	}
	call->elements = asset_count * per_asset;
	call->event = events_add(call->twin, call->location, type, tasks, call->elements, mem);
	return 0;
}

int apple_assets_associate(struct apple_call *call)
{
	return write_assets(call, EVENT_ASSOCIATE);
}

int apple_assets_disassociate(struct apple_call *call)
{
	return write_assets(call, EVENT_DISASSOCIATE);
}

static size_t add_held(const struct assignment *held, struct arena *mem, const char *user,
	const char *serial, struct task *tasks)
{
	size_t n = 0;
	for (const struct assignment *s = held; s; s = s->next) {
		if (s->asset->is_book)
			continue;
		if (tasks)
			tasks[n] = (struct task){ .asset = s->asset,
				.user.client_user_id = arena_strdup(mem, user),
				.serial = arena_strdup(mem, serial) };
		n++;
	}
	return n;
}

/* Counts with tasks NULL, then fills them: what each target holds and may lose. */
static size_t collect_held(
	struct apple_call *call, const struct targets *t, struct arena *mem, struct task *tasks)
{
	size_t n = 0;
	for (size_t i = 0; i < t->user_count; i++) {
		const char *id = json_text(json_at(t->users, i));
		const struct user *u = users_active(&call->location->users, id);
		n += u ? add_held(u->assignments, mem, id, NULL, tasks ? tasks + n : NULL) : 0;
	}
	for (size_t i = 0; i < t->serial_count; i++) {
		const char *serial = json_text(json_at(t->serials, i));
		n += add_held(assets_held_by_device(&call->location->assets, serial), mem, NULL,
			serial, tasks ? tasks + n : NULL);
	}
	return n;
}

int apple_assets_revoke(struct apple_call *call)
{
	struct targets t;
	int number =
		read_targets(call, LIMIT_REVOKE_CLIENT_USER_IDS, LIMIT_REVOKE_SERIAL_NUMBERS, &t);
	if (!number)
		number = find_target_duplicates(&t);
	if (number)
		return number;
	struct arena *mem = arena_new();
	size_t count = collect_held(call, &t, mem, NULL);
	struct task *tasks = ARENA_ARRAY(mem, struct task, count);
	collect_held(call, &t, mem, tasks);
	call->elements = count;
	call->event = events_add(call->twin, call->location, EVENT_REVOKE, tasks, count, mem);
	return 0;
}
