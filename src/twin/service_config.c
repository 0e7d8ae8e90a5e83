/* service_config.c - GET /service/config: URLs, limits, error numbers, notification types. */
#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "twin/apple.h"
#include "twin/errors.h"
#include "twin/twin.h"

static const struct {
	const char *key, *path;
} urls[] = {
	{ "clientConfig", "/client/config" },
	{ "getUsers", "/users" },
	{ "createUsers", "/users/create" },
	{ "updateUsers", "/users/update" },
	{ "retireUsers", "/users/retire" },
	{ "getAssets", "/assets" },
	{ "associateAssets", "/assets/associate" },
	{ "disassociateAssets", "/assets/disassociate" },
	{ "revokeAssets", "/assets/revoke" },
	{ "getAssignments", "/assignments" },
	{ "eventStatus", "/status" },
};

static void write_urls(struct apple_call *call)
{
	struct arena *mem = call->cx->mem;
	const char *origin = apple_origin(call);
	jw_object(call->w, "urls");
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++)
		jw_str(call->w, urls[i].key,
			arena_printf(mem, "%s/mdm/v2%s", origin, urls[i].path));
	/* APPLE_INVITE begins with /twin, as the origin ends. The placeholder is encoded twice. */
	jw_str(call->w, "invitationEmail",
		arena_printf(mem, "%s%s?inviteCode=%%25inviteCode%%25&mt=8", origin,
			APPLE_INVITE + sizeof("/twin") - 1));
	jw_str(call->w, "contentMetadataLookup", arena_printf(mem, "%s/lookup", origin));
	jw_end_object(call->w);
}

static void change_a_limit(struct twin *twin)
{
	static const int64_t sizes[] = { 100, 50, 10, 100 };
	if (random_percent(&twin->random, twin->knobs.limit_change_percent))
		twin->knobs.limits[LIMIT_USERS] = sizes[random_below(&twin->random, 4)];
}

int apple_service_config(struct apple_call *call)
{
	static const char *const types[] = { "ASSET_COUNT", "ASSET_MANAGEMENT", "USER_MANAGEMENT",
		"USER_ASSOCIATED" };
	struct twin *twin = call->twin;
	change_a_limit(twin);
	write_urls(call);
	jw_object(call->w, "limits");
	for (enum limit l = 0; l < LIMIT_COUNT; l++) {
		if (l != LIMIT_REQUEST_PER_SECOND || !twin->knobs.leave_out_rate)
			jw_i64(call->w, knobs_limit_name(l), twin->knobs.limits[l]);
	}
	jw_end_object(call->w);
	jw_array(call->w, "notificationTypes");
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		jw_str(call->w, NULL, types[i]);
	jw_end_array(call->w);
	jw_array(call->w, "errorCodes");
	for (size_t i = 0; errors_at(i); i++) {
		jw_object(call->w, NULL);
		jw_i64(call->w, "errorNumber", errors_at(i));
		jw_str(call->w, "errorMessage", errors_text(errors_at(i)));
		jw_end_object(call->w);
	}
	jw_end_array(call->w);
	return 0;
}
