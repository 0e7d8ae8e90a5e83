/* deliver.h - hands waiting messages to the mail server and the MDM connector.
 *
 * Calls a few couriers (work/courier.h) whenever something is due. What is due, and what follows from an
 * answer, is domain/invitation_queue.
 */
#pragma once

struct work;

void deliver_run(struct work *w);
