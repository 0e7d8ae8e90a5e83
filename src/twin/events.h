/* events.h - what was accepted and is done later: first in, first out, per location.
 *
 * An event is a list of tasks; it begins when its delay is over and the event before it has ended,
 * does its tasks at the knobs' rate, and ends COMPLETE when all succeeded, else FAILED (which may
 * mean that most was done). Ended events answer /status for 24 hours.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twin/map.h"
#include "twin/users.h"

struct arena;
struct asset;
struct json_writer;
struct location;
struct twin;

enum event_type {
	EVENT_CREATE,
	EVENT_UPDATE,
	EVENT_RETIRE,
	EVENT_ASSOCIATE,
	EVENT_DISASSOCIATE,
	EVENT_REVOKE
};

enum event_state { EVENT_PENDING, EVENT_COMPLETE, EVENT_FAILED };

/* One task: a user to change, or an asset and who gets or loses it. */
struct task {
	struct user_request user; /* users; client_user_id of the target otherwise, or NULL */
	const char *serial;
	struct asset *asset; /* NULL for users */
	struct user *record; /* what a user task changed */
	int error_number;    /* 0 after success */
};

struct event {
	char id[37];
	enum event_type type;
	enum event_state state;
	bool is_lie; /* ends COMPLETE and does nothing */
	int64_t asked_at, begins_at, ended_at;
	size_t task_count, done_count, succeeded_count;
	struct task *tasks; /* NULL after the notifications were made; in mem */
	char *failures;     /* JSON array of the failures, made at the end; NULL: none */
	struct arena *mem;  /* of the tasks and their strings */
	struct event *next;
};

struct events {
	struct map by_id;
	struct event *first, *last; /* all that are remembered, oldest first */
	struct event *open;         /* the oldest that has not ended; NULL: none */
};

void events_fini(struct events *e);

/* Takes mem and the tasks over. */
struct event *events_add(struct twin *twin, struct location *l, enum event_type type,
	struct task *tasks, size_t count, struct arena *mem);
struct event *events_find(const struct location *l, const char *id);
const char *event_type_name(enum event_type type);
const char *event_state_name(enum event_state state);
bool event_type_is_user(enum event_type type);

/* Ends all that is open at once, without delay. */
void events_finish(struct twin *twin, struct location *l);

/* Does what is due in all locations, at most a slice, and gives the time in ms until it is to be
 * called again (0: at once). The lock is held. */
int64_t events_run(struct twin *twin);
