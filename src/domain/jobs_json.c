#include <string.h>

#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "domain/jobs.h"
#include "store/items.h"
#include "store/jobs.h"

/* A wait for Apple stands before one for a mail server: nothing can be handed over before it. */
static void wait_to_json(struct json_writer *w, const struct job *job)
{
	bool is_open = text_equal(job->state, "waiting") || text_equal(job->state, "running");
	bool is_message = is_open && !job->wait_reason;
	jw_object(w, "wait");
	jw_str(w, "reason", is_message ? job->message_wait_reason : job->wait_reason);
	jw_time(w, "until", is_message ? job->message_wait_until : job->wait_until);
	jw_end_object(w);
}

void jobs_to_json(struct json_writer *w, const char *key, const struct job *job)
{
	jw_object(w, key);
	jw_i64(w, "id", job->id);
	jw_str(w, "kind", job->kind);
	jw_str(w, "mode", job->mode);
	jw_i64_or_null(w, "location", job->location_id);
	jw_str(w, "channel", job->channel);
	jw_bool(w, "whole_location", job->whole_location);
	jw_bool(w, "part", job->is_part);
	jw_str(w, "state", job->state);
	jw_str(w, "step", job->step);
	jw_i64(w, "total", job->total);
	jw_i64(w, "done", job->done);
	jw_i64(w, "failed", job->failed);
	jw_i64(w, "skipped", job->skipped);
	wait_to_json(w, job);
	jw_bool(w, "superseded", text_equal(job->state, "cancelled") && job->step);
	if (job->selection_json)
		jw_raw(w, "selection", job->selection_json);
	else
		jw_null(w, "selection");
	jw_str(w, "asked_by", job->asked_by);
	jw_time(w, "created_at", job->created_at);
	jw_time(w, "started_at", job->started_at);
	jw_time(w, "finished_at", job->finished_at);
	if (job->summary_json)
		jw_raw(w, "summary", job->summary_json);
	else
		jw_null(w, "summary");
	jw_str(w, "failure", job->failure);
	jw_end_object(w);
}

void jobs_item_to_json(struct json_writer *w, const char *key, const struct item *item)
{
	jw_object(w, key);
	jw_i64(w, "id", item->id);
	if (item->person_id) {
		jw_object(w, "person");
		jw_i64(w, "id", item->person_id);
		jw_str(w, "display_name", item->person_name ? item->person_name : "");
		jw_end_object(w);
	} else {
		jw_null(w, "person");
	}
	jw_str(w, "kind", item->kind);
	jw_str(w, "state", item->state);
	jw_str(w, "detail", item->detail);
	jw_i64_or_null(w, "apple_number", item->apple_number);
	jw_str(w, "reason", item->reason);
	jw_time(w, "updated_at", item->updated_at);
	jw_end_object(w);
}

void jobs_result_to_json(struct json_writer *w, const char *key, const struct item_result *result)
{
	jw_object(w, key);
	jw_str(w, "kind", result->kind);
	jw_str(w, "state", result->state);
	jw_i64_or_null(w, "apple_number", result->apple_number);
	jw_str(w, "reason", result->reason);
	jw_i64(w, "count", result->count);
	jw_end_object(w);
}
