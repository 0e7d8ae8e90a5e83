#include "store/people.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/people.sql.h"

/* Sorts after every name: the greatest code point there is. */
#define LAST_NAME "\xf4\x8f\xbf\xbf"

/* A search with a text this long that has a digit may mean a serial number. */
#define SERIAL_SEARCH_LEAST 6

struct people_filter people_filter_any(void)
{
	return (struct people_filter){ .eligible = -1, .active = -1 };
}

/* One or two characters are looked for at the beginning of words, more anywhere. search_text
 * begins with a space for that. */
static char *like_pattern(struct arena *a, const char *q)
{
	size_t length = strlen(q), characters = 0, n = 0;
	char *out = arena_alloc(a, 2 * length + 4);

	for (size_t i = 0; i < length; i++)
		characters += ((unsigned char)q[i] & 0xc0) != 0x80;
	out[n++] = '%';
	if (characters < 3)
		out[n++] = ' ';
	for (size_t i = 0; i < length; i++) {
		if (q[i] == '%' || q[i] == '_' || q[i] == '\\')
			out[n++] = '\\';
		out[n++] = q[i];
	}
	out[n++] = '%';
	return out;
}

/* The text in upper case if a serial number could begin so, else NULL. */
static char *serial_prefix(struct arena *a, const char *q)
{
	bool has_digit = false;
	char *upper;

	if (strlen(q) < SERIAL_SEARCH_LEAST || strlen(q) > 32)
		return NULL;
	upper = arena_strdup(a, q);
	for (char *c = upper; *c; c++) {
		if (!isascii((unsigned char)*c) || !isalnum((unsigned char)*c))
			return NULL;
		has_digit |= isdigit((unsigned char)*c) != 0;
		*c = (char)toupper((unsigned char)*c);
	}
	return has_digit ? upper : NULL;
}

static void bind_either(struct db_stmt *st, int flag)
{
	if (flag < 0)
		db_bind_null(st);
	else
		db_bind_i64(st, flag != 0);
}

/* The nine parameters of people.sql's filter. */
static void bind_filter(
	struct db_stmt *st, struct ctx *cx, const struct people_filter *f, int64_t location_id)
{
	bool has_q = f->q && f->q[0];
	char *serial = has_q ? serial_prefix(cx->mem, f->q) : NULL;

	db_bind_id(st, location_id);
	db_bind_text(st, has_q ? like_pattern(cx->mem, f->q) : NULL);
	db_bind_text(st, serial);
	db_bind_text(st, serial ? arena_printf(cx->mem, "%s~", serial) : NULL);
	db_bind_text(st, f->department);
	bind_either(st, f->eligible);
	bind_either(st, f->active);
	db_bind_id(st, f->platform);
	db_bind_text(st, f->states);
}

/* Columns from 22 on: the live VPP user. */
static void read_vpp(struct db_stmt *st, struct ctx *cx, struct person_vpp *v)
{
	v->id = db_i64(st, 22);
	if (!v->id) {
		v->state = "none";
		v->message_state = "none";
		return;
	}
	v->client_user_id = db_text(st, cx, 23);
	v->state = db_text(st, cx, 24);
	v->message_state = db_text(st, cx, 25);
	v->message_channel = db_text(st, cx, 26);
	v->message_reason = db_text(st, cx, 27);
	v->message_at = db_i64(st, 28);
	v->failed_number = db_i64(st, 29);
	v->failed_reason = db_text(st, cx, 30);
	v->missing_since = db_i64(st, 31);
	v->registered_at = db_i64(st, 32);
	v->associated_at = db_i64(st, 33);
}

static void read_person(struct db_stmt *st, struct ctx *cx, struct person *p)
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
		.platforms = (int)db_i64(st, 15),
		.source = db_text(st, cx, 16),
		.external_id = db_text(st, cx, 17),
		.created_at = db_i64(st, 18),
		.updated_at = db_i64(st, 19),
		.deleted_at = db_i64(st, 20),
		.device_count = db_i64(st, 21),
	};
	read_vpp(st, cx, &p->vpp);
}

/* All rows of a bound statement, at most limit. */
static enum err read_people(struct db_stmt *st, struct ctx *cx, int limit,
	struct person **ret_people, size_t *ret_count)
{
	struct person *people = ARENA_ARRAY(cx->mem, struct person, limit);
	size_t count = 0;
	enum err e;

	while ((e = db_step(st, cx)) == OK && count < (size_t)limit)
		read_person(st, cx, &people[count++]);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_people = people;
	*ret_count = count;
	return OK;
}

enum err people_list(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, struct person **ret_people, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, page->is_descending ? &people_list_down_query : &people_list_query);

	bind_filter(st, cx, filter, page->location_id);
	if (page->after_name) {
		db_bind_text(st, page->after_name);
		db_bind_i64(st, page->after_id);
	} else {
		db_bind_text(st, page->is_descending ? LAST_NAME : "");
		db_bind_i64(st, page->is_descending ? INT64_MAX : 0);
	}
	db_bind_i64(st, page->limit);
	return read_people(st, cx, page->limit, ret_people, ret_count);
}

static bool is_everyone(const struct people_filter *f)
{
	return !(f->q && f->q[0]) && !f->states && f->eligible < 0 && f->active < 0 &&
	       !f->platform && !f->department;
}

enum err people_count(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, int64_t *ret_count)
{
	struct db_stmt *st;

	if (is_everyone(filter))
		return db_run_i64(db_query(db, &people_count_all_query), cx, ret_count);
	st = db_query(db, &people_count_matching_query);
	bind_filter(st, cx, filter, location_id);
	return db_run_i64(st, cx, ret_count);
}

enum err people_walk(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, int64_t after_id, int limit, struct person **ret_people,
	size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &people_walk_query);

	bind_filter(st, cx, filter, location_id);
	db_bind_i64(st, after_id);
	db_bind_i64(st, limit);
	return read_people(st, cx, limit, ret_people, ret_count);
}

enum err people_matches(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, int64_t id, bool *ret_matches)
{
	struct db_stmt *st = db_query(db, &people_matches_query);
	int64_t count;
	enum err e;

	bind_filter(st, cx, filter, location_id);
	db_bind_i64(st, id);
	e = db_run_i64(st, cx, &count);
	if (e)
		return e;
	*ret_matches = count > 0;
	return OK;
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
		read_person(st, cx, ret_person);
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
	db_bind_text(st, p->external_id);
}

enum err people_insert(struct db *db, struct ctx *cx, const struct person *person, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &people_insert_query);

	bind_person(st, person);
	db_bind_i64(st, person->created_at);
	db_bind_i64(st, person->updated_at);
	return db_run_i64(st, cx, ret_id);
}

enum err people_update(struct db *db, struct ctx *cx, const struct person *person)
{
	struct db_stmt *st = db_query(db, &people_update_query);

	db_bind_i64(st, person->id);
	bind_person(st, person);
	db_bind_i64(st, person->updated_at);
	return db_run(st, cx, NULL);
}

enum err people_delete(struct db *db, struct ctx *cx, int64_t id, int64_t now)
{
	struct db_stmt *st = db_query(db, &people_delete_query);
	enum err e;

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
	struct db_stmt *st;

	if (!person_id)
		return OK;
	st = db_query(db, &people_refresh_query);
	db_bind_i64(st, person_id);
	return db_run(st, cx, NULL);
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
