#include "domain/audit_change.h"

#include "base/arena.h"
#include "base/ctx.h"
#include "base/text.h"

/* Of each side: an act that does not fit is refused by audit_write, not cut. */
#define SIDE_BYTES (64 * 1024)

void audit_change_init(struct audit_change *c, struct ctx *cx)
{
	c->cx = cx;
	buf_init(&c->before, SIDE_BYTES);
	buf_init(&c->after, SIDE_BYTES);
	jw_init(&c->before_w, &c->before);
	jw_init(&c->after_w, &c->after);
	jw_object(&c->before_w, NULL);
	jw_object(&c->after_w, NULL);
}

void audit_change_fini(struct audit_change *c)
{
	buf_fini(&c->before);
	buf_fini(&c->after);
}

void audit_change_str(
	struct audit_change *c, const char *name, const char *before, const char *after)
{
	if (text_equal(before, after))
		return;
	jw_str(&c->before_w, name, before);
	jw_str(&c->after_w, name, after);
}

void audit_change_i64(struct audit_change *c, const char *name, int64_t before, int64_t after)
{
	if (before == after)
		return;
	jw_i64_or_null(&c->before_w, name, before);
	jw_i64_or_null(&c->after_w, name, after);
}

void audit_change_bool(struct audit_change *c, const char *name, bool before, bool after)
{
	if (before == after)
		return;
	jw_bool(&c->before_w, name, before);
	jw_bool(&c->after_w, name, after);
}

void audit_change_secret(struct audit_change *c, const char *name, bool is_changed)
{
	if (is_changed)
		jw_str(&c->after_w, name, "changed");
}

const char *audit_change_json(struct audit_change *c)
{
	jw_end_object(&c->before_w);
	jw_end_object(&c->after_w);
	return arena_printf(
		c->cx->mem, "{\"before\":%s,\"after\":%s}", c->before.bytes, c->after.bytes);
}
