#include "store/api_tokens.h"

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/api_tokens.sql.h"

#define LIST_MAX 1000 /* as in api_tokens_list */

enum err api_tokens_insert(struct db *db, struct ctx *cx, const char *token_hash,
	const struct api_token *token, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &api_tokens_insert_query);
	db_bind_text(st, token->name);
	db_bind_text(st, token_hash);
	db_bind_text(st, token->role);
	db_bind_text(st, token->created_by);
	db_bind_i64(st, token->created_at);
	db_bind_id(st, token->expires_at);
	return db_run_i64(st, cx, ret_id);
}

static void read_row(const struct db_stmt *st, struct ctx *cx, struct api_token *ret_token)
{
	*ret_token = (struct api_token){
		.id = db_i64(st, 0),
		.name = db_text(st, cx, 1),
		.role = db_text(st, cx, 2),
		.created_by = db_text(st, cx, 3),
		.created_at = db_i64(st, 4),
		.expires_at = db_i64(st, 5),
		.used_at = db_i64(st, 6),
		.revoked_at = db_i64(st, 7),
	};
}

enum err api_tokens_get(struct db *db, struct ctx *cx, int64_t id, struct api_token *ret_token)
{
	DB_STMT_AUTO(st, db, &api_tokens_get_query);
	db_bind_i64(st, id);
	enum err e = db_step(st, cx);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, e, "api_token.none", "There is no such API token.");
	if (!e)
		read_row(st, cx, ret_token);
	return e;
}

enum err api_tokens_by_hash(
	struct db *db, struct ctx *cx, const char *token_hash, struct api_token *ret_token)
{
	DB_STMT_AUTO(st, db, &api_tokens_by_hash_query);
	db_bind_text(st, token_hash);
	enum err e = db_step(st, cx);
	if (!e)
		read_row(st, cx, ret_token);
	return e;
}

enum err api_tokens_list(
	struct db *db, struct ctx *cx, struct api_token **ret_tokens, size_t *ret_count)
{
	struct api_token *tokens = ARENA_ARRAY(cx->mem, struct api_token, LIST_MAX);
	size_t count = 0;
	DB_STMT_AUTO(st, db, &api_tokens_list_query);
	enum err e;
	while ((e = db_step(st, cx)) == OK && count < LIST_MAX)
		read_row(st, cx, &tokens[count++]);
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_tokens = tokens;
	*ret_count = count;
	return OK;
}

enum err api_tokens_set_used(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	struct db_stmt *st = db_query(db, &api_tokens_set_used_query);
	db_bind_i64(st, id);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err api_tokens_revoke(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	struct db_stmt *st = db_query(db, &api_tokens_revoke_query);
	db_bind_i64(st, id);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}
