#include "apple/notifications.h"

#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"

static const struct {
	const char *word;
	enum apple_notice_type type;
} types[] = {
	{ "TEST_NOTIFICATION", APPLE_NOTICE_TEST },
	{ "ASSET_COUNT", APPLE_NOTICE_ASSET_COUNT },
	{ "ASSET_MANAGEMENT", APPLE_NOTICE_ASSET_MANAGEMENT },
	{ "USER_MANAGEMENT", APPLE_NOTICE_USER_MANAGEMENT },
	{ "USER_ASSOCIATED", APPLE_NOTICE_USER_ASSOCIATED },
};

static enum apple_notice_type notice_type(const char *word)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_equal(types[i].word, word))
			return types[i].type;
	return APPLE_NOTICE_OTHER;
}

static void read_users(struct ctx *cx, const struct json *list, struct apple_notice *notice)
{
	size_t listed = json_count(list);
	notice->users = ARENA_ARRAY(cx->mem, struct apple_user, listed);
	for (size_t i = 0; i < listed; i++)
		if (apple_user_read(json_at(list, i), &notice->users[notice->user_count]))
			notice->user_count++;
}

static void read_payload(struct ctx *cx, const struct json *payload, struct apple_notice *notice)
{
	notice->event_id = json_str(payload, "eventId");
	notice->kind = json_str(payload, "type");
	notice->is_failure = text_equal(json_str(payload, "result"), "FAILURE");
	apple_failure_read(cx, json_get(payload, "error"), &notice->failure);
	if (notice->type == APPLE_NOTICE_USER_MANAGEMENT)
		read_users(cx, json_get(payload, "users"), notice);
	if (notice->type == APPLE_NOTICE_USER_ASSOCIATED)
		read_users(cx, json_get(payload, "associatedUsers"), notice);
	if (notice->type == APPLE_NOTICE_ASSET_COUNT) {
		notice->adam_id = json_str_or_number(cx, payload, "adamId");
		notice->pricing_param = json_str(payload, "pricingParam");
		notice->count_delta = json_i64(payload, "countDelta", 0);
	}
}

enum err apple_notice_parse(
	struct ctx *cx, const char *bytes, size_t length, struct apple_notice *ret_notice)
{
	const struct json *root;
	if (json_parse(cx, bytes, length, &root) != OK || !json_is_object(root))
		return err_set(cx, ERR_INVALID, "notice.invalid",
			"The notification is not a JSON object.");
	struct apple_notice notice = {
		.id = json_str(root, "notificationId"),
		.type_text = json_str(root, "notificationType"),
		.uid = json_str(root, "uId"),
	};
	if (text_is_blank(notice.id) || text_is_blank(notice.type_text))
		return err_set(cx, ERR_INVALID, "notice.invalid",
			"The notification has no notificationId or no notificationType.");
	notice.type = notice_type(notice.type_text);
	read_payload(cx, json_get(root, "notification"), &notice);
	*ret_notice = notice;
	return OK;
}
