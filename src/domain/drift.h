/* drift.h - what is at Apple and was not done by us: kept as findings until it is gone.
 *
 * Findings are written by whoever reads Apple, in the transaction of the reading, and only when
 * something moved, so that a reading that shows nothing new writes nothing. They end by themselves
 * when the fact is gone, or when an admin says to leave it as it is.
 */
#pragma once

#include <stdint.h>

#include "domain/action.h"

struct app;
struct ctx;
struct db;
struct finding;
struct staged_user;
struct sync_reading;
struct sync_verdict;
struct vpp_user;

/* What Apple shows about a record now. */
struct drift_news {
	const char *status;
	const char *email;
	const char *id_hash;
};

/* Compares a known record with what Apple shows now: retired, another e-mail, another Apple Account,
 * an Apple Account that is behind somebody else as well. before is the row as it was; job_id 0: no
 * sync, a look in between. */
must_check enum err drift_seen(struct db *db, struct ctx *cx, int64_t job_id,
	const struct vpp_user *before, const struct drift_news *news);
/* A person's record is (again) at Apple: what said that it was gone is over. */
must_check enum err drift_is_back(struct db *db, struct ctx *cx, const struct vpp_user *u);

/* One record of a sync's plan, before its item is written. last and staged as in sync_judge.h. */
must_check enum err drift_planned(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct vpp_user *last, const struct staged_user *staged,
	const struct sync_verdict *verdict);
/* A record that nobody here made; or so many of them that they are one finding. */
must_check enum err drift_stranger(
	struct db *db, struct ctx *cx, int64_t job_id, const struct vpp_user *u);
must_check enum err drift_strangers(
	struct db *db, struct ctx *cx, const struct sync_reading *reading, int64_t count);
/* After the plan of a whole location: ends the findings whose fact is gone. */
must_check enum err drift_close(
	struct app *app, struct ctx *cx, const struct sync_reading *reading);

/* A record that nobody here made, which was retired because an admin asked for it. */
must_check enum err drift_is_retired(struct db *db, struct ctx *cx, const struct vpp_user *u);

#define DRIFT_RETIRE "retire" /* the repair of records that are nobody's here */

/* What an admin chose for a finding: its repair ("invite", "sync", "delete", "retire"), which makes a job, or
 * "leave", which ends it (*ret_job_id is 0). ERR_CONFLICT "finding.solved", "finding.no_such_repair";
 * key and hash as in struct action. */
must_check enum err drift_repair(struct app *app, struct ctx *cx, int64_t finding_id,
	const char *how, const char *key, const char *hash, int64_t *ret_job_id);

/* The same for many of one location and kind. */
struct drift_wish {
	int64_t location_id;
	const char *kind, *how;
	const int64_t *ids; /* of findings; NULL: all that are open */
	size_t id_count;
	const int64_t *exclude; /* of all: without these */
	size_t exclude_count;
	int64_t expected; /* how many open ones the admin saw chosen; -1: not said */
	const char *idempotency_key, *request_hash;
};

struct drift_preview {
	int64_t findings; /* open and chosen */
	int64_t gone;     /* named, but over by now */
	int64_t without;  /* of findings: this is not their repair, or nobody here is meant */
	struct action_preview people; /* nobody for "leave" */
};

/* ERR_CONFLICT "selection.moved", "finding.no_such_repair" (of none of them), and what the action
 * refuses. */
must_check enum err drift_repair_preview(struct app *app, struct ctx *cx,
	const struct drift_wish *wish, struct drift_preview *ret_preview);
/* *ret_job_id 0: they were left as they are, *ret_left of them. */
must_check enum err drift_repair_all(struct app *app, struct ctx *cx, const struct drift_wish *wish,
	int64_t *ret_job_id, int64_t *ret_left);

/* Inside of the repairs. */
typedef enum err drift_start(struct app *app, struct ctx *cx, const struct action *action,
	int64_t *ret_job_id, bool *ret_is_repeat);
/* NULL: there is no such repair. */
drift_start *drift_start_of(const char *how);
must_check enum err drift_check_mode(struct app *app, struct ctx *cx, int64_t location_id);
/* Records that nobody here made, retired at Apple: what it would do, then the job of it, which the
 * findings name. At most DRIFT_RETIRE_MAX at once (ERR_INVALID "finding.too_many"). */
#define DRIFT_RETIRE_MAX 10000
struct findings_choice;
must_check enum err drift_retire_preview(struct app *app, struct ctx *cx,
	const struct findings_choice *choice, struct action_preview *ret_preview);
must_check enum err drift_retire(struct app *app, struct ctx *cx,
	const struct findings_choice *choice, const struct action *action, int64_t *ret_job_id);
