/* invitations.h - bringing the acceptance link to VPP users: which channel, in which order, and
 * when a message is not wanted any more. domain/invitation_queue.h follows the messages that were
 * planned here; work/deliver hands them over.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct db;
struct person;

/* What is known of a person's reach. */
struct invitation_reach {
	const char *
		setting; /* the job's or the location's: notification, email, notification_else_email */
	bool has_device;    /* an activated one that takes an invitation */
	bool has_connector; /* some MDM is set up */
	bool has_email;
};

/* The rule: which channel, which after it, or why none. */
struct invitation_choice {
	const char *channel;  /* notification, email; NULL: nothing can be sent */
	const char *fallback; /* email, or NULL */
	const char *why_not;  /* a sentence when channel is NULL */
};
struct invitation_choice invitations_choose(const struct invitation_reach *reach);

/* Why a person cannot be reached by this channel (a setting, as above); NULL: can. A literal. */
must_check enum err invitations_why_not(struct db *db, struct ctx *cx, const struct person *person,
	const char *channel, const char **ret_why_not);

/* Plans the message of an item (kind "message") for a registered VPP user whose invite code is
 * known, by the channel of the item's job, else the location's; in the caller's write transaction. The item ends
 * (jobs_end_item) when the message was handed over or given up; a person that no channel reaches
 * ends it as failed here. Ring app->deliver_wake after the commit. */
must_check enum err invitations_plan(
	struct app *app, struct db *db, struct ctx *cx, int64_t vpp_user_id, int64_t item_id);

/* Messages that wait for this VPP user are not sent any more (it is removed, or has accepted); in
 * the caller's write transaction. Their items are ended by the caller. */
must_check enum err invitations_withdraw(
	struct db *db, struct ctx *cx, int64_t vpp_user_id, const char *reason);

/* What the person's message_state goes back to when nothing waits any more: sent, if one was ever
 * sent to this VPP user, else none. In the caller's write transaction. */
must_check enum err invitations_restore(struct db *db, struct ctx *cx, int64_t vpp_user_id);
