#include "http/once.h"

#include <stdio.h>
#include <string.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "http/auth.h"
#include "http/input.h"
#include "http/routes.h"

#define REPLAYED "Idempotency-Replayed"

/* Of all that makes a request what it is. A body may hold a password or a token, so the hash is
 * worth nothing without the installation's key. */
static const char *hash_of(struct app *app, struct ctx *cx, const struct http_request *rq)
{
	char body[SECRET_HASH_HEX];
	FILE *file = http_body_file(rq);
	const char *head = arena_printf(cx->mem, "%s %s", http_method(rq), http_path(rq)), *name,
		   *value;
	for (size_t i = 0; http_query_at(rq, i, &name, &value); i++)
		head = arena_printf(cx->mem, "%s\n%s=%s", head, name, value);
	if (file)
		secret_hash_file(file, body);
	else
		secret_hash(http_body(rq), http_body_length(rq), body);
	return secret_derive(
		cx->mem, app->key, "request.hash", arena_printf(cx->mem, "%s\n\n%s", head, body));
}

static bool is_dry_run(const struct http_request *rq)
{
	const char *flag = http_query(rq, "dry_run");
	return flag && *flag && !text_equal(flag, "0");
}

enum err http_once_begin(struct app *app, struct ctx *cx, const struct http_request *rq,
	const struct http_row *row, struct http_reply *rp, struct once *ret_once,
	bool *ret_is_answered)
{
	const char *key = NULL;
	*ret_once = (struct once){ 0 };
	*ret_is_answered = false;
	/* Without sign-in there is nobody whose key it could be. */
	if (auth_is_read(row->method) || row->least_role == ROLE_NONE || is_dry_run(rq))
		return OK;
	enum err e = http_idempotency_key(cx, rq, &key);
	if (e || !key)
		return e;
	e = once_begin(app, cx, key, hash_of(app, cx, rq), (row->flags & JOB_KEY) != 0, ret_once);
	if (e || !ret_once->is_replay)
		return e;
	*ret_is_answered = true;
	http_reply_header(rp, REPLAYED, "true");
	http_reply_status(rp, (int)ret_once->row.status);
	if (*ret_once->row.answer)
		http_reply_body(rp, ret_once->row.content_type, ret_once->row.answer,
			strlen(ret_once->row.answer));
	return OK;
}

void http_once_end(struct app *app, struct ctx *cx, const struct http_row *row,
	const struct http_reply *rp, struct once *once)
{
	size_t length = 0;
	const char *type = NULL, *bytes = http_reply_bytes(rp, &length, &type);
	bool is_kept = !(row->flags & (JOB_KEY | ONCE_SHOWN)) && length <= ONCE_ANSWER_MAX_BYTES;
	const char *answer = is_kept ? arena_strndup(cx->mem, bytes ? bytes : "", length) : NULL;
	CTX_AUTO(own);
	own.actor = cx->actor;
	cx->before_commit = NULL;
	if (once_end(app, &own, once, http_reply_status_of(rp), type, answer))
		log_event(LOG_WARNING, "http.answer_not_kept", "trace=%s why=%s", cx->trace,
			log_quote(own.mem, own.error.sentence));
}
