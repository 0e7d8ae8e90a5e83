/* invitations.h - bringing the acceptance link to VPP users: which channel, in which order, and
 * what becomes of it. work/deliver hands the messages over. */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct db;

/* Plans the message of an item (kind "message") for a registered VPP user whose invite code is
 * known, by the location's channel; in the caller's write transaction. The item ends
 * (jobs_end_item) when the message was handed over or given up; a person that no channel reaches
 * ends it as failed here. Ring app->deliver_wake after the commit. */
must_check enum err invitations_plan(struct app *app, struct db *db, struct ctx *cx,
				     int64_t vpp_user_id, int64_t item_id);

/* Messages that wait for this VPP user are not sent any more (it is removed, or has accepted); in
 * the caller's write transaction. Their items are ended by the caller. */
must_check enum err invitations_withdraw(struct db *db, struct ctx *cx, int64_t vpp_user_id,
					 const char *reason);
