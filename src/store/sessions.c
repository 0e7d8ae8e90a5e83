#include "store/sessions.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/sessions.sql.h"

#define LIST_MAX 100

static struct session session_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct session){
		.id = db_i64(st, 0),
		.admin_id = db_i64(st, 1),
		.created_at = db_i64(st, 2),
		.seen_at = db_i64(st, 3),
		.expires_at = db_i64(st, 4),
		.from_address = db_text(st, cx, 5),
		.confirmed_at = db_i64(st, 6),
		.token_hash = db_text(st, cx, 7),
	};
}

enum err sessions_insert(struct db *db, struct ctx *cx, const char *token_hash,
	const struct session *session, const char *from_address)
{
	struct db_stmt *st = db_query(db, &sessions_insert_query);
	db_bind_text(st, token_hash);
	db_bind_i64(st, session->admin_id);
	db_bind_i64(st, session->created_at);
	db_bind_i64(st, session->seen_at);
	db_bind_i64(st, session->expires_at);
	db_bind_text(st, from_address);
	return db_run(st, cx, NULL);
}

enum err sessions_by_hash(struct db *db, struct ctx *cx, const char *token_hash,
	struct session *ret_session, struct admin *ret_admin)
{
	DB_STMT_AUTO(st, db, &sessions_by_hash_query);
	db_bind_text(st, token_hash);
	enum err e = db_step(st, cx);
	if (e)
		return e;
	*ret_session = session_of(st, cx);
	*ret_admin = (struct admin){
		.id = ret_session->admin_id,
		.name = db_text(st, cx, 8),
		.role = db_text(st, cx, 9),
		.is_active = db_bool(st, 10),
	};
	return OK;
}

enum err sessions_list(struct db *db, struct ctx *cx, int64_t admin_id,
	struct session **ret_sessions, size_t *ret_count)
{
	struct session *sessions = ARENA_ARRAY(cx->mem, struct session, LIST_MAX);
	size_t count = 0;
	DB_STMT_AUTO(st, db, &sessions_list_query);
	db_bind_i64(st, admin_id);
	enum err e;
	while ((e = db_step(st, cx)) == OK && count < LIST_MAX)
		sessions[count++] = session_of(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_sessions = sessions;
	*ret_count = count;
	return OK;
}

enum err sessions_set_confirmed(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	struct db_stmt *st = db_query(db, &sessions_set_confirmed_query);
	db_bind_i64(st, id);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err sessions_delete_id(
	struct db *db, struct ctx *cx, int64_t id, int64_t admin_id, int64_t *ret_deleted)
{
	struct db_stmt *st = db_query(db, &sessions_delete_id_query);
	db_bind_i64(st, id);
	db_bind_i64(st, admin_id);
	return db_run(st, cx, ret_deleted);
}

enum err sessions_delete_others(
	struct db *db, struct ctx *cx, int64_t admin_id, int64_t keep_id, int64_t *ret_deleted)
{
	struct db_stmt *st = db_query(db, &sessions_delete_others_query);
	db_bind_i64(st, admin_id);
	db_bind_i64(st, keep_id);
	return db_run(st, cx, ret_deleted);
}

enum err sessions_set_seen(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	struct db_stmt *st = db_query(db, &sessions_set_seen_query);
	db_bind_i64(st, id);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err sessions_delete(struct db *db, struct ctx *cx, const char *token_hash)
{
	struct db_stmt *st = db_query(db, &sessions_delete_query);
	db_bind_text(st, token_hash);
	return db_run(st, cx, NULL);
}

enum err sessions_delete_of(struct db *db, struct ctx *cx, int64_t admin_id)
{
	struct db_stmt *st = db_query(db, &sessions_delete_of_query);
	db_bind_i64(st, admin_id);
	return db_run(st, cx, NULL);
}

enum err sessions_sweep(struct db *db, struct ctx *cx, int64_t now, int64_t idle_since)
{
	struct db_stmt *st = db_query(db, &sessions_sweep_query);
	db_bind_i64(st, now);
	db_bind_i64(st, idle_since);
	return db_run(st, cx, NULL);
}

enum err sessions_keep_newest(struct db *db, struct ctx *cx, int64_t admin_id, int keep)
{
	struct db_stmt *st = db_query(db, &sessions_keep_newest_query);
	db_bind_i64(st, admin_id);
	db_bind_i64(st, keep);
	return db_run(st, cx, NULL);
}
