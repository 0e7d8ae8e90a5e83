/* sync_judge.h - one record in a sync: gathers what reconcile needs to know, asks it, and words the
 * answer. Private to the sync_ rooms of domain/. */
#pragma once

#include "domain/reconcile.h"
#include "domain/sync_plan.h"
#include "store/user_stage.h"
#include "store/vpp_users.h"

#define BRAKE_PEOPLE  20
#define BRAKE_PERCENT 5

#define SYNC_STRANGERS_NAMED 100 /* more of them in one sync are one finding */

/* A planned row without a row of ours here is known by its reason: this and the clientUserId. */
#define SYNC_RECORD "Apple's record "

struct sync_case {
	const struct vpp_user *last;        /* NULL: not known here */
	const struct staged_user *staged;   /* NULL: Apple did not list it in this reading */
	const struct vpp_user_facts *facts; /* of last; NULL: the database is asked */
	int64_t own_item_id; /* an open item that does not make the record busy; 0: none */
	int64_t read_at;     /* an observation after it is newer than the staged one */
};

struct sync_verdict {
	struct reconcile_row row;
	const char *words; /* NULL where facts were given and nothing is to do */
	int64_t person_id; /* for adopt: the one person with the record's e-mail */
};

/* The plan's row of one record, with what drift makes of it; *ret_planned false: no row. */
must_check enum err sync_plan_row(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct sync_case *c, bool *ret_planned);

/* sync_merge.c: the rows of a whole location's plan, a bounded time in a transaction. */
must_check enum err sync_merge(struct app *app, struct ctx *cx, const struct sync_reading *reading);

/* sync_strangers.c: records that nobody here made. They are rows of ours at once, not items: noting
 * what Apple shows changes nothing. staged are those for whom reconcile said "foreign" without a person;
 * those whose address is somebody's are judged once more. *ret_planned counts rows that became items. */
bool sync_is_stranger(const struct staged_user *staged);
must_check enum err sync_strangers_take(struct db *db, struct ctx *cx,
	const struct sync_reading *reading, const struct staged_user *const *staged, size_t count,
	int64_t *ret_planned);
/* A known stranger's row follows what Apple shows; staged NULL: not listed by a whole list. */
must_check enum err sync_strangers_follow(
	struct db *db, struct ctx *cx, const struct vpp_user *u, const struct staged_user *staged);
/* At the end of the plan: counts them on the job, and writes the findings. */
must_check enum err sync_strangers_close(
	struct app *app, struct ctx *cx, const struct sync_reading *reading);

/* Is work of ours for the record under way, but for one item? A plan that waits for a person is
 * not. */
must_check enum err sync_is_busy(
	struct db *db, struct ctx *cx, int64_t vpp_user_id, int64_t own_item_id, bool *ret_is_busy);
must_check enum err sync_judge(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct sync_case *c, struct sync_verdict *ret_verdict);
