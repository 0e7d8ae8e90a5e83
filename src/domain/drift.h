/* drift.h - what is at Apple and was not done by us: kept as findings until it is gone.
 *
 * Findings are written by whoever reads Apple, in the transaction of the reading, and only when
 * something moved, so that a reading that shows nothing new writes nothing. They end by themselves
 * when the fact is gone, or when an admin says to leave it as it is.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

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

/* What an admin chose for a finding: its repair ("invite", "sync"), which makes a job, or "leave",
 * which ends it (*ret_job_id is 0). ERR_CONFLICT "finding.solved", "finding.no_such_repair"; key and
 * hash as in struct action. */
must_check enum err drift_repair(struct app *app, struct ctx *cx, int64_t finding_id,
	const char *how, const char *key, const char *hash, int64_t *ret_job_id);
