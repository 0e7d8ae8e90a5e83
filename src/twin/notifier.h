/* notifier.h - hands notifications to the location's receiver, as unreliably as the knobs say.
 *
 * A queue by time and one thread. Any 2xx is delivered; else again, up to the attempts, then
 * dropped for good. What became of the last 20,000 can be listed.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct json_writer;
struct location;
struct twin;

enum notice_state { NOTICE_WAITING, NOTICE_DELIVERED, NOTICE_DROPPED, NOTICE_LOST };

struct notice {
	uint64_t number;
	char id[37];
	const char *type; /* static */
	char uid[17];
	char *body; /* NULL when it is done with */
	size_t elements;
	enum notice_state state;
	int attempts, last_status; /* status 0: not reached */
	int64_t made_at, due_at, done_at;
	struct notice *next; /* of the queue */
};

#define NOTIFIER_KEPT 20000

struct notifier {
	struct notice *queue; /* by due_at */
	struct notice **kept; /* a ring of all */
	uint64_t count;
};

void notifier_fini(struct notifier *n); /* empty then */

/* The lock is held. Copies body; the knobs decide about loss, delay, order and repetition. */
void notifier_add(struct twin *twin, struct location *l, const char *type, const char *id,
	const char *body, size_t elements);
void notifier_write(const struct notifier *n, uint64_t after, size_t limit, struct json_writer *w);

/* Posts once, without the lock: the HTTP status, 0 when nobody answered. */
int notifier_post(const char *url, const char *token, const char *body, int64_t timeout_ms);

/* The thread; app is the twin. Ends when is_stopping is set and notify_wake rung. */
void *notifier_run(void *app);
