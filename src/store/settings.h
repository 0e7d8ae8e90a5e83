/* settings.h - named values that an admin changes while the server runs.
 *
 * Names are "smtp.host", "mdm.url"; the room that uses a value says what it means. Secret values are
 * sealed before they come here. Every function may return ERR_DB.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

/* The value in cx->mem; NULL when there is none. */
must_check enum err settings_get(
	struct db *db, struct ctx *cx, const char *name, const char **ret_value);

/* Writes it; NULL removes it. */
must_check enum err settings_put(
	struct db *db, struct ctx *cx, const char *name, const char *value);
/* When the last of the names from `from` up to, and without, `to` was written; 0: none is there. */
must_check enum err settings_changed_at(
	struct db *db, struct ctx *cx, const char *from, const char *to, int64_t *ret_at);
