/* jobs.h - ending items, and with them jobs; what an admin may do with a job.
 *
 * The functions with a db run in the caller's write transaction; call jobs_publish after its
 * commit so that browsers see it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct action_preview;
struct app;
struct ctx;
struct db;
struct item;
struct item_result;
struct job;
struct json_writer;

/* Ends an item (done, failed, not_needed, cancelled, skipped), counts it on its job, and ends the
 * job with its last item. An item that is already ended is left alone. words: detail for what was
 * done, reason for what was not. */
must_check enum err jobs_end_item(struct db *db, struct ctx *cx, int64_t item_id, const char *state,
	int64_t apple_number, const char *words);
/* An item that waits says why; it stays open. */
must_check enum err jobs_item_waits(
	struct db *db, struct ctx *cx, int64_t item_id, const char *reason);
bool jobs_item_is_open(const struct item *item);
/* Fills job->summary_json with how many items of which kind came to what. */
must_check enum err jobs_summarise(struct db *db, struct ctx *cx, struct job *job);
/* Ends the job with its summary, unless it is still being read. For jobs without open items. */
must_check enum err jobs_finish(struct db *db, struct ctx *cx, int64_t job_id);

/* Posts the job's present row to the event stream; never fails. No transaction may be open. */
void jobs_publish(struct app *app, struct ctx *cx, int64_t job_id);

#define PLAN_PART_MAX 10000 /* rows of a plan that can be named one by one */

/* What of a plan is wanted: rows of these kinds, or these rows; but not the excepted ones. All zero:
 * everything. Rows are item ids, each once. */
struct plan_part {
	const char *const *kinds;
	size_t kind_count;
	const int64_t *items, *except;
	size_t item_count, except_count;
};

/* A plan that waits ends as cancelled, with its rows; why says what overtook it. */
must_check enum err jobs_give_up_plan(
	struct db *db, struct ctx *cx, int64_t job_id, const char *why);
/* A planned sync begins to be applied; what the part leaves out ends as skipped, and the next sync
 * plans it again. ERR_CONFLICT "job.not_planned", "job.not_in_plan" (a row that is not in it),
 * "job.nothing_chosen". */
must_check enum err jobs_apply(
	struct app *app, struct ctx *cx, int64_t job_id, const struct plan_part *part);
/* Planned and held items are cancelled; what already left for Apple is followed to its end and
 * counted. ERR_CONFLICT "job.over". */
must_check enum err jobs_cancel(struct app *app, struct ctx *cx, int64_t job_id);
/* The location of an open job is only observed now: what it did not send to Apple yet ends as
 * cancelled, and the job with its last part. */
must_check enum err jobs_stop_sending(struct app *app, struct ctx *cx, int64_t job_id);
/* Ends what is left of cancelled jobs: a crash came between, or a call that was under way when its job
 * was cancelled turned out not to be done. */
must_check enum err jobs_cancel_rest(struct app *app, struct ctx *cx);
/* A new job of the failed items. key and hash as in struct action: the same request again is the same
 * job again. ERR_CONFLICT "job.nothing_failed" or "job.open". */
must_check enum err jobs_retry(struct app *app, struct ctx *cx, int64_t job_id, const char *key,
	const char *hash, int64_t *ret_job_id);
/* What that would do, and for whom it would not. */
must_check enum err jobs_retry_preview(
	struct app *app, struct ctx *cx, int64_t job_id, struct action_preview *ret_preview);

/* The one shape of a job and an item in the API, the stream and the CLI. */
void jobs_to_json(struct json_writer *w, const char *key, const struct job *job);
void jobs_item_to_json(struct json_writer *w, const char *key, const struct item *item);
void jobs_result_to_json(struct json_writer *w, const char *key, const struct item_result *result);
