/* The list of people by something else than the name: docs/design/people-list.md.
 *
 * Each order is a few segments one after the other, each of them an index that is walked: those who have
 * the value, in its order, then those who have none. A place is the number of the segment, as one
 * character, and the key in it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "store/people.sql.h"
#include "store/people_rows.h"

#define LAST_TEXT    "\xf4\x8f\xbf\xbf"
#define SEGMENTS_MAX 8

struct segment {
	const struct db_query *query; /* NULL: who has no record, by name */
	const char *state;            /* of people_list_of_state */
	const char *first;            /* a key before all others */
	char digit;
	bool is_turned; /* it is walked down when the list is */
};

/* In the order in which they come to a VPP user. */
static const char *const states[] = { "requested", "registered", "invited", "associated",
	"removing", "checking" };
#define STATES (sizeof(states) / sizeof(states[0]))

static size_t add_states(const struct people_page *page, struct segment *to)
{
	for (size_t i = 0; i < STATES; i++) {
		size_t state = page->is_descending ? STATES - 1 - i : i;
		to[i] = (struct segment){
			.query = page->is_descending ? &people_list_of_state_down_query
			                             : &people_list_of_state_query,
			.state = states[state],
			.first = page->is_descending ? LAST_TEXT : "",
			.digit = (char)('0' + state),
			.is_turned = true,
		};
	}
	return STATES;
}

/* The segments of the page's order, in their order. */
static size_t segments_of(const struct people_page *page, struct segment *to)
{
	static const struct {
		const struct db_query *up, *down, *none;
		const char *first, *last;
	} keyed[] = {
		[PEOPLE_BY_EMAIL] = { &people_list_email_query, &people_list_email_down_query,
			&people_list_no_email_query, "", LAST_TEXT },
		[PEOPLE_BY_DEPARTMENT] = { &people_list_department_query,
			&people_list_department_down_query, &people_list_no_department_query, "",
			LAST_TEXT },
		[PEOPLE_BY_SEEN] = { &people_list_seen_query, &people_list_seen_down_query,
			&people_list_unseen_query, "-1", "9223372036854775807" },
	};
	bool is_down = page->is_descending;
	bool needs_records = page->sort == PEOPLE_BY_STATE || page->sort == PEOPLE_BY_SEEN;
	size_t count = 0;

	if (page->sort == PEOPLE_BY_STATE && page->location_id) {
		count = add_states(page, to);
	} else if (!needs_records || page->location_id) {
		to[count++] = (struct segment){
			.query = is_down ? keyed[page->sort].down : keyed[page->sort].up,
			.first = is_down ? keyed[page->sort].last : keyed[page->sort].first,
			.digit = '0',
			.is_turned = true,
		};
		to[count++] = (struct segment){
			.query = keyed[page->sort].none, .first = "", .digit = '1'
		};
	}
	if (needs_records)
		to[count++] = (struct segment){ .first = "", .digit = '9' };
	return count;
}

static const char *keyed_place(struct arena *a, const char *key)
{
	return key ? arena_printf(a, "0%s", key) : "1";
}

static const char *place_of(struct arena *a, enum people_sort sort, const struct person_match *m)
{
	size_t state = 0;

	switch (sort) {
	case PEOPLE_BY_NAME:
		return m->sort_name;
	case PEOPLE_BY_EMAIL:
		return keyed_place(a, m->email_key);
	case PEOPLE_BY_DEPARTMENT:
		return keyed_place(a, m->department_key);
	case PEOPLE_BY_SEEN:
		if (!m->state)
			break;
		return keyed_place(a, m->seen_at ? arena_printf(a, "%" PRId64, m->seen_at) : NULL);
	case PEOPLE_BY_STATE:
		while (state < STATES && !text_equal(states[state], m->state))
			state++;
		if (state < STATES)
			return arena_printf(a, "%c%s", (char)('0' + state), m->sort_name);
		break;
	}
	return arena_printf(a, "9%s", m->sort_name);
}

const char *people_place(struct ctx *cx, enum people_sort sort, const struct person *p)
{
	struct person_match m = { .id = p->id,
		.sort_name = p->sort_name,
		.email_key = p->email_key,
		.department_key = p->department_key,
		.state = p->vpp.id ? p->vpp.state : NULL,
		.seen_at = p->vpp.seen_at };

	return place_of(cx->mem, sort, &m);
}

/* --- few who match: sorted here ------------------------------------------------------------- */

struct placed {
	const char *place;
	int64_t id;
	struct segment segment; /* its query is not looked at */
	size_t rank;            /* of the segment */
	int64_t number;         /* the key of PEOPLE_BY_SEEN */
	enum people_sort sort;
	bool is_down;
};

static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	bool is_down = x->is_down && x->segment.is_turned;
	int order = 0;

	if (x->rank != y->rank)
		return x->rank > y->rank ? 1 : -1;
	if (x->sort == PEOPLE_BY_SEEN && x->segment.digit == '0')
		order = (x->number > y->number) - (x->number < y->number);
	else
		order = strcmp(x->place, y->place);
	if (!order)
		order = (x->id > y->id) - (x->id < y->id);
	return is_down ? -order : order;
}

static struct placed put_in_place(const struct people_page *page, const char *place, int64_t id)
{
	struct segment segments[SEGMENTS_MAX];
	size_t count = segments_of(page, segments);
	struct placed p = {
		.place = place, .id = id, .sort = page->sort, .is_down = page->is_descending
	};

	while (p.rank + 1 < count && segments[p.rank].digit != place[0])
		p.rank++;
	p.segment = segments[p.rank];
	if (p.sort == PEOPLE_BY_SEEN && p.segment.digit == '0' &&
		text_parse_i64(place + 1, INT64_MIN, INT64_MAX, &p.number))
		p.number = 0;
	return p;
}

static enum err list_few(struct db *db, struct ctx *cx, const struct person_match *matches,
	size_t match_count, const struct people_page *page, struct person **ret_people,
	size_t *ret_count)
{
	struct placed *all = ARENA_ARRAY(cx->mem, struct placed, match_count + 1), after;
	struct person *people = ARENA_ARRAY(cx->mem, struct person, page->limit), *one;
	bool has_after = page->after_key != NULL;

	for (size_t i = 0; i < match_count; i++)
		all[i] = put_in_place(
			page, place_of(cx->mem, page->sort, &matches[i]), matches[i].id);
	qsort(all, match_count, sizeof(*all), by_place);
	if (has_after)
		after = put_in_place(page, page->after_key, page->after_id);
	*ret_people = people;
	*ret_count = 0;
	for (size_t i = 0; i < match_count && *ret_count < (size_t)page->limit; i++) {
		if (has_after && by_place(&all[i], &after) <= 0)
			continue;
		enum err e = people_find_even_deleted(db, cx, all[i].id, page->location_id, &one);
		if (e)
			return e;
		people[(*ret_count)++] = *one;
	}
	return OK;
}

/* --- many: along the indexes ----------------------------------------------------------------- */

static enum err read_segment(struct db *db, struct ctx *cx, const struct segment *segment,
	const struct people_filter *filter, const struct people_page *page,
	struct person **ret_people, size_t *ret_count)
{
	struct people_filter none = *filter;
	struct people_page by_name = *page;

	if (segment->query) {
		DB_STMT_AUTO(st, db, segment->query);
		bool is_down = page->is_descending && segment->is_turned;
		people_bind_filter(st, cx, filter, page->location_id);
		db_bind_text(st, page->after_key ? page->after_key : segment->first);
		db_bind_i64(st, page->after_key ? page->after_id : is_down ? INT64_MAX : 0);
		db_bind_i64(st, page->limit);
		if (segment->state)
			db_bind_text(st, segment->state);
		return people_read_rows(st, cx, page->limit, ret_people, ret_count);
	}
	*ret_count = 0;
	if (filter->states && !strstr(filter->states, ",none,"))
		return OK;
	none.states = ",none,";
	by_name.is_descending = false;
	return people_list_by_name(db, cx, &none, &by_name, ret_people, ret_count);
}

static enum err list_many(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, struct person **ret_people, size_t *ret_count)
{
	struct segment segments[SEGMENTS_MAX];
	struct person *people = ARENA_ARRAY(cx->mem, struct person, page->limit), *some;
	struct people_page rest = *page;
	size_t segment_count = segments_of(page, segments), first = 0, count = 0, more;

	rest.after_key = NULL;
	if (page->after_key) {
		while (first + 1 < segment_count && segments[first].digit != page->after_key[0])
			first++;
		rest.after_key = page->after_key + 1;
	}
	for (size_t i = first; i < segment_count && rest.limit; i++) {
		enum err e = read_segment(db, cx, &segments[i], filter, &rest, &some, &more);
		if (e)
			return e;
		if (more)
			memcpy(people + count, some, more * sizeof(*some));
		count += more;
		rest.limit -= (int)more;
		rest.after_key = NULL;
	}
	*ret_people = people;
	*ret_count = count;
	return OK;
}

/* Cursors come from outside: is it one of this order? */
static bool is_place(const struct people_page *page)
{
	struct segment segments[SEGMENTS_MAX];
	size_t count = segments_of(page, segments);
	int64_t number;

	for (size_t i = 0; i < count; i++)
		if (segments[i].digit == page->after_key[0])
			return page->sort != PEOPLE_BY_SEEN || segments[i].digit != '0' ||
			       !text_parse_i64(page->after_key + 1, 0, INT64_MAX, &number);
	return false;
}

enum err people_list_sorted(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, struct person **ret_people, size_t *ret_count)
{
	bool with_records = page->sort == PEOPLE_BY_STATE || page->sort == PEOPLE_BY_SEEN;
	struct person_match *matches;
	enum people_reach reach;
	size_t count;
	if (page->after_key && !is_place(page))
		return err_set_field(cx, ERR_INVALID, "query.cursor", "after",
			"after is not a cursor of this list; begin again without it.");
	enum err e = people_narrow(
		db, cx, filter, page->location_id, with_records, &reach, &matches, &count);

	if (e)
		return e;
	if (reach == PEOPLE_FEW)
		return list_few(db, cx, matches, count, page, ret_people, ret_count);
	if (reach == PEOPLE_WALK)
		return list_many(db, cx, filter, page, ret_people, ret_count);
	e = people_narrow_found(db, cx, filter, page->location_id, NULL,
		page->after_key ? page->after_id : 0, (size_t)page->limit, &matches, &count);
	return e ? e
	         : people_rows_after(
			   db, cx, matches, count, people_by_id, NULL, page, ret_people, ret_count);
}
