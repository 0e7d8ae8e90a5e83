/* session.h - what apple/ keeps between calls; for client.c, session.c, service_config.c and
 * users_walk.c alone. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "apple/client.h"
#include "apple/service_config.h"
#include "base/ctx.h"

#define APPLE_URL_COUNT 32 /* operations kept from a service config */

struct apple_url {
	char *operation, *url; /* on the heap, with the config that holds them */
};

/* One read of the service config. Replaced whole, under the lock. */
struct apple_config {
	struct apple_limits limits;
	struct apple_url urls[APPLE_URL_COUNT];
	size_t url_count;
	char *invite_template;
};

/* One location's pacer; lives while a session holds it or a wait is running. */
struct apple_lane {
	char key[65]; /* hash of the token */
	struct pacer *pacer;
	int users;
	/* The last wait that we chose ourselves, after a read and after a write; 0: the last was fine. */
	int64_t own_wait_ms[2];
	struct apple_lane *next;
};

void apple_config_fini(struct apple_config *config);

struct apple {
	char *base_url;
	char *host;
	bool is_loopback;
	pthread_mutex_t lock; /* guards the config, the lanes and the sessions */
	struct apple_config config;
	bool has_config;
	int64_t config_read_at;      /* monotonic; 0: never, or to be read again */
	int64_t config_closed_until; /* wall clock; Apple asked not to read it before */
	int64_t clock_seen;
	_Atomic int64_t
		clock_ahead_ms;  /* ours, of Apple's, by the last answer that said its time */
	char refused_host[254];  /* that the config names, and the token is not sent to; "": none */
	pthread_mutex_t reading; /* one thread reads the config, the others wait for it */
	struct http_client *config_client; /* guarded by reading */
	struct apple_lane *lanes;
	struct apple_session *sessions; /* that are open */
	bool is_over;                   /* calls break off */
	atomic_bool is_ending;          /* apple_end_soon was called */
	struct wake *end;               /* NULL until apple_end_soon */
	int64_t grace_ms;
	pthread_t ender;
};

struct apple_session {
	struct apple *apple;
	struct apple_session *next; /* of apple->sessions */
	struct apple_lane *lane;
	struct http_client *client;
	enum pacer_priority priority;
	char *authorization; /* "Authorization: Bearer …"; wiped at the end */
	size_t authorization_length;
	char *uid, *mdm_id;       /* what we expect; NULL: anything */
	apple_recorder *recorder; /* NULL: none */
	void *recorder_arg;
	/* An answer had another owner's mark or came from another location: no more writes. */
	bool may_not_write;
	bool only_reads;       /* from the beginning to the end */
	int64_t owner_seen_at; /* monotonic: the last good answer without a foreign mark; 0: none */
};

/* A read that is under way in a place of the session's client (net/http_client.h). */
struct apple_flight {
	struct ctx cx; /* the answer is made in it */
	const char *operation;
	struct http_call call;
};
/* As apple_read, in two steps. *ret_wait_ms not 0: it is not our turn, nothing was begun. */
must_check enum err apple_read_begin(struct apple_session *s, struct apple_flight *flight,
	const char *operation, const char *query, size_t place, struct apple_reply *ret_reply,
	int64_t *ret_wait_ms);
/* Once http_client_is_over. */
must_check enum err apple_read_take(struct apple_session *s, struct apple_flight *flight,
	size_t place, struct apple_reply *ret_reply, const struct json **ret_root);
