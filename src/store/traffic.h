/* traffic.h - calls to Apple and their answers, kept for a job.
 *
 * The first TRAFFIC_FIRST and the last TRAFFIC_LAST of a job; what was between them is gone, and the
 * numbers show the gap. The texts were made fit to be shown by apple/redact. Every function may
 * return ERR_DB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

#define TRAFFIC_FIRST 50
#define TRAFFIC_LAST  150
#define TRAFFIC_MAX   (TRAFFIC_FIRST + TRAFFIC_LAST)

struct traffic {
	int64_t job_id;
	int64_t seq; /* counted from 1 in the job */
	int64_t at;
	const char *operation, *method, *url;
	const char *request;
	int64_t status; /* HTTP; 0: no answer */
	const char *response;
	const char *failure; /* why there was none; NULL */
	int64_t number;      /* Apple's error number; 0: none */
	int64_t duration_ms;
	int64_t dropped_before; /* how many calls before this one were dropped */
};

/* Numbers the rows on from what the job has; rows of several jobs may be mixed. */
must_check enum err traffic_add(
	struct db *db, struct ctx *cx, const struct traffic *rows, size_t count);
/* In order; ret_rows has room for limit. */
must_check enum err traffic_list(struct db *db, struct ctx *cx, int64_t job_id, int64_t after_seq,
	size_t limit, struct traffic *ret_rows, size_t *ret_count);
must_check enum err traffic_prune(struct db *db, struct ctx *cx, int64_t before);
