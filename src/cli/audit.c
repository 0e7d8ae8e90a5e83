/* audit list, audit export, audit verify. */
#include <stdio.h>
#include <time.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/show.h"

#define LOOK_EVERY_MS 200

static char *filter_query(struct cli *c)
{
	static const char *const keys[] = { "actor", "act", "target", "target_kind", "target_id",
		"result", "since", "until", NULL };
	return api_filter_query(c, keys);
}

int cli_audit_list(struct cli *c)
{
	static const struct show_column columns[] = { { "WHEN", "at" }, { "WHO", "actor.name" },
		{ "AS", "actor.kind" }, { "DID", "act" }, { "RESULT", "result" },
		{ "TO", "target.kind" }, { "ID", "target.id" }, { "NAME", "target.name" },
		{ NULL, NULL } };
	const char *filter = filter_query(c);
	if (!filter)
		return CLI_USAGE;
	return show_list(c, arena_printf(c->cx.mem, "/api/v1/audit?%s", filter), columns);
}

int cli_audit_export(struct cli *c)
{
	const char *filter = filter_query(c);
	if (!filter)
		return CLI_USAGE;
	return api_copy(c, arena_printf(c->cx.mem, "/api/v1/audit.csv?%s", filter), stdout);
}

static int told(struct cli *c, const struct json *answer)
{
	bool is_broken = text_equal(json_str(answer, "state"), "broken");
	if (c->as_json)
		show_json(c, answer);
	else if (is_broken)
		printf("BROKEN at row %lld: %s. %lld rows before it fit.\n",
			(long long)json_i64(answer, "bad_row", 0), json_str(answer, "words"),
			(long long)json_i64(answer, "rows", 0));
	else
		printf("complete and unchanged up to %s: %lld rows\n",
			json_str(answer, "checked_at"), (long long)json_i64(answer, "rows", 0));
	return is_broken ? CLI_FAILED : CLI_FINE;
}

/* Has the server walk the whole chain, and waits for what it finds. */
int cli_audit_verify(struct cli *c)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000 };
	struct ctx whole_cx = c->cx;
	const char *method = "POST";
	for (;;) {
		ctx_init(&c->cx);
		const struct json *answer;
		struct api_call call = { .method = method, .path = "/api/v1/audit/check" };
		int code = api_send(c, &call, &answer);
		bool is_end = code || !json_bool(answer, "checking", false);
		if (!code && is_end)
			code = told(c, answer);
		ctx_fini(&c->cx);
		c->cx = whole_cx;
		if (is_end)
			return code;
		method = "GET";
		nanosleep(&pause, NULL);
	}
}
