#include "store/locations.h"

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/locations.sql.h"

static void read_location(struct db_stmt *st, struct ctx *cx, struct location *l)
{
	*l = (struct location){
		.id = db_i64(st, 0),
		.apple_uid = db_text(st, cx, 1),
		.name = db_text(st, cx, 2),
		.organisation = db_text(st, cx, 3),
		.country = db_text(st, cx, 4),
		.platform = db_text(st, cx, 5),
		.token_box = db_text(st, cx, 6),
		.token_hash = db_text(st, cx, 7),
		.token_expires_at = db_i64(st, 8),
		.token_state = db_text(st, cx, 9),
		.token_reason = db_text(st, cx, 10),
		.owner_state = db_text(st, cx, 11),
		.owner_name = db_text(st, cx, 12),
		.owner_since = db_i64(st, 13),
		.mdm_info_id = db_text(st, cx, 14),
		.hook_key = db_text(st, cx, 15),
		.hook_state = db_text(st, cx, 16),
		.hook_reason = db_text(st, cx, 17),
		.message_channel = db_text(st, cx, 18),
		.users_version_id = db_text(st, cx, 19),
		.assignments_version_id = db_text(st, cx, 20),
		.assets_version_id = db_text(st, cx, 21),
		.invite_template = db_text(st, cx, 22),
		.assets_wanted_at = db_i64(st, 23),
		.token_doubt_at = db_i64(st, 24),
		.token_doubt = db_text(st, cx, 25),
		.wait_until = db_i64(st, 26),
		.wait_reason = db_text(st, cx, 27),
		.last_sync_at = db_i64(st, 28),
		.created_at = db_i64(st, 29),
		.updated_at = db_i64(st, 30),
		.hook_url = db_text(st, cx, 31),
		.hook_tried_at = db_i64(st, 32),
		.token_warned_days = db_i64(st, 33),
		.mode = db_text(st, cx, 34),
		.last_whole_at = db_i64(st, 35),
	};
}

enum err locations_insert(struct db *db, struct ctx *cx, const struct location *l, int64_t *ret_id)
{
	int64_t id;
	struct db_stmt *st = db_query(db, &locations_insert_query);
	db_bind_text(st, l->apple_uid);
	db_bind_text(st, l->name);
	db_bind_text(st, l->organisation);
	db_bind_text(st, l->country);
	db_bind_text(st, l->platform);
	db_bind_text(st, l->token_box);
	db_bind_text(st, l->token_hash);
	db_bind_i64(st, l->token_expires_at);
	db_bind_text(st, l->token_state);
	db_bind_text(st, l->token_reason);
	db_bind_text(st, l->owner_state);
	db_bind_text(st, l->owner_name);
	db_bind_id(st, l->owner_since);
	db_bind_text(st, l->mdm_info_id);
	db_bind_text(st, l->hook_key);
	db_bind_text(st, l->hook_state);
	db_bind_text(st, l->hook_reason);
	db_bind_text(st, l->message_channel);
	db_bind_text(st, l->invite_template);
	db_bind_i64(st, l->created_at);
	db_bind_text(st, l->hook_url);
	db_bind_text(st, l->mode ? l->mode : "manage");
	enum err e = db_run_i64(st, cx, &id);
	if (!e && ret_id)
		*ret_id = id;
	return e;
}

static enum err read_one(struct db_stmt *st, struct ctx *cx, struct location *ret_location)
{
	enum err e = db_step(st, cx);
	if (!e)
		read_location(st, cx, ret_location);
	return e;
}

enum err locations_get(struct db *db, struct ctx *cx, int64_t id, struct location *ret_location)
{
	DB_STMT_AUTO(st, db, &locations_get_query);
	db_bind_i64(st, id);
	enum err e = read_one(st, cx, ret_location);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, e, "location.unknown", "There is no such location.");
	return e;
}

enum err locations_by_uid(
	struct db *db, struct ctx *cx, const char *apple_uid, struct location *ret_location)
{
	DB_STMT_AUTO(st, db, &locations_by_uid_query);
	db_bind_text(st, apple_uid);
	return read_one(st, cx, ret_location);
}

enum err locations_by_hook_key(
	struct db *db, struct ctx *cx, const char *hook_key, struct location *ret_location)
{
	DB_STMT_AUTO(st, db, &locations_by_hook_key_query);
	db_bind_text(st, hook_key);
	return read_one(st, cx, ret_location);
}

enum err locations_list(
	struct db *db, struct ctx *cx, struct location **ret_locations, size_t *ret_count)
{
	size_t count = 0, room = 8;
	struct location *list = ARENA_ARRAY(cx->mem, struct location, room);
	DB_STMT_AUTO(st, db, &locations_list_query);
	enum err e;
	while ((e = db_step(st, cx)) == OK) {
		if (count == room) {
			struct location *more = ARENA_ARRAY(cx->mem, struct location, room * 2);
			for (size_t i = 0; i < count; i++)
				more[i] = list[i];
			list = more;
			room *= 2;
		}
		read_location(st, cx, &list[count++]);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_locations = list;
	*ret_count = count;
	return OK;
}

enum err locations_set_token(struct db *db, struct ctx *cx, int64_t id, const char *token_box,
	const char *token_hash, int64_t expires_at, const char *organisation, int64_t now)
{
	struct db_stmt *st = db_query(db, &locations_set_token_query);
	db_bind_i64(st, id);
	db_bind_text(st, token_box);
	db_bind_text(st, token_hash);
	db_bind_i64(st, expires_at);
	db_bind_text(st, organisation);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err locations_set_token_state(struct db *db, struct ctx *cx, int64_t id, const char *state,
	const char *reason, int64_t now)
{
	struct db_stmt *st = db_query(db, &locations_set_token_state_query);
	db_bind_i64(st, id);
	db_bind_text(st, state);
	db_bind_text(st, reason);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err locations_set_token_doubt(
	struct db *db, struct ctx *cx, int64_t id, int64_t at, const char *doubt)
{
	struct db_stmt *st = db_query(db, &locations_set_token_doubt_query);
	db_bind_i64(st, id);
	db_bind_id(st, at);
	db_bind_text(st, doubt);
	return db_run(st, cx, NULL);
}

enum err locations_set_expiry(
	struct db *db, struct ctx *cx, int64_t id, int64_t expires_at, int64_t now)
{
	struct db_stmt *st = db_query(db, &locations_set_expiry_query);
	db_bind_i64(st, id);
	db_bind_i64(st, expires_at);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err locations_set_owner(struct db *db, struct ctx *cx, int64_t id, const char *state,
	const char *name, int64_t since, int64_t now)
{
	struct db_stmt *st = db_query(db, &locations_set_owner_query);
	db_bind_i64(st, id);
	db_bind_text(st, state);
	db_bind_text(st, name);
	db_bind_id(st, since);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err locations_set_hook(struct db *db, struct ctx *cx, int64_t id, const char *state,
	const char *reason, const char *url, int64_t now)
{
	struct db_stmt *st = db_query(db, &locations_set_hook_query);
	db_bind_i64(st, id);
	db_bind_text(st, state);
	db_bind_text(st, reason);
	db_bind_text(st, url);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err locations_set_channel(
	struct db *db, struct ctx *cx, int64_t id, const char *channel, int64_t now)
{
	struct db_stmt *st = db_query(db, &locations_set_channel_query);
	db_bind_i64(st, id);
	db_bind_text(st, channel);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err locations_set_mode(
	struct db *db, struct ctx *cx, int64_t id, const char *mode, int64_t now)
{
	struct db_stmt *st = db_query(db, &locations_set_mode_query);
	db_bind_i64(st, id);
	db_bind_text(st, mode);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err locations_set_names(struct db *db, struct ctx *cx, const struct location *l, int64_t now)
{
	struct db_stmt *st = db_query(db, &locations_set_names_query);
	db_bind_i64(st, l->id);
	db_bind_text(st, l->name);
	db_bind_text(st, l->country);
	db_bind_text(st, l->platform);
	db_bind_text(st, l->invite_template);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err locations_set_wait(
	struct db *db, struct ctx *cx, int64_t id, int64_t wait_until, const char *reason)
{
	struct db_stmt *st = db_query(db, &locations_set_wait_query);
	db_bind_i64(st, id);
	db_bind_id(st, wait_until);
	db_bind_text(st, wait_until ? reason : NULL);
	return db_run(st, cx, NULL);
}

static enum err set_text(
	struct db *db, struct ctx *cx, const struct db_query *query, int64_t id, const char *value)
{
	struct db_stmt *st = db_query(db, query);
	db_bind_i64(st, id);
	db_bind_text(st, value);
	return db_run(st, cx, NULL);
}

enum err locations_set_users_version(
	struct db *db, struct ctx *cx, int64_t id, const char *version_id)
{
	return set_text(db, cx, &locations_set_users_version_query, id, version_id);
}

enum err locations_set_assignments_version(
	struct db *db, struct ctx *cx, int64_t id, const char *version_id)
{
	return set_text(db, cx, &locations_set_assignments_version_query, id, version_id);
}

enum err locations_set_assets_version(
	struct db *db, struct ctx *cx, int64_t id, const char *version_id)
{
	return set_text(db, cx, &locations_set_assets_version_query, id, version_id);
}

/* A time, where 0 stands for none. */
static enum err set_time(
	struct db *db, struct ctx *cx, const struct db_query *query, int64_t id, int64_t at)
{
	struct db_stmt *st = db_query(db, query);
	db_bind_i64(st, id);
	db_bind_id(st, at);
	return db_run(st, cx, NULL);
}

enum err locations_set_synced(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	return set_time(db, cx, &locations_set_synced_query, id, now);
}

enum err locations_set_whole(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	return set_time(db, cx, &locations_set_whole_query, id, now);
}

enum err locations_set_assets_wanted(struct db *db, struct ctx *cx, int64_t id, int64_t wanted_at)
{
	return set_time(db, cx, &locations_set_assets_wanted_query, id, wanted_at);
}

enum err locations_assets_read(struct db *db, struct ctx *cx, int64_t id, int64_t wanted_at)
{
	return set_time(db, cx, &locations_assets_read_query, id, wanted_at);
}

static enum err count_of(
	struct db *db, struct ctx *cx, const struct db_query *query, int64_t id, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, query);
	db_bind_i64(st, id);
	return db_run_i64(st, cx, ret_count);
}

enum err locations_count_open_jobs(struct db *db, struct ctx *cx, int64_t id, int64_t *ret_count)
{
	return count_of(db, cx, &locations_count_open_jobs_query, id, ret_count);
}

enum err locations_count_live_users(struct db *db, struct ctx *cx, int64_t id, int64_t *ret_count)
{
	return count_of(db, cx, &locations_count_live_users_query, id, ret_count);
}

static enum err run_for(struct db *db, struct ctx *cx, const struct db_query *query, int64_t id)
{
	struct db_stmt *st = db_query(db, query);
	db_bind_i64(st, id);
	return db_run(st, cx, NULL);
}

enum err locations_leave(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	static const struct db_query *const mirrors[] = { &locations_leave_messages_query,
		&locations_leave_schedule_query, &locations_leave_assets_query,
		&locations_leave_asset_days_query, &locations_leave_assignments_query };
	for (size_t i = 0; i < sizeof(mirrors) / sizeof(mirrors[0]); i++) {
		enum err e = run_for(db, cx, mirrors[i], id);
		if (e)
			return e;
	}
	enum err e = set_time(db, cx, &locations_leave_users_query, id, now);
	return e ? e : set_time(db, cx, &locations_leave_query, id, now);
}

enum err locations_set_token_warned(struct db *db, struct ctx *cx, int64_t id, int64_t days)
{
	struct db_stmt *st = db_query(db, &locations_set_token_warned_query);
	db_bind_i64(st, id);
	db_bind_i64(st, days);
	return db_run(st, cx, NULL);
}
