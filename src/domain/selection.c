#include "domain/selection.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "store/findings.h"

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* A sorted copy without repetitions. */
static const int64_t *sorted_unique(
	struct ctx *cx, const int64_t *ids, size_t count, size_t *ret_count)
{
	int64_t *copy = arena_copy(cx->mem, ids, count * sizeof(*ids));
	size_t n = 0;

	qsort(copy, count, sizeof(*copy), by_value);
	for (size_t i = 0; i < count; i++) {
		if (!n || copy[n - 1] != copy[i])
			copy[n++] = copy[i];
	}
	*ret_count = n;
	return copy;
}

static enum err refuse_too_many(struct ctx *cx, const char *pointer)
{
	return err_set_field(cx, ERR_INVALID, "selection.too_many", pointer,
		"At most %d people can be named one by one. Use a filter to select more.",
		SELECTION_MAX_IDS);
}

enum err selection_of_ids(
	struct ctx *cx, const int64_t *ids, size_t count, struct selection *ret_selection)
{
	struct selection s = { .expected = -1, .filter = people_filter_any() };

	if (!count)
		return err_set_field(cx, ERR_INVALID, "selection.empty", "/selection/ids",
			"Nobody is selected. Select at least one person.");
	if (count > SELECTION_MAX_IDS)
		return refuse_too_many(cx, "/selection/ids");
	s.ids = sorted_unique(cx, ids, count, &s.id_count);
	*ret_selection = s;
	return OK;
}

enum err selection_of_filter(struct ctx *cx, const struct people_filter *filter,
	const int64_t *exclude, size_t count, int64_t expected, struct selection *ret_selection)
{
	struct selection s = { .is_filter = true, .filter = *filter, .expected = expected };

	if (count > SELECTION_MAX_IDS)
		return refuse_too_many(cx, "/selection/exclude");
	if (count)
		s.exclude = sorted_unique(cx, exclude, count, &s.exclude_count);
	*ret_selection = s;
	return OK;
}

struct selection selection_of_findings(const struct findings_choice *choice, int64_t expected)
{
	return (struct selection){
		.expected = expected, .filter = people_filter_any(), .findings = choice
	};
}

static enum err check_findings(
	struct db *db, struct ctx *cx, const struct selection *s, int64_t *ret_count)
{
	struct findings_chosen chosen;
	enum err e = findings_count_chosen(db, cx, s->findings, &chosen);

	if (e)
		return e;
	if (s->expected >= 0 && s->expected != chosen.findings)
		return err_set_field(cx, ERR_CONFLICT, "selection.moved", "/expected",
			"The findings changed: %" PRId64 " are open now instead of %" PRId64
			". Check them and confirm again.",
			chosen.findings, s->expected);
	*ret_count = chosen.people;
	return OK;
}

/* All ids must be living people: otherwise the list that the admin saw is out of date. */
static enum err check_ids(
	struct db *db, struct ctx *cx, const struct selection *s, int64_t *ret_count)
{
	struct people_filter anyone = people_filter_any();

	for (size_t i = 0; i < s->id_count; i++) {
		bool is_there;
		enum err e = people_matches(db, cx, &anyone, 0, s->ids[i], &is_there);

		if (e)
			return e;
		if (!is_there)
			return err_set_field(cx, ERR_CONFLICT, "selection.moved", "/selection/ids",
				"There is no person with the id %" PRId64
				" (any more). Load the list again and select anew.",
				s->ids[i]);
	}
	*ret_count = (int64_t)s->id_count;
	return OK;
}

enum err selection_check(struct db *db, struct ctx *cx, const struct selection *s,
	int64_t location_id, int64_t *ret_count)
{
	struct people_count matching;
	int64_t count;
	enum err e;

	if (s->findings)
		return check_findings(db, cx, s, ret_count);
	if (!s->is_filter)
		return check_ids(db, cx, s, ret_count);
	e = people_count(db, cx, &s->filter, location_id, true, &matching);
	if (e)
		return e;
	count = matching.people;
	for (size_t i = 0; i < s->exclude_count; i++) {
		bool matches;

		e = people_matches(db, cx, &s->filter, location_id, s->exclude[i], &matches);
		if (e)
			return e;
		count -= matches;
	}
	if (s->expected >= 0 && s->expected != count)
		return err_set_field(cx, ERR_CONFLICT, "selection.moved", "/selection/expected",
			"The list changed: %" PRId64 " people are selected now instead of %" PRId64
			". Check the list and confirm again.",
			count, s->expected);
	*ret_count = count;
	return OK;
}

/* The first of ids that is greater than after. */
static size_t position_after(const int64_t *ids, size_t count, int64_t after)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ids[middle] <= after)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum err next_of_ids(struct db *db, struct ctx *cx, const struct selection *s,
	int64_t location_id, int64_t after_id, int limit, struct person **ret_people,
	size_t *ret_count)
{
	struct person *people = ARENA_ARRAY(cx->mem, struct person, limit);
	size_t i = position_after(s->ids, s->id_count, after_id);
	size_t count = 0;

	for (; i < s->id_count && count < (size_t)limit; i++) {
		struct person *p;
		enum err e = people_find_even_deleted(db, cx, s->ids[i], location_id, &p);

		if (e == ERR_NOT_FOUND)
			continue;
		if (e)
			return e;
		if (!p->deleted_at)
			people[count++] = *p;
	}
	*ret_people = people;
	*ret_count = count;
	return OK;
}

static enum err next_of_findings(struct db *db, struct ctx *cx, const struct selection *s,
	int64_t location_id, int64_t after_id, int limit, struct person **ret_people,
	size_t *ret_count)
{
	int64_t *ids = ARENA_ARRAY(cx->mem, int64_t, limit);
	struct selection page = { 0 };
	enum err e =
		findings_people(db, cx, s->findings, after_id, (size_t)limit, ids, &page.id_count);

	page.ids = ids;
	return e ? e
	         : next_of_ids(db, cx, &page, location_id, after_id, limit, ret_people, ret_count);
}

bool selection_excludes(const struct selection *s, int64_t id)
{
	return s->exclude_count &&
	       bsearch(&id, s->exclude, s->exclude_count, sizeof(id), by_value) != NULL;
}

enum err selection_next(struct db *db, struct ctx *cx, const struct selection *s,
	int64_t location_id, int64_t after_id, int limit, struct person **ret_people,
	size_t *ret_count)
{
	if (s->findings)
		return next_of_findings(
			db, cx, s, location_id, after_id, limit, ret_people, ret_count);
	if (!s->is_filter)
		return next_of_ids(db, cx, s, location_id, after_id, limit, ret_people, ret_count);
	for (;;) {
		struct person *people;
		size_t count, kept = 0;
		enum err e = people_walk(
			db, cx, &s->filter, location_id, after_id, limit, &people, &count);

		if (e)
			return e;
		/* A page of which everyone is excluded is not the end. */
		if (count)
			after_id = people[count - 1].id;
		for (size_t i = 0; i < count; i++) {
			if (!selection_excludes(s, people[i].id))
				people[kept++] = people[i];
		}
		if (kept || !count) {
			*ret_people = people;
			*ret_count = kept;
			return OK;
		}
	}
}
