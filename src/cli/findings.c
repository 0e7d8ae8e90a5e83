/* findings list, findings repair. */
#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/jobs.h"
#include "cli/show.h"

int cli_findings_list(struct cli *c)
{
	static const char *const keys[] = { "location", "kind", "state", NULL };
	static const struct show_column columns[] = { { "FINDING", "id" }, { "KIND", "kind" },
		{ "PERSON", "person.display_name" }, { "STATE", "state" },
		{ "FIRST SEEN", "first_seen_at" }, { "LAST SEEN", "last_seen_at" },
		{ "REPAIR", "repair" }, { "WHAT", "detail" }, { NULL, NULL } };
	const char *filter = api_filter_query(c, keys);
	if (!filter)
		return CLI_USAGE;
	return show_list(c, arena_printf(c->cx.mem, "/api/v1/findings?%s", filter), columns);
}

int cli_findings_repair(struct cli *c)
{
	int64_t id;
	const struct json *answer;
	if (text_parse_i64(c->words[0], 1, INT64_MAX, &id))
		return cli_complain(
			CLI_USAGE, "\"%s\" is not the number of a finding.", c->words[0]);
	struct api_call call = {
		.method = "POST",
		.path = arena_printf(c->cx.mem, "/api/v1/findings/%" PRId64 "/repair", id),
		.body = arena_printf(c->cx.mem, "{\"how\":\"%s\"}",
			text_equal(c->words[1], "invite") ? "invite"
			: text_equal(c->words[1], "sync") ? "sync"
							  : "leave"),
		.is_action = true,
	};
	if (!text_equal(c->words[1], "invite") && !text_equal(c->words[1], "sync") &&
		!text_equal(c->words[1], "leave"))
		return cli_complain(CLI_USAGE, "\"%s\" is not invite, sync or leave.", c->words[1]);
	int code = api_send(c, &call, &answer);
	if (code)
		return code;
	if (json_i64(json_get(answer, "job"), "id", 0))
		return cli_jobs_show_answer(c, answer);
	if (c->as_json)
		show_json(c, answer);
	else
		puts("left as it is");
	return CLI_FINE;
}
