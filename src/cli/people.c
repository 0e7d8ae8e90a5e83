#include "cli/people.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/show.h"

#define BODY_MAX_BYTES (16 * 1024)

const char *const cli_people_filter_keys[] = { "q", "state", "eligible", "platform", "active",
	"department", NULL };

static const struct show_column person_lines[] = { { "Id", "id" }, { "User name", "user_name" },
	{ "Name", "display_name" }, { "E-mail", "email" },
	{ "Managed Apple Account", "managed_apple_account" }, { "Groups", "groups" },
	{ "Department", "department" }, { "Language", "language" }, { "Active", "active" },
	{ "Eligible", "eligible" }, { "Why not", "why_not_eligible" }, { "Platforms", "platforms" },
	{ "Devices", "devices" }, { "VPP state", "vpp.state" },
	{ "clientUserId", "vpp.client_user_id" }, { "Registered", "vpp.registered_at" },
	{ "Associated", "vpp.associated_at" }, { "Message", "vpp.message.state" },
	{ "By", "vpp.message.channel" }, { "Message reason", "vpp.message.reason" },
	{ "Failed", "vpp.failed.reason" }, { "Can be invited", "vpp.can.invite.possible" },
	{ "Why not invited", "vpp.can.invite.reason" },
	{ "Can be deleted", "vpp.can.delete.possible" },
	{ "Why not deleted", "vpp.can.delete.reason" }, { NULL, NULL } };

const char *cli_location_query(struct cli *c)
{
	const char *location = cli_option(c, "--location");
	return location ? arena_printf(
				  c->cx.mem, "&location=%s", text_url_encode(c->cx.mem, location))
	                : "";
}

/* The item whose member equals text, whatever the case; NULL when there is none or more than one. */
static const struct json *only_match(const struct json *items, const char *member, const char *text)
{
	const struct json *found = NULL;
	for (size_t i = 0; i < json_count(items); i++) {
		const char *value = json_str(json_at(items, i), member);
		if (!value || strcasecmp(value, text))
			continue;
		if (found)
			return NULL;
		found = json_at(items, i);
	}
	return found;
}

/* Who a person is, is the same everywhere, but a list of people is that of one location: where none
 * is said, the first one serves. */
static int any_location(struct cli *c, const char **ret_query)
{
	const struct json *list;
	*ret_query = cli_location_query(c);
	if (**ret_query)
		return CLI_FINE;
	int code = api_get(c, "/api/v1/locations", &list);
	const struct json *items = code ? NULL : json_get(list, "items");
	if (json_count(items) > 1)
		*ret_query = arena_printf(
			c->cx.mem, "&location=%" PRId64, json_i64(json_at(items, 0), "id", 0));
	return code;
}

int cli_people_find(struct cli *c, const char *user, int64_t *ret_id)
{
	const char *location;
	if (text_starts_with(user, "id:") && !text_parse_i64(user + 3, 1, INT64_MAX, ret_id))
		return CLI_FINE;
	const char *after = "";
	int code = any_location(c, &location);
	if (code)
		return code;
	do {
		const struct json *page;
		code = api_get(c,
			arena_printf(c->cx.mem, "/api/v1/people?limit=200&q=%s%s%s%s",
				text_url_encode(c->cx.mem, user), location, *after ? "&after=" : "",
				text_url_encode(c->cx.mem, after)),
			&page);
		if (code)
			return code;
		const struct json *items = json_get(page, "items");
		const struct json *person = only_match(items, "user_name", user);
		if (!person)
			person = only_match(items, "email", user);
		if (person) {
			*ret_id = json_i64(person, "id", 0);
			return CLI_FINE;
		}
		after = json_str(page, "next");
	} while (after);
	return cli_complain(CLI_NOT_FOUND,
		"there is no user \"%s\"; give the whole user name, the e-mail, or id:NUMBER.",
		user);
}

int cli_people_list(struct cli *c)
{
	static const struct show_column columns[] = { { "ID", "id" }, { "USER", "user_name" },
		{ "NAME", "display_name" }, { "E-MAIL", "email" }, { "VPP", "vpp.state" },
		{ "MESSAGE", "vpp.message.state" }, { "ELIGIBLE", "eligible" },
		{ "PLATFORMS", "platforms" }, { NULL, NULL } };
	const char *filter = api_filter_query(c, cli_people_filter_keys);
	if (!filter)
		return CLI_USAGE;
	return show_list(c,
		arena_printf(c->cx.mem, "/api/v1/people?%s%s", filter, cli_location_query(c)),
		columns);
}

int cli_people_show(struct cli *c)
{
	int64_t id;
	const struct json *person;
	int code = cli_people_find(c, c->words[0], &id);
	if (!code)
		code = api_get(c,
			arena_printf(c->cx.mem, "/api/v1/people/%" PRId64 "?%s", id,
				cli_location_query(c)),
			&person);
	if (!code)
		show_thing(c, person, person_lines);
	return code;
}

int cli_people_history(struct cli *c)
{
	static const struct show_column columns[] = { { "WHEN", "at" }, { "WHAT", "kind" },
		{ "STATE", "state" }, { "BY", "channel" }, { "DETAIL", "detail" },
		{ "REASON", "reason" }, { "JOB", "job_id" }, { NULL, NULL } };
	int64_t id;
	int code = cli_people_find(c, c->words[0], &id);
	if (code)
		return code;
	return show_list(
		c, arena_printf(c->cx.mem, "/api/v1/people/%" PRId64 "/history", id), columns);
}

/* What happens at Apple is told before it is asked for. */
static void tell_places(struct cli *c, const struct json *answer, bool is_now)
{
	const struct json *places = json_get(answer, "vpp_users");
	for (size_t i = 0; i < json_count(places); i++) {
		const struct json *place = json_at(places, i);
		bool retires = json_bool(place, "will_retire", false);
		fprintf(stderr, "%s: %s%s\n", show_text(c, place, "location.name"),
			retires && !is_now ? "with the next sync: " : "",
			show_text(c, place, "what"));
	}
}

int cli_people_remove(struct cli *c)
{
	int64_t id;
	int code = cli_people_find(c, c->words[0], &id);
	if (code)
		return code;
	const char *path = arena_printf(c->cx.mem, "/api/v1/people/%" PRId64, id);
	bool retires = cli_has(c, "--retire");
	const struct json *answer;
	struct api_call ask = { .method = "DELETE",
		.path = arena_printf(c->cx.mem, "%s?dry_run=1", path) };
	code = api_send(c, &ask, &answer);
	if (code)
		return code;
	tell_places(c, answer, retires);
	if (!cli_confirmed(c, arena_printf(c->cx.mem, "Take %s out of the list?", c->words[0])))
		return CLI_FAILED;
	struct api_call call = { .method = "DELETE",
		.path = retires ? arena_printf(c->cx.mem, "%s?retire=1", path) : path,
		.is_action = true };
	code = api_send(c, &call, &answer);
	const struct json *jobs = answer ? json_get(answer, "jobs") : NULL;
	for (size_t i = 0; !code && i < json_count(jobs); i++)
		printf("job %" PRId64 "\n", json_i64(json_at(jobs, i), "id", 0));
	return code;
}

/* The options that are given, as members of a body. An empty value is null: it takes away. */
static void write_person(struct cli *c, struct json_writer *w)
{
	static const char *const members[][2] = { { "--name", "display_name" },
		{ "--email", "email" }, { "--account", "managed_apple_account" },
		{ "--department", "department" }, { "--language", "language" } };
	const char *groups = cli_option(c, "--groups"), *active = cli_option(c, "--active");
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *value = cli_option(c, members[i][0]);
		if (value)
			jw_str(w, members[i][1], *value ? value : NULL);
	}
	if (active)
		jw_bool(w, "active", text_equal(active, "yes"));
	if (!groups)
		return;
	jw_array(w, "groups");
	for (; *groups; groups += strspn(groups, ",")) {
		size_t length = strcspn(groups, ",");
		jw_str(w, NULL, arena_strndup(c->cx.mem, groups, length));
		groups += length;
	}
	jw_end_array(w);
}

static int send_person(struct cli *c, const char *method, const char *path, const char *user_name)
{
	const char *active = cli_option(c, "--active");
	const struct json *person;
	BUF_AUTO(body, BODY_MAX_BYTES);
	struct json_writer w;
	if (active && !text_equal(active, "yes") && !text_equal(active, "no"))
		return cli_complain(CLI_USAGE, "--active is yes or no, not \"%s\".", active);
	jw_init(&w, &body);
	jw_object(&w, NULL);
	if (user_name)
		jw_str(&w, "user_name", user_name);
	if (user_name && !cli_option(c, "--name"))
		jw_str(&w, "display_name", user_name);
	write_person(c, &w);
	jw_end_object(&w);
	struct api_call call = { .method = method, .path = path, .body = body.bytes };
	int code = api_send(c, &call, &person);
	if (!code)
		show_thing(c, person, person_lines);
	return code;
}

int cli_people_add(struct cli *c)
{
	return send_person(c, "POST", "/api/v1/people", c->words[0]);
}

int cli_people_change(struct cli *c)
{
	int64_t id;
	if (!c->option_count)
		return cli_complain(CLI_USAGE, "say what to change; --help lists it.");
	int code = cli_people_find(c, c->words[0], &id);
	if (code)
		return code;
	return send_person(
		c, "PATCH", arena_printf(c->cx.mem, "/api/v1/people/%" PRId64, id), NULL);
}

int cli_people_export(struct cli *c)
{
	const char *filter = api_filter_query(c, cli_people_filter_keys);
	if (!filter)
		return CLI_USAGE;
	return api_copy(c,
		arena_printf(c->cx.mem, "/api/v1/people.csv?%s%s", filter, cli_location_query(c)),
		stdout);
}

int cli_devices_list(struct cli *c)
{
	static const char *const keys[] = { "q", "person", "platform", "state", NULL };
	static const struct show_column columns[] = { { "SERIAL", "serial_number" },
		{ "NAME", "name" }, { "MODEL", "model" }, { "PLATFORM", "platform" },
		{ "STATE", "state" }, { "PERSON", "person.display_name" }, { NULL, NULL } };
	const char *filter = api_filter_query(c, keys);
	if (!filter)
		return CLI_USAGE;
	return show_list(c, arena_printf(c->cx.mem, "/api/v1/devices?%s", filter), columns);
}
