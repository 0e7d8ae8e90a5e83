#include "work/audit_watcher.h"

#include "base/ctx.h"
#include "base/log.h"
#include "base/wake.h"
#include "domain/app.h"
#include "domain/audit_watch.h"
#include "work/work.h"

/* A thousand rows take some milliseconds; between them the machine is others'. */
#define PAUSE_MS 20
#define LOOK_MS  60000
#define RETRY_MS 60000

void audit_watcher_run(struct work *w)
{
	struct app *app = work_app(w);
	while (!work_is_stopping(w)) {
		bool is_done = false;
		CTX_AUTO(cx);
		if (audit_watch_step(app, &cx, &is_done)) {
			log_event(LOG_INFO, "audit.unread", "reason=%s sentence=%s",
				cx.error.reason ? cx.error.reason : "-",
				log_quote(cx.mem, cx.error.sentence));
			(void)work_sleep(w, RETRY_MS);
		} else if (is_done) {
			(void)wake_wait(app->audit_wake, LOOK_MS);
		} else {
			(void)work_sleep(w, PAUSE_MS);
		}
	}
}
