/* invitations.h - attempts to bring the link to a VPP user, one row per channel tried; also the
 * queue of what is to be sent.
 *
 *   waiting -> sending -> sent | failed | unknown | waiting again
 *   waiting -> replaced (not wanted any more, or another row took its place)
 *
 * "sending" is committed before the first byte leaves. Rows only; what follows what is
 * domain/invitation_queue. Besides the codes it names, every function may return ERR_DB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct invitation {
	int64_t id, vpp_user_id;
	int64_t item_id;      /* 0: none */
	const char *channel;  /* notification, email */
	const char *fallback; /* "email": what to try when this one fails; NULL: nothing */
	const char *state;
	const char *recipient;  /* address or serial number */
	const char *message_id; /* Message-ID or CommandUUID; the same in a repeat */
	const char *language;   /* NULL: the organisation's */
	int64_t attempts;
	int64_t doubts; /* attempts of which it is not known whether they arrived */
	int64_t next_at;
	const char *reason;
	int64_t created_at, sent_at;
};

must_check enum err invitations_insert(
	struct db *db, struct ctx *cx, const struct invitation *n, int64_t *ret_id);
/* ERR_NOT_FOUND without detail, as the one below. */
must_check enum err invitations_find(
	struct db *db, struct ctx *cx, int64_t id, struct invitation *ret_invitation);
/* The latest that was sent to the VPP user. */
must_check enum err invitations_last_sent(
	struct db *db, struct ctx *cx, int64_t vpp_user_id, struct invitation *ret_invitation);
/* Writes state, recipient, attempts, doubts, next_at, reason, sent_at. */
must_check enum err invitations_save(struct db *db, struct ctx *cx, const struct invitation *n);

/* The waiting ones that are due, those whose time came first at first. */
must_check enum err invitations_due(struct db *db, struct ctx *cx, int64_t now, size_t limit,
	struct invitation *ret_invitations, size_t *ret_count);
/* When the next waiting one is due; 0: none waits. */
must_check enum err invitations_next_at(struct db *db, struct ctx *cx, int64_t *ret_at);
/* Those in "sending", in order of id. */
must_check enum err invitations_broken_off(struct db *db, struct ctx *cx, size_t limit,
	struct invitation *ret_invitations, size_t *ret_count);
must_check enum err invitations_waiting_of(struct db *db, struct ctx *cx, int64_t vpp_user_id,
	size_t limit, struct invitation *ret_invitations, size_t *ret_count);
/* waiting -> replaced, for one VPP user. */
must_check enum err invitations_replace(struct db *db, struct ctx *cx, int64_t vpp_user_id,
	const char *reason, int64_t *ret_changed);

/* Puts off all that waits for the channel: not before until, or, where there is a fallback, not
 * before it was asked for fallback_after_ms ago. The people and items say why. */
must_check enum err invitations_postpone(struct db *db, struct ctx *cx, const char *channel,
	int64_t until, const char *reason, int64_t fallback_after_ms, int64_t now);
/* Of each job with messages that were put off, in order of id: the one that is tried next. Walks all
 * that wait. */
struct invitation_wait {
	int64_t job_id;
	const char *reason;
	int64_t until;
};
must_check enum err invitations_job_waits(struct db *db, struct ctx *cx, int64_t after_job,
	size_t limit, struct invitation_wait *ret_waits, size_t *ret_count);
/* What waits for the channel, for this reason (NULL: for any), is due now. */
must_check enum err invitations_hurry(
	struct db *db, struct ctx *cx, const char *channel, const char *reason, int64_t now);

/* The messages to everyone, newest first, in cx->mem; before_id 0: from the newest. NULL as state
 * or channel: any. */
struct invitation_row {
	struct invitation invitation;
	int64_t person_id; /* 0: nobody here */
	const char *person_name;
};
/* What is NULL or 0 is not looked at. */
struct invitation_filter {
	const char *state, *channel;
	int64_t person_id;
	int64_t since; /* made then or later */
};
must_check enum err invitations_list(struct db *db, struct ctx *cx,
	const struct invitation_filter *filter, int64_t before_id, size_t limit,
	struct invitation_row **ret_rows, size_t *ret_count);
