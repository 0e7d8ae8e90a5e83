/* views.h - lists of the portal that were saved under a name. Besides the codes it names, every
 * function may return ERR_DB. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct view {
	int64_t id;
	int64_t admin_id; /* who saved it */
	const char *admin_name;
	const char *page;  /* user, device, job, audit, history */
	const char *name;  /* unique for the admin and the page */
	const char *query; /* of the page's address */
	bool is_shared;
};

/* The admin's own and those that others share, by page and name; page NULL: of all. */
must_check enum err views_list(struct db *db, struct ctx *cx, int64_t admin_id, const char *page,
	struct view **ret_views, size_t *ret_count);
/* ERR_NOT_FOUND "view.none". */
must_check enum err views_find(struct db *db, struct ctx *cx, int64_t id, struct view *ret_view);
must_check enum err views_count_of(
	struct db *db, struct ctx *cx, int64_t admin_id, int64_t *ret_count);
/* ERR_NOT_FOUND without detail when the admin has one of that name on the page. */
must_check enum err views_insert(
	struct db *db, struct ctx *cx, const struct view *view, int64_t now, int64_t *ret_id);
must_check enum err views_remove(struct db *db, struct ctx *cx, int64_t id);
