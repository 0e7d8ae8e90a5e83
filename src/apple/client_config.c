#include "apple/client_config.h"

#include "apple/service_config.h"
#include "apple/session.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

enum err apple_client_config_get(struct apple_session *s, struct ctx *cx,
	struct apple_reply *ret_reply, struct apple_client_config *ret_config)
{
	const struct json *root;
	enum err e = apple_read(s, cx, "clientConfig", "", ret_reply, &root);
	if (e)
		return e;
	*ret_config = (struct apple_client_config){
		.uid = json_str(root, "uId"),
		.location_name = json_str(root, "locationName"),
		.country = json_str(root, "countryISO2ACode"),
		.platform = json_str(root, "defaultPlatform"),
		.website = json_str(root, "websiteURL"),
		.notification_url = json_str(root, "notificationUrl"),
	};
	return OK;
}

/* Bytes or characters, Apple does not say: bytes are the safe reading. A character is never cut. */
static const char *cut(struct ctx *cx, const char *text, int64_t limit)
{
	size_t length = strlen(text);
	if ((int64_t)length <= limit)
		return text;
	length = (size_t)limit;
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return arena_strndup(cx->mem, text, length);
}

static void write_body(struct apple_session *s, struct ctx *cx,
	const struct apple_client_config_set *set, struct buf *out)
{
	/* Apple's four types about users and assets; subscriptions are not managed here. */
	static const char *const types[] = { "ASSET_COUNT", "ASSET_MANAGEMENT", "USER_MANAGEMENT",
		"USER_ASSOCIATED" };
	struct apple_limits limits = apple_limits(s->apple);
	struct json_writer w;
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_object(&w, "mdmInfo");
	jw_str(&w, "id", set->mdm_id);
	jw_str(&w, "name", cut(cx, set->mdm_name, limits.max_mdm_name_length));
	jw_str(&w, "metadata", cut(cx, set->mdm_metadata, limits.max_mdm_metadata_length));
	jw_end_object(&w);
	if (set->hook_url) {
		jw_str(&w, "notificationUrl", set->hook_url);
		jw_str(&w, "notificationAuthToken", set->hook_secret);
		jw_array(&w, "notificationTypes");
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			jw_str(&w, NULL, types[i]);
		jw_end_array(&w);
	}
	jw_end_object(&w);
}

enum err apple_client_config_post(struct apple_session *s, struct ctx *cx,
	const struct apple_client_config_set *set, struct apple_reply *ret_reply)
{
	const struct json *root;
	BUF_AUTO(body, 64 * 1024);
	write_body(s, cx, set, &body);

	free(s->mdm_id);
	s->mdm_id = strdup(set->mdm_id);
	if (!s->mdm_id)
		abort();
	s->may_not_write = false;
	s->owner_seen_at = clock_mono_ms(); /* whose it was is the caller's question */
	enum err e = apple_write(s, cx, "clientConfig", body.bytes, body.length, ret_reply, &root);
	secret_wipe(body.bytes, body.length);
	return e;
}
