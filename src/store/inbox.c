#include "store/inbox.h"

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/inbox.sql.h"

enum err inbox_put(struct db *db, struct ctx *cx, const struct inbox_message *m, bool *ret_is_new)
{
	int64_t changed;
	struct db_stmt *st = db_query(db, &inbox_put_query);
	db_bind_text(st, m->source);
	db_bind_id(st, m->location_id);
	db_bind_text(st, m->message_id);
	db_bind_text(st, m->kind);
	db_bind_text(st, m->body_box);
	db_bind_i64(st, m->received_at);
	enum err e = db_run(st, cx, &changed);
	if (!e)
		*ret_is_new = changed > 0;
	return e;
}

enum err inbox_new(struct db *db, struct ctx *cx, const char *source, int64_t limit,
	struct inbox_message **ret_messages, size_t *ret_count)
{
	size_t count = 0;
	struct inbox_message *list = ARENA_ARRAY(cx->mem, struct inbox_message, limit);
	DB_STMT_AUTO(st, db, &inbox_new_query);
	db_bind_text(st, source);
	db_bind_i64(st, limit);
	enum err e;
	while ((e = db_step(st, cx)) == OK)
		list[count++] = (struct inbox_message){
			.id = db_i64(st, 0),
			.source = db_text(st, cx, 1),
			.location_id = db_i64(st, 2),
			.message_id = db_text(st, cx, 3),
			.kind = db_text(st, cx, 4),
			.body_box = db_text(st, cx, 5),
			.received_at = db_i64(st, 6),
		};
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_messages = list;
	*ret_count = count;
	return OK;
}

enum err inbox_set_state(struct db *db, struct ctx *cx, int64_t id, const char *state, int64_t now)
{
	struct db_stmt *st = db_query(db, &inbox_set_state_query);
	db_bind_i64(st, id);
	db_bind_text(st, state);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err inbox_forget(struct db *db, struct ctx *cx, int64_t handled_before)
{
	struct db_stmt *st = db_query(db, &inbox_forget_query);
	db_bind_i64(st, handled_before);
	return db_run(st, cx, NULL);
}
