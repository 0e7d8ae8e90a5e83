/* deliver.h - hands waiting messages to the mail server and the MDM connector.
 *
 * A few couriers send side by side, each with connections of its own that it keeps, because a mail
 * server far away answers slowly. What is due, and what follows from an answer, is
 * domain/invitation_queue.
 */
#pragma once

struct work;

void deliver_run(struct work *w);
