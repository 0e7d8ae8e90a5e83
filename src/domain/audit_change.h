/* audit_change.h - the detail of an act that changed something: what was before, and what is after.
 *
 *   AUDIT_CHANGE(c, cx);
 *   audit_change_str(&c, "role", old->role, now->role);
 *   audit_write(db, cx, "admin.change", "admin", id, name, audit_change_json(&c));
 *
 * Only what differs is kept. Of a secret it is said that it was changed, and nothing of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"

struct ctx;

struct audit_change {
	struct ctx *cx;
	struct buf before, after;
	struct json_writer before_w, after_w;
};

void audit_change_init(struct audit_change *c, struct ctx *cx);
void audit_change_fini(struct audit_change *c);
#define AUDIT_CHANGE(name, cx)                                                                     \
	__attribute__((cleanup(audit_change_fini))) struct audit_change name;                      \
	audit_change_init(&name, (cx))

void audit_change_str(
	struct audit_change *c, const char *name, const char *before, const char *after);
/* 0 is none. */
void audit_change_i64(struct audit_change *c, const char *name, int64_t before, int64_t after);
void audit_change_bool(struct audit_change *c, const char *name, bool before, bool after);
void audit_change_secret(struct audit_change *c, const char *name, bool is_changed);

/* {"before": …, "after": …}, in the ctx's arena. */
const char *audit_change_json(struct audit_change *c);
