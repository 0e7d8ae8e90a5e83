/* The plain connector: POST {url}/mdm/commands/{serial number} with the command, answered with
 * {"status": "…", "detail": "…"} when the device (or the queue in front of it) has said something.
 *
 *   Acknowledged, Queued, Idle   taken
 *   NotNow                       the device is locked or busy; we ask again later
 *   anything else                refused: Error, CommandFormatError, InvalidInvitationURL, …
 */
#include <string.h>

#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "mdm/connectors.h"
#include "net/http_client.h"

#define ANSWER_BYTES (64 * 1024)
#define CONNECT_MS   5000
#define TOTAL_MS     20000

static void say(struct mdm_result *result, enum mdm_outcome outcome, const char *words)
{
	result->outcome = outcome;
	result->words = words;
}

static void read_status(struct ctx *cx, const struct http_answer *answer, struct mdm_result *result)
{
	const struct json *root = NULL;
	const char *status = NULL;
	if (!json_parse(cx, answer->body, answer->body_length, &root))
		status = json_str(root, "status");
	const char *detail = json_str(root, "detail");
	if (!status || !text_is_clean(status, strlen(status), false) || strlen(status) > 64)
		say(result, MDM_DOWN, "the MDM server gave an answer that is not one");
	else if (text_equal(status, "Acknowledged") || text_equal(status, "Queued") ||
		 text_equal(status, "Idle"))
		say(result, MDM_TAKEN, "handed to the device");
	else if (text_equal(status, "NotNow"))
		say(result, MDM_LATER, "the device is locked or busy (NotNow)");
	else if (detail && strlen(detail) <= 200 && text_is_clean(detail, strlen(detail), false))
		say(result, MDM_REFUSED,
			arena_printf(cx->mem, "the device said %s: %s", status, detail));
	else
		say(result, MDM_REFUSED, arena_printf(cx->mem, "the device said %s", status));
}

static void read_answer(struct ctx *cx, const struct http_answer *answer, struct mdm_result *result)
{
	if (answer->sent == HTTP_NOT_SENT)
		say(result, MDM_DOWN,
			arena_printf(
				cx->mem, "the MDM server cannot be reached (%s)", answer->failure));
	else if (answer->sent == HTTP_MAYBE)
		say(result, MDM_UNKNOWN,
			arena_printf(
				cx->mem, "the MDM server did not answer (%s)", answer->failure));
	else if (answer->status >= 200 && answer->status < 300)
		read_status(cx, answer, result);
	else if (answer->status == 401 || answer->status == 403)
		say(result, MDM_DOWN, "the MDM server does not let us in; look at its settings");
	else if (answer->status == 404)
		say(result, MDM_REFUSED, "the MDM server does not know this device");
	else if (answer->status == 429 || answer->status >= 500)
		say(result, MDM_DOWN,
			arena_printf(cx->mem, "the MDM server answered HTTP %d", answer->status));
	else
		say(result, MDM_REFUSED,
			arena_printf(cx->mem, "the MDM server answered HTTP %d", answer->status));
}

static void invite(struct ctx *cx, struct http_client *client, const char *url,
	const char *serial_number, const char *uuid, const char *link,
	struct mdm_result *ret_result)
{
	const char *command = mdm_invite_command(cx, uuid, link);
	size_t length = strlen(url);
	struct http_call call = {
		.method = "POST",
		.url = arena_printf(cx->mem, "%.*s/mdm/commands/%s",
			(int)(length && url[length - 1] == '/' ? length - 1 : length), url,
			text_url_encode(cx->mem, serial_number)),
		.headers = { "Content-Type: application/xml" },
		.body = command,
		.body_length = strlen(command),
		.connect_timeout_ms = CONNECT_MS,
		.total_timeout_ms = TOTAL_MS,
		.answer_limit_bytes = ANSWER_BYTES,
	};
	struct http_answer answer;
	/* How far the call came is in the answer, also when it failed. */
	enum err e = http_client_call(client, cx, &call, &answer);
	(void)e;
	read_answer(cx, &answer, ret_result);
}

const struct mdm_connector mdm_http = { .name = "http", .invite = invite };
