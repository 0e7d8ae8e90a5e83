#include "domain/once.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"

#define RUNNING_AGAIN_MS 1000

/* In the transaction of the change. */
static enum err note_acted(struct db *db, struct ctx *cx, void *what)
{
	const struct once *once = what;
	cx->before_commit = NULL;
	return request_keys_acted(db, cx, once->row.caller, once->row.key);
}

static enum err refuse_other(struct ctx *cx)
{
	return err_set_field(cx, ERR_CONFLICT, "idempotency.other_request", "Idempotency-Key",
		"This Idempotency-Key was used for another request. Use a new key for a new "
		"request.");
}

static enum err refuse_running(struct ctx *cx)
{
	enum err e = err_set_field(cx, ERR_CONFLICT, "idempotency.running", "Idempotency-Key",
		"The request with this Idempotency-Key is still being worked on. Ask again in a "
		"moment.");
	cx->error.retry_after_ms = RUNNING_AGAIN_MS;
	return e;
}

static enum err refuse_lost(struct ctx *cx)
{
	return err_set_field(cx, ERR_CONFLICT, "idempotency.answer_lost", "Idempotency-Key",
		"The request with this Idempotency-Key was carried out, but its answer was not "
		"kept. Look at what is there now; nothing was done a second time.");
}

/* The key is there already. *ret_is_ours: the request is to be done (again). */
static enum err judge(
	struct db *db, struct ctx *cx, struct once *once, bool is_job, bool *ret_is_ours)
{
	struct request_key found;
	int64_t is_taken = 0;
	enum err e = request_keys_find(db, cx, once->row.caller, once->row.key, &found);
	if (e)
		return e;
	if (!text_equal(found.request_hash, once->row.request_hash))
		return refuse_other(cx);
	*ret_is_ours = is_job;
	if (is_job)
		return OK;
	once->is_replay = text_equal(found.state, "done") && found.answer;
	if (once->is_replay) {
		once->row = found;
		return OK;
	}
	bool is_here = found.life == once->row.life;
	if (text_equal(found.state, "done") || (text_equal(found.state, "acted") && !is_here))
		return refuse_lost(cx);
	if (is_here)
		return refuse_running(cx);
	e = request_keys_take(db, cx, &once->row, clock_now_ms(), &is_taken);
	*ret_is_ours = is_taken;
	return e || is_taken ? e : refuse_running(cx);
}

enum err once_begin(struct app *app, struct ctx *cx, const char *key, const char *hash, bool is_job,
	struct once *ret_once)
{
	int64_t is_new = 0;
	bool is_ours = true;
	cx->before_commit = NULL;
	*ret_once = (struct once){
		.row = { .caller =
				 arena_printf(cx->mem, "%s %" PRId64, cx->actor.kind, cx->actor.id),
			.key = key,
			.request_hash = hash,
			.life = app->life },
	};
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = request_keys_claim(db, cx, &ret_once->row, clock_now_ms(), &is_new);
	if (!e && !is_new)
		e = judge(db, cx, ret_once, is_job, &is_ours);
	if (e || ret_once->is_replay)
		return e;
	e = db_commit(&db, cx);
	ret_once->is_claimed = !e && is_ours;
	KILL_POINT("request.claimed");
	if (ret_once->is_claimed) {
		cx->before_commit = note_acted;
		cx->before_commit_what = ret_once;
	}
	return e;
}

enum err once_end(struct app *app, struct ctx *cx, struct once *once, int status,
	const char *content_type, const char *answer)
{
	cx->before_commit = NULL;
	if (!once->is_claimed)
		return OK;
	KILL_POINT("request.acted");
	once->row.status = status;
	once->row.content_type = content_type;
	once->row.answer = answer;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e && status >= 400)
		e = request_keys_forget(db, cx, once->row.caller, once->row.key);
	else if (!e)
		e = request_keys_done(db, cx, &once->row);
	return e ? e : db_commit(&db, cx);
}
