/* selection.h - which people an action is for: some ids, everyone who matches a filter, or everyone whom
 * open findings are about.
 *
 * A selection is never held as a list of people: it is checked once, then walked in order of
 * person id a page at a time, so that a million selected people cost no more memory than a
 * hundred.
 *
 *   int64_t after = 0;
 *   do {
 *           ctx_reset(&page_cx);
 *           e = selection_next(db, &page_cx, sel, location_id, after, 500, &people, &n);
 *           …
 *           if (n)
 *                   after = people[n - 1].id;
 *   } while (!e && n);
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/people.h"

struct ctx;
struct db;
struct findings_choice;

#define SELECTION_MAX_IDS 10000 /* ids, or exclusions; the portal says to use a filter above it */

struct selection {
	bool is_filter;
	const int64_t *ids; /* ascending, each once */
	size_t id_count;
	struct people_filter filter;
	const int64_t *exclude; /* ascending, each once */
	size_t exclude_count;
	int64_t expected;                       /* how many the admin saw selected; -1: not said */
	const struct findings_choice *findings; /* NULL: none; expected then counts findings */
};

/* Sorts and makes unique what was given; keeps copies in cx->mem. ERR_INVALID
 * "selection.too_many" or "selection.empty". */
must_check enum err selection_of_ids(
	struct ctx *cx, const int64_t *ids, size_t count, struct selection *ret_selection);
must_check enum err selection_of_filter(struct ctx *cx, const struct people_filter *filter,
	const int64_t *exclude, size_t count, int64_t expected, struct selection *ret_selection);

/* The people of the repairable ones of a choice, which must live as long as the selection. */
struct selection selection_of_findings(const struct findings_choice *choice, int64_t expected);

/* How many people it means now. ERR_CONFLICT "selection.moved" when that is not what was
 * expected, or when selected ids are not (or no longer) people. */
must_check enum err selection_check(struct db *db, struct ctx *cx,
	const struct selection *selection, int64_t location_id, int64_t *ret_count);

/* Is somebody who matches the filter left out by hand? */
bool selection_excludes(const struct selection *selection, int64_t id);

/* The next people with id > after_id, in order of id, each with its VPP user of the location; none
 * (count 0) at the end. Between two pages people may have come or gone; those are seen as they
 * are at the time of their page, so take all pages from one snapshot or transaction. */
must_check enum err selection_next(struct db *db, struct ctx *cx, const struct selection *selection,
	int64_t location_id, int64_t after_id, int limit, struct person **ret_people,
	size_t *ret_count);

/* {"filter": {"states": […], …}, "except": 3} or {"chosen": 37} or {"findings": true}, with "retry_of" when
 * it is what failed of that job. */
const char *selection_to_json(struct ctx *cx, const struct selection *selection, int64_t retry_of);
