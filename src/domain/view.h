/* view.h - lists of the portal that an admin (cx->actor) saves under a name, alone or for all. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "domain/access.h"
#include "store/views.h"

struct app;
struct ctx;

#define VIEW_NAME_MAX  60
#define VIEW_QUERY_MAX 2000
#define VIEWS_MAX      100 /* of one admin */

/* An API token sees what is shared. page NULL: of all. */
must_check enum err view_list(struct app *app, struct ctx *cx, const char *page,
	struct view **ret_views, size_t *ret_count);
/* Of the actor, who has the role. view gives page, name, query and is_shared. ERR_INVALID
 * "view.no_admin", ERR_CONFLICT "view.exists", "view.too_many", ERR_DENIED "view.share". */
must_check enum err view_save(struct app *app, struct ctx *cx, enum role role,
	const struct view *view, struct view *ret_view);
/* ERR_NOT_FOUND "view.none", also for what others did not share; ERR_DENIED "view.not_yours". */
must_check enum err view_remove(struct app *app, struct ctx *cx, enum role role, int64_t id);
/* Did the actor save it? */
bool view_is_mine(const struct ctx *cx, const struct view *view);
