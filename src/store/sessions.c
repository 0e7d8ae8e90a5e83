#include "store/sessions.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/sessions.sql.h"

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
	*ret_session = (struct session){
		.id = db_i64(st, 0),
		.admin_id = db_i64(st, 1),
		.created_at = db_i64(st, 2),
		.seen_at = db_i64(st, 3),
		.expires_at = db_i64(st, 4),
	};
	*ret_admin = (struct admin){
		.id = ret_session->admin_id,
		.name = db_text(st, cx, 5),
		.role = db_text(st, cx, 6),
		.is_active = db_bool(st, 7),
	};
	return OK;
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
