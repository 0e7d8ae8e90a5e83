#include "base/ctx.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"

struct ctx_end {
	struct ctx_end *next;
	void (*end)(void *what);
	void *what;
};

void ctx_init(struct ctx *cx)
{
	*cx = (struct ctx){ .mem = arena_new(),
		.actor = { .kind = "system", .name = "", .from = "" } };
	uint64_t trace;
	secret_random(&trace, sizeof(trace));
	snprintf(cx->trace, sizeof(cx->trace), "%016llx", (unsigned long long)trace);
}

static void run_ends(struct ctx *cx)
{
	while (cx->ends) {
		struct ctx_end *last = cx->ends;
		cx->ends = last->next;
		last->end(last->what);
	}
}

void ctx_fini(struct ctx *cx)
{
	run_ends(cx);
	arena_free(cx->mem);
	cx->mem = NULL;
}

void ctx_reset(struct ctx *cx)
{
	run_ends(cx);
	arena_reset(cx->mem);
	cx->error = (struct err_detail){ .code = OK };
}

void ctx_at_end(struct ctx *cx, void (*end)(void *what), void *what)
{
	struct ctx_end *one = ARENA_NEW(cx->mem, struct ctx_end);
	*one = (struct ctx_end){ .next = cx->ends, .end = end, .what = what };
	cx->ends = one;
}
