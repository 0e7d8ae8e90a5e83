/* assets.h - what a location owns, and giving it to people and devices. */
#pragma once

#include <stddef.h>

#include "apple/client.h"
#include "apple/users.h"

/* Counts of content that is free without limit: Apple gives 2147483647, or leaves them out. */
#define APPLE_UNLIMITED 2147483647

struct apple_asset {
	const char *adam_id;
	const char *pricing_param; /* STDQ, PLUS */
	const char *product_type;  /* App, Book */
	bool is_revocable;
	bool device_assignable;
	const char *platforms; /* "iOS,macOS" */
	int64_t available_count, assigned_count, retired_count, total_count;
};

struct apple_assets_page {
	struct apple_page page;
	struct apple_asset *assets;
	size_t count;
};

struct apple_asset_key {
	const char *adam_id, *pricing_param;
};

/* Who gets it or loses it: people and devices, in Apple's limits and without repeats. */
struct apple_targets {
	const char *const *client_user_ids;
	size_t client_user_id_count;
	const char *const *serial_numbers;
	size_t serial_number_count;
};

must_check enum err apple_assets_get(struct apple_session *s, struct ctx *cx, int64_t page_index,
	struct apple_reply *ret_reply, struct apple_assets_page *ret_page);

must_check enum err apple_assets_associate(struct apple_session *s, struct ctx *cx,
	const struct apple_asset_key *assets, size_t count, const struct apple_targets *targets,
	struct apple_reply *ret_reply, const char **ret_event_id);
must_check enum err apple_assets_disassociate(struct apple_session *s, struct ctx *cx,
	const struct apple_asset_key *assets, size_t count, const struct apple_targets *targets,
	struct apple_reply *ret_reply, const char **ret_event_id);
/* Takes every revocable asset away from the targets. */
must_check enum err apple_assets_revoke(struct apple_session *s, struct ctx *cx,
	const struct apple_targets *targets, struct apple_reply *ret_reply,
	const char **ret_event_id);
