#include "store/request_keys.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/request_keys.sql.h"

enum err request_keys_claim(struct db *db, struct ctx *cx, const struct request_key *key,
	int64_t now, int64_t *ret_is_new)
{
	struct db_stmt *st = db_query(db, &request_keys_claim_query);
	db_bind_text(st, key->caller);
	db_bind_text(st, key->key);
	db_bind_text(st, key->request_hash);
	db_bind_i64(st, key->life);
	db_bind_i64(st, now);
	return db_run(st, cx, ret_is_new);
}

enum err request_keys_find(struct db *db, struct ctx *cx, const char *caller, const char *key,
	struct request_key *ret_key)
{
	DB_STMT_AUTO(st, db, &request_keys_find_query);
	db_bind_text(st, caller);
	db_bind_text(st, key);
	enum err e = db_step(st, cx);
	if (e)
		return e;
	*ret_key = (struct request_key){
		.caller = caller,
		.key = key,
		.request_hash = db_text(st, cx, 0),
		.state = db_text(st, cx, 1),
		.life = db_i64(st, 2),
		.status = db_i64(st, 3),
		.content_type = db_text(st, cx, 4),
		.answer = db_text(st, cx, 5),
	};
	return OK;
}

enum err request_keys_take(struct db *db, struct ctx *cx, const struct request_key *key,
	int64_t now, int64_t *ret_is_taken)
{
	struct db_stmt *st = db_query(db, &request_keys_take_query);
	db_bind_text(st, key->caller);
	db_bind_text(st, key->key);
	db_bind_i64(st, key->life);
	db_bind_i64(st, now);
	return db_run(st, cx, ret_is_taken);
}

enum err request_keys_acted(struct db *db, struct ctx *cx, const char *caller, const char *key)
{
	struct db_stmt *st = db_query(db, &request_keys_acted_query);
	db_bind_text(st, caller);
	db_bind_text(st, key);
	return db_run(st, cx, NULL);
}

enum err request_keys_done(struct db *db, struct ctx *cx, const struct request_key *key)
{
	struct db_stmt *st = db_query(db, &request_keys_done_query);
	db_bind_text(st, key->caller);
	db_bind_text(st, key->key);
	db_bind_i64(st, key->status);
	db_bind_text(st, key->content_type);
	db_bind_text(st, key->answer);
	return db_run(st, cx, NULL);
}

enum err request_keys_forget(struct db *db, struct ctx *cx, const char *caller, const char *key)
{
	struct db_stmt *st = db_query(db, &request_keys_forget_query);
	db_bind_text(st, caller);
	db_bind_text(st, key);
	return db_run(st, cx, NULL);
}

enum err request_keys_prune(struct db *db, struct ctx *cx, int64_t before)
{
	struct db_stmt *st = db_query(db, &request_keys_prune_query);
	db_bind_i64(st, before);
	return db_run(st, cx, NULL);
}
