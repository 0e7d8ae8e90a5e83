/* notices.h - the bodies of notifications: which there are, and how they are split. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct asset;
struct event;
struct json_writer;
struct location;
struct twin;
struct user;

#define NOTICE_ELEMENTS 100 /* in one notification, at most */

/* USER_MANAGEMENT or ASSET_MANAGEMENT: successes and each kind of failure apart, one asset each. */
void notices_of_event(struct twin *twin, struct location *l, const struct event *v);
void notices_of_association(struct twin *twin, struct location *l, const struct user *user);
void notices_of_purchase(
	struct twin *twin, struct location *l, const struct asset *asset, int64_t delta);
/* The body of a TEST_NOTIFICATION. */
char *notices_test(struct twin *twin, struct arena *mem, const struct location *l);

/* A user record as Apple shows it: the members of one object, braces too. */
void notices_write_user(struct json_writer *w, const struct user *user, bool is_with_code);
