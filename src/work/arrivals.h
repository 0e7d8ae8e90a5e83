/* arrivals.h - takes what Apple told us out of the inbox and says where to look.
 *
 * A notice is a hint: it names a user, an event or an asset, and the lane then asks Apple. So
 * repeats, disorder and lies cost a look at most, and a lost notice costs time: the sweep and the
 * next sync find the same.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;

/* Handles what is new, at most a few hundred messages in one transaction each fifty. *ret_taken: how
 * many; 0 when there was nothing. Called by the lanes' manager before it rings the lanes. */
must_check enum err arrivals_take(struct app *app, struct ctx *cx, int64_t *ret_taken);
