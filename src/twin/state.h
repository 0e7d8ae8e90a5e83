/* state.h - for a demo that goes on tomorrow: the world in a file, from the end of one run to the
 * start of the next. Tests do without; what goes on at the end (events, notifications, faults, the
 * records of calls) is not kept. */
#pragma once

#include "base/err.h"

struct ctx;
struct twin;

/* Fills an empty twin. ERR_NOT_FOUND when there is no file yet, ERR_INVALID when it is not ours. */
must_check enum err state_load(struct twin *twin, struct ctx *cx, const char *path);
/* Ends what is open, then writes the file, whole or not at all. */
must_check enum err state_save(struct twin *twin, struct ctx *cx, const char *path);
