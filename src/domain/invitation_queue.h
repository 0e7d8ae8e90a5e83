/* invitation_queue.h - the messages that wait: taking some, and what follows from what came of them.
 *
 * A message is marked as being sent in a transaction before its first byte leaves, so that after a
 * crash it is known which ones may have arrived; such a one is repeated at most once, with the same
 * Message-ID or CommandUUID. A server that is out of order puts off all that waits for its channel at
 * once, with the reason on every person, and nothing is given up for it.
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
};

enum delivery_outcome {
	DELIVERY_SENT,
	DELIVERY_LATER,        /* not taken at present: again after a growing gap, for a day */
	DELIVERY_OUT_OF_ORDER, /* the server takes nothing from us; an admin has to look */
	DELIVERY_AWAY,         /* the server is not reached or busy: tried once a minute at least */
	DELIVERY_REFUSED,      /* the other channel, or given up */
	DELIVERY_UNKNOWN,      /* may have been taken although no answer came */
	DELIVERY_UNTRIED,      /* nothing of it left: it waits again as if it had not been taken */
};

struct delivery_result {
	const struct delivery *delivery;
	enum delivery_outcome outcome;
	const char *words; /* why it was not sent (no capital, no full stop) */
};

#define DELIVERIES_MAX 16 /* that a courier takes at once */

/* What a courier brings, and what it takes along. */
struct delivery_turn {
	const struct delivery_result *done; /* what came of these is written down */
	size_t done_count;
	struct ctx *cx; /* of the next messages' strings; NULL: none are wanted */
	size_t wanted;  /* 1 to DELIVERIES_MAX */

	struct delivery next[DELIVERIES_MAX];
	size_t next_count;
	struct smtp_settings smtp; /* for the next ones of channel email */
	const char *mdm_url;       /* for the next ones of channel notification */
	bool is_over;              /* nothing more is due */
};

/* The turns of several couriers in one transaction: what each brings is written down, then each gets
 * the next due messages, marked as being sent. Messages that are not wanted any more, or cannot be
 * sent, are settled on the way; after many of them a courier goes without, and comes again. */
must_check enum err invitation_queue_turn(
	struct app *app, struct ctx *cx, struct delivery_turn *const *turns, size_t count);

/* What is remembered of a message that was being sent when the process ended: DELIVERY_SENT,
 * DELIVERY_UNTRIED, or DELIVERY_UNKNOWN. */
typedef enum delivery_outcome (*delivery_recall)(const void *memory, const char *message_id);

/* At start: what was being sent when the process ended is settled as it is remembered, and is in doubt
 * where nothing is known of it. */
must_check enum err invitation_queue_recover(
	struct app *app, struct ctx *cx, delivery_recall recall, const void *memory);

/* Once all that is left is put off: each job says why its messages wait, and until when. */
must_check enum err invitation_queue_note_waits(struct app *app, struct ctx *cx);
/* When the next message is due; 0: none waits. */
must_check enum err invitation_queue_next_at(struct app *app, struct ctx *cx, int64_t *ret_at);
