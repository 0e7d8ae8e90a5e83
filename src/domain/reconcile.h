/* reconcile.h - what a sync does about one record: a pure function of what we want, what we last
 * knew, and what Apple says now. It is the whole policy of the sync. */
#pragma once

#include <stdbool.h>

#include "store/vpp_users.h"

/* What we want of the person behind the record. */
struct reconcile_wish {
	bool has_person; /* false: the record belongs to nobody here; for an unknown clientUserId: no
			   * one person without a record has its e-mail */
	bool is_wanted;  /* an active, living person who was invited and not removed */
	const char *email; /* NULL: none */
};

/* What Apple says. */
struct reconcile_news {
	bool is_listed;          /* false: not in the list */
	bool list_is_consistent; /* one version from the first page to the last, and a whole walk */
	const char *status;      /* Registered, Associated, Retired, Deleted */
	const char *email;
	const char *id_hash;
};

enum reconcile_plan {
	PLAN_NOTHING,
	PLAN_NOTE_REGISTERED, /* here only: Apple has it */
	PLAN_NOTE_ASSOCIATED, /* here only: the person accepted */
	PLAN_NOTE_RETIRED,    /* here only: it was retired at Apple */
	PLAN_NOTE_MISSING,    /* here only: not in a whole consistent list */
	PLAN_NOTE_FOUND,      /* here only: a missing one is back */
	PLAN_UPDATE,          /* at Apple: the e-mail */
	PLAN_RETIRE,          /* at Apple */
	PLAN_ADOPT,           /* here only: the record belongs to the one person with its e-mail */
	PLAN_FOREIGN,         /* here only: a record that nobody here made */
};

struct reconcile_row {
	enum reconcile_plan plan;
	const char *kind;  /* the item's kind; NULL for PLAN_NOTHING */
	const char *words; /* for the plan and the item */
	bool at_apple;     /* it changes something at Apple */
};

/* last is NULL when the clientUserId is not known here. is_busy: an item of ours is under way for
 * it, so that a difference is our own work in progress. */
/* One row at a time: a person who accepted and has a new e-mail gives the note first, and the update
 * when asked again with the note applied. */
struct reconcile_row reconcile(const struct reconcile_wish *wish, const struct vpp_user *last,
	const struct reconcile_news *news, bool is_busy);
