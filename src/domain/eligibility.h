/* eligibility.h - who can be invited, and why somebody can't.
 *
 * Eligible is an active person with at least one activated iOS, iPadOS or macOS device. The flag is
 * kept in person.is_eligible by people_refresh (store/people.h); the rule in words is here, and a
 * store test holds the two together.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct person;

bool eligibility_of(const struct person *person);

/* A sentence for the admin, or NULL for an eligible person. A literal: it outlives everything. */
const char *eligibility_why_not(const struct person *person);

/* Why an action of the list is not possible for the person in the location whose VPP user the row
 * was read with; NULL: it is possible. Literals. The dry run of the action has the last word: it
 * also sees what is under way. */
const char *why_not_invite(const struct person *person);
const char *why_not_delete(const struct person *person);
const char *why_not_sync(const struct person *person);

/* The one right spelling of a platform as MDM exports write it ("ipados", "Mac", "iPhone OS");
 * NULL when it is none. */
const char *platform_name(const char *text);
