/* access_internal.h - what the access files share and nobody else needs. */
#pragma once

#include "domain/access.h"

/* Checks and completes name (trimmed, with its key), e-mail and role; ERR_INVALID with the field. */
must_check enum err access_admin_fields(struct ctx *cx, struct admin *admin);
