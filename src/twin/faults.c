#include "twin/faults.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"

static const struct {
	const char *name;
	bool is_applied;
	int status;
} kinds[] = {
	[FAULT_NONE] = { "none", true, 0 },
	[FAULT_STATUS] = { "status", false, 500 },
	[FAULT_ERROR_IN_200] = { "error_in_200", false, 200 },
	[FAULT_HTML] = { "html", false, 200 },
	[FAULT_EMPTY] = { "empty", false, 200 },
	[FAULT_REDIRECT] = { "redirect", false, 302 },
	[FAULT_HALF_JSON] = { "half_json", true, 0 },
	[FAULT_CUT] = { "cut", true, 0 },
	[FAULT_DROP_ANSWER] = { "drop_answer", true, 0 },
	[FAULT_DROP_CALL] = { "drop_call", false, 0 },
	[FAULT_DELAY] = { "delay", true, 0 },
};

#define KIND_COUNT (sizeof(kinds) / sizeof(*kinds))

const char *fault_kind_name(enum fault_kind kind)
{
	return kinds[kind].name;
}

bool fault_is_applied(enum fault_kind kind)
{
	return kinds[kind].is_applied;
}

static enum err read_kind(struct ctx *cx, const struct json *object, enum fault_kind *ret_kind)
{
	const char *name = json_str(object, "kind");
	for (size_t i = 1; name && i < KIND_COUNT; i++) {
		if (!strcmp(kinds[i].name, name)) {
			*ret_kind = (enum fault_kind)i;
			return OK;
		}
	}
	char *all = arena_strdup(cx->mem, kinds[1].name);
	for (size_t i = 2; i < KIND_COUNT; i++)
		all = arena_printf(cx->mem, "%s, %s", all, kinds[i].name);
	return err_set_field(cx, ERR_INVALID, "fault.kind", "/kind", "kind is one of %s.", all);
}

static enum err read_text(
	struct ctx *cx, const struct json *object, const char *key, char *ret, size_t size)
{
	const char *text = json_str_or_number(cx, object, key);
	if (text && strlen(text) >= size)
		return err_set_field(cx, ERR_INVALID, "fault.text", key, "%s is too long.", key);
	snprintf(ret, size, "%s", text ? text : "");
	return OK;
}

enum err faults_arm(struct faults *f, struct ctx *cx, const struct json *object)
{
	struct fault fault = { 0 };
	if (f->count == FAULTS_MOST)
		return err_set(cx, ERR_LIMITED, "fault.many",
			"%d faults are armed already; DELETE /control/faults takes them away.",
			FAULTS_MOST);
	enum err e = read_kind(cx, object, &fault.kind);
	if (!e)
		e = read_text(cx, object, "operation", fault.operation, sizeof(fault.operation));
	if (!e)
		e = read_text(cx, object, "location", fault.uid, sizeof(fault.uid));
	if (!e)
		e = read_text(
			cx, object, "retry_after", fault.retry_after, sizeof(fault.retry_after));
	if (e)
		return e;
	fault.left = json_i64(object, "count", 1);
	fault.skip = json_i64(object, "skip", 0);
	fault.status = (int)json_i64(object, "status", kinds[fault.kind].status);
	fault.error_number = (int)json_i64(object, "error_number", 0);
	fault.bytes = json_i64(object, "bytes", 20);
	fault.delay_ms = json_i64(object, "delay_ms", 5000);
	if (fault.status && (fault.status < 200 || fault.status > 599))
		return err_set_field(cx, ERR_INVALID, "fault.status", "/status",
			"status is a number from 200 to 599.");
	if (fault.bytes < 0 || fault.delay_ms < 0 || fault.skip < 0)
		return err_set(cx, ERR_INVALID, "fault.number",
			"bytes, delay_ms and skip are not negative.");
	f->list[f->count++] = fault;
	return OK;
}

void faults_clear(struct faults *f)
{
	f->count = 0;
}

static bool fits(const struct fault *fault, const char *operation, bool is_write, const char *uid)
{
	const char *want = fault->operation;
	size_t length = strlen(want);
	if (*fault->uid && strcmp(fault->uid, uid))
		return false;
	if (!length || !strcmp(want, operation))
		return true;
	if (!strcmp(want, "write") || !strcmp(want, "read"))
		return is_write == (*want == 'w');
	return want[length - 1] == '.' && !strncmp(want, operation, length);
}

struct fault faults_take(struct faults *f, const char *operation, bool is_write, const char *uid)
{
	for (size_t i = 0; i < f->count; i++) {
		struct fault *fault = &f->list[i];
		if (!fits(fault, operation, is_write, uid))
			continue;
		if (fault->skip) {
			fault->skip--;
			continue;
		}
		fault->hits++;
		struct fault taken = *fault;
		if (fault->left > 0 && --fault->left == 0) {
			f->count--;
			memmove(fault, fault + 1, (f->count - i) * sizeof(*fault));
		}
		return taken;
	}
	return (struct fault){ 0 };
}

void faults_write(const struct faults *f, struct json_writer *w)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct fault *x = &f->list[i];
		jw_object(w, NULL);
		jw_str(w, "kind", fault_kind_name(x->kind));
		jw_str(w, "operation", x->operation);
		jw_str(w, "location", x->uid);
		jw_i64(w, "count", x->left);
		jw_i64(w, "skip", x->skip);
		jw_i64(w, "status", x->status);
		jw_i64(w, "error_number", x->error_number);
		jw_str(w, "retry_after", x->retry_after);
		jw_i64(w, "bytes", x->bytes);
		jw_i64(w, "delay_ms", x->delay_ms);
		jw_i64(w, "hits", (int64_t)x->hits);
		jw_end_object(w);
	}
}
