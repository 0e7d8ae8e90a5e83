/* pacer.h - keeps one location below Apple's request rate, for all threads together.
 *
 * A token bucket at the live maxRequestPerSecond, on the monotonic clock. Interactive calls (an
 * admin waits for them) go before background calls. A wait that Apple asked for closes the pacer
 * until it is over: callers are told how long instead of being held.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct pacer;

enum pacer_priority { PACER_BACKGROUND, PACER_INTERACTIVE };

struct pacer *pacer_new(int64_t requests_per_second);
void pacer_free(struct pacer *p); /* accepts NULL; nobody may be waiting */

void pacer_set_rate(struct pacer *p, int64_t requests_per_second);

/* Nothing is sent before until_ms (wall clock; 0 opens it again). A later time wins over an earlier one. */
void pacer_close_until(struct pacer *p, int64_t until_ms);
int64_t pacer_closed_until(struct pacer *p); /* 0: open */

/* Waits for its turn to send a request. ERR_LIMITED "apple.wait" with retry_after_ms at once when the
 * pacer is closed or closes while waiting. */
must_check enum err pacer_take(struct pacer *p, struct ctx *cx, enum pacer_priority priority);
/* Does not wait: *ret_wait_ms 0 when it is its turn, else when to ask again. */
must_check enum err pacer_try(
	struct pacer *p, struct ctx *cx, enum pacer_priority priority, int64_t *ret_wait_ms);
