/* vpp_users.h - a person's record in a location at Apple, live or retired.
 *
 * Rows only; what may follow what is domain/life_cycle. At most one live row per person and
 * location; retired rows are kept, and an invitation after a removal makes a new row with a new
 * clientUserId. Writers read the row, change it and save it in one write transaction.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;
struct staged_user;

enum vpp_state {
	VPP_NONE, /* no live record */
	VPP_REQUESTED,
	VPP_REGISTERED,
	VPP_INVITED,
	VPP_ASSOCIATED,
	VPP_REMOVING,
	VPP_REMOVED,
	VPP_CHECKING,
};
#define VPP_STATE_COUNT 8

/* "requested" …; VPP_NONE is "none". */
const char *vpp_state_name(enum vpp_state state);
/* VPP_NONE for a text that is no state. */
enum vpp_state vpp_state_parse(const char *name);

struct vpp_user {
	int64_t id;
	int64_t location_id;
	int64_t person_id; /* 0: a record at Apple that is not ours */
	const char *client_user_id;
	bool is_live;
	enum vpp_state state;
	const char *apple_status; /* Registered, Associated, Retired, Deleted; NULL: never read */
	const char *apple_email;
	int64_t apple_seen_at;
	const char *id_hash;
	const char *invite_code_box; /* sealed with purpose VPP_INVITE_CODE */
	const char *message_state;   /* none, waiting, sent, not_sent */
	const char *message_channel;
	const char *message_reason;
	int64_t message_at;
	int64_t failed_number;
	const char *failed_reason; /* NULL: no mark */
	int64_t missing_since;
	int64_t requested_at;
	int64_t registered_at;
	int64_t associated_at;
	int64_t removed_at;
	int64_t look_wanted_at; /* ask Apple about this one at that time; 0: no need */
};

#define VPP_INVITE_CODE "vpp_user.invite_code"

must_check enum err vpp_users_insert(
	struct db *db, struct ctx *cx, const struct vpp_user *u, int64_t *ret_id);
/* Writes every changeable column of the row u->id. */
must_check enum err vpp_users_save(struct db *db, struct ctx *cx, const struct vpp_user *u);

/* The locations in which a person has a live record, in order of id. */
must_check enum err vpp_users_places(struct db *db, struct ctx *cx, int64_t person_id, size_t limit,
	int64_t *ret_location_ids, size_t *ret_count);
/* ERR_NOT_FOUND without detail when there is none. */
must_check enum err vpp_users_find(
	struct db *db, struct ctx *cx, int64_t id, struct vpp_user *ret_user);
must_check enum err vpp_users_find_live(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t person_id, struct vpp_user *ret_user);
must_check enum err vpp_users_find_client(struct db *db, struct ctx *cx, int64_t location_id,
	const char *client_user_id, struct vpp_user *ret_user);

/* A record with all that a sync judges it by. */
struct vpp_user_facts {
	struct vpp_user user;
	bool has_person, person_is_wanted; /* active, not deleted */
	const char *person_email;
	bool has_open_items;
	int64_t found_job_id; /* of a stranger; 0: none */
};
/* In the order of clientUserId, after a given one ("" from the start) and up to another (NULL: to the
 * end), at most limit. */
must_check enum err vpp_users_facts(struct db *db, struct ctx *cx, int64_t location_id,
	const char *after_client_user_id, const char *until_client_user_id, size_t limit,
	struct vpp_user_facts *ret_facts, size_t *ret_count);
/* Of the named ones that are known, in the same order; ret_facts has room for count. */
must_check enum err vpp_users_facts_of(struct db *db, struct ctx *cx, int64_t location_id,
	const char *const *client_user_ids, size_t count, struct vpp_user_facts *ret_facts,
	size_t *ret_count);

/* Records at Apple that nobody here made, found by a sync: the clientUserId and what Apple said of each
 * (Registered or Associated). The answer is not waited for. */
must_check enum err vpp_users_insert_strangers(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t found_job_id, const struct staged_user *const *users, size_t count);
/* Is one of those that the sync found still at Apple, and still nobody's? */
must_check enum err vpp_users_any_stranger(
	struct db *db, struct ctx *cx, int64_t found_job_id, bool *ret_any);

/* Live, settled records whose person was deactivated or deleted, or has another e-mail than Apple
 * last told; in order of id. The rows carry a mark, so it costs what it finds. */
must_check enum err vpp_users_unlike(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t after_id, size_t limit, struct vpp_user *ret_users, size_t *ret_count);

/* The message part alone, for delivery: message_state none|waiting|sent|not_sent. "sent" also
 * brings a registered user to invited. */
must_check enum err vpp_users_set_message(struct db *db, struct ctx *cx, int64_t id,
	const char *message_state, const char *channel, const char *reason, int64_t at);

/* Asks the lane to look at Apple's record (arrivals call this); *ret_found is false when no such
 * clientUserId is known here. */
must_check enum err vpp_users_ask_look(struct db *db, struct ctx *cx, int64_t location_id,
	const char *client_user_id, int64_t look_at, bool *ret_found);
/* Those to look at by now, oldest first; ret_users has room for limit. */
must_check enum err vpp_users_due_looks(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t now, size_t limit, struct vpp_user *ret_users, size_t *ret_count);
/* The earliest look of the location; 0: none. */
must_check enum err vpp_users_next_look(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t *ret_at);
/* Wishes to look up to that time were done: of all records of the location, or of one. */
must_check enum err vpp_users_looked(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t until);
must_check enum err vpp_users_looked_at(struct db *db, struct ctx *cx, int64_t id, int64_t until);
/* The sweep: asks for a look at live users that are not settled (registered, invited, removing,
 * checking) and were not seen since then; at most limit, for one list answers for all others. */
must_check enum err vpp_users_sweep(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t seen_before, int64_t now, size_t limit, int64_t *ret_count);

/* Live rows per state, index enum vpp_state. */
must_check enum err vpp_users_count_states(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t ret_counts[VPP_STATE_COUNT]);

/* Live rows that are somebody's, a deleted person's too: not those of strangers. */
must_check enum err vpp_users_count_of_people(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t *ret_count);

/* Another live record of the location that was accepted with the same Apple Account; ERR_NOT_FOUND
 * without detail. */
must_check enum err vpp_users_of_account(struct db *db, struct ctx *cx, int64_t location_id,
	const char *id_hash, int64_t but_id, struct vpp_user *ret_user);

struct vpp_failed_count {
	int64_t number; /* Apple's */
	int64_t people;
};
/* How many people carry the mark "failed" with which number of Apple's now; ret_counts has room
 * for limit. */
must_check enum err vpp_users_count_failed(struct db *db, struct ctx *cx, size_t limit,
	struct vpp_failed_count *ret_counts, size_t *ret_count);
