/* audit_watch.h - the chain of the audit trail, looked at while the server runs.
 *
 * A thread (work/audit_watcher.c) walks the whole chain in small steps when the server starts and once
 * a day; each minute, and when somebody asks, it looks at what was added since and that the last row it
 * saw is still there. What it found is kept here, under a lock, and is gone with the process.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct audit_watch;
struct ctx;

struct audit_seen {
	bool is_known;      /* the whole chain was walked once */
	bool is_walking;    /* it is being walked now */
	int64_t rows;       /* that fit, as far as was read */
	int64_t checked_at; /* all that was written until then fits; 0: not known yet */
	int64_t bad_id;     /* the first row that does not fit; 0: all fit */
	const char *words;  /* what is wrong with it; of static storage */
	int64_t bad_since;  /* when it was found */
};

struct audit_watch *audit_watch_new(void);
void audit_watch_free(struct audit_watch *watch); /* accepts NULL */

void audit_watch_read(struct audit_watch *watch, struct audit_seen *ret_seen);
/* From the first row again, as soon as the thread comes to it; rings app->audit_wake. */
void audit_watch_again(struct app *app);

/* One step of the thread. *ret_is_done: there is nothing more to read for the present. */
must_check enum err audit_watch_step(struct app *app, struct ctx *cx, bool *ret_is_done);
