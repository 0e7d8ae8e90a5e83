#include "store/people.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "db/db.h"
#include "store/people.sql.h"
#include "store/people_rows.h"

/* Columns from 21 on: the live VPP user. */
static void read_vpp(struct db_stmt *st, struct ctx *cx, struct person_vpp *v)
{
	v->id = db_i64(st, 21);
	if (!v->id) {
		v->state = "none";
		v->message_state = "none";
		return;
	}
	v->client_user_id = db_text(st, cx, 22);
	v->state = db_text(st, cx, 23);
	v->message_state = db_text(st, cx, 24);
	v->message_channel = db_text(st, cx, 25);
	v->message_reason = db_text(st, cx, 26);
	v->message_at = db_i64(st, 27);
	v->failed_number = db_i64(st, 28);
	v->failed_reason = db_text(st, cx, 29);
	v->missing_since = db_i64(st, 30);
	v->registered_at = db_i64(st, 31);
	v->associated_at = db_i64(st, 32);
	v->seen_at = db_i64(st, 34);
	v->licences = db_i64(st, 35);
}

void people_read_row(struct db_stmt *st, struct ctx *cx, struct person *p)
{
	*p = (struct person){
		.id = db_i64(st, 0),
		.user_name = db_text(st, cx, 1),
		.user_key = db_text(st, cx, 2),
		.display_name = db_text(st, cx, 3),
		.sort_name = db_text(st, cx, 4),
		.search_text = db_text(st, cx, 5),
		.email = db_text(st, cx, 6),
		.email_key = db_text(st, cx, 7),
		.managed_apple_account = db_text(st, cx, 8),
		.account_key = db_text(st, cx, 9),
		.groups = db_text(st, cx, 10),
		.department = db_text(st, cx, 11),
		.language = db_text(st, cx, 12),
		.is_active = db_bool(st, 13),
		.is_eligible = db_bool(st, 14),
		.platforms = (int)db_i64(st, 15) & PLATFORMS_ALL,
		.source = db_text(st, cx, 16),
		.created_at = db_i64(st, 17),
		.updated_at = db_i64(st, 18),
		.deleted_at = db_i64(st, 19),
		.device_count = db_i64(st, 20),
		.department_key = db_text(st, cx, 33),
	};
	read_vpp(st, cx, &p->vpp);
}

static enum err find(
	struct db *db, struct ctx *cx, int64_t id, int64_t location_id, struct person *ret_person)
{
	DB_STMT_AUTO(st, db, &people_find_query);
	enum err e;

	db_bind_id(st, location_id);
	db_bind_i64(st, id);
	e = db_step(st, cx);
	if (!e)
		people_read_row(st, cx, ret_person);
	return e;
}

enum err people_find_even_deleted(
	struct db *db, struct ctx *cx, int64_t id, int64_t location_id, struct person **ret_person)
{
	struct person *person = ARENA_NEW(cx->mem, struct person);
	enum err e = find(db, cx, id, location_id, person);

	if (e == ERR_NOT_FOUND)
		return err_set(
			cx, e, "person.none", "There is no person with the id %" PRId64 ".", id);
	if (e)
		return e;
	*ret_person = person;
	return OK;
}

enum err people_find(
	struct db *db, struct ctx *cx, int64_t id, int64_t location_id, struct person **ret_person)
{
	struct person *person;
	enum err e = people_find_even_deleted(db, cx, id, location_id, &person);

	if (e)
		return e;
	if (person->deleted_at)
		return err_set(
			cx, ERR_NOT_FOUND, "person.none", "%s was deleted.", person->display_name);
	*ret_person = person;
	return OK;
}

enum err people_find_by_user_key(
	struct db *db, struct ctx *cx, const char *user_key, struct person **ret_person)
{
	struct db_stmt *st = db_query(db, &people_find_by_user_key_query);
	int64_t id;
	enum err e;

	db_bind_text(st, user_key);
	e = db_run_i64(st, cx, &id);
	if (e)
		return e;
	return people_find_even_deleted(db, cx, id, 0, ret_person);
}

enum err people_of_user_keys(struct db *db, struct ctx *cx, const char *keys_json, int limit,
	struct person **ret_people, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &people_of_user_keys_query);
	struct person *people = ARENA_ARRAY(cx->mem, struct person, limit);
	size_t count = 0;
	enum err e;

	db_bind_null(st);
	db_bind_text(st, keys_json);
	while ((e = db_step(st, cx)) == OK && count < (size_t)limit)
		people_read_row(st, cx, &people[count++]);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_people = people;
	*ret_count = count;
	return OK;
}

/* The only row of a statement that gives at most two ids. */
static enum err find_only(struct db *db, struct ctx *cx, const struct db_query *query,
	const char *key, struct person **ret_person)
{
	DB_STMT_AUTO(st, db, query);
	int64_t id;
	enum err e;

	db_bind_text(st, key);
	e = db_step(st, cx);
	if (e)
		return e;
	id = db_i64(st, 0);
	e = db_step(st, cx);
	if (e == OK)
		return err_set(cx, ERR_CONFLICT, "person.ambiguous",
			"More than one person has the address %s.", key);
	if (e != ERR_NOT_FOUND)
		return e;
	return people_find_even_deleted(db, cx, id, 0, ret_person);
}

enum err people_find_by_email_key(
	struct db *db, struct ctx *cx, const char *email_key, struct person **ret_person)
{
	return find_only(db, cx, &people_find_by_email_key_query, email_key, ret_person);
}

enum err people_find_by_account_key(
	struct db *db, struct ctx *cx, const char *account_key, struct person **ret_person)
{
	return find_only(db, cx, &people_find_by_account_key_query, account_key, ret_person);
}

enum err people_know_addresses(
	struct db *db, struct ctx *cx, const char *const *keys, size_t count, bool *ret_known)
{
	DB_STMT_AUTO(st, db, &people_addresses_query);
	db_bind_text(st, json_texts(cx, keys, count));
	memset(ret_known, 0, count * sizeof(*ret_known));
	enum err e;
	while ((e = db_step(st, cx)) == OK)
		ret_known[db_i64(st, 0)] = true;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* The columns that insert and update share, in the order of people.sql. */
static void bind_person(struct db_stmt *st, const struct person *p)
{
	db_bind_text(st, p->user_name);
	db_bind_text(st, p->user_key);
	db_bind_text(st, p->display_name);
	db_bind_text(st, p->sort_name);
	db_bind_text(st, p->search_text);
	db_bind_text(st, p->email);
	db_bind_text(st, p->email_key);
	db_bind_text(st, p->managed_apple_account);
	db_bind_text(st, p->account_key);
	db_bind_text(st, p->groups);
	db_bind_text(st, p->department);
	db_bind_text(st, p->language);
	db_bind_bool(st, p->is_active);
	db_bind_text(st, p->source);
	db_bind_text(st, p->department_key);
}

/* --- writing: the row, its trigrams and the tally go together --------------------------------- */

static enum err run_on(struct db *db, struct ctx *cx, const struct db_query *query, int64_t id)
{
	struct db_stmt *st = db_query(db, query);

	db_bind_i64(st, id);
	return db_run_later(st, cx);
}

/* Before the row of a person changes. */
static enum err take_out(struct db *db, struct ctx *cx, int64_t id)
{
	return run_on(db, cx, &people_tally_out_query, id);
}

/* After it changed. */
static enum err put_in(struct db *db, struct ctx *cx, int64_t id)
{
	return run_on(db, cx, &people_tally_in_query, id);
}

static enum err forget_text(
	struct db *db, struct ctx *cx, const struct person *person, bool *ret_changes)
{
	struct db_stmt *st = db_query(db, &people_search_out_query);
	int64_t changed = 0;
	enum err e;

	db_bind_i64(st, person->id);
	db_bind_text(st, person->search_text);
	e = db_run(st, cx, &changed);
	*ret_changes = changed > 0;
	return e;
}

enum err people_insert(struct db *db, struct ctx *cx, const struct person *person, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &people_insert_query);
	enum err e;

	bind_person(st, person);
	db_bind_i64(st, person->created_at);
	db_bind_i64(st, person->updated_at);
	e = db_run_i64(st, cx, ret_id);
	if (!e)
		e = run_on(db, cx, &people_search_in_query, *ret_id);
	return e ? e : put_in(db, cx, *ret_id);
}

enum err people_update(struct db *db, struct ctx *cx, const struct person *person)
{
	struct db_stmt *st;
	bool has_new_text = false;
	enum err e = take_out(db, cx, person->id);

	if (!e)
		e = forget_text(db, cx, person, &has_new_text);
	if (e)
		return e;
	st = db_query(db, &people_update_query);
	db_bind_i64(st, person->id);
	bind_person(st, person);
	db_bind_i64(st, person->updated_at);
	e = db_run(st, cx, NULL);
	if (!e && has_new_text)
		e = run_on(db, cx, &people_search_in_query, person->id);
	return e ? e : put_in(db, cx, person->id);
}

enum err people_delete(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	struct db_stmt *st;
	enum err e = take_out(db, cx, id);

	if (e)
		return e;
	st = db_query(db, &people_delete_query);
	db_bind_i64(st, id);
	db_bind_i64(st, now);
	e = db_run(st, cx, NULL);
	if (e)
		return e;
	st = db_query(db, &people_free_devices_query);
	db_bind_i64(st, id);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err people_refresh(struct db *db, struct ctx *cx, int64_t person_id)
{
	enum err e;

	if (!person_id)
		return OK;
	e = take_out(db, cx, person_id);
	if (!e)
		e = run_on(db, cx, &people_refresh_query, person_id);
	return e ? e : put_in(db, cx, person_id);
}

enum err people_history(struct db *db, struct ctx *cx, int64_t person_id, int64_t before_at,
	int64_t before_order, int limit, struct person_event **ret_events, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &people_history_query);
	struct person_event *events = ARENA_ARRAY(cx->mem, struct person_event, limit);
	size_t count = 0;
	enum err e;

	db_bind_i64(st, person_id);
	db_bind_i64(st, before_at ? before_at : INT64_MAX);
	db_bind_i64(st, before_order);
	db_bind_i64(st, limit);
	while ((e = db_step(st, cx)) == OK && count < (size_t)limit)
		events[count++] = (struct person_event){
			.type = db_text(st, cx, 0),
			.id = db_i64(st, 1),
			.at = db_i64(st, 2),
			.job_id = db_i64(st, 3),
			.kind = db_text(st, cx, 4),
			.state = db_text(st, cx, 5),
			.channel = db_text(st, cx, 6),
			.detail = db_text(st, cx, 7),
			.reason = db_text(st, cx, 8),
			.apple_number = db_i64(st, 9),
			.order = db_i64(st, 10),
		};
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_events = events;
	*ret_count = count;
	return OK;
}
