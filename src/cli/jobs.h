/* jobs.h - following a job. */
#pragma once

#include <stdint.h>

struct cli;
struct json;

/* Shows the job of an answer {job}, or follows it to its end with --wait. Gives an exit code:
 * CLI_FAILED when the job failed, was cancelled, or some of its parts failed. */
int cli_jobs_show_answer(struct cli *c, const struct json *answer);
int cli_jobs_follow(struct cli *c, int64_t id);
