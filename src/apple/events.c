#include "apple/events.h"

#include "apple/wire.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"

#include <assert.h>

static const char **read_strings(struct ctx *cx, const struct json *list, size_t *ret_count)
{
	size_t listed = json_count(list), count = 0;
	const char **strings = ARENA_ARRAY(cx->mem, const char *, listed);
	for (size_t i = 0; i < listed; i++) {
		const char *text = json_text(json_at(list, i));
		if (text)
			strings[count++] = text;
	}
	*ret_count = count;
	return strings;
}

void apple_failure_read(
	struct ctx *cx, const struct json *object, struct apple_failure *ret_failure)
{
	const struct json *info = json_get(object, "errorInfo");
	*ret_failure = (struct apple_failure){
		.number = apple_number(object, "errorNumber"),
		.message = json_str(object, "errorMessage"),
	};
	ret_failure->client_user_ids = read_strings(
		cx, json_get(info, "clientUserIds"), &ret_failure->client_user_id_count);
	ret_failure->serial_numbers = read_strings(
		cx, json_get(info, "serialNumbers"), &ret_failure->serial_number_count);
}

static enum apple_event_state event_state(const char *word)
{
	if (text_equal(word, "PENDING"))
		return APPLE_EVENT_PENDING;
	if (text_equal(word, "COMPLETE"))
		return APPLE_EVENT_COMPLETE;
	if (text_equal(word, "FAILED"))
		return APPLE_EVENT_FAILED;
	return APPLE_EVENT_OTHER;
}

enum err apple_event_get(struct apple_session *s, struct ctx *cx, const char *event_id,
	struct apple_reply *ret_reply, struct apple_event *ret_event)
{
	const struct json *root;
	BUF_AUTO(query, 1024);
	apple_query_add(cx, &query, "eventId", event_id);
	assert(!query.is_full);
	enum err e = apple_read(s, cx, "eventStatus", query.bytes, ret_reply, &root);
	if (e)
		return e;

	const struct json *failures = json_get(root, "failures");
	*ret_event = (struct apple_event){
		.state = event_state(json_str(root, "eventStatus")),
		.type = json_str(root, "eventType"),
		.requested = json_i64(root, "numRequested", 0),
		.completed = json_i64(root, "numCompleted", 0),
		.failure_count = json_count(failures),
		.failures = ARENA_ARRAY(cx->mem, struct apple_failure, json_count(failures)),
	};
	for (size_t i = 0; i < ret_event->failure_count; i++)
		apple_failure_read(cx, json_at(failures, i), &ret_event->failures[i]);
	return OK;
}

static bool names_nobody(const struct apple_failure *f)
{
	return f->client_user_id_count == 0 && f->serial_number_count == 0;
}

const struct apple_failure *apple_event_failure_of(
	const struct apple_event *event, const char *client_user_id)
{
	const struct apple_failure *of_all = NULL;
	for (size_t i = 0; i < event->failure_count; i++) {
		const struct apple_failure *f = &event->failures[i];
		for (size_t k = 0; k < f->client_user_id_count; k++)
			if (text_equal(f->client_user_ids[k], client_user_id))
				return f;
		if (!of_all && names_nobody(f))
			of_all = f;
	}
	return of_all;
}
