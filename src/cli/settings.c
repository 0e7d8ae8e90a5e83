/* status, settings smtp, settings smtp-test, settings mdm. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/show.h"

#define BODY_MAX_BYTES     (8 * 1024)
#define PASSWORD_MAX_BYTES 600

int cli_status(struct cli *c)
{
	static const struct show_column lines[] = { { "Version", "version" },
		{ "Signed in as", "admin.name" }, { "Role", "admin.role" },
		{ "Set-up needed", "setup_needed" }, { NULL, NULL } };
	const struct json *health, *session;
	int code = api_get(c, "/healthz", &health);
	if (!code)
		code = api_get(c, "/api/v1/session", &session);
	if (code)
		return code;
	show_thing(c, session, lines);
	if (!json_bool(session, "signed_in", false))
		return cli_complain(CLI_DENIED, "the server runs, but does not know this token.");
	return CLI_FINE;
}

/* The password comes from a file, so that it is not seen in the list of processes. */
static int write_password(struct cli *c, struct json_writer *w)
{
	const char *file = cli_option(c, "--password-file");
	size_t length;
	if (!file)
		return CLI_FINE;
	const char *bytes = cli_read_file(c, file, PASSWORD_MAX_BYTES, &length);
	if (!bytes)
		return CLI_USAGE;
	jw_str(w, "password",
		arena_strndup(c->cx.mem, bytes,
			strcspn(arena_strndup(c->cx.mem, bytes, length), "\r\n")));
	return CLI_FINE;
}

static int write_smtp(struct cli *c, struct buf *body)
{
	static const char *const texts[][2] = { { "--host", "host" }, { "--security", "security" },
		{ "--user", "user" }, { "--from", "from_address" }, { "--from-name", "from_name" },
		{ "--language", "language" } };
	const char *port = cli_option(c, "--port");
	int64_t number = 25;
	struct json_writer w;
	jw_init(&w, body);
	jw_object(&w, NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (cli_option(c, texts[i][0]))
			jw_str(&w, texts[i][1], cli_option(c, texts[i][0]));
	if (!cli_option(c, "--security"))
		jw_str(&w, "security", "starttls");
	if (port && text_parse_i64(port, 1, 65535, &number))
		return cli_complain(CLI_USAGE, "--port %s is not a port.", port);
	jw_i64(&w, "port", number);
	int code = write_password(c, &w);
	jw_end_object(&w);
	return code;
}

int cli_settings_smtp(struct cli *c)
{
	static const struct show_column lines[] = { { "Host", "host" }, { "Port", "port" },
		{ "Security", "security" }, { "User", "user" }, { "Password set", "password_set" },
		{ "From", "from_address" }, { "From name", "from_name" },
		{ "Language", "language" }, { NULL, NULL } };
	const struct json *answer;
	BUF_AUTO(body, BODY_MAX_BYTES);
	int code = c->option_count ? write_smtp(c, &body) : CLI_FINE;
	struct api_call call = {
		.method = c->option_count ? "PUT" : "GET",
		.path = "/api/v1/settings/smtp",
		.body = c->option_count ? body.bytes : NULL,
	};
	if (!code)
		code = api_send(c, &call, &answer);
	if (!code)
		show_thing(c, answer, lines);
	return code;
}

int cli_settings_smtp_test(struct cli *c)
{
	static const struct show_column lines[] = { { "Taken", "ok" }, { "Mail server", "words" },
		{ NULL, NULL } };
	const struct json *answer;
	BUF_AUTO(body, BODY_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &body);
	jw_object(&w, NULL);
	jw_str(&w, "to", c->words[0]);
	jw_end_object(&w);
	struct api_call call = {
		.method = "POST", .path = "/api/v1/settings/smtp/test", .body = body.bytes
	};
	int code = api_send(c, &call, &answer);
	if (code)
		return code;
	show_thing(c, answer, lines);
	const char *dialog = json_str(answer, "dialog");
	if (dialog && !c->as_json)
		printf("\n%s\n", dialog);
	return json_bool(answer, "ok", false) ? CLI_FINE : CLI_FAILED;
}

int cli_settings_mdm(struct cli *c)
{
	static const struct show_column lines[] = { { "Connector", "url" }, { NULL, NULL } };
	const struct json *answer;
	const char *url = cli_option(c, "--url");
	BUF_AUTO(body, BODY_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &body);
	jw_object(&w, NULL);
	jw_str(&w, "url", url && *url ? url : NULL);
	jw_end_object(&w);
	struct api_call call = {
		.method = url ? "PUT" : "GET",
		.path = "/api/v1/settings/mdm",
		.body = url ? body.bytes : NULL,
	};
	int code = api_send(c, &call, &answer);
	if (!code)
		show_thing(c, answer, lines);
	return code;
}
