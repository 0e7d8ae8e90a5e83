/* wake.h - "there is something to do": the bell between a door that commits work and the thread
 * that does it. Ringing before anyone waits is not lost; many rings make one wake-up. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct wake;

struct wake *wake_new(void);
void wake_free(struct wake *w); /* accepts NULL */
void wake_ring(struct wake *w);
/* Waits until it is rung or the time is over (negative: for ever); true when it was rung. */
bool wake_wait(struct wake *w, int64_t timeout_ms);
