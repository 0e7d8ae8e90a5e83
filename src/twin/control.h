/* control.h - the twin's own API, on its own port: what a test or a demo tells the simulated world.
 *
 * One row per operation in control.c; docs/twin.md describes each. Bodies and answers are JSON. A
 * handler runs with the lock held and writes members into the answer's object.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct http_reply;
struct http_request;
struct http_server;
struct json;
struct json_writer;
struct location;
struct twin;

struct control_call {
	struct twin *twin;
	struct ctx *cx;
	const struct http_request *rq;
	struct http_reply *rp;
	const struct json *body; /* NULL when there was none */
	struct json_writer *w;
};

typedef enum err control_run(struct control_call *c);

control_run control_state, control_reset, control_time, control_knobs, control_set_knobs,
	control_faults, control_arm, control_disarm, control_calls, control_applied,
	control_notifications, control_mail, control_manners, control_set_manner, control_mdm,
	control_devices, control_people, control_name_person, control_locations,
	control_add_location, control_location, control_tokens, control_add_token,
	control_end_tokens, control_assets, control_buy, control_users, control_add_users,
	control_retire, control_update, control_accept, control_take_over, control_assign,
	control_counts, control_events, control_churn;

must_check enum err control_listen(
	struct twin *twin, struct ctx *cx, const char *listen, struct http_server **ret_server);

/* The location of the path; ERR_NOT_FOUND. */
must_check enum err control_find_location(struct control_call *c, struct location **ret_location);
/* A whole number in the query. */
int64_t control_number(const struct control_call *c, const char *name, int64_t fallback);
/* after and limit of a list. */
void control_paging(const struct control_call *c, uint64_t *ret_after, size_t *ret_limit);
