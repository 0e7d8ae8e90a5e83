/* The list of people: pages of those who match a filter. How it stays quick with a million of them is in
 * docs/design/people-list.md. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/people.sql.h"
#include "store/people_rows.h"

/* Sorts after every name: the greatest code point there is. */
#define LAST_NAME "\xf4\x8f\xbf\xbf"

#define SOURCES_MAX 10 /* states and the mark */

enum err people_read_rows(struct db_stmt *st, struct ctx *cx, int limit, struct person **ret_people,
	size_t *ret_count)
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

int people_by_id(const void *a, const void *b)
{
	const struct person_match *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

enum err people_rows_after(struct db *db, struct ctx *cx, struct person_match *matches,
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

/* A part of the list: names from one up to, and without, another. */
struct range {
	const char *from, *before;
};

static const struct range whole = { "", LAST_NAME };

/* An index that holds some of the people in order of their names. */
struct source {
	const struct db_query *up, *down;
	const char *state; /* of people_list_state; NULL: not of a state */
	bool has_filter;   /* the whole filter is compared, states and all */
};

static const struct source everyone = { &people_list_query, &people_list_down_query, NULL, true };

static enum err read_source(struct db *db, struct ctx *cx, const struct source *source,
	const struct people_filter *filter, const struct people_page *page,
	const struct range *range, struct person **ret_people, size_t *ret_count)
{
	struct people_filter asked = *filter;
	bool is_down = page->is_descending;
	/* The place where the page begins, when that is inside the range. */
	bool is_inside = page->after_key && (is_down ? strcmp(page->after_key, range->before) < 0
						     : strcmp(page->after_key, range->from) >= 0);
	DB_STMT_AUTO(st, db, is_down ? source->down : source->up);

	if (!source->has_filter)
		asked.states = source->state;
	people_bind_filter(st, cx, &asked, page->location_id);
	if (is_inside) {
		db_bind_text(st, page->after_key);
		db_bind_i64(st, page->after_id);
	} else {
		db_bind_text(st, is_down ? range->before : range->from);
		db_bind_i64(st, 0);
	}
	db_bind_i64(st, page->limit);
	db_bind_text(st, is_down ? range->from : range->before);
	return people_read_rows(st, cx, page->limit, ret_people, ret_count);
}

/* The sources of which the states are the union; none when there is no index for one of them. */
static enum err find_sources(struct db *db, struct ctx *cx, const char *states, int64_t location_id,
	struct source *sources, size_t *ret_count)
{
	size_t count = 0;

	*ret_count = 0;
	for (const char *s = states + 1; *s && count < SOURCES_MAX;) {
		size_t length = strcspn(s, ",");
		const char *state = arena_strndup(cx->mem, s, length);

		s += length + (s[length] == ',');
		if (strcmp(state, "none") == 0) {
			struct db_stmt *st = db_query(db, &people_have_others_query);
			int64_t others;
			enum err e;

			db_bind_i64(st, location_id);
			e = db_run_i64(st, cx, &others);
			if (e || others)
				return e;
			sources[count++] = (struct source){ &people_list_without_query,
				&people_list_without_down_query, NULL, false };
		} else if (strcmp(state, "failed") == 0) {
			sources[count++] = (struct source){ &people_list_failed_query,
				&people_list_failed_down_query, NULL, false };
		} else {
			sources[count++] = (struct source){ &people_list_state_query,
				&people_list_state_down_query, state, false };
		}
	}
	*ret_count = count;
	return OK;
}

static int person_by_name(const void *a, const void *b)
{
	const struct person *x = a, *y = b;
	int order = strcmp(x->sort_name, y->sort_name);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int person_by_name_down(const void *a, const void *b)
{
	return person_by_name(b, a);
}

/* Sorts what several sources gave; who failed may be in two of them. */
static void merge(struct person *people, size_t *count, const struct people_page *page)
{
	size_t kept = 0;

	qsort(people, *count, sizeof(*people),
		page->is_descending ? person_by_name_down : person_by_name);
	for (size_t i = 0; i < *count && kept < (size_t)page->limit; i++) {
		if (!kept || people[kept - 1].id != people[i].id)
			people[kept++] = people[i];
	}
	*count = kept;
}

/* A page of a range in order of the names. */
static enum err list_range(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, const struct range *range, struct person **ret_people,
	size_t *ret_count)
{
	struct source sources[SOURCES_MAX] = { everyone };
	struct person *all, *some;
	size_t source_count = 0, count = 0, more = 0;
	enum err e = OK;

	if (filter->states && page->location_id)
		e = find_sources(db, cx, filter->states, page->location_id, sources, &source_count);
	if (!e && source_count <= 1)
		return read_source(db, cx, source_count ? &sources[0] : &everyone, filter, page,
			range, ret_people, ret_count);
	all = ARENA_ARRAY(cx->mem, struct person, source_count * (size_t)page->limit);
	for (size_t i = 0; !e && i < source_count; i++) {
		e = read_source(db, cx, &sources[i], filter, page, range, &some, &more);
		if (!e && more)
			memcpy(all + count, some, more * sizeof(*some));
		count += e ? 0 : more;
	}
	if (e)
		return e;
	merge(all, &count, page);
	*ret_people = all;
	*ret_count = count;
	return OK;
}

/* --- a search: names that begin with the text, then the others ----------------------------------- */

/* Of the others: nothing names them, so the list is walked before and behind those that begin so. */
static enum err list_around(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, const struct range *middle, struct person **ret_people,
	size_t *ret_count)
{
	const struct range sides[2] = { { "", middle->from }, { middle->before, LAST_NAME } };
	struct person *people = ARENA_ARRAY(cx->mem, struct person, page->limit), *some;
	struct people_page rest = *page;
	size_t count = 0, more;

	for (int i = 0; i < 2 && rest.limit; i++) {
		enum err e = list_range(db, cx, filter, &rest,
			&sides[page->is_descending ? 1 - i : i], &some, &more);

		if (e)
			return e;
		if (more)
			memcpy(people + count, some, more * sizeof(*some));
		count += more;
		rest.limit -= (int)more;
	}
	*ret_people = people;
	*ret_count = count;
	return OK;
}

static enum err list_others(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, const struct range *middle, struct person **ret_people,
	size_t *ret_count)
{
	const char *beginning = people_name_beginning(cx->mem, filter->q);
	struct person_match *matches,
		after = { .id = page->after_id, .sort_name = page->after_key };
	enum people_reach reach;
	size_t count, kept = 0;
	enum err e =
		people_narrow(db, cx, filter, page->location_id, false, &reach, &matches, &count);

	if (e)
		return e;
	if (reach == PEOPLE_WALK)
		return list_around(db, cx, filter, page, middle, ret_people, ret_count);
	if (reach == PEOPLE_FOUND) {
		e = people_narrow_found(db, cx, filter, page->location_id, beginning,
			page->after_key ? page->after_id : 0, (size_t)page->limit, &matches,
			&count);
		return e ? e
		         : people_rows_after(db, cx, matches, count, people_by_id, NULL, page,
				   ret_people, ret_count);
	}
	for (size_t i = 0; i < count; i++) {
		if (!people_begins_with(matches[i].sort_name, beginning))
			matches[kept++] = matches[i];
	}
	return people_rows_after(db, cx, matches, kept,
		page->is_descending ? by_name_down : by_name, page->after_key ? &after : NULL, page,
		ret_people, ret_count);
}

static enum err search(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, struct person **ret_people, size_t *ret_count)
{
	const char *beginning = people_name_beginning(cx->mem, filter->q);
	struct range middle = { "", "" };
	struct people_filter rest = *filter;
	struct people_page others = *page;
	struct person *people = ARENA_ARRAY(cx->mem, struct person, page->limit), *some;
	size_t count = 0, more;
	enum err e;

	if (beginning)
		middle = (struct range){ beginning,
			arena_printf(cx->mem, "%s" LAST_NAME, beginning) };
	if (!strpbrk(filter->q, "0123456789"))
		rest.q = NULL; /* who begins so matches; with a number, "02" would pass for "2" */
	if (beginning && (!page->after_key || people_begins_with(page->after_key, beginning))) {
		e = list_range(db, cx, &rest, page, &middle, &some, &count);
		if (e || count == (size_t)page->limit) {
			*ret_people = some;
			*ret_count = count;
			return e;
		}
		if (count)
			memcpy(people, some, count * sizeof(*some));
		others.after_key = NULL;
		others.limit -= (int)count;
	}
	e = list_others(db, cx, filter, &others, &middle, &some, &more);
	if (e)
		return e;
	if (more)
		memcpy(people + count, some, more * sizeof(*some));
	*ret_people = people;
	*ret_count = count + more;
	return OK;
}

enum err people_list_by_name(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, struct person **ret_people, size_t *ret_count)
{
	return list_range(db, cx, filter, page, &whole, ret_people, ret_count);
}

enum err people_list(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, struct person **ret_people, size_t *ret_count)
{
	if (page->sort != PEOPLE_BY_NAME)
		return people_list_sorted(db, cx, filter, page, ret_people, ret_count);
	if (filter->q && filter->q[0])
		return search(db, cx, filter, page, ret_people, ret_count);
	return list_range(db, cx, filter, page, &whole, ret_people, ret_count);
}

enum err people_walk(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, int64_t after_id, int limit, struct person **ret_people,
	size_t *ret_count)
{
	struct people_page page = { .location_id = location_id, .limit = limit };
	struct person_match *matches, after = { .id = after_id, .sort_name = "" };
	enum people_reach reach;
	size_t count;
	enum err e = people_narrow(db, cx, filter, location_id, false, &reach, &matches, &count);

	if (!e && reach == PEOPLE_FOUND)
		e = people_narrow_found(db, cx, filter, location_id, NULL, after_id, (size_t)limit,
			&matches, &count);
	if (e)
		return e;
	if (reach != PEOPLE_WALK)
		return people_rows_after(
			db, cx, matches, count, people_by_id, &after, &page, ret_people, ret_count);
	DB_STMT_AUTO(st, db, &people_walk_query);
	people_bind_filter(st, cx, filter, location_id);
	db_bind_i64(st, after_id);
	db_bind_i64(st, limit);
	return people_read_rows(st, cx, limit, ret_people, ret_count);
}
