#include "http/people_json.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "domain/eligibility.h"
#include "domain/person_input.h"
#include "store/people.h"

static void groups_to_json(struct json_writer *w, const char *groups)
{
	char group[PERSON_GROUP_MAX + 1];

	jw_array(w, "groups");
	while (groups && *groups) {
		size_t length = strcspn(groups, "|");

		snprintf(group, sizeof(group), "%.*s", (int)length, groups);
		jw_str(w, NULL, group);
		groups += length + (groups[length] == '|');
	}
	jw_end_array(w);
}

static void platforms_to_json(struct json_writer *w, int platforms)
{
	static const struct {
		int bit;
		const char *name;
	} names[] = {
		{ PLATFORM_IOS, "iOS" },
		{ PLATFORM_IPADOS, "iPadOS" },
		{ PLATFORM_MACOS, "macOS" },
		{ PLATFORM_OTHER, "other" },
	};

	jw_array(w, "platforms");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (platforms & names[i].bit)
			jw_str(w, NULL, names[i].name);
	}
	jw_end_array(w);
}

static void can_to_json(struct json_writer *w, const char *key, const char *why_not)
{
	jw_object(w, key);
	jw_bool(w, "possible", !why_not);
	jw_str(w, "reason", why_not);
	jw_end_object(w);
}

static void failed_to_json(struct json_writer *w, const struct person_vpp *v)
{
	if (!v->failed_reason) {
		jw_null(w, "failed");
		return;
	}
	jw_object(w, "failed");
	jw_i64_or_null(w, "number", v->failed_number);
	jw_str(w, "reason", v->failed_reason);
	jw_end_object(w);
}

static void vpp_to_json(struct json_writer *w, const struct person *p)
{
	const struct person_vpp *v = &p->vpp;

	jw_object(w, "vpp");
	jw_str(w, "state", v->state);
	jw_str(w, "client_user_id", v->client_user_id);
	jw_object(w, "message");
	jw_str(w, "state", v->message_state);
	jw_str(w, "channel", v->message_channel);
	jw_str(w, "reason", v->message_reason);
	jw_time(w, "at", v->message_at);
	jw_end_object(w);
	failed_to_json(w, v);
	jw_time(w, "registered_at", v->registered_at);
	jw_time(w, "associated_at", v->associated_at);
	jw_time(w, "synced_at", v->seen_at);
	jw_i64(w, "licences", v->licences);
	jw_object(w, "can");
	can_to_json(w, "invite", why_not_invite(p));
	can_to_json(w, "delete", why_not_delete(p));
	can_to_json(w, "sync", why_not_sync(p));
	jw_end_object(w);
	jw_end_object(w);
}

void people_to_json(struct json_writer *w, const char *key, const struct person *p)
{
	jw_object(w, key);
	jw_i64(w, "id", p->id);
	jw_str(w, "user_name", p->user_name);
	jw_str(w, "display_name", p->display_name);
	jw_str(w, "email", p->email);
	jw_str(w, "managed_apple_account", p->managed_apple_account);
	groups_to_json(w, p->groups);
	jw_str(w, "department", p->department);
	jw_str(w, "language", p->language);
	jw_bool(w, "active", p->is_active);
	jw_bool(w, "eligible", p->is_eligible);
	jw_str(w, "why_not_eligible", eligibility_why_not(p));
	platforms_to_json(w, p->platforms);
	jw_i64(w, "devices", p->device_count);
	vpp_to_json(w, p);
	jw_end_object(w);
}
