/* courier.h - hands messages to the mail server and the MDM connector, one after the other, over
 * connections of its own that it keeps. Several work side by side, because a mail server far away
 * answers slowly.
 *
 * A courier takes several messages at once where the server is quick, and one where it is slow: what it
 * has taken and not begun is lost time to whoever wants to call it back.
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>

#include "base/err.h"

struct courier;
struct ctx;
struct delivery_desk;
struct work;

/* number: from 0, names its file. ERR_IO, ERR_BUG. */
must_check enum err courier_open(struct ctx *cx, struct work *work, struct delivery_desk *desk,
	size_t number, struct courier **ret_courier);
void courier_close(struct courier *c); /* accepts NULL */

/* Sends until nothing is due, or the courier is called off. */
void courier_make_rounds(struct courier *c);
/* From any thread: what is under way is broken off and in doubt, what was not begun waits again. */
void courier_call_off(struct courier *c);
