/* ctx.h - what travels with each request, job step and command: memory, error, who asked.
 *
 * A door makes one with ctx_init and ends it with ctx_fini; everything that was made in cx->mem
 * ends with it. Functions below take it as their second parameter, after the thing they act on.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

struct db;

/* Who does the act, as the audit trail names them. Strings live as long as the ctx. */
struct actor {
	const char *kind; /* "admin", "api_token", "schedule", "system", "cli" */
	int64_t id;       /* row of the kind's table; 0 where there is none */
	const char *name; /* "ada", "backup script", "schedule" */
	const char *from; /* address of the peer; "" where there is none */
};

struct ctx {
	struct arena *mem;
	struct err_detail error;
	struct actor actor;
	char trace[17];       /* 16 hex digits, the same in the log line and the answer */
	struct ctx_end *ends; /* see ctx_at_end */
	/* Called in each of the ctx's transactions before it is committed, so that what it writes is
	 * there exactly when the change is (domain/once.h). NULL: nothing. */
	enum err (*before_commit)(struct db *db, struct ctx *cx, void *what);
	void *before_commit_what;
	/* How long its first change may wait behind other writers (db_write); 0: as long as it takes, as
	 * work in the background does. What has begun is not broken off. */
	int64_t writer_wait_ms;
};

void ctx_init(struct ctx *cx);

/* Accepts a ctx that is all zero. */
void ctx_fini(struct ctx *cx);

/* Frees what was made since ctx_init and forgets the error; actor and trace stay only if they do
 * not live in cx->mem. For loops that serve many items with one ctx. */
void ctx_reset(struct ctx *cx);

/* Has end(what) called when the ctx is reset or ended, the latest first: for things of other
 * people's libraries that have to live as long as what was made in cx->mem. */
void ctx_at_end(struct ctx *cx, void (*end)(void *what), void *what);

/* `CTX_AUTO(cx);` declares a ctx that ends with its scope. */
#define CTX_AUTO(name)                                                                             \
	__attribute__((cleanup(ctx_fini))) struct ctx name = { 0 };                                \
	ctx_init(&name)
