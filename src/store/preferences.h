/* preferences.h - how the portal looks for an admin. Every function may return ERR_DB. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct preferences {
	const char *language; /* en, de, ko, ar; "": the browser's */
	const char *theme;    /* system, light, dark */
	bool single_keys;     /* shortcuts of one key alone */
	int64_t page_size;
	const char *density;      /* comfortable, compact */
	const char *user_columns; /* "name,email" in order; "": the portal's own choice */
	const char *dismissed;    /* names of hints that were put away, likewise */
};

/* ERR_NOT_FOUND without detail when the admin never chose anything. */
must_check enum err preferences_get(
	struct db *db, struct ctx *cx, int64_t admin_id, struct preferences *ret_preferences);
must_check enum err preferences_put(struct db *db, struct ctx *cx, int64_t admin_id,
	const struct preferences *preferences, int64_t now);
