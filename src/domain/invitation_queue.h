/* invitation_queue.h - the messages that wait: taking one, and what follows from what came of it.
 *
 * A message is marked as being sent in a transaction before its first byte leaves, so
 * that after a crash it is known which ones may have arrived; such a one is repeated at most once,
 * with the same Message-ID or CommandUUID. A server that is out of order puts off all that waits for
 * its channel at once, with the reason on every person, and nothing is given up for it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "domain/message_settings.h"
#include "store/invitations.h"

struct app;
struct ctx;

/* One message to hand over. */
struct delivery {
	struct invitation row;
	int64_t job_id; /* 0: none */
	const char *link;
	const char *organisation;
	const char *person_name;
	struct smtp_settings smtp; /* channel email */
	const char *mdm_url;       /* channel notification */
};

enum delivery_outcome {
	DELIVERY_SENT,
	DELIVERY_LATER,        /* not taken at present: again after a growing gap, for a day */
	DELIVERY_OUT_OF_ORDER, /* the server takes nothing from us; an admin has to look */
	DELIVERY_AWAY,         /* the server is not reached or busy: tried once a minute at least */
	DELIVERY_REFUSED,      /* the other channel, or given up */
	DELIVERY_UNKNOWN,      /* may have been taken although no answer came */
};

/* What a courier brings, and what it takes along. */
struct delivery_turn {
	const struct delivery *done; /* what came of this is written down; NULL: nothing */
	enum delivery_outcome outcome;
	const char *words; /* why it was not sent (no capital, no full stop) */
	struct ctx *cx;    /* of the next message's strings; NULL: none is wanted */
	struct delivery next;
	bool has_next;
	bool is_over; /* nothing more is due */
};

/* The turns of several couriers in one transaction: what each brings is written down, then each gets
 * the next due message, marked as being sent. Messages that are not wanted any more, or cannot be
 * sent, are settled on the way; after many of them a courier goes without, and comes again. */
must_check enum err invitation_queue_turn(
	struct app *app, struct ctx *cx, struct delivery_turn *const *turns, size_t count);

/* One courier's turn of one half. ERR_NOT_FOUND without detail: nothing is due. */
must_check enum err invitation_queue_take(
	struct app *app, struct ctx *cx, struct delivery *ret_delivery);
must_check enum err invitation_queue_settle(struct app *app, struct ctx *cx,
	const struct delivery *delivery, enum delivery_outcome outcome, const char *words);

/* At start: what was being sent when the process ended is in doubt. */
must_check enum err invitation_queue_recover(struct app *app, struct ctx *cx);

/* Once all that is left is put off: each job says why its messages wait, and until when. */
must_check enum err invitation_queue_note_waits(struct app *app, struct ctx *cx);
/* When the next message is due; 0: none waits. */
must_check enum err invitation_queue_next_at(struct app *app, struct ctx *cx, int64_t *ret_at);
