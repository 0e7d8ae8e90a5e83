#include "twin/notices.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "twin/errors.h"
#include "twin/location.h"
#include "twin/twin.h"

#define NOTICE_LIMIT (1024u * 1024)

void notices_write_user(struct json_writer *w, const struct user *user, bool is_with_code)
{
	jw_object(w, NULL);
	jw_str(w, "clientUserId", user->client_user_id);
	if (user->email)
		jw_str(w, "email", user->email);
	jw_str(w, "status", user_status_name(user->status));
	if (is_with_code || user->status == USER_REGISTERED)
		jw_str(w, "inviteCode", user->invite_code);
	if (*user->id_hash)
		jw_str(w, "idHash", user->id_hash);
	jw_end_object(w);
}

static void open_notice(struct twin *twin, struct json_writer *w, const struct location *l,
	const char *type, char ret_id[37])
{
	random_uuid(&twin->random, ret_id);
	jw_object(w, NULL);
	jw_str(w, "notificationType", type);
	jw_str(w, "notificationId", ret_id);
	jw_str(w, "uId", l->uid);
	jw_object(w, "notification");
}

static void close_notice(struct json_writer *w)
{
	jw_end_object(w);
	jw_end_object(w);
}

static void open_result(struct json_writer *w, const struct event *v, int number)
{
	jw_str(w, "eventId", v->id);
	jw_str(w, "type", event_type_name(v->type));
	jw_str(w, "result", number ? "FAILURE" : "SUCCESS");
	if (!number)
		return;
	jw_object(w, "error");
	jw_i64(w, "errorNumber", number);
	jw_str(w, "errorMessage", errors_text(number));
	jw_end_object(w);
}

static void write_task(struct json_writer *w, const struct event *v, const struct task *t)
{
	if (event_type_is_user(v->type) && t->record) {
		/* Retire notices of never-associated users echo the code. */
		notices_write_user(w, t->record, !*t->record->id_hash);
		return;
	}
	jw_object(w, NULL);
	if (t->asset) {
		jw_str(w, "adamId", t->asset->adam_id);
		jw_str(w, "pricingParam", t->asset->pricing_param);
	}
	if (t->user.client_user_id)
		jw_str(w, "clientUserId", t->user.client_user_id);
	if (t->serial)
		jw_str(w, "serialNumber", t->serial);
	if (event_type_is_user(v->type) && t->user.email)
		jw_str(w, "email", t->user.email);
	jw_end_object(w);
}

/* Sends the tasks from *start on that ended with number (and are about asset); *start moves past
 * those it took. False when there was none. */
static bool send_part(struct twin *twin, struct location *l, const struct event *v, int number,
	const struct asset *asset, size_t *start)
{
	BUF_AUTO(out, NOTICE_LIMIT);
	struct json_writer w;
	char id[37];
	size_t n = 0;
	bool is_user = event_type_is_user(v->type);
	jw_init(&w, &out);
	open_notice(twin, &w, l, is_user ? "USER_MANAGEMENT" : "ASSET_MANAGEMENT", id);
	open_result(&w, v, number);
	jw_array(&w, is_user ? "users" : "assignments");
	for (; *start < v->task_count && n < NOTICE_ELEMENTS; ++*start) {
		const struct task *t = &v->tasks[*start];
		if (t->error_number != number || t->asset != asset)
			continue;
		write_task(&w, v, t);
		n++;
	}
	jw_end_array(&w);
	close_notice(&w);
	if (n)
		notifier_add(twin, l, is_user ? "USER_MANAGEMENT" : "ASSET_MANAGEMENT", id,
			out.bytes, n);
	return n > 0;
}

static void send_number(struct twin *twin, struct location *l, const struct event *v, int number)
{
	if (event_type_is_user(v->type)) {
		size_t start = 0;
		while (send_part(twin, l, v, number, NULL, &start))
			;
		return;
	}
	for (size_t i = 0; i < l->assets.count; i++) {
		size_t start = 0;
		while (send_part(twin, l, v, number, l->assets.list[i], &start))
			;
	}
}

void notices_of_event(struct twin *twin, struct location *l, const struct event *v)
{
	unsigned mask = event_type_is_user(v->type) ? NOTIFY_USERS : NOTIFY_ASSETS;
	if (!l->notify_url || !(l->notify_mask & mask))
		return;
	if (v->succeeded_count)
		send_number(twin, l, v, 0);
	for (size_t i = 0; v->failures && errors_at(i); i++)
		send_number(twin, l, v, errors_at(i));
}

void notices_of_association(struct twin *twin, struct location *l, const struct user *user)
{
	if (!l->notify_url || !(l->notify_mask & NOTIFY_ASSOCIATED))
		return;
	BUF_AUTO(out, NOTICE_LIMIT);
	struct json_writer w;
	char id[37];
	jw_init(&w, &out);
	open_notice(twin, &w, l, "USER_ASSOCIATED", id);
	jw_array(&w, "associatedUsers");
	notices_write_user(&w, user, true);
	jw_end_array(&w);
	close_notice(&w);
	notifier_add(twin, l, "USER_ASSOCIATED", id, out.bytes, 1);
}

void notices_of_purchase(
	struct twin *twin, struct location *l, const struct asset *asset, int64_t delta)
{
	if (!delta || !l->notify_url || !(l->notify_mask & NOTIFY_ASSET_COUNT))
		return;
	BUF_AUTO(out, NOTICE_LIMIT);
	struct json_writer w;
	char id[37];
	jw_init(&w, &out);
	open_notice(twin, &w, l, "ASSET_COUNT", id);
	jw_str(&w, "adamId", asset->adam_id);
	jw_str(&w, "pricingParam", asset->pricing_param);
	jw_i64(&w, "countDelta", delta);
	close_notice(&w);
	notifier_add(twin, l, "ASSET_COUNT", id, out.bytes, 1);
}

char *notices_test(struct twin *twin, struct arena *mem, const struct location *l)
{
	BUF_AUTO(out, NOTICE_LIMIT);
	struct json_writer w;
	char id[37];
	jw_init(&w, &out);
	open_notice(twin, &w, l, "TEST_NOTIFICATION", id);
	close_notice(&w);
	return arena_strdup(mem, out.bytes);
}
