#include "store/invitations.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/invitations.sql.h"

static struct invitation invitation_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct invitation){
		.id = db_i64(st, 0),
		.vpp_user_id = db_i64(st, 1),
		.item_id = db_i64(st, 2),
		.channel = db_text(st, cx, 3),
		.fallback = db_text(st, cx, 4),
		.state = db_text(st, cx, 5),
		.recipient = db_text(st, cx, 6),
		.message_id = db_text(st, cx, 7),
		.language = db_text(st, cx, 8),
		.attempts = db_i64(st, 9),
		.doubts = db_i64(st, 10),
		.next_at = db_i64(st, 11),
		.reason = db_text(st, cx, 12),
		.created_at = db_i64(st, 13),
		.sent_at = db_i64(st, 14),
	};
}

static enum err one(struct db_stmt *st, struct ctx *cx, struct invitation *ret_invitation)
{
	enum err e = db_step(st, cx);
	if (!e)
		*ret_invitation = invitation_of(st, cx);
	return e;
}

static enum err several(struct db_stmt *st, struct ctx *cx, size_t limit,
	struct invitation *ret_invitations, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_invitations[count++] = invitation_of(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_count = count;
	return OK;
}

enum err invitations_insert(
	struct db *db, struct ctx *cx, const struct invitation *n, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &invitations_insert_query);
	db_bind_i64(st, n->vpp_user_id);
	db_bind_id(st, n->item_id);
	db_bind_text(st, n->channel);
	db_bind_text(st, n->fallback);
	db_bind_text(st, n->state);
	db_bind_text(st, n->recipient);
	db_bind_text(st, n->message_id);
	db_bind_text(st, n->language);
	db_bind_i64(st, n->attempts);
	db_bind_i64(st, n->doubts);
	db_bind_id(st, n->next_at);
	db_bind_text(st, n->reason);
	db_bind_i64(st, n->created_at);
	db_bind_id(st, n->sent_at);
	return db_run_i64(st, cx, ret_id);
}

enum err invitations_find(
	struct db *db, struct ctx *cx, int64_t id, struct invitation *ret_invitation)
{
	DB_STMT_AUTO(st, db, &invitations_find_query);
	db_bind_i64(st, id);
	return one(st, cx, ret_invitation);
}

enum err invitations_due(struct db *db, struct ctx *cx, int64_t now, size_t limit,
	struct invitation *ret_invitations, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &invitations_due_query);
	db_bind_i64(st, now);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, limit, ret_invitations, ret_count);
}

enum err invitations_last_sent(
	struct db *db, struct ctx *cx, int64_t vpp_user_id, struct invitation *ret_invitation)
{
	DB_STMT_AUTO(st, db, &invitations_last_sent_query);
	db_bind_i64(st, vpp_user_id);
	return one(st, cx, ret_invitation);
}

enum err invitations_save(struct db *db, struct ctx *cx, const struct invitation *n)
{
	struct db_stmt *st = db_query(db, &invitations_save_query);
	db_bind_i64(st, n->id);
	db_bind_text(st, n->state);
	db_bind_text(st, n->recipient);
	db_bind_i64(st, n->attempts);
	db_bind_i64(st, n->doubts);
	db_bind_id(st, n->next_at);
	db_bind_text(st, n->reason);
	db_bind_id(st, n->sent_at);
	return db_run(st, cx, NULL);
}

enum err invitations_next_at(struct db *db, struct ctx *cx, int64_t *ret_at)
{
	return db_run_i64(db_query(db, &invitations_next_at_query), cx, ret_at);
}

enum err invitations_broken_off(struct db *db, struct ctx *cx, size_t limit,
	struct invitation *ret_invitations, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &invitations_broken_off_query);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, limit, ret_invitations, ret_count);
}

enum err invitations_waiting_of(struct db *db, struct ctx *cx, int64_t vpp_user_id, size_t limit,
	struct invitation *ret_invitations, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &invitations_waiting_of_query);
	db_bind_i64(st, vpp_user_id);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, limit, ret_invitations, ret_count);
}

enum err invitations_replace(struct db *db, struct ctx *cx, int64_t vpp_user_id, const char *reason,
	int64_t *ret_changed)
{
	struct db_stmt *st = db_query(db, &invitations_replace_query);
	db_bind_i64(st, vpp_user_id);
	db_bind_text(st, reason);
	return db_run(st, cx, ret_changed);
}

static enum err postpone(struct db *db, struct ctx *cx, const struct db_query *query,
	const char *channel, const char *reason, int64_t now)
{
	struct db_stmt *st = db_query(db, query);
	db_bind_text(st, channel);
	db_bind_text(st, reason);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err invitations_postpone(struct db *db, struct ctx *cx, const char *channel, int64_t until,
	const char *reason, int64_t fallback_after_ms, int64_t now)
{
	struct db_stmt *st = db_query(db, &invitations_postpone_query);
	db_bind_text(st, channel);
	db_bind_i64(st, until);
	db_bind_text(st, reason);
	db_bind_i64(st, fallback_after_ms);
	enum err e = db_run(st, cx, NULL);
	if (!e)
		e = postpone(db, cx, &invitations_postpone_people_query, channel, reason, now);
	if (!e)
		e = postpone(db, cx, &invitations_postpone_items_query, channel, reason, now);
	return e;
}

enum err invitations_hurry(
	struct db *db, struct ctx *cx, const char *channel, const char *reason, int64_t now)
{
	struct db_stmt *st = db_query(db, &invitations_hurry_query);
	db_bind_text(st, channel);
	db_bind_i64(st, now);
	db_bind_text(st, reason);
	return db_run(st, cx, NULL);
}

enum err invitations_job_waits(struct db *db, struct ctx *cx, int64_t after_job, size_t limit,
	struct invitation_wait *ret_waits, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &invitations_job_waits_query);
	db_bind_i64(st, after_job);
	db_bind_i64(st, (int64_t)limit);
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_waits[count++] = (struct invitation_wait){
			.job_id = db_i64(st, 0),
			.reason = db_text(st, cx, 1),
			.until = db_i64(st, 2),
		};
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err invitations_list(struct db *db, struct ctx *cx, const struct invitation_filter *filter,
	int64_t before_id, size_t limit, struct invitation_row **ret_rows, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &invitations_list_query);
	db_bind_i64(st, before_id ? before_id : INT64_MAX);
	db_bind_text(st, filter->state);
	db_bind_text(st, filter->channel);
	db_bind_i64(st, (int64_t)limit);
	db_bind_id(st, filter->person_id);
	db_bind_id(st, filter->since);

	struct invitation_row *rows = arena_alloc(cx->mem, limit * sizeof(*rows));
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		rows[count++] = (struct invitation_row){
			.invitation = invitation_of(st, cx),
			.person_id = db_i64(st, 15),
			.person_name = db_text(st, cx, 16),
		};
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_rows = rows;
	*ret_count = count;
	return OK;
}
