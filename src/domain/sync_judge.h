/* sync_judge.h - one record in a sync: gathers what reconcile needs to know, asks it, and words the
 * answer. Private to the sync_ rooms of domain/. */
#pragma once

#include "domain/reconcile.h"
#include "domain/sync_plan.h"
#include "store/user_stage.h"
#include "store/vpp_users.h"

#define BRAKE_PEOPLE  20
#define BRAKE_PERCENT 5

/* A planned row without a row of ours here is known by its reason: this and the clientUserId. */
#define SYNC_RECORD "Apple's record "

struct sync_case {
	const struct vpp_user *last;      /* NULL: not known here */
	const struct staged_user *staged; /* NULL: Apple did not list it in this reading */
	int64_t own_item_id; /* an open item that does not make the record busy; 0: none */
	int64_t read_at;     /* an observation after it is newer than the staged one */
};

struct sync_verdict {
	struct reconcile_row row;
	const char *words;
	int64_t person_id; /* for adopt: the one person with the record's e-mail */
};

/* Is work of ours for the record under way, but for one item? A plan that waits for a person is
 * not. */
must_check enum err sync_is_busy(
	struct db *db, struct ctx *cx, int64_t vpp_user_id, int64_t own_item_id, bool *ret_is_busy);
must_check enum err sync_judge(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct sync_case *c, struct sync_verdict *ret_verdict);
