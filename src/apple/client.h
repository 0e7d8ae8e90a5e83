/* client.h - one call to Apple: paced, sent, read, judged.
 *
 * struct apple is what the process holds: the base address, the service config (one for all
 * locations, it needs no token) and the pacers. struct apple_session is one thread's way to one
 * location. Every call fills a struct apple_reply, on failure too, and gives:
 *
 *   OK             Apple did it, or took it (an eventId is a promise, not a result)
 *   ERR_LIMITED    "apple.wait": not done; retry_after_ms says when to try again (0: not told)
 *   ERR_REMOTE     not done: refused (reply.number, reply.class) or never sent
 *   ERR_UNCERTAIN  "apple.not_known": a write that Apple may have done: look before it is repeated
 *   ERR_CONFLICT   "apple.foreign_owner": a write that was not sent, because an answer in this
 *                  session carried another owner's mark. When no answer of the last minutes showed
 *                  whose the location is, a write asks first. "apple.observe_only": a write in a
 *                  session that only reads
 *
 * Reads never give ERR_UNCERTAIN. A read whose answer was cut or was not JSON is ERR_REMOTE
 * "apple.unreadable" with class APPLE_WAIT.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "apple/errors.h"
#include "apple/pacer.h"
#include "base/err.h"
#include "net/http_client.h"

struct ctx;
struct json;

struct apple;         /* shared by all threads */
struct apple_session; /* one thread at a time */

#define APPLE_MAX_PAGES_IN_FLIGHT  5
#define APPLE_MAX_WRITES_IN_FLIGHT 5
#define APPLE_ANSWER_LIMIT_BYTES   (16 * 1024 * 1024)

/* What was learned from one call; strings in cx->mem. Absent members are NULL or 0. */
struct apple_reply {
	const char *operation; /* which call it was: a key of the service config's urls */
	enum http_sent sent;
	int http_status;
	int number;          /* Apple's error number; 0: none */
	const char *message; /* Apple's own text for it */
	enum apple_class class;
	int64_t retry_after_ms; /* from Retry-After, or our own wait; 0: not told */
	const char *uid;        /* the location that answered */
	const char *mdm_id;     /* the owner's mark and name */
	const char *mdm_name;
	const char *mdm_metadata;
	bool is_foreign;        /* mdm_id is there and is not ours */
	bool is_other_location; /* uid is there and is not the one expected */
	int64_t token_expires_at;
	int64_t duration_ms;
};

/* base_url: "https://vpp.itunes.apple.com/mdm/v2". Hosts that are not Apple's, and http, are taken
 * for loopback only: ERR_INVALID "apple.url". */
must_check enum err apple_new(struct ctx *cx, const char *base_url, struct apple **ret_apple);
void apple_free(struct apple *apple); /* accepts NULL; no session may be open */
/* For shutting down: what is under way with Apple may end within grace_ms, then it breaks off (a
 * write is then in doubt, as after any broken call). Does not wait. Accepts NULL. */
void apple_end_soon(struct apple *apple, int64_t grace_ms);
/* Was apple_end_soon called? Who waits for Apple without a call under way gives up then. */
bool apple_is_ending(const struct apple *apple);
/* Is it a stand-in on this machine, and not Apple? */
bool apple_is_loopback(const struct apple *apple);

/* One call and its answer, for the record: without secrets, each body at most 4 KiB. The strings
 * live as long as the ctx of the call. */
struct apple_exchange {
	const char *operation, *method, *url;
	const char *request;  /* "" for a read */
	int http_status;      /* 0: no answer */
	const char *response; /* "" when there was no answer */
	const char *failure;  /* in words, when there was none; NULL */
	int number;           /* Apple's error number; 0: none */
	int64_t duration_ms;
};
typedef void apple_recorder(void *arg, const struct apple_exchange *exchange);

struct apple_session_options {
	const char *token;  /* the bearer text; copied into memory that is wiped at the end */
	const char *uid;    /* the location we expect; NULL: not known yet */
	const char *mdm_id; /* our mark; NULL: any owner is fine (while looking) */
	bool only_reads;    /* every write is refused before it leaves */
	enum pacer_priority priority;
	int64_t closed_until_ms; /* a wait that was stored; 0: none */
};

must_check enum err apple_session_open(struct apple *apple, struct ctx *cx,
	const struct apple_session_options *options, struct apple_session **ret_session);
void apple_session_close(struct apple_session *s); /* wipes the token; accepts NULL */
void apple_session_closer(struct apple_session **s);
#define APPLE_SESSION_AUTO(name)                                                                   \
	__attribute__((cleanup(apple_session_closer))) struct apple_session *name = NULL

/* From now on each call of the session that left, or should have left, is told to the recorder, on the
 * thread of the call. */
void apple_session_record(struct apple_session *s, apple_recorder *recorder, void *arg);

/* For the other rooms of apple/: one read of an operation (a key of the service config's urls).
 * query is "" or "a=b&c=d". */
must_check enum err apple_read(struct apple_session *s, struct ctx *cx, const char *operation,
	const char *query, struct apple_reply *ret_reply, const struct json **ret_root);
/* One write. body is JSON text; it is sent once, never repeated here. */
must_check enum err apple_write(struct apple_session *s, struct ctx *cx, const char *operation,
	const char *body, size_t length, struct apple_reply *ret_reply,
	const struct json **ret_root);
/* A row of writes of an operation, each a request of its own, at Apple's pace: while up to
 * APPLE_MAX_WRITES_IN_FLIGHT are under way, the next is made ready. */
struct apple_write_one {
	const char *body;
	size_t length;
	enum err result; /* from here on: set by the call */
	struct apple_reply reply;
	const struct json *root;
};
struct apple_writer {
	struct apple_write_one *(*next)(void *arg); /* NULL: no more. Called before its turn */
	void (*done)(void *arg, struct apple_write_one *write); /* once for each, sent or not */
	void *arg;
};
/* Ends when there are no more, or when Apple asked to wait; what is under way is heard. */
void apple_write_row(struct apple_session *s, struct ctx *cx, const char *operation,
	const struct apple_writer *writer);

/* Reads what an answer means (section 7.1 of Apple's rules: the body first, then the status).
 * Public for its table test. */
enum err apple_judge(struct ctx *cx, const struct http_answer *answer, bool is_write,
	struct apple_reply *ret_reply, const struct json **ret_root);
/* Retry-After in seconds or as an HTTP date; a date in the past or garbage gives 0, and nothing
 * is longer than 24 h. */
int64_t apple_retry_after(const char *header, int64_t now_ms);
