/* How many people match a filter. */
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/people.sql.h"
#include "store/people_rows.h"

#define COUNT_AMONG 2000 /* people at the beginning of the list that a quick count looks at */
#define COUNT_FOUND 1000 /* or those that a search found */

static enum err count_flags(
	struct db *db, struct ctx *cx, const struct people_filter *f, int64_t *ret_people)
{
	struct db_stmt *st = db_query(db, &people_count_flags_query);

	people_bind_either(st, f->eligible);
	people_bind_either(st, f->active);
	db_bind_id(st, f->platform);
	return db_run_i64(st, cx, ret_people);
}

static enum err count_live(struct db *db, struct ctx *cx, const struct people_filter *f,
	int64_t location_id, const char *states, int64_t *ret_people)
{
	struct db_stmt *st = db_query(db, &people_count_live_query);

	db_bind_i64(st, location_id);
	db_bind_text(st, states);
	people_bind_either(st, f->eligible);
	people_bind_either(st, f->active);
	db_bind_id(st, f->platform);
	return db_run_i64(st, cx, ret_people);
}

/* By the tallies. Who has no live record is none. */
static enum err count_states(struct db *db, struct ctx *cx, const struct people_filter *f,
	int64_t location_id, int64_t *ret_people)
{
	int64_t live = 0, everyone = 0, found = 0;
	enum err e = count_live(db, cx, f, location_id, f->states, &found);

	if (!e && strstr(f->states, ",none,")) {
		e = count_flags(db, cx, f, &everyone);
		if (!e)
			e = count_live(db, cx, f, location_id, NULL, &live);
	}
	*ret_people = found + everyone - live;
	return e;
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
	bool has_others = (f->q && f->q[0]) || f->department;
	int64_t all;
	enum err e;

	*ret_count = (struct people_count){ 0 };
	if (!has_others && !f->states)
		return count_flags(db, cx, f, &ret_count->people);
	if (!has_others && location_id)
		return count_states(db, cx, f, location_id, &ret_count->people);
	e = people_narrow(db, cx, f, location_id, false, &reach, &matches, &count);
	if (!e && reach == PEOPLE_FOUND && !wants_exact)
		e = people_narrow_found(
			db, cx, f, location_id, NULL, 0, COUNT_FOUND + 1, &matches, &count);
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
