/* dues.h - when rows want to be looked at again, after the wall clock was set back.
 *
 * Times in rows are wall-clock times, because they have to mean something to the next process. When
 * the clock is set back, what was due in two seconds would be due in a day and two seconds.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

/* The newest time that was written down as "now"; 0 when there is none. In the future: the clock was
 * set back since. */
must_check enum err dues_newest(struct db *db, struct ctx *cx, int64_t *ret_at);
/* The clock was set back by that many milliseconds: open work that was written before is moved with
 * it. What was written after stays, as far as it can be told apart. */
must_check enum err dues_set_back(struct db *db, struct ctx *cx, int64_t now, int64_t by_ms);
