/* jobs.h - the answer of every operation that makes a job. */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct http_reply;

/* {"job": …} as it stands now. */
must_check enum err http_jobs_reply(
	struct app *app, struct ctx *cx, struct http_reply *rp, int status, int64_t job_id);

/* The states of an item, ended by NULL. */
extern const char *const http_item_states[];
