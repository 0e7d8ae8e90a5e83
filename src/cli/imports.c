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
#define LOOK_BYTES     ((size_t)256 * 1024) /* enough for the heading row and some below it */
#define COLUMNS_MAX    64

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

struct upload {
	const char *kind, *name, *bytes;
	size_t length;
};

/* What the server would read each column as. */
static int look(struct cli *c, const struct upload *u, const struct json **ret_answer)
{
	struct api_call call = {
		.method = "POST",
		.path = arena_printf(c->cx.mem, "/api/v1/imports/columns?kind=%s", u->kind),
		.body = u->bytes,
		.body_length = u->length < LOOK_BYTES ? u->length : LOOK_BYTES,
		.content_type = "text/csv",
	};
	return api_send(c, &call, ret_answer);
}

static int show_columns(struct cli *c, const struct upload *u)
{
	static const struct show_column columns[] = { { "COLUMN", "header" }, { "FIELD", "field" },
		{ "EXAMPLES", "examples" }, { NULL, NULL } };
	const struct json *answer;
	int code = look(c, u, &answer);
	if (code)
		return code;
	show_whole(c, answer, "columns", columns);
	if (!c->as_json && json_str(answer, "problem"))
		fprintf(stderr, "%s\n", json_str(answer, "problem"));
	return CLI_FINE;
}

/* Which of the file's columns a HEADING=FIELD is about; -1: it complained. */
static int find_column(struct cli *c, const struct json *columns, const char *pair, size_t length)
{
	const char *name = text_fold(c->cx.mem, arena_strndup(c->cx.mem, pair, length));
	for (size_t i = 0; i < json_count(columns); i++)
		if (text_equal(text_fold(c->cx.mem, json_str(json_at(columns, i), "header")), name))
			return (int)i;
	cli_complain(CLI_USAGE, "The file has no column \"%.*s\".", (int)length, pair);
	return -1;
}

/* The columns as the server reads them, changed by --column, as it wants them; NULL in *ret_fields
 * without --column. */
static int choose_columns(struct cli *c, const struct upload *u, const char **ret_fields)
{
	const char *pair, *fields[COLUMNS_MAX] = { NULL }, *list = "";
	const struct json *answer;
	*ret_fields = NULL;
	if (!cli_has(c, "--column"))
		return CLI_FINE;
	int code = look(c, u, &answer);
	if (code)
		return code;
	const struct json *columns = json_get(answer, "columns");
	size_t count = json_count(columns);
	for (size_t i = 0; i < count && i < COLUMNS_MAX; i++)
		fields[i] = json_str(json_at(columns, i), "field");
	for (size_t i = 0; (pair = cli_option_at(c, "--column", i)); i++) {
		const char *equals = strrchr(pair, '=');
		if (!equals)
			return cli_complain(CLI_USAGE,
				"\"%s\" is not HEADING=FIELD; nothing after = leaves a column out.",
				pair);
		int at = find_column(c, columns, pair, (size_t)(equals - pair));
		if (at < 0)
			return CLI_USAGE;
		fields[at] = equals + 1;
	}
	for (size_t i = 0; i < count && i < COLUMNS_MAX; i++)
		list = arena_printf(
			c->cx.mem, "%s%s%s", list, i ? "," : "", fields[i] ? fields[i] : "");
	*ret_fields = list;
	return CLI_FINE;
}

static int send_file(struct cli *c, const struct upload *u, const struct json **ret_answer)
{
	const char *fields;
	int code = choose_columns(c, u, &fields);
	if (code)
		return code;
	struct api_call call = {
		.method = "POST",
		.path = arena_printf(c->cx.mem, "/api/v1/imports?kind=%s&file_name=%s%s%s", u->kind,
			text_url_encode(c->cx.mem, u->name), fields ? "&columns=" : "",
			fields ? text_url_encode(c->cx.mem, fields) : ""),
		.body = u->bytes,
		.body_length = u->length,
		.content_type = "text/csv",
	};
	return api_send(c, &call, ret_answer);
}

static int import(struct cli *c, const char *kind)
{
	const struct json *answer;
	const char *file = c->words[0], *slash = strrchr(file, '/');
	struct upload u = { .kind = kind, .name = slash ? slash + 1 : file };
	u.bytes = cli_read_file(c, file, FILE_MAX_BYTES, &u.length);
	if (!u.bytes)
		return CLI_USAGE;
	if (cli_has(c, "--columns"))
		return show_columns(c, &u);
	int code = send_file(c, &u, &answer);
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
