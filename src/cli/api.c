#include "cli/api.h"

#include <string.h>

#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/cli.h"
#include "net/http_client.h"

#define ANSWER_LIMIT_BYTES (512 * 1024 * 1024) /* an export of a million people */
#define CALL_TIMEOUT_MS    (5 * 60 * 1000)     /* an import of 64 MiB takes its time */

static int exit_code(int status)
{
	switch (status) {
	case 400:
	case 413:
	case 415:
		return CLI_USAGE;
	case 401:
	case 403:
		return CLI_DENIED;
	case 404:
		return CLI_NOT_FOUND;
	case 409:
		return CLI_CONFLICT;
	default:
		return status >= 500 || status == 429 ? CLI_AWAY : CLI_FAILED;
	}
}

static int tell_problem(const struct http_answer *answer, const struct json *problem)
{
	const char *detail = json_str(problem, "detail");
	const struct json *errors = json_get(problem, "errors");
	if (!detail)
		return cli_complain(
			exit_code(answer->status), "the server answered %d.", answer->status);
	const char *pointer = json_str(json_at(errors, 0), "pointer");
	cli_complain(0, "%s%s%s%s", detail, pointer ? " (" : "", pointer ? pointer : "",
		pointer ? ")" : "");
	if (text_equal(json_str(problem, "type"), "/problems/location.needed"))
		cli_complain(0, "with this command: --location ID.");
	if (text_equal(json_str(problem, "apple"), "unknown"))
		cli_complain(
			0, "whether anything happened at Apple is not known; Pomona will look.");
	if (answer->status >= 500)
		cli_complain(0, "the server's log has more under %s.", json_str(problem, "trace"));
	return exit_code(answer->status);
}

static bool is_json(const struct http_answer *answer)
{
	return answer->content_type && strstr(answer->content_type, "json");
}

/* Sends; gives an exit code, and whatever was answered below 400. */
static int send_call(struct cli *c, const struct api_call *call, struct http_answer *ret_answer,
	const struct json **ret_json)
{
	struct ctx *cx = &c->cx;
	struct http_call http = {
		.method = call->method,
		.url = arena_printf(cx->mem, "%s%s", c->server, call->path),
		.body = call->body,
		.body_length =
			call->body && !call->body_length ? strlen(call->body) : call->body_length,
		.total_timeout_ms = CALL_TIMEOUT_MS,
		.answer_limit_bytes = ANSWER_LIMIT_BYTES,
	};
	size_t n = 0;
	*ret_json = NULL;
	http.headers[n++] = arena_printf(cx->mem, "Authorization: Bearer %s", c->token);
	if (call->body)
		http.headers[n++] = arena_printf(cx->mem, "Content-Type: %s",
			call->content_type ? call->content_type : "application/json");
	if (call->is_action)
		http.headers[n++] =
			arena_printf(cx->mem, "Idempotency-Key: %s", secret_uuid(cx->mem));
	if (http_client_call(c->http, cx, &http, ret_answer))
		return cli_complain(CLI_AWAY, "%s was not reached: %s", c->server,
			ret_answer->failure ? ret_answer->failure : "no answer");
	if (is_json(ret_answer) &&
		json_parse(cx, ret_answer->body, ret_answer->body_length, ret_json))
		return cli_complain(CLI_AWAY, "%s did not answer as Pomona does: %s", c->server,
			cx->error.sentence);
	if (ret_answer->status >= 400)
		return tell_problem(ret_answer, *ret_json);
	return CLI_FINE;
}

static int not_pomona(const struct cli *c, int status)
{
	return cli_complain(CLI_AWAY, "%s answered %d, not as Pomona does; is the address right?",
		c->server, status);
}

int api_send(struct cli *c, const struct api_call *call, const struct json **ret_json)
{
	const struct json *json;
	struct http_answer answer;
	int code = send_call(c, call, &answer, &json);
	if (!code && (answer.status >= 300 || (!json && answer.status != 204)))
		return not_pomona(c, answer.status);
	if (!code && ret_json)
		*ret_json = json;
	return code;
}

int api_copy(struct cli *c, const char *path, FILE *out)
{
	const struct json *json;
	struct http_answer answer;
	struct api_call call = { .method = "GET", .path = path };
	int code = send_call(c, &call, &answer, &json);
	if (!code && (answer.status != 200 || json))
		return not_pomona(c, answer.status);
	if (!code && fwrite(answer.body, 1, answer.body_length, out) != answer.body_length)
		return cli_complain(CLI_FAILED, "the output could not be written.");
	return code;
}

int api_get(struct cli *c, const char *path, const struct json **ret_json)
{
	struct api_call call = { .method = "GET", .path = path };
	return api_send(c, &call, ret_json);
}

static bool is_known(const char *const *known, const char *key, size_t length)
{
	for (; *known; known++)
		if (strlen(*known) == length && !strncmp(*known, key, length))
			return true;
	return false;
}

char *api_filter_query(struct cli *c, const char *const *known)
{
	struct arena *mem = c->cx.mem;
	char *query = arena_strdup(mem, "");
	const char *pair;
	for (size_t i = 0; (pair = cli_option_at(c, "--filter", i)); i++) {
		size_t key = strcspn(pair, "=");
		if (!pair[key] || !is_known(known, pair, key)) {
			cli_complain(0,
				"--filter %s is not one of those that --help lists (KEY=VALUE).",
				pair);
			return NULL;
		}
		query = arena_printf(mem, "%s&%.*s=%s", query, (int)key, pair,
			text_url_encode(mem, pair + key + 1));
	}
	return query;
}
