/* The list of people: pages, walks and counts of those who match a filter. How it stays quick with a
 * million of them is in docs/design/people-list.md. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/people.sql.h"
#include "store/people_rows.h"

#define COUNT_AMONG 2000 /* people at the beginning of the list that a quick count looks at */
#define COUNT_FOUND 1000 /* or those that a search found */

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
char *people_needle(struct arena *a, const char *q)
{
	size_t characters = 0;

	for (const char *c = q; *c; c++)
		characters += ((unsigned char)*c & 0xc0) != 0x80;
	return arena_printf(a, "%s%s", characters < 3 ? " " : "", q);
}

char *people_like_pattern(struct arena *a, const char *q)
{
	const char *needle = people_needle(a, q);
	char *out = arena_alloc(a, 2 * strlen(needle) + 3);
	size_t n = 0;

	out[n++] = '%';
	for (const char *c = needle; *c; c++) {
		if (*c == '%' || *c == '_' || *c == '\\')
			out[n++] = '\\';
		out[n++] = *c;
	}
	out[n++] = '%';
	out[n] = '\0';
	return out;
}

char *people_serial_prefix(struct arena *a, const char *q)
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

void people_bind_filter(
	struct db_stmt *st, struct ctx *cx, const struct people_filter *f, int64_t location_id)
{
	bool has_q = f->q && f->q[0];
	char *serial = has_q ? people_serial_prefix(cx->mem, f->q) : NULL;

	db_bind_id(st, location_id);
	db_bind_text(st, has_q ? people_like_pattern(cx->mem, f->q) : NULL);
	db_bind_text(st, serial);
	db_bind_text(st, serial ? arena_printf(cx->mem, "%s~", serial) : NULL);
	db_bind_text(st, f->department);
	bind_either(st, f->eligible);
	bind_either(st, f->active);
	db_bind_id(st, f->platform);
	db_bind_text(st, f->states);
}

/* All rows of a bound statement, at most limit. */
static enum err read_people(struct db_stmt *st, struct ctx *cx, int limit,
	struct person **ret_people, size_t *ret_count)
{
	struct person *people = ARENA_ARRAY(cx->mem, struct person, limit);
	size_t count = 0;
	enum err e;

	while ((e = db_step(st, cx)) == OK && count < (size_t)limit)
		people_read_row(st, cx, &people[count++]);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_people = people;
	*ret_count = count;
	return OK;
}

/* --- few who match: sorted here ---------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct person_match *x = a, *y = b;
	int order = strcmp(x->sort_name, y->sort_name);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int by_name_down(const void *a, const void *b)
{
	return by_name(b, a);
}

static int by_id(const void *a, const void *b)
{
	const struct person_match *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* The rows of those that come after the place in the order, at most limit. */
static enum err rows_after(struct db *db, struct ctx *cx, struct person_match *matches,
	size_t match_count, int (*order)(const void *, const void *),
	const struct person_match *after, const struct people_page *page,
	struct person **ret_people, size_t *ret_count)
{
	struct person *people = ARENA_ARRAY(cx->mem, struct person, page->limit);
	size_t count = 0;

	if (match_count)
		qsort(matches, match_count, sizeof(*matches), order);
	for (size_t i = 0; i < match_count && count < (size_t)page->limit; i++) {
		struct person *p;
		enum err e;

		if (after && order(&matches[i], after) <= 0)
			continue;
		e = people_find_even_deleted(db, cx, matches[i].id, page->location_id, &p);
		if (e)
			return e;
		people[count++] = *p;
	}
	*ret_people = people;
	*ret_count = count;
	return OK;
}

/* --- the list ------------------------------------------------------------------------------- */

static enum err walk_list(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, struct person **ret_people, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, page->is_descending ? &people_list_down_query : &people_list_query);

	people_bind_filter(st, cx, filter, page->location_id);
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

enum err people_list(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, struct person **ret_people, size_t *ret_count)
{
	struct person_match *matches, after = { page->after_id, page->after_name };
	enum people_reach reach;
	size_t count;
	enum err e = people_narrow(db, cx, filter, page->location_id, &reach, &matches, &count);

	if (!e && reach == PEOPLE_FOUND)
		e = people_narrow_found(db, cx, filter, page->location_id,
			page->after_name ? page->after_id : 0, (size_t)page->limit, &matches,
			&count);
	if (e)
		return e;
	if (reach == PEOPLE_WALK)
		return walk_list(db, cx, filter, page, ret_people, ret_count);
	if (reach == PEOPLE_FOUND)
		return rows_after(db, cx, matches, count, by_id, NULL, page, ret_people, ret_count);
	return rows_after(db, cx, matches, count, page->is_descending ? by_name_down : by_name,
		page->after_name ? &after : NULL, page, ret_people, ret_count);
}

/* --- how many ------------------------------------------------------------------------------- */

static enum err count_flags(
	struct db *db, struct ctx *cx, const struct people_filter *f, int64_t *ret_people)
{
	struct db_stmt *st = db_query(db, &people_count_flags_query);

	bind_either(st, f->eligible);
	bind_either(st, f->active);
	db_bind_id(st, f->platform);
	return db_run_i64(st, cx, ret_people);
}

static enum err count_state(struct db *db, struct ctx *cx, const struct people_filter *f,
	int64_t location_id, const char *state, int64_t *ret_people)
{
	bool is_none = strcmp(state, "none") == 0;
	struct db_stmt *st = db_query(db, &people_count_state_query);
	int64_t live, everyone;
	enum err e;

	db_bind_i64(st, location_id);
	db_bind_text(st, is_none ? NULL : state);
	e = db_run_i64(st, cx, &live);
	if (e || !is_none) {
		*ret_people = live;
		return e;
	}
	e = count_flags(db, cx, f, &everyone);
	*ret_people = everyone - live;
	return e;
}

/* All the states that the filter names: nobody is in two of them. */
static enum err count_states(struct db *db, struct ctx *cx, const struct people_filter *f,
	int64_t location_id, int64_t *ret_people)
{
	char *rest = arena_strdup(cx->mem, f->states);

	*ret_people = 0;
	for (char *state; (state = strsep(&rest, ",")) != NULL;) {
		int64_t people = 0;
		enum err e = *state ? count_state(db, cx, f, location_id, state, &people) : OK;

		if (e)
			return e;
		*ret_people += people;
	}
	return OK;
}

static enum err count_matching(struct db *db, struct ctx *cx, const struct people_filter *f,
	int64_t location_id, int64_t among, int64_t *ret_people)
{
	struct db_stmt *st =
		db_query(db, among ? &people_count_first_query : &people_count_matching_query);

	people_bind_filter(st, cx, f, location_id);
	if (among)
		db_bind_i64(st, among);
	return db_run_i64(st, cx, ret_people);
}

enum err people_count(struct db *db, struct ctx *cx, const struct people_filter *f,
	int64_t location_id, bool wants_exact, struct people_count *ret_count)
{
	struct people_filter everyone = people_filter_any();
	struct person_match *matches;
	enum people_reach reach;
	size_t count;
	bool has_flags = f->eligible >= 0 || f->active >= 0 || f->platform;
	bool has_others = (f->q && f->q[0]) || f->department;
	int64_t all;
	enum err e;

	*ret_count = (struct people_count){ 0 };
	if (!has_others && !f->states)
		return count_flags(db, cx, f, &ret_count->people);
	/* The mark stands beside a state: those who have it are not in the tally. */
	if (!has_others && !has_flags && location_id && !strstr(f->states, ",failed,"))
		return count_states(db, cx, f, location_id, &ret_count->people);
	e = people_narrow(db, cx, f, location_id, &reach, &matches, &count);
	if (!e && reach == PEOPLE_FOUND && !wants_exact)
		e = people_narrow_found(
			db, cx, f, location_id, 0, COUNT_FOUND + 1, &matches, &count);
	if (!e && (reach == PEOPLE_FEW || (reach == PEOPLE_FOUND && !wants_exact))) {
		ret_count->is_more = reach == PEOPLE_FOUND && count > COUNT_FOUND;
		ret_count->people = (int64_t)count - ret_count->is_more;
		return OK;
	}
	if (!e)
		e = count_flags(db, cx, &everyone, &all);
	if (e)
		return e;
	ret_count->is_more = !wants_exact && all > COUNT_AMONG;
	return count_matching(
		db, cx, f, location_id, ret_count->is_more ? COUNT_AMONG : 0, &ret_count->people);
}

enum err people_walk(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, int64_t after_id, int limit, struct person **ret_people,
	size_t *ret_count)
{
	struct people_page page = { .location_id = location_id, .limit = limit };
	struct person_match *matches, after = { after_id, "" };
	enum people_reach reach;
	size_t count;
	enum err e = people_narrow(db, cx, filter, location_id, &reach, &matches, &count);

	if (!e && reach == PEOPLE_FOUND)
		e = people_narrow_found(
			db, cx, filter, location_id, after_id, (size_t)limit, &matches, &count);
	if (e)
		return e;
	if (reach != PEOPLE_WALK)
		return rows_after(
			db, cx, matches, count, by_id, &after, &page, ret_people, ret_count);
	DB_STMT_AUTO(st, db, &people_walk_query);
	people_bind_filter(st, cx, filter, location_id);
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

	people_bind_filter(st, cx, filter, location_id);
	db_bind_i64(st, id);
	e = db_run_i64(st, cx, &count);
	if (e)
		return e;
	*ret_matches = count > 0;
	return OK;
}
