/* guests.h - people on the way to their message, and couriers that take and bring. */
#pragma once

#include <stddef.h>

#include "domain/invitation_queue.h"

struct app;
struct ctx;
struct db;

/* One person on the way to the message: registered, with a code, a job and its item. */
struct guest {
	int64_t vpp_user_id, item_id, job_id;
};

/* The clock of the process stands so much ahead. */
void move_clock(struct ctx *cx, int64_t ms);
struct guest make_guest(struct app *app, struct db *db, struct ctx *cx, int64_t location_id,
	const char *email, const char *serial);
struct guest invite(struct app *app, struct ctx *cx, const char *channel, const char *email,
	const char *serial);
void invite_some(struct app *app, struct ctx *cx, struct guest *ret_guests, size_t count);
/* "registered not_sent email | planned | running": user, message, channel, item, job. */
const char *state_of(struct app *app, struct ctx *cx, const struct guest *g);
const char *reason_of(struct app *app, struct ctx *cx, const struct guest *g);
/* One courier's turn of one half. */
size_t take_up_to(struct app *app, struct ctx *cx, size_t wanted, struct delivery_turn *ret_turn);
struct delivery_turn take(struct app *app, struct ctx *cx, struct delivery *ret_delivery);
void nothing_is_due(struct app *app, struct ctx *cx);
void settle_all(
	struct app *app, struct ctx *cx, const struct delivery_result *results, size_t count);
void settle(struct app *app, struct ctx *cx, const struct delivery *d,
	enum delivery_outcome outcome, const char *words);
