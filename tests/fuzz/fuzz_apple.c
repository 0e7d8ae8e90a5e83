/* What Apple says, and what claims to come from Apple: a token file, an answer, a notification. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "apple/client.h"
#include "apple/notifications.h"
#include "apple/service_config.h"
#include "apple/token.h"
#include "base/ctx.h"
#include "base/json.h"

static void hold(bool is_true, const char *what)
{
	if (is_true)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

static void judge(const char *bytes, size_t length, int status, bool is_write)
{
	CTX_AUTO(cx);
	struct apple_reply reply;
	const struct json *root = NULL;
	struct http_answer answer = {
		.sent = HTTP_ANSWERED, .status = status, .body = bytes, .body_length = length
	};
	enum err e = apple_judge(&cx, &answer, is_write, &reply, &root);
	hold((e == OK) == (root != NULL), "a good answer has a tree, a bad one none");
	hold(e || (reply.number == 0 && status == 200),
		"an error is never taken for a good answer");
	hold(is_write || e != ERR_UNCERTAIN, "a read leaves nothing in doubt");
	hold(!e || cx.error.sentence, "a refusal has a sentence");
	if (!e) {
		struct apple_limits limits = apple_limits_parse(root);
		hold(limits.max_users > 0 && limits.max_requests_per_second > 0,
			"limits are usable");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CTX_AUTO(cx);
	struct apple_token token;
	struct apple_notice notice;
	/* A copy that ends where the bytes end, so that reading past them is seen. */
	char *text = malloc(length + 1);
	if (!text)
		return 0;
	for (size_t i = 0; i < length; i++)
		text[i] = (char)bytes[i];
	text[length] = '\0';
	if (apple_token_parse(&cx, text, length, &token) == OK)
		hold(token.length > 0 && token.organisation[0], "a token that is taken is whole");
	if (apple_notice_parse(&cx, text, length, &notice) == OK)
		for (size_t i = 0; i < notice.user_count; i++)
			hold(notice.users[i].client_user_id != NULL, "a user has an id");
	judge(text, length, 200, true);
	judge(text, length, 200, false);
	judge(text, length, 503, true);
	free(text);
	return 0;
}
