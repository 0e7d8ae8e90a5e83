#include "twin/knobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "twin/twin.h"

static const struct {
	const char *name;
	size_t offset;
	int64_t calm, unkind, least, most;
} rows[] = {
#define KNOB(name, calm, unkind, least, most, what)                                                \
	{ #name, offsetof(struct knobs, name), calm, unkind, least, most },
#include "twin/knobs.def"
#undef KNOB
};

#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

static const struct {
	const char *name;
	int64_t value;
} limits[LIMIT_COUNT] = {
	[LIMIT_ASSETS] = { "maxAssets", 25 },
	[LIMIT_CLIENT_USER_IDS] = { "maxClientUserIds", 1000 },
	[LIMIT_SERIAL_NUMBERS] = { "maxSerialNumbers", 1000 },
	[LIMIT_REVOKE_CLIENT_USER_IDS] = { "maxRevokeClientUserIds", 100 },
	[LIMIT_REVOKE_SERIAL_NUMBERS] = { "maxRevokeSerialNumbers", 100 },
	[LIMIT_USERS] = { "maxUsers", 100 },
	[LIMIT_NOTIFICATION_LENGTH] = { "maxNotificationLength", 512 },
	[LIMIT_MDM_ID_LENGTH] = { "maxMdmIdLength", 100 },
	[LIMIT_MDM_NAME_LENGTH] = { "maxMdmNameLength", 100 },
	[LIMIT_MDM_METADATA_LENGTH] = { "maxMdmMetadataLength", 255 },
	[LIMIT_REQUEST_PER_SECOND] = { "maxRequestPerSecond", 15 },
	[LIMIT_SUBSCRIPTIONS] = { "maxSubscriptions", 25 },
	[LIMIT_SUBSCRIPTION_CLIENT_USER_IDS] = { "maxSubscriptionClientUserIds", 1000 },
};

static int64_t *field(struct knobs *k, size_t row)
{
	return (int64_t *)(void *)((char *)k + rows[row].offset);
}

void knobs_init(struct knobs *k, bool is_calm)
{
	*k = (struct knobs){ 0 };
	for (size_t i = 0; i < ROW_COUNT; i++)
		*field(k, i) = is_calm ? rows[i].calm : rows[i].unkind;
	for (size_t i = 0; i < LIMIT_COUNT; i++)
		k->limits[i] = limits[i].value;
}

const char *knobs_limit_name(enum limit limit)
{
	return limits[limit].name;
}

static enum err set_number(struct ctx *cx, const char *name, const struct json *value,
	int64_t least, int64_t most, int64_t *ret_number)
{
	int64_t n = json_is_bool(value) ? !strcmp(json_dump(cx, value), "true")
	                                : json_int(value, INT64_MIN);
	if (n < least || n > most)
		return err_set_field(cx, ERR_INVALID, "knob.value", name,
			"%s takes a number from %" PRId64 " to %" PRId64 ".", name, least, most);
	*ret_number = n;
	return OK;
}

static enum err set_limits(struct knobs *k, struct ctx *cx, const struct json *object)
{
	for (size_t i = 0; i < json_count(object); i++) {
		const char *name = json_key_at(object, i);
		size_t l = 0;
		while (l < LIMIT_COUNT && strcmp(limits[l].name, name))
			l++;
		if (l == LIMIT_COUNT)
			return err_set_field(cx, ERR_INVALID, "knob.unknown", name,
				"There is no limit %s.", name);
		enum err e =
			set_number(cx, name, json_value_at(object, i), 1, INT32_MAX, &k->limits[l]);
		if (e)
			return e;
	}
	return OK;
}

static enum err set_one(struct knobs *k, struct ctx *cx, const char *name, const struct json *value)
{
	if (!strcmp(name, "limits"))
		return set_limits(k, cx, value);
	if (!strcmp(name, "urls_host")) {
		const char *host = json_text(value) ? json_text(value) : "";
		if (strlen(host) >= sizeof(k->urls_host))
			return err_set_field(
				cx, ERR_INVALID, "knob.value", name, "urls_host is too long.");
		if (twin_is_apple_host(host))
			return err_set_field(cx, ERR_INVALID, "knob.value", name,
				"The twin never sends a client to a host of apple.com.");
		snprintf(k->urls_host, sizeof(k->urls_host), "%s", host);
		return OK;
	}
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (!strcmp(rows[i].name, name))
			return set_number(
				cx, name, value, rows[i].least, rows[i].most, field(k, i));
	}
	return err_set_field(cx, ERR_INVALID, "knob.unknown", name,
		"There is no knob %s; GET /control/knobs lists them.", name);
}

enum err knobs_set(struct knobs *k, struct ctx *cx, const struct json *object)
{
	if (!json_is_object(object))
		return err_set(cx, ERR_INVALID, "knob.body", "Send an object of knobs.");
	struct knobs next = *k;
	for (size_t i = 0; i < json_count(object); i++) {
		enum err e = set_one(&next, cx, json_key_at(object, i), json_value_at(object, i));
		if (e)
			return e;
	}
	*k = next;
	return OK;
}

void knobs_write(const struct knobs *k, struct json_writer *w)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		jw_i64(w, rows[i].name,
			*(const int64_t *)(const void *)((const char *)k + rows[i].offset));
	jw_str(w, "urls_host", k->urls_host);
	jw_object(w, "limits");
	for (size_t i = 0; i < LIMIT_COUNT; i++)
		jw_i64(w, limits[i].name, k->limits[i]);
	jw_end_object(w);
}
