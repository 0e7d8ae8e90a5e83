/* twin.h - all that the twin holds, under one lock, and its start and end.
 *
 * Every door (Apple's calls, control, people's pages, mail, the threads of events and of
 * notifications) takes `lock` around what it does with the model; nobody holds it while talking to
 * the network. Memory only: the end of the process is the end of the world.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "twin/devices.h"
#include "twin/faults.h"
#include "twin/knobs.h"
#include "twin/mailbox.h"
#include "twin/map.h"
#include "twin/notifier.h"
#include "twin/people.h"
#include "twin/random.h"
#include "twin/record.h"

struct arena;
struct ctx;
struct http_server;
struct location;
struct tcp_listener;
struct wake;

struct twin {
	pthread_mutex_t lock; /* guards all to the blank line */
	struct random random;
	uint64_t seed;
	bool is_calm, is_empty;
	int64_t clock_offset_ms;
	uint64_t generation; /* grows with each reset */
	uint64_t birth_mark; /* random at each start and reset, whatever the seed */
	struct knobs knobs;
	struct map locations; /* uId → struct location */
	struct location **list;
	size_t count, capacity;
	struct map tokens; /* inner token → struct token */
	struct faults faults;
	struct record record;
	struct notifier notifier;
	struct mailbox mail;
	struct devices devices;
	struct people people;

	char *state_path; /* NULL: memory alone */
	struct wake *events_wake, *notify_wake;
	bool is_stopping; /* under the lock too; read by the two threads after a wake */
	bool is_running;  /* the two threads were started */
	pthread_t events_thread, notify_thread;
	struct http_server *apple, *control;
	struct tcp_listener *smtp;
};

struct twin_options {
	const char *listen; /* "127.0.0.1:0" */
	const char *control;
	const char *smtp;
	uint64_t seed;
	bool is_calm;
	bool is_empty;          /* without the ready-made location */
	const char *state_path; /* NULL: memory alone */
};

must_check enum err twin_start(
	struct ctx *cx, const struct twin_options *options, struct twin **ret_twin);
void twin_stop(struct twin *twin);                         /* accepts NULL */
int twin_port(const struct twin *twin, const char *which); /* "apple", "control", "smtp" */

/* The lock held: everything is as after the start. */
void twin_reset(struct twin *twin);

/* The twin's own clock, which the control API moves. */
int64_t twin_now(const struct twin *twin);
/* "2027-03-01T09:15:00+0000" */
char *twin_apple_date(struct arena *mem, int64_t ms);
/* Host names that end in apple.com: the twin never stands in for the real service. */
bool twin_is_apple_host(const char *host);

/* `TWIN_LOCK(twin);` holds the lock to the end of the scope. */
void twin_unlock(struct twin **twin);
struct twin *twin_lock(struct twin *twin);
#define TWIN_LOCK(t) __attribute__((cleanup(twin_unlock))) struct twin *held_twin = twin_lock(t)
