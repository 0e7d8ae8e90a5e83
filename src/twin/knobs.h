/* knobs.h - how kind the twin is, as numbers that can be set while it runs; rows in knobs.def. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct json;
struct json_writer;

/* The limits of the service config, with Apple's names and printed values. */
enum limit {
	LIMIT_ASSETS,
	LIMIT_CLIENT_USER_IDS,
	LIMIT_SERIAL_NUMBERS,
	LIMIT_REVOKE_CLIENT_USER_IDS,
	LIMIT_REVOKE_SERIAL_NUMBERS,
	LIMIT_USERS,
	LIMIT_NOTIFICATION_LENGTH,
	LIMIT_MDM_ID_LENGTH,
	LIMIT_MDM_NAME_LENGTH,
	LIMIT_MDM_METADATA_LENGTH,
	LIMIT_REQUEST_PER_SECOND,
	LIMIT_SUBSCRIPTIONS,
	LIMIT_SUBSCRIPTION_CLIENT_USER_IDS,
	LIMIT_COUNT
};

struct knobs {
#define KNOB(name, calm, unkind, least, most, what) int64_t name;
#include "twin/knobs.def"
#undef KNOB
	int64_t limits[LIMIT_COUNT];
	char urls_host
		[256]; /* the host that the service config names; "": the one that was asked */
};

void knobs_init(struct knobs *k, bool is_calm);
const char *knobs_limit_name(enum limit limit);

/* Sets what the object names: {"page_size":2,"limits":{"maxUsers":10},"urls_host":"x.example"}.
 * All or nothing. ERR_INVALID names the member. */
must_check enum err knobs_set(struct knobs *k, struct ctx *cx, const struct json *object);
void knobs_write(const struct knobs *k, struct json_writer *w); /* the members, without braces */
