/* audit_watcher.h - walks the chain of the audit trail; what it found is domain/audit_watch.h's. */
#pragma once

struct work;

void audit_watcher_run(struct work *w);
