/* once.h - a request with an Idempotency-Key is done once.
 *
 * The key is claimed before the handler runs. Its row says "acted" from the first transaction that
 * the request commits, in that transaction; with the answer it is "done". The same request again gets
 * the same answer; another one under the same key is refused. A refused request did nothing: its key
 * is free again. What a killed process left is told apart by its life: nothing was committed, then the
 * request is done now; something was, then its answer is lost, and the caller is told to look.
 *
 * A request that becomes a job needs less: the job remembers the key itself, written with it, and
 * gives itself again (jobs_find_key). It is claimed here all the same, so that one key stands for one
 * request, whatever it was.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/request_keys.h"

struct app;
struct ctx;

#define ONCE_KEEP_MS          (30 * 24 * 3600 * 1000LL)
#define ONCE_ANSWER_MAX_BYTES (64 * 1024)

struct once {
	struct request_key row;
	bool is_replay; /* row has the answer that was given */
	bool is_claimed;
};

/* hash: of the request, keyed. is_job: the handler finds its job by the key, so a repeat runs it again.
 * cx->actor is the caller; from here on cx->before_commit is ours. ERR_CONFLICT
 * "idempotency.other_request", "idempotency.running" (with a wait), "idempotency.answer_lost". */
must_check enum err once_begin(struct app *app, struct ctx *cx, const char *key, const char *hash,
	bool is_job, struct once *ret_once);
/* What was answered; answer NULL: not kept. Status 400 and above frees the key. */
must_check enum err once_end(struct app *app, struct ctx *cx, struct once *once, int status,
	const char *content_type, const char *answer);
