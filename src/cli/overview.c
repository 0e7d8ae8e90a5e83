/* problems, statistics. */
#include <inttypes.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/show.h"

int cli_problems(struct cli *c)
{
	static const struct show_column columns[] = { { "PROBLEM", "kind" },
		{ "HOW BAD", "severity" }, { "LOCATION", "location.name" }, { "COUNT", "count" },
		{ "SINCE", "since" }, { "WHAT", "detail" }, { NULL, NULL } };
	const struct json *answer;
	int code = api_get(c, "/api/v1/problems", &answer);
	if (!code)
		show_whole(c, answer, "items", columns);
	return code;
}

int cli_statistics(struct cli *c)
{
	static const struct show_column columns[] = { { "DAY", "day" },
		{ "REQUESTED", "requested" }, { "REGISTERED", "registered" },
		{ "INVITED", "invited" }, { "ASSOCIATED", "associated" }, { "REMOVED", "retired" },
		{ "LICENCES", "licences_total" }, { "ASSIGNED", "licences_assigned" },
		{ NULL, NULL } };
	const char *days = cli_option(c, "--days"), *location = cli_option(c, "--location");
	const struct json *answer;
	int code = api_get(c,
		arena_printf(c->cx.mem, "/api/v1/statistics?days=%s%s%s",
			text_url_encode(c->cx.mem, days ? days : "30"),
			location ? "&location=" : "",
			location ? text_url_encode(c->cx.mem, location) : ""),
		&answer);
	if (!code)
		show_whole(c, answer, "days", columns);
	return code;
}
