#include "cli/jobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/show.h"

#define LOOK_EVERY_MS  400
#define PART_MAX_BYTES (512 * 1024)

static const struct show_column job_lines[] = { { "Job", "id" }, { "Kind", "kind" },
	{ "Mode", "mode" }, { "State", "state" }, { "Step", "step" }, { "Parts", "total" },
	{ "Done", "done" }, { "Failed", "failed" }, { "Skipped", "skipped" },
	{ "Waits because", "wait.reason" }, { "Waits until", "wait.until" },
	{ "Asked by", "asked_by" }, { "Asked at", "created_at" }, { "Ended at", "finished_at" },
	{ "Summary", "summary" }, { "Failure", "failure" }, { NULL, NULL } };

static bool is_over(const struct json *job)
{
	const char *state = json_str(job, "state");
	return state && !text_equal(state, "waiting") && !text_equal(state, "running");
}

static int outcome(const struct json *job)
{
	const char *state = json_str(job, "state");
	/* A plan that was asked for is a good end; one that was held back is not what was asked for. */
	bool is_held = text_equal(state, "planned") && json_str(json_get(job, "wait"), "reason");
	bool is_bad = text_equal(state, "failed") || text_equal(state, "cancelled") || is_held ||
	              json_i64(job, "failed", 0) > 0;
	return is_bad ? CLI_FAILED : CLI_FINE;
}

/* One line that is overwritten on a terminal; elsewhere a line for each change. */
static void tell_progress(struct cli *c, const struct json *job, char *last, size_t size)
{
	const char *why = json_str(json_get(job, "wait"), "reason");
	const char *step = why ? why : json_str(job, "step");
	char *line = arena_printf(c->cx.mem, "job %" PRId64 ": %s, %" PRId64 " of %" PRId64 "%s%s",
		json_i64(job, "id", 0), json_str(job, "state") ? json_str(job, "state") : "?",
		json_i64(job, "done", 0) + json_i64(job, "failed", 0) + json_i64(job, "skipped", 0),
		json_i64(job, "total", 0), step ? ": " : "", step ? step : "");
	if (!strncmp(last, line, size - 1))
		return;
	snprintf(last, size, "%s", line);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K%s", line);
	else
		fprintf(stderr, "%s\n", line);
}

int cli_jobs_follow(struct cli *c, int64_t id)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000 };
	struct ctx whole_cx = c->cx;
	char last[256] = "";
	for (;;) {
		ctx_init(&c->cx);
		const struct json *job;
		int code = api_get(c, arena_printf(c->cx.mem, "/api/v1/jobs/%" PRId64, id), &job);
		bool is_end = code || is_over(job);
		if (!code && !is_end)
			tell_progress(c, job, last, sizeof(last));
		if (is_end && *last && isatty(STDERR_FILENO))
			fputs("\r\033[K", stderr);
		if (!code && is_end) {
			show_thing(c, job, job_lines);
			code = outcome(job);
		}
		ctx_fini(&c->cx);
		c->cx = whole_cx;
		if (is_end)
			return code;
		nanosleep(&pause, NULL);
	}
}

int cli_jobs_show_answer(struct cli *c, const struct json *answer)
{
	const struct json *job = json_get(answer, "job");
	if (cli_has(c, "--wait"))
		return cli_jobs_follow(c, json_i64(job, "id", 0));
	if (c->as_json)
		show_json(c, answer);
	else
		printf("job %" PRId64 "\n", json_i64(job, "id", 0));
	return CLI_FINE;
}

static int parse_id(struct cli *c, int64_t *ret_id)
{
	if (text_parse_i64(c->words[0], 1, INT64_MAX, ret_id))
		return cli_complain(CLI_USAGE, "\"%s\" is not the number of a job.", c->words[0]);
	return CLI_FINE;
}

int cli_jobs_list(struct cli *c)
{
	static const char *const keys[] = { "state", "kind", "location", NULL };
	static const struct show_column columns[] = { { "JOB", "id" }, { "KIND", "kind" },
		{ "STATE", "state" }, { "PARTS", "total" }, { "DONE", "done" },
		{ "FAILED", "failed" }, { "SKIPPED", "skipped" }, { "ASKED BY", "asked_by" },
		{ "ASKED AT", "created_at" }, { NULL, NULL } };
	const char *filter = api_filter_query(c, keys);
	if (!filter)
		return CLI_USAGE;
	return show_list(c, arena_printf(c->cx.mem, "/api/v1/jobs?%s", filter), columns);
}

int cli_jobs_show(struct cli *c)
{
	static const struct show_column columns[] = { { "PART", "id" },
		{ "PERSON", "person.display_name" }, { "WHAT", "kind" }, { "STATE", "state" },
		{ "DETAIL", "detail" }, { "APPLE", "apple_number" }, { "REASON", "reason" },
		{ NULL, NULL } };
	int64_t id;
	const struct json *job;
	int code = parse_id(c, &id);
	if (code)
		return code;
	const char *state = cli_option(c, "--items");
	if (state)
		return show_list(c,
			arena_printf(c->cx.mem, "/api/v1/jobs/%" PRId64 "/items%s%s", id,
				text_equal(state, "all") ? "" : "?state=",
				text_equal(state, "all") ? "" : text_url_encode(c->cx.mem, state)),
			columns);
	code = api_get(c, arena_printf(c->cx.mem, "/api/v1/jobs/%" PRId64, id), &job);
	if (!code)
		show_thing(c, job, job_lines);
	return code;
}

int cli_jobs_wait(struct cli *c)
{
	int64_t id;
	int code = parse_id(c, &id);
	return code ? code : cli_jobs_follow(c, id);
}

static int do_with_job(struct cli *c, const char *verb, const char *body)
{
	int64_t id;
	const struct json *answer;
	int code = parse_id(c, &id);
	struct api_call call = {
		.method = "POST",
		.body = body,
		.is_action = true,
	};
	if (code)
		return code;
	call.path = arena_printf(c->cx.mem, "/api/v1/jobs/%" PRId64 "/%s", id, verb);
	code = api_send(c, &call, &answer);
	return code ? code : cli_jobs_show_answer(c, answer);
}

/* {"items": [1, 2]} of the numbers given with an option. */
static int write_rows(struct cli *c, struct json_writer *w, const char *option, const char *key)
{
	const char *text;
	jw_object(w, key);
	jw_array(w, "items");
	for (size_t i = 0; (text = cli_option_at(c, option, i)); i++) {
		int64_t id;
		if (text_parse_i64(text, 1, INT64_MAX, &id))
			return cli_complain(CLI_USAGE, "\"%s\" is not the number of a part.", text);
		jw_i64(w, NULL, id);
	}
	jw_end_array(w);
	jw_end_object(w);
	return CLI_FINE;
}

static void write_kinds(struct cli *c, struct json_writer *w)
{
	const char *kind;
	jw_object(w, "only");
	jw_array(w, "kinds");
	for (size_t i = 0; (kind = cli_option_at(c, "--kind", i)); i++)
		jw_str(w, NULL, kind);
	jw_end_array(w);
	jw_end_object(w);
}

int cli_jobs_apply(struct cli *c)
{
	bool has_kinds = cli_has(c, "--kind"), has_only = cli_has(c, "--only");
	bool has_except = cli_has(c, "--except");
	int code = CLI_FINE;
	BUF_AUTO(body, PART_MAX_BYTES);
	struct json_writer w;
	if (has_kinds && has_only)
		return cli_complain(CLI_USAGE, "give either --kind or --only.");
	if (!has_kinds && !has_only && !has_except)
		return do_with_job(c, "apply", NULL);
	jw_init(&w, &body);
	jw_object(&w, NULL);
	if (has_kinds)
		write_kinds(c, &w);
	if (has_only)
		code = write_rows(c, &w, "--only", "only");
	if (!code && has_except)
		code = write_rows(c, &w, "--except", "except");
	jw_end_object(&w);
	return code ? code : do_with_job(c, "apply", body.bytes);
}

int cli_jobs_cancel(struct cli *c)
{
	return do_with_job(c, "cancel", NULL);
}

int cli_jobs_retry(struct cli *c)
{
	return do_with_job(c, "retry", NULL);
}
