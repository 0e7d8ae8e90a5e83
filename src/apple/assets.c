#include "apple/assets.h"

#include "apple/wire.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>

#define BODY_LIMIT_BYTES (4 * 1024 * 1024)

static const char *join_platforms(struct ctx *cx, const struct json *list)
{
	BUF_AUTO(text, 512);
	for (size_t i = 0; i < json_count(list); i++) {
		const char *platform = json_text(json_at(list, i));
		if (platform)
			buf_printf(&text, "%s%s", text.length ? "," : "", platform);
	}
	return arena_strndup(cx->mem, text.length ? text.bytes : "", text.length);
}

static bool read_asset(struct ctx *cx, const struct json *object, struct apple_asset *ret_asset)
{
	const char *adam_id =
		apple_bounded(json_str_or_number(cx, object, "adamId"), APPLE_ID_BYTES);
	const char *pricing = apple_bounded(json_str(object, "pricingParam"), APPLE_ID_BYTES);
	if (!adam_id)
		return false;
	*ret_asset = (struct apple_asset){
		.adam_id = adam_id,
		.pricing_param = pricing ? pricing : "STDQ",
		.product_type = apple_bounded(json_str(object, "productType"), APPLE_ID_BYTES),
		.is_revocable = json_bool(object, "revocable", true),
		.device_assignable = json_bool(object, "deviceAssignable", false),
		.platforms = join_platforms(cx, json_get(object, "supportedPlatforms")),
		.available_count = json_i64(object, "availableCount", APPLE_UNLIMITED),
		.assigned_count = json_i64(object, "assignedCount", 0),
		.retired_count = json_i64(object, "retiredCount", 0),
		.total_count = json_i64(object, "totalCount", APPLE_UNLIMITED),
	};
	return true;
}

enum err apple_assets_get(struct apple_session *s, struct ctx *cx, int64_t page_index,
	struct apple_reply *ret_reply, struct apple_assets_page *ret_page)
{
	const struct json *root;
	const char *query = arena_printf(cx->mem, "pageIndex=%" PRId64, page_index);
	enum err e = apple_read(s, cx, "getAssets", query, ret_reply, &root);
	if (e)
		return e;

	const struct json *lists[] = { json_get(root, "assets"),
		json_get(root, "unlimitedAssets") };
	size_t listed = json_count(lists[0]) + json_count(lists[1]);
	*ret_page = (struct apple_assets_page){
		.assets = ARENA_ARRAY(cx->mem, struct apple_asset, listed),
	};
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < json_count(lists[l]); i++)
			if (read_asset(
				    cx, json_at(lists[l], i), &ret_page->assets[ret_page->count]))
				ret_page->count++;
	return apple_page_read(cx, root, page_index, ret_reply, &ret_page->page);
}

static void write_strings(
	struct json_writer *w, const char *key, const char *const *strings, size_t count)
{
	if (count == 0)
		return;
	jw_array(w, key);
	for (size_t i = 0; i < count; i++)
		jw_str(w, NULL, strings[i]);
	jw_end_array(w);
}

/* count 0: no assets member at all, as revoke wants it. */
static enum err post(struct apple_session *s, struct ctx *cx, const char *operation,
	const struct apple_asset_key *assets, size_t count, const struct apple_targets *targets,
	struct apple_reply *ret_reply, const char **ret_event_id)
{
	const struct json *root;
	struct json_writer w;
	BUF_AUTO(body, BODY_LIMIT_BYTES);
	assert(targets->client_user_id_count + targets->serial_number_count > 0);
	jw_init(&w, &body);
	jw_object(&w, NULL);
	if (count > 0)
		jw_array(&w, "assets");
	for (size_t i = 0; i < count; i++) {
		jw_object(&w, NULL);
		jw_str(&w, "adamId", assets[i].adam_id);
		jw_str(&w, "pricingParam", assets[i].pricing_param);
		jw_end_object(&w);
	}
	if (count > 0)
		jw_end_array(&w);
	write_strings(&w, "clientUserIds", targets->client_user_ids, targets->client_user_id_count);
	write_strings(&w, "serialNumbers", targets->serial_numbers, targets->serial_number_count);
	jw_end_object(&w);
	assert(!body.is_full);
	enum err e = apple_write(s, cx, operation, body.bytes, body.length, ret_reply, &root);
	if (e)
		return e;
	return apple_event_id_read(cx, root, ret_reply, ret_event_id);
}

enum err apple_assets_associate(struct apple_session *s, struct ctx *cx,
	const struct apple_asset_key *assets, size_t count, const struct apple_targets *targets,
	struct apple_reply *ret_reply, const char **ret_event_id)
{
	assert(count > 0);
	return post(s, cx, "associateAssets", assets, count, targets, ret_reply, ret_event_id);
}

enum err apple_assets_disassociate(struct apple_session *s, struct ctx *cx,
	const struct apple_asset_key *assets, size_t count, const struct apple_targets *targets,
	struct apple_reply *ret_reply, const char **ret_event_id)
{
	assert(count > 0);
	return post(s, cx, "disassociateAssets", assets, count, targets, ret_reply, ret_event_id);
}

enum err apple_assets_revoke(struct apple_session *s, struct ctx *cx,
	const struct apple_targets *targets, struct apple_reply *ret_reply,
	const char **ret_event_id)
{
	return post(s, cx, "revokeAssets", NULL, 0, targets, ret_reply, ret_event_id);
}
