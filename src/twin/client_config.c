/* client_config.c - GET and POST /client/config: the owner mark and where notifications go.
 *
 * Members left out of a POST keep their value. A notificationUrl in it is tried at once with a
 * TEST_NOTIFICATION; when that fails the call is refused with 9728 and nothing is stored.
 */
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "twin/apple.h"
#include "twin/location.h"
#include "twin/notices.h"
#include "twin/twin.h"

#define TYPES_MOST 16

int apple_client_config_get(struct apple_call *call)
{
	const struct location *l = call->location;
	jw_str(call->w, "locationName", l->name);
	jw_str(call->w, "countryISO2ACode", l->country);
	jw_str(call->w, "defaultPlatform", l->is_school ? "volumestore" : "enterprisestore");
	jw_str(call->w, "websiteURL",
		l->is_school ? "https://school.twin.example" : "https://business.twin.example");
	if (!l->notify_url)
		return 0;
	jw_str(call->w, "notificationUrl", l->notify_url);
	jw_str(call->w, "notificationAuthToken", l->notify_token);
	jw_array(call->w, "subscribedNotificationTypes");
	for (size_t i = 0; i < l->notify_type_count; i++)
		jw_str(call->w, NULL, l->notify_types[i]);
	jw_end_array(call->w);
	return 0;
}

static int check_mdm(struct apple_call *call, const struct json *mdm)
{
	const int64_t *limits = call->twin->knobs.limits;
	const char *id = json_str(mdm, "id"), *name = json_str(mdm, "name");
	const char *metadata = json_str(mdm, "metadata");
	if (!mdm)
		return 0;
	if (!id || !name || !metadata)
		return 9723;
	if ((int64_t)strlen(id) > limits[LIMIT_MDM_ID_LENGTH])
		return 9724;
	if ((int64_t)strlen(name) > limits[LIMIT_MDM_NAME_LENGTH])
		return 9725;
	return (int64_t)strlen(metadata) > limits[LIMIT_MDM_METADATA_LENGTH] ? 9713 : 0;
}

static int check_url(struct apple_call *call, const char *url, const char *token)
{
	int64_t longest = call->twin->knobs.limits[LIMIT_NOTIFICATION_LENGTH];
	struct http_url parts;
	if (!url && !token)
		return 0;
	if (!url || !token)
		return 9710;
	if ((int64_t)strlen(url) > longest || (int64_t)strlen(token) > longest)
		return 9711;
	if (http_url_parse(call->cx, url, &parts) || (parts.query && *parts.query))
		return 9712;
	/* Apple wants HTTPS; the twin lets plain HTTP pass to the same machine, for there is no
	 * certificate for 127.0.0.1. */
	if (strcmp(parts.scheme, "https") && !http_host_is_loopback(parts.host))
		return 9712;
	return 0;
}

static int read_types(const struct json *list, const char *types[TYPES_MOST], size_t *ret_count)
{
	size_t n = json_count(list);
	unsigned mask;
	if (n > TYPES_MOST || (list && !json_is_array(list)))
		return 9602;
	for (size_t i = 0; i < n; i++) {
		types[i] = json_text(json_at(list, i));
		if (!location_notify_type(types[i], &mask))
			return 9602;
	}
	*ret_count = n;
	return 0;
}

/* Without the lock: the receiver may ask us something before it answers. False: refuse the call. */
static bool try_receiver(struct apple_call *call, const char *url, const char *token)
{
	struct twin *twin = call->twin;
	const char *body = notices_test(twin, call->cx->mem, call->location);
	const char *uid = arena_strdup(call->cx->mem, call->location->uid);
	int64_t timeout = twin->knobs.notify_timeout_ms;
	uint64_t generation = twin->generation;
	twin_unlock(&twin);
	int status = notifier_post(url, token, body, timeout);
	twin_lock(call->twin);
	if (call->twin->generation != generation) {
		call->location = NULL;
		call->token = NULL;
		return false;
	}
	call->location = location_find(call->twin, uid);
	return status >= 200 && status < 300;
}

int apple_client_config_set(struct apple_call *call)
{
	const struct json *mdm = json_get(call->body, "mdmInfo");
	const struct json *list = json_get(call->body, "notificationTypes");
	const char *url = json_str(call->body, "notificationUrl");
	const char *token = json_str(call->body, "notificationAuthToken");
	const char *types[TYPES_MOST];
	size_t count = 0;
	int number = check_mdm(call, mdm);
	if (!number)
		number = check_url(call, url, token);
	if (!number)
		number = read_types(list, types, &count);
	if (!number && url && !try_receiver(call, url, token))
		number = 9728;
	if (number)
		return number;
	struct location *l = call->location;
	if (mdm)
		location_set_mdm(
			l, json_str(mdm, "id"), json_str(mdm, "name"), json_str(mdm, "metadata"));
	if (url || list) {
		const char *const *kept = list ? types : (const char *const *)l->notify_types;
		size_t kept_count = list ? count : l->notify_type_count;
		const char **copy = ARENA_ARRAY(call->cx->mem, const char *, kept_count);
		for (size_t i = 0; i < kept_count; i++)
			copy[i] = arena_strdup(call->cx->mem, kept[i]);
		location_set_notifications(l,
			url ? url : arena_strdup(call->cx->mem, l->notify_url),
			token ? token : arena_strdup(call->cx->mem, l->notify_token), copy,
			kept_count);
	}
	return apple_client_config_get(call);
}
