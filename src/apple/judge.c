/* judge.c - what an answer of Apple's means.
 *
 * An error can come with HTTP 200, and a 200 can come without JSON. So the body is read first, then
 * the status. What matters most is whether a write can have been done: Apple promises that an error
 * with a number means that nothing was started, with the exception of 9603, which Apple also gives
 * when it was merely slow. Anything else that is not a whole good answer leaves a write in doubt.
 */
#include "apple/client.h"
#include "apple/wire.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

#define LONGEST_WAIT_MS (24 * 60 * 60 * 1000LL)

int64_t apple_retry_after(const char *header, int64_t now_ms)
{
	int64_t value;
	if (!header || !*header)
		return 0;
	if (text_parse_i64(header, 0, INT64_MAX / 1000, &value) == OK)
		value *= 1000;
	else if (!header[strspn(header, "0123456789")])
		value = LONGEST_WAIT_MS; /* more than a number holds */
	else if (clock_parse_http_date(header, &value) == OK)
		value -= now_ms;
	else
		return 0;
	if (value < 0)
		return 0;
	return value < LONGEST_WAIT_MS ? value : LONGEST_WAIT_MS;
}

static enum err not_known(struct ctx *cx, struct apple_reply *reply, const char *why)
{
	if (reply->class == APPLE_FINE)
		reply->class = APPLE_WAIT;
	return err_set(cx, ERR_UNCERTAIN, "apple.not_known",
		"It is not known yet whether Apple did this: %s. Pomona looks before it tries "
		"again.",
		why);
}

static enum err judge_unanswered(
	struct ctx *cx, const struct http_answer *answer, bool is_write, struct apple_reply *reply)
{
	const char *why = answer->failure ? answer->failure : "the connection broke";
	if (is_write && answer->sent == HTTP_MAYBE)
		return not_known(cx, reply, why);
	reply->class = APPLE_WAIT;
	return err_set(cx, ERR_REMOTE, "apple.unreachable", "Apple could not be reached: %s.", why);
}

/* An answer with an error number (or an error text) in it, whatever its status was. */
static enum err judge_number(struct ctx *cx, bool is_write, struct apple_reply *reply)
{
	const struct apple_error *row = apple_error_find(reply->number);
	reply->class = row->class;
	if (row->class == APPLE_UNKNOWN && (reply->http_status == 429 || reply->http_status == 503))
		reply->class = APPLE_WAIT;
	if (row->class == APPLE_UNKNOWN && reply->http_status == 401)
		reply->class = APPLE_TOKEN;

	if (is_write && reply->number == APPLE_INTERNAL)
		return not_known(cx, reply, "Apple had an internal fault (9603)");
	if (is_write && reply->class == APPLE_UNKNOWN)
		return not_known(cx, reply,
			arena_printf(cx->mem, "Apple gave the unknown error %d", reply->number));
	if (reply->class == APPLE_WAIT)
		return err_set(cx, ERR_LIMITED, "apple.wait", "%s %s (Apple %d)", row->means,
			row->how, reply->number);
	if (reply->class == APPLE_TOKEN)
		return err_set(cx, ERR_REMOTE, "apple.token", "%s %s (Apple %d)", row->means,
			row->how, reply->number);
	return err_set(cx, ERR_REMOTE, "apple.refused", "%s %s (Apple %d)", row->means, row->how,
		reply->number);
}

/* A status that is no success, without Apple's number. */
static enum err judge_status(struct ctx *cx, bool is_write, struct apple_reply *reply)
{
	int status = reply->http_status;
	if (status == 429) {
		reply->class = APPLE_WAIT;
		return err_set(
			cx, ERR_LIMITED, "apple.wait", "Apple says: too many requests (HTTP 429).");
	}
	if (is_write && (status >= 500 || status == 408))
		return not_known(
			cx, reply, arena_printf(cx->mem, "Apple answered HTTP %d", status));
	if (status >= 500 || status == 408) {
		reply->class = APPLE_WAIT;
		return err_set(cx, ERR_LIMITED, "apple.wait",
			"Apple has a fault at present (HTTP %d).", status);
	}
	if (status >= 300 && status < 400) {
		reply->class = APPLE_UNKNOWN;
		return err_set(cx, ERR_REMOTE, "apple.redirect",
			"Apple answered with an unexpected redirect (HTTP %d), which was not "
			"followed.",
			status);
	}
	if (status == 401) {
		reply->class = APPLE_TOKEN;
		return err_set(cx, ERR_REMOTE, "apple.token",
			"Apple does not accept the content token (HTTP 401).");
	}
	reply->class =
		status == 404 || status == 405 || status == 415 ? APPLE_FIX_US : APPLE_UNKNOWN;
	return err_set(
		cx, ERR_REMOTE, "apple.refused", "Apple refused the request (HTTP %d).", status);
}

static void read_common(const struct json *root, struct apple_reply *reply)
{
	const struct json *owner = json_get(root, "mdmInfo");
	reply->number = apple_number(root, "errorNumber");
	reply->message = json_str(root, "errorMessage");
	reply->uid = json_str(root, "uId");
	reply->mdm_id = json_str(owner, "id");
	reply->mdm_name = json_str(owner, "name");
	reply->mdm_metadata = json_str(owner, "metadata");
	const char *expires = json_str(root, "tokenExpirationDate");
	if (!expires || clock_parse(expires, &reply->token_expires_at) != OK)
		reply->token_expires_at = 0;
}

enum err apple_judge(struct ctx *cx, const struct http_answer *answer, bool is_write,
	struct apple_reply *ret_reply, const struct json **ret_root)
{
	const struct json *root = NULL;
	*ret_reply = (struct apple_reply){
		.sent = answer->sent,
		.http_status = answer->sent == HTTP_ANSWERED ? answer->status : 0,
		.duration_ms = answer->duration_ms,
	};
	if (answer->sent != HTTP_ANSWERED)
		return judge_unanswered(cx, answer, is_write, ret_reply);

	ret_reply->retry_after_ms = apple_retry_after(answer->retry_after, clock_now_ms());
	bool is_readable = json_parse(cx, answer->body, answer->body_length, &root) == OK &&
	                   json_is_object(root);
	if (is_readable)
		read_common(root, ret_reply);
	if (ret_reply->number || !text_is_blank(ret_reply->message))
		return judge_number(cx, is_write, ret_reply);
	if (answer->status < 200 || answer->status > 299)
		return judge_status(cx, is_write, ret_reply);
	if (!is_readable && is_write)
		return not_known(cx, ret_reply, "Apple's answer was not readable");
	if (!is_readable) {
		ret_reply->class = APPLE_WAIT;
		return err_set(cx, ERR_REMOTE, "apple.unreadable",
			"Apple's answer was not readable (HTTP %d, %s).", answer->status,
			answer->content_type ? answer->content_type : "no type");
	}
	cx->error = (struct err_detail){ 0 };
	*ret_root = root;
	return OK;
}
