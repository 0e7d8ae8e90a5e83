/* scheduler.h - the thread that starts scheduled syncs. */
#pragma once

struct work;

void scheduler_run(struct work *w);
