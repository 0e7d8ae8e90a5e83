/* invitation_link.h - the acceptance link of a VPP user: a secret, because whoever opens it joins with
 * the Apple Account of their choice. Made when it is needed, never kept and never logged.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct location;
struct vpp_user;

/* NULL when a part of it is missing: Apple's address for it, or a code that can be opened. */
const char *invitation_link_make(struct app *app, struct ctx *cx, const struct vpp_user *user,
	const struct location *location);

/* Such a link with the word "example" for its code; NULL when Apple's address is not known. */
const char *invitation_link_sample(
	struct app *app, struct ctx *cx, const struct location *location);

/* The link of a person who is registered or invited there, for an admin who hands it over; audited.
 * ERR_NOT_FOUND "person.none", "location.unknown"; ERR_CONFLICT "link.none" with the reason. */
must_check enum err invitation_link_show(struct app *app, struct ctx *cx, int64_t person_id,
	int64_t location_id, const char **ret_link);
