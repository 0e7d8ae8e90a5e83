#include "store/items.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "store/items.sql.h"

static struct item item_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct item){
		.id = db_i64(st, 0),
		.job_id = db_i64(st, 1),
		.location_id = db_i64(st, 2),
		.person_id = db_i64(st, 3),
		.vpp_user_id = db_i64(st, 4),
		.call_id = db_i64(st, 5),
		.kind = db_text(st, cx, 6),
		.state = db_text(st, cx, 7),
		.detail = db_text(st, cx, 8),
		.apple_number = db_i64(st, 9),
		.reason = db_text(st, cx, 10),
		.attempts = db_i64(st, 11),
		.not_before = db_i64(st, 12),
		.updated_at = db_i64(st, 13),
	};
}

static enum err several(struct db_stmt *st, struct ctx *cx, bool with_name, size_t limit,
	struct item *ret_items, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK) {
		ret_items[count] = item_of(st, cx);
		if (with_name) {
			ret_items[count].person_name = db_text(st, cx, 14);
			ret_items[count].person_user_name = db_text(st, cx, 15);
			ret_items[count].person_email = db_text(st, cx, 16);
		}
		count++;
	}
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_count = count;
	return OK;
}

enum err items_insert(struct db *db, struct ctx *cx, const struct item *item, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &items_insert_query);
	db_bind_i64(st, item->job_id);
	db_bind_id(st, item->location_id);
	db_bind_id(st, item->person_id);
	db_bind_id(st, item->vpp_user_id);
	db_bind_text(st, item->kind);
	db_bind_text(st, item->state);
	db_bind_text(st, item->detail);
	db_bind_id(st, item->apple_number);
	db_bind_text(st, item->reason);
	db_bind_i64(st, item->attempts);
	db_bind_id(st, item->not_before);
	db_bind_i64(st, clock_now_ms());
	int64_t id = 0;
	enum err e = db_run_i64(st, cx, &id);
	if (!e && ret_id)
		*ret_id = id;
	return e;
}

enum err items_find(struct db *db, struct ctx *cx, int64_t id, struct item *ret_item)
{
	DB_STMT_AUTO(st, db, &items_find_query);
	db_bind_i64(st, id);
	enum err e = db_step(st, cx);
	if (e)
		return e;
	*ret_item = item_of(st, cx);
	return OK;
}

enum err items_save(struct db *db, struct ctx *cx, const struct item *item)
{
	struct db_stmt *st = db_query(db, &items_save_query);
	db_bind_i64(st, item->id);
	db_bind_text(st, item->kind);
	db_bind_text(st, item->state);
	db_bind_id(st, item->call_id);
	db_bind_id(st, item->vpp_user_id);
	db_bind_text(st, item->detail);
	db_bind_id(st, item->apple_number);
	db_bind_text(st, item->reason);
	db_bind_i64(st, item->attempts);
	db_bind_id(st, item->not_before);
	db_bind_i64(st, clock_now_ms());
	return db_run(st, cx, NULL);
}

static struct item stranger_of(const struct db_stmt *st, struct ctx *cx, int64_t job_id)
{
	const char *email = db_text(st, cx, 3);
	return (struct item){
		.id = ITEMS_STRANGERS_FROM + db_i64(st, 0),
		.job_id = job_id,
		.location_id = db_i64(st, 1),
		.vpp_user_id = db_i64(st, 0),
		.kind = "foreign",
		.state = "done",
		.detail = arena_printf(cx->mem,
			"A record at Apple that was not made here; listed, not touched. (%s, %s)",
			email ? email : "no e-mail", db_text(st, cx, 4)),
		.reason = arena_printf(cx->mem, "Apple's record %s", db_text(st, cx, 2)),
		.updated_at = db_i64(st, 5),
	};
}

static bool is_of_strangers(const char *kind, const char *state)
{
	return (!kind || text_equal(kind, "foreign")) && (!state || text_equal(state, "done"));
}

/* Behind the items, if there is room and they are asked for. */
static enum err add_strangers(struct db *db, struct ctx *cx, int64_t job_id, const char *kind,
	const char *state, int64_t after_id, size_t limit, struct item *ret_items,
	size_t *ret_count)
{
	enum err e = OK;
	int64_t after = after_id > ITEMS_STRANGERS_FROM ? after_id - ITEMS_STRANGERS_FROM : 0;
	if (!is_of_strangers(kind, state) || *ret_count == limit)
		return OK;
	DB_STMT_AUTO(st, db, &items_strangers_query);
	db_bind_i64(st, job_id);
	db_bind_i64(st, after);
	db_bind_i64(st, (int64_t)(limit - *ret_count));
	while (*ret_count < limit && (e = db_step(st, cx)) == OK)
		ret_items[(*ret_count)++] = stranger_of(st, cx, job_id);
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err items_list(struct db *db, struct ctx *cx, int64_t job_id, const char *state,
	int64_t after_id, size_t limit, struct item *ret_items, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, state ? &items_list_state_query : &items_list_query);
	db_bind_i64(st, job_id);
	if (state)
		db_bind_text(st, state);
	db_bind_i64(st, after_id);
	db_bind_i64(st, (int64_t)limit);
	enum err e = several(st, cx, true, limit, ret_items, ret_count);
	return e ? e
	         : add_strangers(
			   db, cx, job_id, NULL, state, after_id, limit, ret_items, ret_count);
}

enum err items_count_strangers(struct db *db, struct ctx *cx, int64_t job_id, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &items_count_strangers_query);
	db_bind_i64(st, job_id);
	return db_run_i64(st, cx, ret_count);
}

enum err items_list_kind(struct db *db, struct ctx *cx, int64_t job_id, const char *kind,
	const char *state, int64_t after_id, size_t limit, struct item *ret_items,
	size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &items_list_kind_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, kind);
	db_bind_i64(st, after_id);
	db_bind_text(st, state);
	db_bind_i64(st, (int64_t)limit);
	enum err e = several(st, cx, true, limit, ret_items, ret_count);
	return e ? e
	         : add_strangers(
			   db, cx, job_id, kind, state, after_id, limit, ret_items, ret_count);
}

enum err items_list_people(struct db *db, struct ctx *cx, int64_t job_id, const char *people_json,
	const char *state, int64_t after_id, size_t limit, struct item *ret_items,
	size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &items_list_people_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, people_json);
	db_bind_i64(st, after_id);
	db_bind_text(st, state);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, true, limit, ret_items, ret_count);
}

enum err items_count_people(struct db *db, struct ctx *cx, int64_t job_id, const char *people_json,
	const char *state, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &items_count_people_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, people_json);
	db_bind_text(st, state);
	return db_run_i64(st, cx, ret_count);
}

enum err items_of_call(struct db *db, struct ctx *cx, int64_t call_id, size_t limit,
	struct item *ret_items, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &items_of_call_query);
	db_bind_i64(st, call_id);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, false, limit, ret_items, ret_count);
}

enum err items_sendable(struct db *db, struct ctx *cx, int64_t job_id, const char *kind,
	int64_t now, size_t limit, struct item *ret_items, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &items_sendable_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, kind);
	db_bind_i64(st, now);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, false, limit, ret_items, ret_count);
}

enum err items_next_send(struct db *db, struct ctx *cx, int64_t job_id, int64_t *ret_at)
{
	struct db_stmt *st = db_query(db, &items_next_send_query);
	db_bind_i64(st, job_id);
	return db_run_i64(st, cx, ret_at);
}

enum err items_open_of(struct db *db, struct ctx *cx, int64_t vpp_user_id, size_t limit,
	struct item *ret_items, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &items_open_of_query);
	db_bind_i64(st, vpp_user_id);
	db_bind_i64(st, (int64_t)limit);
	return several(st, cx, false, limit, ret_items, ret_count);
}

enum err items_hold(
	struct db *db, struct ctx *cx, int64_t location_id, const char *reason, int64_t now)
{
	struct db_stmt *st = db_query(db, &items_hold_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, reason);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err items_unhold(struct db *db, struct ctx *cx, int64_t location_id, int64_t now)
{
	struct db_stmt *st = db_query(db, &items_unhold_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err items_cancel(struct db *db, struct ctx *cx, int64_t job_id, const char *reason,
	int64_t now, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &items_cancel_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, reason);
	db_bind_i64(st, now);
	return db_run(st, cx, ret_count);
}

enum err items_leave_out(struct db *db, struct ctx *cx, int64_t job_id,
	const struct items_part *part, const char *reason, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &items_leave_out_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, part->kinds);
	db_bind_text(st, part->ids);
	db_bind_text(st, part->except);
	db_bind_text(st, reason);
	db_bind_i64(st, clock_now_ms());
	return db_run(st, cx, ret_count);
}

enum err items_count_planned(
	struct db *db, struct ctx *cx, int64_t job_id, const char *ids, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &items_count_planned_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, ids);
	return db_run_i64(st, cx, ret_count);
}

enum err items_drop_plan(
	struct db *db, struct ctx *cx, int64_t job_id, size_t limit, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &items_drop_plan_query);
	db_bind_i64(st, job_id);
	db_bind_i64(st, (int64_t)limit);
	return db_run(st, cx, ret_count);
}

enum err items_count_kinds(struct db *db, struct ctx *cx, int64_t job_id, size_t limit,
	struct item_count *ret_counts, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &items_count_kinds_query);
	db_bind_i64(st, job_id);
	size_t count = 0;
	int64_t strangers = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_counts[count++] = (struct item_count){
			.kind = db_text(st, cx, 0),
			.state = db_text(st, cx, 1),
			.count = db_i64(st, 2),
		};
	if (e && e != ERR_NOT_FOUND)
		return e;
	e = items_count_strangers(db, cx, job_id, &strangers);
	if (strangers && count < limit)
		ret_counts[count++] = (struct item_count){ "foreign", "done", strangers };
	*ret_count = count;
	return e;
}

enum err items_count(struct db *db, struct ctx *cx, int64_t job_id, const char *state,
	const char *kind, int64_t *ret_count)
{
	int64_t strangers = 0;
	struct db_stmt *st = db_query(db, &items_count_query);
	db_bind_i64(st, job_id);
	db_bind_text(st, state);
	db_bind_text(st, kind);
	enum err e = db_run_i64(st, cx, ret_count);
	if (!e && is_of_strangers(kind, state))
		e = items_count_strangers(db, cx, job_id, &strangers);
	*ret_count += strangers;
	return e;
}

enum err items_results(struct db *db, struct ctx *cx, int64_t job_id, size_t limit,
	struct item_result *ret_results, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &items_results_query);
	db_bind_i64(st, job_id);
	db_bind_i64(st, (int64_t)limit);
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_results[count++] = (struct item_result){
			.kind = db_text(st, cx, 0),
			.state = db_text(st, cx, 1),
			.apple_number = db_i64(st, 2),
			.reason = db_text(st, cx, 3),
			.count = db_i64(st, 4),
		};
	if (e && e != ERR_NOT_FOUND)
		return e;
	int64_t strangers = 0;
	e = items_count_strangers(db, cx, job_id, &strangers);
	if (strangers && count < limit)
		ret_results[count++] = (struct item_result){
			.kind = "foreign", .state = "done", .count = strangers
		};
	*ret_count = count;
	return e;
}
