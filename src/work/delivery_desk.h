/* delivery_desk.h - where couriers meet: what several of them bring and take in the same moment goes into
 * one transaction, made by the one that came first.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "domain/invitation_queue.h"

#define COURIERS 4

struct app;
struct ctx;

struct delivery_slip;

struct delivery_desk {
	struct app *app;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t served;
	struct delivery_slip *slips[COURIERS]; /* that wait */
	size_t slip_count;
	bool is_busy;
};

void delivery_desk_init(struct delivery_desk *desk, struct app *app);
void delivery_desk_fini(struct delivery_desk *desk);

/* invitation_queue_turn for one courier, who waits for the transaction. */
must_check enum err delivery_desk_turn(
	struct delivery_desk *desk, struct ctx *cx, struct delivery_turn *turn);
