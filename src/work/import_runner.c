#include "work/import_runner.h"

#include <inttypes.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/wake.h"
#include "domain/app.h"
#include "domain/events.h"
#include "domain/import.h"
#include "domain/jobs.h"
#include "work/work.h"

/* The database is full or away: the chunk was rolled back, and is tried again after this. */
#define RETRY_MS 5000
/* A ring is never lost; this is for what a restart left behind. */
#define LOOK_MS 60000

/* One chunk; 0 when there was nothing to do, -1 when it failed. */
static int64_t step(struct app *app)
{
	int64_t job_id = 0;
	CTX_AUTO(cx);
	enum err e;

	cx.actor = (struct actor){ .kind = "system", .name = "import", .from = "" };
	e = import_step(app, &cx, &job_id);
	if (e) {
		log_event(LOG_ERROR, "import.failed", "reason=%s sentence=%s",
			cx.error.reason ? cx.error.reason : err_name(e),
			log_quote(cx.mem, cx.error.sentence));
		return -1;
	}
	if (job_id) {
		jobs_publish(app, &cx, job_id);
		events_post(app, "people-changed", 0, "{}");
	}
	return job_id;
}

void import_runner_run(struct work *w)
{
	struct app *app = work_app(w);

	while (!work_is_stopping(w)) {
		int64_t did = step(app);

		if (did < 0)
			(void)work_sleep(w, RETRY_MS);
		else if (!did)
			(void)wake_wait(app->import_wake, LOOK_MS);
	}
}
