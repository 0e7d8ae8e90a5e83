/* API tokens: list, make (the secret is shown once), end. */
#include "base/ctx.h"
#include "domain/access.h"
#include "domain/events.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/roles.h"
#include "http/routes.h"

/* secret is NULL but in the answer that shows it. */
static void api_token_to_json(
	struct json_writer *w, const struct api_token *token, const char *secret)
{
	jw_object(w, NULL);
	jw_i64(w, "id", token->id);
	jw_str(w, "name", token->name);
	jw_str(w, "role", token->role);
	jw_str(w, "created_by", token->created_by);
	jw_time(w, "created_at", token->created_at);
	jw_time(w, "expires_at", token->expires_at);
	jw_time(w, "used_at", token->used_at);
	jw_time(w, "revoked_at", token->revoked_at);
	if (secret)
		jw_str(w, "token", secret);
	jw_end_object(w);
}

enum err http_api_tokens_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)rq;
	struct api_token *tokens;
	size_t count;
	enum err e = access_token_list(app, cx, &tokens, &count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++)
		api_token_to_json(&w, &tokens[i], NULL);
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_api_tokens_create(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "name", "role", "days", NULL };
	const struct json *body;
	const char *name, *role;
	int64_t days;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_text(cx, body, "name", HTTP_REQUIRED, ACCESS_NAME_CHARS_MAX, &name);
	if (!e)
		e = http_member_word(cx, body, "role", HTTP_REQUIRED, http_role_words, &role);
	if (!e)
		e = http_member_i64(cx, body, "days", HTTP_OPTIONAL, 1, ACCESS_TOKEN_DAYS_MAX,
			ACCESS_TOKEN_DAYS_STANDARD, &days);
	if (e)
		return e;
	struct api_token token;
	char *secret;
	e = access_token_create(app, cx, name, role, days, &token, &secret);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	api_token_to_json(&w, &token, secret);
	return http_reply_json(cx, rp, 201, &out);
}

enum err http_api_tokens_revoke(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	int64_t id;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = access_token_revoke(app, cx, id);
	if (e)
		return e;
	events_end_owner(app->events, arena_printf(cx->mem, "api_token:%lld:", (long long)id));
	return http_reply_nothing(rp);
}
