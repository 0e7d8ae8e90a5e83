/* location list, show, add, renew, channel, remove, assets, schedule. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/show.h"

#define TOKEN_MAX_BYTES (64 * 1024)
#define BODY_MAX_BYTES  (8 * 1024)

static const struct show_column lines[] = { { "Location", "id" }, { "Name", "name" },
	{ "Organisation", "organisation" }, { "Country", "country" }, { "Token", "token.state" },
	{ "Token ends", "token.expires_at" }, { "Days left", "token.days_left" },
	{ "Token reason", "token.reason" }, { "Mode", "mode" }, { "Managed by", "owner.state" },
	{ "Other server", "owner.name" }, { "Since", "owner.since" },
	{ "Messages by", "message_channel" }, { "Apple's notices", "notifications.state" },
	{ "Notices reason", "notifications.reason" }, { "Waits because", "wait.reason" },
	{ "Waits until", "wait.until" }, { "Last sync", "last_sync_at" },
	{ "Schedule", "schedule.mode" }, { "Registered", "vpp_users.registered" },
	{ "Invited", "vpp_users.invited" }, { "Associated", "vpp_users.associated" },
	{ NULL, NULL } };

/* The id that was given, or that of the only location. */
static int location_id(struct cli *c, int64_t *ret_id)
{
	const struct json *list;
	if (c->word_count && text_parse_i64(c->words[0], 1, INT64_MAX, ret_id))
		return cli_complain(
			CLI_USAGE, "\"%s\" is not the number of a location.", c->words[0]);
	if (c->word_count)
		return CLI_FINE;
	int code = api_get(c, "/api/v1/locations", &list);
	if (code)
		return code;
	const struct json *items = json_get(list, "items");
	if (json_count(items) != 1)
		return cli_complain(CLI_USAGE, "there are %zu locations; give the number of one.",
			json_count(items));
	*ret_id = json_i64(json_at(items, 0), "id", 0);
	return CLI_FINE;
}

static int send_and_show(struct cli *c, const struct api_call *call)
{
	const struct json *answer;
	int code = api_send(c, call, &answer);
	if (!code)
		show_thing(c, answer, lines);
	return code;
}

int cli_location_list(struct cli *c)
{
	static const struct show_column columns[] = { { "LOCATION", "id" }, { "NAME", "name" },
		{ "ORGANISATION", "organisation" }, { "MODE", "mode" }, { "TOKEN", "token.state" },
		{ "DAYS LEFT", "token.days_left" }, { "SCHEDULE", "schedule.mode" },
		{ "LAST SYNC", "last_sync_at" }, { "ASSOCIATED", "vpp_users.associated" },
		{ NULL, NULL } };
	return show_list(c, "/api/v1/locations", columns);
}

int cli_location_show(struct cli *c)
{
	int64_t id;
	int code = location_id(c, &id);
	if (code)
		return code;
	struct api_call call = { .method = "GET",
		.path = arena_printf(c->cx.mem, "/api/v1/locations/%" PRId64, id) };
	return send_and_show(c, &call);
}

static int send_token(struct cli *c, const char *method, const char *path, const char *file)
{
	size_t length;
	const char *bytes = cli_read_file(c, file, TOKEN_MAX_BYTES, &length);
	if (!bytes)
		return CLI_USAGE;
	struct api_call call = { .method = method,
		.path = path,
		.body = bytes,
		.body_length = length,
		.content_type = "application/octet-stream" };
	return send_and_show(c, &call);
}

int cli_location_add(struct cli *c)
{
	bool take_over = cli_has(c, "--take-over"), observe = cli_has(c, "--observe");
	if (take_over && observe)
		return cli_complain(CLI_USAGE, "give either --take-over or --observe.");
	return send_token(c, "POST",
		take_over ? "/api/v1/locations?take_over=1"
		: observe ? "/api/v1/locations?observe=1"
			  : "/api/v1/locations",
		c->words[0]);
}

int cli_location_renew(struct cli *c)
{
	int64_t id;
	int code = location_id(c, &id);
	if (code)
		return code;
	return send_token(c, "PUT",
		arena_printf(c->cx.mem, "/api/v1/locations/%" PRId64 "/token", id), c->words[1]);
}

int cli_location_channel(struct cli *c)
{
	int64_t id;
	int code = location_id(c, &id);
	if (code)
		return code;
	BUF_AUTO(body, BODY_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &body);
	jw_object(&w, NULL);
	jw_str(&w, "message_channel", c->words[1]);
	jw_end_object(&w);
	struct api_call call = { .method = "PATCH",
		.path = arena_printf(c->cx.mem, "/api/v1/locations/%" PRId64, id),
		.body = body.bytes };
	return send_and_show(c, &call);
}

int cli_location_remove(struct cli *c)
{
	int64_t id;
	int code = location_id(c, &id);
	if (code)
		return code;
	if (!cli_confirmed(c, arena_printf(c->cx.mem, "Forget location %" PRId64 " here?", id)))
		return CLI_FAILED;
	struct api_call call = { .method = "DELETE",
		.path = arena_printf(c->cx.mem, "/api/v1/locations/%" PRId64 "%s", id,
			cli_has(c, "--leave-users") ? "?leave_users=1" : "") };
	return api_send(c, &call, NULL);
}

static int set_mode(struct cli *c, const char *body)
{
	int64_t id;
	int code = location_id(c, &id);
	if (code)
		return code;
	struct api_call call = { .method = "PUT",
		.path = arena_printf(c->cx.mem, "/api/v1/locations/%" PRId64 "/mode", id),
		.body = body };
	return send_and_show(c, &call);
}

int cli_location_observe(struct cli *c)
{
	return set_mode(c, "{\"mode\":\"observe\"}");
}

int cli_location_manage(struct cli *c)
{
	return set_mode(c, "{\"mode\":\"manage\"}");
}

int cli_location_take_back(struct cli *c)
{
	int64_t id;
	int code = location_id(c, &id);
	if (code)
		return code;
	struct api_call call = { .method = "POST",
		.path = arena_printf(c->cx.mem, "/api/v1/locations/%" PRId64 "/take-back", id) };
	return send_and_show(c, &call);
}

int cli_location_assets(struct cli *c)
{
	static const struct show_column columns[] = { { "ADAM ID", "adam_id" }, { "NAME", "name" },
		{ "PRICING", "pricing_param" }, { "TYPE", "product_type" },
		{ "REVOCABLE", "is_revocable" }, { "AVAILABLE", "available" },
		{ "ASSIGNED", "assigned" }, { "TOTAL", "total" }, { NULL, NULL } };
	static const char *const keys[] = { "q", "type", "use", "sort", NULL };
	const char *filter = api_filter_query(c, keys);
	int64_t id;
	int code = filter ? location_id(c, &id) : CLI_USAGE;
	if (code)
		return code;
	return show_list(c,
		arena_printf(c->cx.mem, "/api/v1/locations/%" PRId64 "/assets?%s", id, filter),
		columns);
}

int cli_location_test(struct cli *c)
{
	static const struct show_column tested[] = { { "Good", "good" }, { "Took (ms)", "took_ms" },
		{ "Why not", "words" }, { "Owner mark", "owner" }, { "Ours", "ours" },
		{ NULL, NULL } };
	const struct json *answer;
	int64_t id;
	int code = location_id(c, &id);
	if (code)
		return code;
	struct api_call call = { .method = "POST",
		.path = arena_printf(c->cx.mem, "/api/v1/locations/%" PRId64 "/test", id) };
	code = api_send(c, &call, &answer);
	if (code)
		return code;
	show_thing(c, answer, tested);
	return json_bool(answer, "good", false) ? CLI_FINE : CLI_FAILED;
}

int cli_location_runs(struct cli *c)
{
	static const struct show_column columns[] = { { "PLANNED FOR", "planned_for" },
		{ "RAN AT", "ran_at" }, { "JOB", "job" }, { NULL, NULL } };
	int64_t id;
	int code = location_id(c, &id);
	return code ? code
	            : show_list(c,
			      arena_printf(
				      c->cx.mem, "/api/v1/locations/%" PRId64 "/schedule/runs", id),
			      columns);
}

/* "mon,tue" becomes ["mon","tue"]. */
static void write_weekdays(struct cli *c, struct json_writer *w, const char *days)
{
	jw_array(w, "weekdays");
	while (*days) {
		size_t length = strcspn(days, ",");
		jw_str(w, NULL, arena_strndup(c->cx.mem, days, length));
		days += length;
		days += strspn(days, ",");
	}
	jw_end_array(w);
}

static int write_schedule(struct cli *c, struct buf *body)
{
	static const char *const texts[][2] = { { "--mode", "mode" }, { "--at", "at" },
		{ "--time-zone", "time_zone" }, { "--apply", "apply" } };
	const char *hours = cli_option(c, "--every-hours"), *days = cli_option(c, "--weekdays");
	int64_t every;
	struct json_writer w;
	jw_init(&w, body);
	jw_object(&w, NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (cli_option(c, texts[i][0]))
			jw_str(&w, texts[i][1], cli_option(c, texts[i][0]));
	if (hours && text_parse_i64(hours, 0, INT32_MAX, &every))
		return cli_complain(CLI_USAGE, "--every-hours %s is not a number.", hours);
	if (hours)
		jw_i64(&w, "every_hours", every);
	if (days)
		write_weekdays(c, &w, days);
	jw_end_object(&w);
	return CLI_FINE;
}

int cli_location_schedule(struct cli *c)
{
	static const struct show_column schedule_lines[] = { { "Mode", "mode" },
		{ "Every (hours)", "every_hours" }, { "At", "at" }, { "On", "weekdays" },
		{ "Time zone", "time_zone" }, { "Then", "apply" }, { "Next runs", "next_runs" },
		{ NULL, NULL } };
	int64_t id;
	const struct json *answer;
	BUF_AUTO(body, BODY_MAX_BYTES);
	int code = location_id(c, &id);
	if (!code && c->option_count)
		code = write_schedule(c, &body);
	if (code)
		return code;
	struct api_call call = {
		.method = c->option_count ? "PUT" : "GET",
		.path = arena_printf(c->cx.mem, "/api/v1/locations/%" PRId64 "/schedule", id),
		.body = c->option_count ? body.bytes : NULL,
	};
	code = api_send(c, &call, &answer);
	if (!code)
		show_thing(c, answer, schedule_lines);
	return code;
}
