/* lane.h - one location's way to Apple: a thread that does all of the location's work in order.
 *
 * Private to work/. A round looks at what is due (answers to ask for, records to look at, syncs to
 * read, items to send), does each a little, and says when to come again. What must survive a kill
 * is in rows; what is here may be lost at any time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apple/client.h"
#include "base/err.h"
#include "store/locations.h"

struct app;
struct apple_call;
struct ctx;
struct db;
struct item;
struct job;
struct lane_traffic;
struct sync_walk;
struct vpp_user;
struct wake;
struct work;

#define LANE_BATCH_MAX      1000 /* users in a call; Apple's own limit is lower */
#define LANE_FEW            10   /* records that are asked for one by one, not by a list */
#define LANE_CALLS_DUE      512
#define LANE_CALLS_A_ROUND  32 /* of a job and kind, and no longer than */
#define LANE_ROUND_MS       2500
#define LANE_GATHER_MS      1500 /* while more is sent, answers are read together: so long at first, */
#define LANE_GATHER_NEXT_MS 30000 /* and so long after they were read */
#define LANE_DRAIN_MS       2000  /* before a long list nothing is sent: what moves is read twice */
#define LANE_LONG_LIST      32    /* calls of which one is long */
#define LANE_HOLD_MS        (5 * 60 * 1000)
#define LANE_COMING_MS      30000 /* what Apple took in this time may be over any moment */
#define LANE_FIRST_POLL_MS  2000
#define LANE_TOLD_POLL_MS   10000 /* of many people, when Apple tells by itself */
#define LANE_LAST_POLL_MS   (5 * 60 * 1000)
#define LANE_SWEEP_MS       (15 * 60 * 1000)
#define LANE_SERVICE_WAIT   "apple.service_wait_until" /* a setting; ms */
#define LANE_TRIES          3
#define LANE_OWNER_MS       (3 * 60 * 1000) /* older than this, the owner is asked for before a write */

struct lane {
	struct work *work;
	struct app *app;
	int64_t location_id;
	struct wake *bell;
	struct apple_session *session; /* NULL: to be opened */
	struct lane_traffic *traffic;  /* lane_traffic.h */
	char session_key[200];         /* what the session was opened with */
	struct location location;      /* of this round, in the round's ctx */
	char users_version[100];       /* newest version of the user list that was seen; "": none */
	int64_t covered_from; /* every change since the version of this call, and of later ones, up to
	                         users_version was observed; 0: of none */
	char observed_version[100]; /* up to which every change was observed by this lane */
	int last_number;            /* Apple's error number in the last answer */
	size_t batch_limit;         /* smaller than Apple's after a batch was refused */
	int failures;               /* calls in a row that did not get through */
	int64_t not_before;         /* after such a call; wall clock */
	char trouble[400];          /* what became of that call, in words */
	int64_t owner_seen_at;      /* the last good answer with the owner's mark; wall clock */
	int64_t clock_seen;         /* the wall clock may be set under way */
	int64_t assets_read_at;
	int64_t service_wait; /* Apple's wait for its service config that is kept already */
	bool may_go_on;       /* this round; false: Apple said wait, or we may not write */
	bool is_sending;      /* the last round sent something, the next one will too */
	int64_t gathered_at;  /* when answers were read since it sends; 0: not yet */
	int64_t drain_until;  /* nothing is sent before answers are read; 0: it is */
	int64_t gather_until; /* what is due waits for more of its kind; 0: no */
	bool may_write;       /* this round; false: token or owner speak against it */
	bool is_in_doubt;     /* what came of a call could not be written down */
	bool was_held;
	bool has_warned;        /* that Apple's list of addresses names another host */
	bool wait_is_shown;     /* the jobs say that they wait */
	struct sync_walk *walk; /* of a sync that is being read; NULL: none */
	int64_t sync_job_id;    /* the sync that was read last, and up to which version */
	char sync_version[100];
	bool sync_is_whole; /* it read the whole list, and believed it */
};

/* One round; *ret_next_at is when there is something to do again (0: nothing known), *ret_worked
 * whether anything was done, so that the next round may follow at once. */
must_check enum err lane_round(
	struct lane *lane, struct ctx *cx, int64_t *ret_next_at, bool *ret_worked);

/* For all rooms of the lane: takes what a call told about owner, wait and token. e is what the call
 * gave; false: stop this round. */
bool lane_heard(struct lane *lane, struct ctx *cx, enum err e, const struct apple_reply *reply);

/* lane_send.c: batches of the job's items of a kind. */
must_check enum err lane_send(struct lane *lane, struct ctx *cx, const struct job *job,
	const char *kind, bool *ret_worked);

/* lane_events.c: asks for the state of what Apple took. */
must_check enum err lane_poll(struct lane *lane, struct ctx *cx, bool *ret_worked);

/* lane_look.c: reads back what the due calls should have done, and the records that someone wants
 * looked at. */
must_check enum err lane_read_back(struct lane *lane, struct ctx *cx, bool *ret_worked);
must_check enum err lane_look_around(struct lane *lane, struct ctx *cx, bool *ret_worked);

/* lane_prove.c: what Apple's list proves of the calls that Apple took. */
struct lane_waiting {
	size_t due, due_told_retires;
	size_t coming; /* not due yet, but may be over any moment */
	int64_t due_since;
	int64_t few_since; /* of a call about few people, who do not wait behind many; 0: none */
};
void lane_wait_for(struct lane_waiting *w, const struct apple_call *call, int64_t now);
/* Is it worth waiting a moment for more calls to be due? Until lane->gather_until then. */
bool lane_may_gather(struct lane *lane, const struct lane_waiting *w);
struct lane_proof {
	int64_t started_at;
	bool has_moved;  /* the list moved while it was read: what it does not show may be there */
	bool *is_partly; /* of each call: something of it was shown */
};
/* One list for all; calls that it does not prove stay accepted. */
must_check enum err lane_prove(struct lane *lane, struct ctx *cx, const struct lane_waiting *w,
	struct apple_call *calls, size_t count, struct lane_proof *ret_proof);
/* What changed since the calls were sent and was not read by this lane yet. */
must_check enum err lane_read_changes(struct lane *lane, struct ctx *cx,
	const struct apple_call *calls, size_t count, bool *ret_is_whole);
/* Every change since that version; the whole list for "", and when Apple forgot it. */
must_check enum err lane_read_since(struct lane *lane, struct ctx *cx, const char *since);

/* lane_settle.c: what a read proves about the items of a call. */
struct lane_read {
	int64_t started_at;
	bool is_whole; /* absent means not in Apple's list; else it means unchanged */
};
must_check enum err lane_settle_call(
	struct lane *lane, struct ctx *cx, struct apple_call *call, const struct lane_read *read);

/* users_read.c: Apple's user records, each page observed in one transaction. */
struct lane_list {
	const char *since; /* "": the whole list */
	bool active_only;  /* shows nothing of who was retired: it covers no call */
	bool is_older;     /* since is a call's own version, before all that was read lately */
	bool has_moved;    /* set when others wrote while several pages were read */
};
must_check enum err lane_read_list(struct lane *lane, struct ctx *cx, struct lane_list *list);
must_check enum err lane_read_ids(
	struct lane *lane, struct ctx *cx, const char *const *client_user_ids, size_t count);

/* sync_assets.c: what the location owns and who holds it, if it changed. */
must_check enum err lane_read_assets(struct lane *lane, struct ctx *cx);

/* sync.c: reads Apple for a sync and writes its plan; then applies the notes of a plan. */
must_check enum err lane_sync(struct lane *lane, struct ctx *cx, struct job *job, bool *ret_worked);

/* The wait before try n (0, 1, …): base doubling up to a cap. */
int64_t lane_backoff_ms(int64_t base_ms, int64_t n, int64_t cap_ms);
