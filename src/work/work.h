/* work.h - the background threads: started after the migration, stopped before the database
 * closes.
 *
 * Each thread is a row in work.c: a name and a run function `void x_run(struct work *w)` that
 * loops until work_is_stopping. A loop waits on its own bell (app->deliver_wake …) or with
 * work_sleep; work_stop rings all of them. app->lane_wake belongs to the lanes' manager alone,
 * which first lets arrivals take what is in the inbox and then rings the lane of each location
 * that has something to do.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct work;

/* ERR_BUG when a thread cannot be made. */
must_check enum err work_start(struct app *app, struct ctx *cx, struct work **ret_work);
/* Lets each thread finish its present step; waits for all. Accepts NULL. */
void work_stop(struct work *w);

struct app *work_app(struct work *w);
bool work_is_stopping(struct work *w);
/* Sleeps at most ms, or until stopping; false when stopping. */
bool work_sleep(struct work *w, int64_t ms);
