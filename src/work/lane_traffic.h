/* lane_traffic.h - the record of the lane's calls, by job. Private to work/. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct apple_exchange;
struct ctx;
struct lane;

#define LANE_TRAFFIC_SOME 32
#define LANE_TRAFFIC_MS   (14 * 24 * 60 * 60 * 1000LL) /* how long it is kept */

/* cx: of the thread, which lives as long as the lane. */
void lane_traffic_begin(struct ctx *cx, struct lane *lane);
/* The calls from now on are the job's; 0: nobody's, and not kept. */
void lane_traffic_of(struct lane *lane, int64_t job_id);
/* And this job's as well: one reading may answer for several (at most eight are told). */
void lane_traffic_also(struct lane *lane, int64_t job_id);
/* An apple_recorder; arg is the lane. */
void lane_traffic_take(void *arg, const struct apple_exchange *exchange);
/* Writes what was gathered if it is so many; no transaction of this thread may be open. */
void lane_traffic_write(struct lane *lane, size_t at_least);
