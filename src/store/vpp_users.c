#include "store/vpp_users.h"

#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "db/db.h"
#include "store/user_stage.h"
#include "store/vpp_users.sql.h"

#define STRANGERS_AT_ONCE 8 /* as in vpp_users.sql */

static const char *const state_names[VPP_STATE_COUNT] = {
	[VPP_NONE] = "none",
	[VPP_REQUESTED] = "requested",
	[VPP_REGISTERED] = "registered",
	[VPP_INVITED] = "invited",
	[VPP_ASSOCIATED] = "associated",
	[VPP_REMOVING] = "removing",
	[VPP_REMOVED] = "removed",
	[VPP_CHECKING] = "checking",
};

const char *vpp_state_name(enum vpp_state state)
{
	return state_names[state];
}

enum vpp_state vpp_state_parse(const char *name)
{
	for (int i = 0; name && i < VPP_STATE_COUNT; i++)
		if (!strcmp(name, state_names[i]))
			return (enum vpp_state)i;
	return VPP_NONE;
}

static struct vpp_user vpp_user_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct vpp_user){
		.id = db_i64(st, 0),
		.location_id = db_i64(st, 1),
		.person_id = db_i64(st, 2),
		.client_user_id = db_text(st, cx, 3),
		.is_live = db_bool(st, 4),
		.state = vpp_state_parse(db_text(st, cx, 5)),
		.apple_status = db_text(st, cx, 6),
		.apple_email = db_text(st, cx, 7),
		.apple_seen_at = db_i64(st, 8),
		.id_hash = db_text(st, cx, 9),
		.invite_code_box = db_text(st, cx, 10),
		.message_state = db_text(st, cx, 11),
		.message_channel = db_text(st, cx, 12),
		.message_reason = db_text(st, cx, 13),
		.message_at = db_i64(st, 14),
		.failed_number = db_i64(st, 15),
		.failed_reason = db_text(st, cx, 16),
		.missing_since = db_i64(st, 17),
		.requested_at = db_i64(st, 18),
		.registered_at = db_i64(st, 19),
		.associated_at = db_i64(st, 20),
		.removed_at = db_i64(st, 21),
		.look_wanted_at = db_i64(st, 22),
	};
}

static enum err one(struct db_stmt *st, struct ctx *cx, struct vpp_user *ret_user)
{
	enum err e = db_step(st, cx);
	if (e)
		return e;
	*ret_user = vpp_user_of(st, cx);
	return OK;
}

static enum err several(struct db_stmt *st, struct ctx *cx, size_t limit,
	struct vpp_user *ret_users, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_users[count++] = vpp_user_of(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_count = count;
	return OK;
}

static void bind_changeable(struct db_stmt *st, const struct vpp_user *u)
{
	db_bind_bool(st, u->is_live);
	db_bind_text(st, vpp_state_name(u->state));
	db_bind_text(st, u->apple_status);
	db_bind_text(st, u->apple_email);
	db_bind_id(st, u->apple_seen_at);
	db_bind_text(st, u->id_hash);
	db_bind_text(st, u->invite_code_box);
	db_bind_text(st, u->message_state ? u->message_state : "none");
	db_bind_text(st, u->message_channel);
	db_bind_text(st, u->message_reason);
	db_bind_id(st, u->message_at);
	db_bind_id(st, u->failed_number);
	db_bind_text(st, u->failed_reason);
	db_bind_id(st, u->missing_since);
	db_bind_id(st, u->requested_at);
	db_bind_id(st, u->registered_at);
	db_bind_id(st, u->associated_at);
	db_bind_id(st, u->removed_at);
	db_bind_id(st, u->look_wanted_at);
	db_bind_i64(st, clock_now_ms());
}

enum err vpp_users_insert(struct db *db, struct ctx *cx, const struct vpp_user *u, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &vpp_users_insert_query);
	db_bind_i64(st, u->location_id);
	db_bind_id(st, u->person_id);
	db_bind_text(st, u->client_user_id);
	bind_changeable(st, u);
	return db_run_i64(st, cx, ret_id);
}

enum err vpp_users_save(struct db *db, struct ctx *cx, const struct vpp_user *u)
{
	struct db_stmt *st = db_query(db, &vpp_users_save_query);
	db_bind_i64(st, u->id);
	db_bind_id(st, u->person_id);
	bind_changeable(st, u);
	return db_run(st, cx, NULL);
}

enum err vpp_users_find(struct db *db, struct ctx *cx, int64_t id, struct vpp_user *ret_user)
{
	DB_STMT_AUTO(st, db, &vpp_users_find_query);
	db_bind_i64(st, id);
	return one(st, cx, ret_user);
}

enum err vpp_users_places(struct db *db, struct ctx *cx, int64_t person_id, size_t limit,
	int64_t *ret_location_ids, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &vpp_users_places_query);
	db_bind_i64(st, person_id);
	db_bind_i64(st, (int64_t)limit);
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_location_ids[count++] = db_i64(st, 0);
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err vpp_users_find_live(struct db *db, struct ctx *cx, int64_t location_id, int64_t person_id,
	struct vpp_user *ret_user)
{
	DB_STMT_AUTO(st, db, &vpp_users_find_live_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, person_id);
	return one(st, cx, ret_user);
}

enum err vpp_users_find_client(struct db *db, struct ctx *cx, int64_t location_id,
	const char *client_user_id, struct vpp_user *ret_user)
{
	DB_STMT_AUTO(st, db, &vpp_users_find_client_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, client_user_id);
	return one(st, cx, ret_user);
}

enum err vpp_users_of_account(struct db *db, struct ctx *cx, int64_t location_id,
	const char *id_hash, int64_t but_id, struct vpp_user *ret_user)
{
	DB_STMT_AUTO(st, db, &vpp_users_of_account_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, id_hash);
	db_bind_i64(st, but_id);
	return one(st, cx, ret_user);
}

static enum err several_facts(struct db_stmt *st, struct ctx *cx, size_t limit,
	struct vpp_user_facts *ret_facts, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_facts[count++] = (struct vpp_user_facts){
			.user = vpp_user_of(st, cx),
			.has_person = !db_is_null(st, 23),
			.person_is_wanted = db_bool(st, 24) && db_is_null(st, 25),
			.person_email = db_text(st, cx, 26),
			.has_open_items = db_bool(st, 27),
			.found_job_id = db_i64(st, 28),
		};
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err vpp_users_facts(struct db *db, struct ctx *cx, int64_t location_id,
	const char *after_client_user_id, const char *until_client_user_id, size_t limit,
	struct vpp_user_facts *ret_facts, size_t *ret_count)
{
	DB_STMT_AUTO(st, db,
		until_client_user_id ? &vpp_users_facts_until_query : &vpp_users_facts_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, after_client_user_id);
	if (until_client_user_id)
		db_bind_text(st, until_client_user_id);
	db_bind_i64(st, (int64_t)limit);
	return several_facts(st, cx, limit, ret_facts, ret_count);
}

enum err vpp_users_facts_of(struct db *db, struct ctx *cx, int64_t location_id,
	const char *const *client_user_ids, size_t count, struct vpp_user_facts *ret_facts,
	size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &vpp_users_facts_of_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, json_texts(cx, client_user_ids, count));
	return several_facts(st, cx, count, ret_facts, ret_count);
}

enum err vpp_users_insert_strangers(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t found_job_id, const struct staged_user *const *users, size_t count)
{
	int64_t now = clock_now_ms();
	enum err e = OK;
	for (size_t i = 0; !e && i < count;) {
		size_t some = count - i < STRANGERS_AT_ONCE ? 1 : STRANGERS_AT_ONCE;
		struct db_stmt *st = db_query(db, some == 1 ? &vpp_users_insert_stranger_query
							    : &vpp_users_insert_strangers_query);
		db_bind_i64(st, location_id);
		db_bind_i64(st, now);
		db_bind_i64(st, found_job_id);
		for (size_t end = i + some; i < end; i++) {
			db_bind_text(st, users[i]->client_user_id);
			db_bind_text(st, users[i]->status);
			db_bind_text(st, users[i]->email);
			db_bind_text(st, users[i]->id_hash);
		}
		e = db_run_later(st, cx);
	}
	return e;
}

enum err vpp_users_any_stranger(struct db *db, struct ctx *cx, int64_t found_job_id, bool *ret_any)
{
	int64_t count = 0;
	struct db_stmt *st = db_query(db, &vpp_users_any_stranger_query);
	db_bind_i64(st, found_job_id);
	enum err e = db_run_i64(st, cx, &count);
	*ret_any = count > 0;
	return e;
}

enum err vpp_users_unlike(struct db *db, struct ctx *cx, int64_t location_id, int64_t after_id,
	size_t limit, struct vpp_user *ret_users, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &vpp_users_unlike_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, after_id);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, limit, ret_users, ret_count);
}

enum err vpp_users_set_message(struct db *db, struct ctx *cx, int64_t id, const char *message_state,
	const char *channel, const char *reason, int64_t at)
{
	struct db_stmt *st = db_query(db, &vpp_users_set_message_query);
	db_bind_i64(st, id);
	db_bind_text(st, message_state);
	db_bind_text(st, channel);
	db_bind_text(st, reason);
	db_bind_id(st, at);
	db_bind_i64(st, clock_now_ms());
	return db_run(st, cx, NULL);
}

enum err vpp_users_ask_look(struct db *db, struct ctx *cx, int64_t location_id,
	const char *client_user_id, int64_t look_at, bool *ret_found)
{
	struct db_stmt *st = db_query(db, &vpp_users_ask_look_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, client_user_id);
	db_bind_i64(st, look_at);
	int64_t changed = 0;
	enum err e = db_run(st, cx, &changed);
	if (e)
		return e;
	*ret_found = changed > 0;
	return OK;
}

enum err vpp_users_due_looks(struct db *db, struct ctx *cx, int64_t location_id, int64_t now,
	size_t limit, struct vpp_user *ret_users, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &vpp_users_due_looks_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, now);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, limit, ret_users, ret_count);
}

enum err vpp_users_next_look(struct db *db, struct ctx *cx, int64_t location_id, int64_t *ret_at)
{
	struct db_stmt *st = db_query(db, &vpp_users_next_look_query);
	db_bind_i64(st, location_id);
	return db_run_i64(st, cx, ret_at);
}

enum err vpp_users_sweep(struct db *db, struct ctx *cx, int64_t location_id, int64_t seen_before,
	int64_t now, size_t limit, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &vpp_users_sweep_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, seen_before);
	db_bind_i64(st, now);
	db_bind_i64(st, (int64_t)limit);
	return db_run(st, cx, ret_count);
}

enum err vpp_users_looked(struct db *db, struct ctx *cx, int64_t location_id, int64_t until)
{
	struct db_stmt *st = db_query(db, &vpp_users_looked_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, until);
	return db_run(st, cx, NULL);
}

enum err vpp_users_looked_at(struct db *db, struct ctx *cx, int64_t id, int64_t until)
{
	struct db_stmt *st = db_query(db, &vpp_users_looked_at_query);
	db_bind_i64(st, id);
	db_bind_i64(st, until);
	return db_run(st, cx, NULL);
}

enum err vpp_users_count_states(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t ret_counts[VPP_STATE_COUNT])
{
	DB_STMT_AUTO(st, db, &vpp_users_count_states_query);
	db_bind_i64(st, location_id);
	memset(ret_counts, 0, VPP_STATE_COUNT * sizeof(*ret_counts));
	enum err e;
	while ((e = db_step(st, cx)) == OK)
		ret_counts[vpp_state_parse(db_text(st, cx, 0))] = db_i64(st, 1);
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err vpp_users_count_of_people(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &vpp_users_count_of_people_query);
	db_bind_i64(st, location_id);
	return db_run_i64(st, cx, ret_count);
}

enum err vpp_users_count_failed(struct db *db, struct ctx *cx, size_t limit,
	struct vpp_failed_count *ret_counts, size_t *ret_count)
{
	size_t count = 0;
	DB_STMT_AUTO(st, db, &vpp_users_count_failed_query);
	db_bind_i64(st, (int64_t)limit);
	enum err e;
	while ((e = db_step(st, cx)) == OK && count < limit)
		ret_counts[count++] = (struct vpp_failed_count){ db_i64(st, 0), db_i64(st, 1) };
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}
