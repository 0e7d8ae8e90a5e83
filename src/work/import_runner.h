/* import_runner.h - the thread that applies imports, a chunk at a time. */
#pragma once

struct work;

void import_runner_run(struct work *w);
