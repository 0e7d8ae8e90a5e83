/* apple_users.c - the user calls of the API: read, and the three writes that become events. */
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_server.h"
#include "twin/apple.h"
#include "twin/location.h"
#include "twin/notices.h"
#include "twin/twin.h"

int apple_users_get(struct apple_call *call)
{
	struct twin *twin = call->twin;
	struct users *u = &call->location->users;
	struct users_query q = { .client_user_id = http_query(call->rq, "clientUserId") };
	if (twin->knobs.move_versions > 0) {
		twin->knobs.move_versions--;
		u->version++;
	}
	int number = apple_query_bool(call, "activeOnly", &q.active_only);
	if (!number)
		number = apple_query_bool(call, "retiredOnly", &q.retired_only);
	if (!number)
		number = apple_since(call, "users", u->version, &q.has_since, &q.since);
	if (number)
		return number;
	struct user **list;
	size_t count;
	struct apple_page page;
	users_select(u, call->cx->mem, &q, &list, &count);
	if (twin->knobs.empty_lists)
		count = 0;
	number = apple_page(call, count, &page);
	if (number)
		return number;
	jw_array(call->w, "users");
	for (size_t i = page.start; i < page.end; i++)
		notices_write_user(call->w, list[i], false);
	jw_end_array(call->w);
	apple_page_members(call, count, &page, apple_version_id(call, "users", u->version));
	return 0;
}

/* emptiness → limit → duplicates → items */
static int check_users(struct apple_call *call, const struct json *list)
{
	size_t count = json_count(list);
	if (!json_is_array(list) || !count)
		return 9720;
	if ((int64_t)count > call->twin->knobs.limits[LIMIT_USERS])
		return 9714;
	int number = 0;
	struct map seen = { 0 };
	for (size_t i = 0; i < count && !number; i++) {
		const char *id = json_str(json_at(list, i), "clientUserId");
		if (id && map_get(&seen, id))
			number = 9715;
		else if (id)
			map_put(&seen, id, (void *)(uintptr_t)(i + 1));
	}
	map_fini(&seen);
	for (size_t i = 0; i < count && !number; i++) {
		const struct json *user = json_at(list, i);
		const char *email = json_str(user, "email");
		if (text_is_blank(json_str(user, "clientUserId")))
			number = 9602;
		else if (email && !text_is_email(email))
			number = 9717;
	}
	return number;
}

static int write_users(struct apple_call *call, enum event_type type)
{
	const struct json *list = json_get(call->body, "users");
	int number = check_users(call, list);
	if (number)
		return number;
	struct arena *mem = arena_new();
	size_t count = json_count(list);
	struct task *tasks = ARENA_ARRAY(mem, struct task, count);
	for (size_t i = 0; i < count; i++) {
		const struct json *user = json_at(list, i);
		tasks[i].user.client_user_id = arena_strdup(mem, json_str(user, "clientUserId"));
		tasks[i].user.email = arena_strdup(mem, json_str(user, "email"));
		tasks[i].user.managed_apple_id =
			arena_strdup(mem, json_str(user, "managedAppleId"));
	}
	call->event = events_add(call->twin, call->location, type, tasks, count, mem);
	call->elements = count;
	return 0;
}

int apple_users_create(struct apple_call *call)
{
	return write_users(call, EVENT_CREATE);
}

int apple_users_update(struct apple_call *call)
{
	return write_users(call, EVENT_UPDATE);
}

int apple_users_retire(struct apple_call *call)
{
	return write_users(call, EVENT_RETIRE);
}

int apple_status(struct apple_call *call)
{
	const char *id = http_query(call->rq, "eventId");
	const struct event *v = id ? events_find(call->location, id) : NULL;
	if (!v)
		return 9708;
	jw_str(call->w, "eventStatus", event_state_name(v->state));
	jw_str(call->w, "eventType", event_type_name(v->type));
	jw_i64(call->w, "numRequested", (int64_t)v->task_count);
	jw_i64(call->w, "numCompleted", (int64_t)v->succeeded_count);
	if (v->failures)
		jw_raw(call->w, "failures", v->failures);
	return 0;
}
