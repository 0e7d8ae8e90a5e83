/* invitation_settle.h - what follows from an attempt to hand a message over: for its row, the person,
 * the item, and all that waits for the same channel. Used by invitation_queue.c alone.
 */
#pragma once

#include <stdbool.h>

#include "domain/invitation_queue.h"

struct db;

/* In the caller's write transaction. */
must_check enum err invitation_settle(struct app *app, struct db *db, struct ctx *cx,
	struct invitation *n, enum delivery_outcome outcome, const char *words);

/* May a notification that its MDM does not take go by e-mail by now? */
bool invitation_wants_other_channel(const struct invitation *n);
