/* scheduler.c - waits for the earliest planned run, asks the domain to run what is due, and again.
 *
 * The wait looks at the wall clock every second: clocks are set, and machines sleep. The bell rings
 * when an admin changed a schedule.
 */
#include "work/scheduler.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/wake.h"
#include "domain/app.h"
#include "domain/schedule.h"
#include "work/work.h"

#define LOOK_MS  1000
#define RETRY_MS 5000
/* Nothing is planned, or far away: the table is read again after this in any case. */
#define LONGEST_MS (15 * 60 * 1000)

static void wait_until(struct work *w, int64_t at_ms)
{
	struct app *app = work_app(w);
	int64_t begun = clock_mono_ms();
	while (!work_is_stopping(w)) {
		int64_t left = at_ms ? at_ms - clock_now_ms() : LOOK_MS;
		if (left <= 0 || clock_mono_ms() - begun > LONGEST_MS)
			return;
		if (wake_wait(app->schedule_wake, left < LOOK_MS ? left : LOOK_MS))
			return;
	}
}

void scheduler_run(struct work *w)
{
	while (!work_is_stopping(w)) {
		int64_t next_at = 0;
		CTX_AUTO(cx);
		cx.actor = (struct actor){ .kind = "schedule", .name = "schedule", .from = "" };
		if (schedule_run_due(work_app(w), &cx, &next_at) == OK) {
			wait_until(w, next_at);
			continue;
		}
		log_event(LOG_ERROR, "schedule.failed", "reason=%s sentence=%s internal=%s",
			cx.error.reason ? cx.error.reason : "-",
			log_quote(cx.mem, cx.error.sentence), log_quote(cx.mem, cx.error.internal));
		(void)work_sleep(w, RETRY_MS);
	}
}
