/* import people, import devices, import show. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/jobs.h"
#include "cli/show.h"

#define FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)

static const struct show_column import_lines[] = { { "Import", "id" }, { "Kind", "kind" },
	{ "State", "state" }, { "Added", "added" }, { "Changed", "changed" },
	{ "Unchanged", "unchanged" }, { "Bad", "bad" }, { NULL, NULL } };

static int show_rows(struct cli *c, int64_t id, const char *verdict)
{
	static const struct show_column columns[] = { { "LINE", "line" }, { "VERDICT", "verdict" },
		{ "KEY", "key" }, { "CHANGES", "changes" }, { "REASON", "reason" },
		{ NULL, NULL } };
	return show_list(c,
		arena_printf(c->cx.mem, "/api/v1/imports/%" PRId64 "/rows?verdict=%s", id,
			text_url_encode(c->cx.mem, verdict)),
		columns);
}

static int apply(struct cli *c, int64_t id)
{
	const struct json *answer;
	struct api_call call = {
		.method = "POST",
		.path = arena_printf(c->cx.mem, "/api/v1/imports/%" PRId64 "/apply", id),
		.is_action = true,
	};
	int code = api_send(c, &call, &answer);
	return code ? code : cli_jobs_follow(c, json_i64(json_get(answer, "job"), "id", 0));
}

static int import(struct cli *c, const char *kind)
{
	size_t length;
	const struct json *answer;
	const char *file = c->words[0], *slash = strrchr(file, '/');
	const char *bytes = cli_read_file(c, file, FILE_MAX_BYTES, &length);
	if (!bytes)
		return CLI_USAGE;
	struct api_call call = {
		.method = "POST",
		.path = arena_printf(c->cx.mem, "/api/v1/imports?kind=%s&file_name=%s", kind,
			text_url_encode(c->cx.mem, slash ? slash + 1 : file)),
		.body = bytes,
		.body_length = length,
		.content_type = "text/csv",
	};
	int code = api_send(c, &call, &answer);
	if (code)
		return code;
	int64_t id = json_i64(answer, "id", 0), bad = json_i64(answer, "bad", 0);
	if (!c->as_json || !cli_has(c, "--apply"))
		show_thing(c, answer, import_lines);
	const char *rows = cli_option(c, "--rows");
	if (rows || (bad && !c->as_json))
		code = show_rows(c, id, rows ? rows : "bad");
	if (code || !cli_has(c, "--apply")) {
		if (!c->as_json && !code)
			fprintf(stderr,
				"Nothing was applied. Say --apply to take the good rows.\n");
		return code;
	}
	return apply(c, id);
}

int cli_import_people(struct cli *c)
{
	return import(c, "people");
}

int cli_import_devices(struct cli *c)
{
	return import(c, "devices");
}

int cli_import_show(struct cli *c)
{
	int64_t id;
	const struct json *answer;
	if (text_parse_i64(c->words[0], 1, INT64_MAX, &id))
		return cli_complain(
			CLI_USAGE, "\"%s\" is not the number of an import.", c->words[0]);
	if (cli_option(c, "--rows"))
		return show_rows(c, id, cli_option(c, "--rows"));
	int code = api_get(c, arena_printf(c->cx.mem, "/api/v1/imports/%" PRId64, id), &answer);
	if (!code)
		show_thing(c, answer, import_lines);
	return code;
}
