/* access_internal.h - what the access files share and nobody else needs. */
#pragma once

#include "domain/access.h"

struct db;

/* Makes a session of the admin in the caller's write transaction and gives its cookie. */
must_check enum err access_begin_session(struct db *db, struct ctx *cx, const struct admin *admin,
	int64_t now, struct identity *ret_identity, char **ret_session);

/* Checks and completes name (trimmed, with its key), e-mail and role; ERR_INVALID with the field. */
must_check enum err access_admin_fields(struct ctx *cx, struct admin *admin);

/* The identity of an admin, also put into cx->actor. */
struct identity access_identify(struct ctx *cx, const struct admin *admin);
