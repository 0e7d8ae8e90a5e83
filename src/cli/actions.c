/* invite, delete, sync: a selection, a preview, a job. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/actions.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/jobs.h"
#include "cli/people.h"
#include "cli/show.h"

#define BODY_MAX_BYTES (1024 * 1024)

static int write_users(struct cli *c, struct json_writer *w)
{
	const char *user;
	jw_object(w, "selection");
	jw_array(w, "ids");
	for (size_t i = 0; (user = cli_option_at(c, "--user", i)); i++) {
		int64_t id;
		int code = cli_people_find(c, user, &id);
		if (code)
			return code;
		jw_i64(w, NULL, id);
	}
	jw_end_array(w);
	jw_end_object(w);
	return CLI_FINE;
}

/* How many match now: the server refuses when it is another number by the time it acts. */
static int count_matching(struct cli *c, const char *filter, int64_t *ret_count)
{
	const struct json *page;
	int code = api_get(c,
		arena_printf(c->cx.mem, "/api/v1/people?limit=1&count=1&exact=1%s%s", filter,
			cli_location_query(c)),
		&page);
	if (!code)
		*ret_count = json_i64(page, "total", 0);
	return code;
}

static int write_matching(struct cli *c, struct json_writer *w)
{
	int64_t expected;
	const char *pair, *filter = api_filter_query(c, cli_people_filter_keys);
	if (!filter)
		return CLI_USAGE;
	int code = count_matching(c, filter, &expected);
	if (code)
		return code;
	jw_object(w, "selection");
	jw_object(w, "filter");
	for (size_t i = 0; (pair = cli_option_at(c, "--filter", i)); i++) {
		size_t length = strcspn(pair, "=");
		char *key = arena_strndup(c->cx.mem, pair, length);
		const char *value = pair + length + 1;
		bool is_flag = text_equal(key, "eligible") || text_equal(key, "active");
		if (is_flag)
			jw_bool(w, key,
				text_equal(value, "1") || text_equal(value, "true") ||
					text_equal(value, "yes"));
		else
			jw_str(w, key, value);
	}
	jw_end_object(w);
	jw_i64(w, "expected", expected);
	jw_end_object(w);
	return CLI_FINE;
}

static int write_body(struct cli *c, bool is_sync, struct buf *out)
{
	struct json_writer w;
	const char *location = cli_option(c, "--location");
	bool has_users = cli_has(c, "--user"), is_all = cli_has(c, "--all-matching");
	int64_t location_id;
	int code = CLI_FINE;
	jw_init(&w, out);
	jw_object(&w, NULL);
	if (location && text_parse_i64(location, 1, INT64_MAX, &location_id))
		return cli_complain(CLI_USAGE, "\"%s\" is not the number of a location.", location);
	if (location)
		jw_i64(&w, "location", location_id);
	if (has_users && (is_all || cli_has(c, "--filter")))
		return cli_complain(
			CLI_USAGE, "give either --user, or --all-matching with --filter.");
	if (cli_has(c, "--filter") && !is_all)
		return cli_complain(CLI_USAGE, "--filter goes with --all-matching.");
	if (!has_users && !is_all && !is_sync)
		return cli_complain(CLI_USAGE, "say for whom: --user USER..., or --all-matching.");
	if (has_users)
		code = write_users(c, &w);
	else if (is_all)
		code = write_matching(c, &w);
	if (cli_has(c, "--channel"))
		jw_str(&w, "channel", cli_option(c, "--channel"));
	if (cli_has(c, "--skip-recent"))
		jw_bool(&w, "skip_recent", true);
	if (cli_has(c, "--plan"))
		jw_str(&w, "mode", "plan");
	jw_end_object(&w);
	return code;
}

void cli_show_preview(struct cli *c, const struct json *preview)
{
	if (c->as_json) {
		show_json(c, preview);
		return;
	}
	const struct json *will = json_get(preview, "will"), *skip = json_get(preview, "skip");
	int64_t licences = json_i64(preview, "licences", 0),
		recent = json_i64(preview, "recent", 0);
	printf("Will do: %" PRId64 "\n", json_i64(preview, "will_do", 0));
	for (size_t i = 0; i < json_count(will); i++)
		printf("  %s: %s\n", show_text(c, json_at(will, i), "person.display_name"),
			show_text(c, json_at(will, i), "what"));
	printf("Will skip: %" PRId64 "\n", json_i64(preview, "will_skip", 0));
	for (size_t i = 0; i < json_count(skip); i++)
		printf("  %s: %s\n", show_text(c, json_at(skip, i), "person.display_name"),
			show_text(c, json_at(skip, i), "reason"));
	if (recent)
		printf("Sent an invitation in the last 24 hours: %" PRId64 "\n", recent);
	if (licences)
		printf("Licences that come back: %" PRId64 "\n", licences);
}

static int send_action(struct cli *c, const char *verb, const struct buf *body, bool is_dry,
	const struct json **ret_answer)
{
	struct api_call call = {
		.method = "POST",
		.path = arena_printf(
			c->cx.mem, "/api/v1/vpp-users/%s%s", verb, is_dry ? "?dry_run=1" : ""),
		.body = body->bytes,
		.body_length = body->length,
		.is_action = !is_dry,
	};
	return api_send(c, &call, ret_answer);
}

static int act(struct cli *c, const char *verb)
{
	BUF_AUTO(body, BODY_MAX_BYTES);
	const struct json *answer;
	bool is_delete = text_equal(verb, "delete");
	int code = write_body(c, text_equal(verb, "sync"), &body);
	if (!code && body.is_full)
		code = cli_complain(
			CLI_USAGE, "that is too much for one request; use --all-matching.");
	if (!code && (cli_has(c, "--dry-run") || is_delete))
		code = send_action(c, verb, &body, true, &answer);
	if (code)
		return code;
	if (cli_has(c, "--dry-run")) {
		cli_show_preview(c, answer);
		return CLI_FINE;
	}
	if (is_delete &&
		!cli_confirmed(c,
			arena_printf(c->cx.mem,
				"Delete %" PRId64 " people from VPP and free %" PRId64 " licences?",
				json_i64(answer, "will_do", 0), json_i64(answer, "licences", 0))))
		return CLI_FAILED;
	code = send_action(c, verb, &body, false, &answer);
	return code ? code : cli_jobs_show_answer(c, answer);
}

int cli_invite(struct cli *c)
{
	return act(c, "invite");
}

int cli_delete(struct cli *c)
{
	return act(c, "delete");
}

int cli_sync(struct cli *c)
{
	return act(c, "sync");
}
