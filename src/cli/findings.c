/* findings list, groups, repair, repair-all. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/actions.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/jobs.h"
#include "cli/people.h"
#include "cli/show.h"

#define BODY_MAX_BYTES 1024

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

int cli_findings_groups(struct cli *c)
{
	static const struct show_column columns[] = { { "LOCATION", "location_name" },
		{ "KIND", "kind" }, { "FINDINGS", "count" }, { "REPAIR", "repair" },
		{ "REPAIRABLE", "repairable" }, { "FIRST SEEN", "first_seen_at" },
		{ "LAST SEEN", "last_seen_at" }, { NULL, NULL } };
	const struct json *answer;
	const char *state = cli_option(c, "--state");
	if (state && !text_equal(state, "open") && !text_equal(state, "solved"))
		return cli_complain(CLI_USAGE, "\"%s\" is not open or solved.", state);
	int code = api_get(c,
		arena_printf(c->cx.mem, "/api/v1/findings/groups?state=%s%s",
			state ? state : "open", cli_location_query(c)),
		&answer);
	if (!code)
		show_whole(c, answer, "items", columns);
	return code;
}

static bool is_repair(const char *how)
{
	return text_equal(how, "invite") || text_equal(how, "sync") || text_equal(how, "delete") ||
	       text_equal(how, "retire") || text_equal(how, "leave");
}

static bool destroys(const char *how)
{
	return text_equal(how, "delete") || text_equal(how, "retire");
}

static int complain_how(const char *how)
{
	return cli_complain(CLI_USAGE, "\"%s\" is not invite, sync, delete, retire or leave.", how);
}

int cli_findings_repair(struct cli *c)
{
	int64_t id;
	const struct json *answer;
	if (text_parse_i64(c->words[0], 1, INT64_MAX, &id))
		return cli_complain(
			CLI_USAGE, "\"%s\" is not the number of a finding.", c->words[0]);
	if (!is_repair(c->words[1]))
		return complain_how(c->words[1]);
	struct api_call call = {
		.method = "POST",
		.path = arena_printf(c->cx.mem, "/api/v1/findings/%" PRId64 "/repair", id),
		.body = arena_printf(c->cx.mem, "{\"how\":\"%s\"}", c->words[1]),
		.is_action = true,
	};
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

static int send_all(struct cli *c, const struct json *seen, const struct json **ret_answer)
{
	const char *location = cli_option(c, "--location");
	int64_t location_id;
	BUF_AUTO(body, BODY_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &body);
	jw_object(&w, NULL);
	if (location && text_parse_i64(location, 1, INT64_MAX, &location_id))
		return cli_complain(CLI_USAGE, "\"%s\" is not the number of a location.", location);
	if (location)
		jw_i64(&w, "location", location_id);
	jw_str(&w, "kind", c->words[0]);
	jw_str(&w, "how", c->words[1]);
	if (seen)
		jw_i64(&w, "expected", json_i64(seen, "findings", 0));
	jw_end_object(&w);
	struct api_call call = {
		.method = "POST",
		.path = seen ? "/api/v1/findings/repair" : "/api/v1/findings/repair?dry_run=1",
		.body = body.bytes,
		.body_length = body.length,
		.is_action = seen != NULL,
	};
	return api_send(c, &call, ret_answer);
}

static void show_seen(struct cli *c, const struct json *seen)
{
	if (c->as_json) {
		show_json(c, seen);
		return;
	}
	printf("Findings: %" PRId64 "\n", json_i64(seen, "findings", 0));
	if (text_equal(c->words[1], "leave"))
		return;
	if (json_i64(seen, "without", 0))
		printf("Without this repair: %" PRId64 "\n", json_i64(seen, "without", 0));
	cli_show_preview(c, json_get(seen, "people"));
}

/* Always looked at first: what is done is what was seen, or nothing. */
int cli_findings_repair_all(struct cli *c)
{
	const struct json *seen, *answer;
	if (!is_repair(c->words[1]))
		return complain_how(c->words[1]);
	int code = send_all(c, NULL, &seen);
	if (code)
		return code;
	if (cli_has(c, "--dry-run")) {
		show_seen(c, seen);
		return CLI_FINE;
	}
	const struct json *people = json_get(seen, "people");
	if (destroys(c->words[1]) &&
		!cli_confirmed(c,
			arena_printf(c->cx.mem,
				"Delete %" PRId64 " people from VPP and free %" PRId64 " licences?",
				json_i64(people, "will_do", 0), json_i64(people, "licences", 0))))
		return CLI_FAILED;
	code = send_all(c, seen, &answer);
	if (code)
		return code;
	if (json_i64(json_get(answer, "job"), "id", 0))
		return cli_jobs_show_answer(c, answer);
	if (c->as_json)
		show_json(c, answer);
	else
		printf("%" PRId64 " left as they are\n", json_i64(answer, "left", 0));
	return CLI_FINE;
}
