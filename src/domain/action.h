/* action.h - one verb over a selection of people: who will, who will not and why; then the job.
 *
 * Invite, delete and sync share this walk: people in key order, one verdict each, made by the
 * verb. A dry run keeps counts and the first 200 of each side; the real thing writes job, items
 * and audit row, in several transactions when there are many, and the job runs only when it is
 * complete.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct db;
struct selection; /* domain/selection.h */

#define ACTION_PREVIEW_PEOPLE 200
#define ACTION_PAGE_PEOPLE    500
#define ACTION_RECENT_MS      (24 * 60 * 60 * 1000LL)

struct action {
	int64_t location_id;
	const struct selection *selection; /* NULL: the whole location (sync alone) */
	bool plan_only;                    /* sync: stop at the plan */
	int64_t retry_of;                  /* the job whose failed parts these are; 0: none */
	const char *channel;         /* invite: how the messages go; NULL: as the location says */
	bool skip_recent;            /* invite: not who was sent a message in the last 24 hours */
	int64_t look_most;           /* a dry run looks at so many people one by one; 0: at all */
	const char *idempotency_key; /* NULL: none */
	const char *request_hash;    /* SHA-256 of the body, when there is a key */
};

struct action_line {
	int64_t person_id;
	const char *person_name;
	const char *words; /* what will be done, or why not */
};

struct action_reason {
	const char *reason;
	int64_t count;
};

/* How far the counts of a preview go. */
enum action_counted {
	ACTION_COUNTED_ALL, /* everyone selected, exactly */
	ACTION_COUNTED_ABOUT, /* everyone, but work is under way for too many to look at each of them */
	ACTION_COUNTED_PART, /* those who were looked at */
};

struct action_preview {
	int64_t selected;  /* people */
	int64_t looked_at; /* of them, one by one: the licences and the lines are of these */
	enum action_counted counted;
	int64_t recent; /* invite: of all, else of those looked at: for whom it would be done, skip_recent or
	                 * not, and who were sent a message in the last 24 hours */
	int64_t will_do, will_skip; /* with the reasons: of whom counted says */
	int64_t licences;           /* that come back (delete) */
	int64_t licences_stay;      /* books that cannot be taken back */
	struct action_line *will, *skip;
	size_t will_count, skip_count;
	struct action_reason *reasons; /* most frequent first */
	size_t reason_count;
};

/* What a verb decides about one person. */
struct action_choice {
	bool is_skipped;
	bool is_recent; /* was sent a message in the last 24 hours, and that alone may speak against it */
	const char *
		words; /* what will be done, or why not: a literal, so that reasons can be counted */
	const char *kind; /* of the item */
	int64_t licences, licences_stay;
};

/* One action under way: what its verb is given. */
struct action_run {
	struct app *app;
	int64_t location_id;
	int64_t job_id; /* 0 in a dry run */
	int64_t now;
	int64_t retry_of; /* these three as in struct action */
	const char *channel;
	bool skip_recent;
};

struct person;

struct action_verb {
	const char *job_kind;
	const char *audit_act;
	const char *first_phase; /* of the job; NULL: none */
	bool minds_recent;       /* has choices that are recent */
	bool changes_apple;      /* refused where Pomona only observes */
	/* Why it is not done for people of this state and these flags; NULL: it is. A literal, one of those
	 * that choose has. What choose decides otherwise is for people_classes_unsettled to find. */
	const char *(*why_not)(const struct person *alike);
	/* Decides about a person; reads only. */
	enum err (*choose)(const struct action_run *run, struct db *db, struct ctx *cx,
		const struct person *person, struct action_choice *ret_choice);
	/* Writes what follows from the choice, with its item; in the action's transaction. */
	enum err (*write)(const struct action_run *run, struct db *db, struct ctx *cx,
		const struct person *person, const struct action_choice *choice);
};

struct action_run action_run_of(struct app *app, const struct action *action);

must_check enum err action_preview(struct app *app, struct ctx *cx, const struct action_verb *verb,
	const struct action *action, struct action_preview *ret_preview);

/* *ret_is_repeat: the idempotency key was used for the same request; ret_job_id is that job.
 * ERR_CONFLICT "idempotency.other_request" when it was used for another; what the selection refuses
 * is passed on. A selection with nobody to do anything for still makes a job, which is done at once
 * and lists who was skipped and why. */
must_check enum err action_start(struct app *app, struct ctx *cx, const struct action_verb *verb,
	const struct action *action, int64_t *ret_job_id, bool *ret_is_repeat);

/* For a verb without a selection: gives the job that already has the action's key.
 * ERR_NOT_FOUND without detail when there is none. */
must_check enum err action_repeat(struct db *db, struct ctx *cx, const char *job_kind,
	const struct action *action, int64_t *ret_job_id);
/* The item of a choice, in state planned. */
must_check enum err action_item(const struct action_run *run, struct db *db, struct ctx *cx,
	int64_t person_id, int64_t vpp_user_id, const char *kind, const char *words,
	int64_t *ret_item_id);
/* cx->error and the text in it, moved to the ctx of the caller. */
enum err action_pass_error(struct ctx *cx, const struct ctx *from, enum err e);
/* Refuses a verb that changes Apple where Pomona only observes. */
must_check enum err action_check_mode(
	struct db *db, struct ctx *cx, const struct action_verb *verb, int64_t location_id);
