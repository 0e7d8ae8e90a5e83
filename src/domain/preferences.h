/* preferences.h - how the portal looks for the admin who asks (cx->actor). An API token has none. */
#pragma once

#include "base/err.h"
#include "store/preferences.h"

struct app;
struct ctx;

#define PREFERENCES_COLUMNS_MAX   40
#define PREFERENCES_DISMISSED_MAX 100

/* ERR_INVALID "preferences.no_admin". */
must_check enum err preferences_of_actor(
	struct app *app, struct ctx *cx, struct preferences *ret_preferences);

/* Members that are NULL, page_size 0 and single_keys negative are left as they are. */
struct preferences_change {
	const char *language, *theme, *density;
	const char *user_columns, *dismissed;
	int64_t page_size;
	int single_keys;
};
/* ret_preferences is what stands afterwards. ERR_INVALID "preferences.no_admin". */
must_check enum err preferences_change(struct app *app, struct ctx *cx,
	const struct preferences_change *change, struct preferences *ret_preferences);
