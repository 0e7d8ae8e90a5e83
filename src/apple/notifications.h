/* notifications.h - what Apple posts to our hook.
 *
 * Notices are hints: they say where to look, they prove nothing.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "apple/events.h"
#include "apple/users.h"
#include "base/err.h"

struct ctx;

enum apple_notice_type {
	APPLE_NOTICE_TEST,
	APPLE_NOTICE_ASSET_COUNT,
	APPLE_NOTICE_ASSET_MANAGEMENT,
	APPLE_NOTICE_USER_MANAGEMENT,
	APPLE_NOTICE_USER_ASSOCIATED,
	APPLE_NOTICE_OTHER, /* a type that we do not know or do not use: taken and ignored */
};

struct apple_notice {
	const char *id; /* to know a repeat */
	enum apple_notice_type type;
	const char *type_text;
	const char *uid;
	const char *event_id; /* management notices only */
	const char *kind;     /* CREATE, RETIRE, ASSOCIATE … */
	bool is_failure;
	struct apple_failure failure;
	struct apple_user *users; /* user notices */
	size_t user_count;
	const char *adam_id, *pricing_param; /* ASSET_COUNT */
	int64_t count_delta;
};

/* ERR_INVALID "notice.invalid" when it is not JSON or has no notificationId or type. */
must_check enum err apple_notice_parse(
	struct ctx *cx, const char *bytes, size_t length, struct apple_notice *ret_notice);
