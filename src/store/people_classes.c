#include "store/people_classes.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/people_classes.sql.h"
#include "store/people_rows.h"

bool people_classes_can(const struct people_filter *filter)
{
	return !(filter->q && filter->q[0]) && !filter->department;
}

static bool has_flags_of(const struct person *a, const struct person *b)
{
	return a->is_eligible == b->is_eligible && a->is_active == b->is_active &&
	       a->platforms == b->platforms && a->device_count == b->device_count;
}

/* Columns from first on: is_eligible, is_active, platforms, people. */
static struct people_class read_class(struct db_stmt *st, int first, const char *state)
{
	int64_t platforms = db_i64(st, first + 2);

	return (struct people_class){
		.alike = { .vpp = { .state = state },
			.is_eligible = db_bool(st, first),
			.is_active = db_bool(st, first + 1),
			.platforms = (int)platforms & PLATFORMS_ALL,
			.device_count = (platforms & PLATFORMS_HAS_DEVICE) != 0 },
		.people = db_i64(st, first + 3),
	};
}

/* Those with a live record; *ret_live counts them all, whether the states of the filter let them pass or
 * not, by flags: what is left of everyone is "none". */
static enum err count_live(struct db *db, struct ctx *cx, const struct people_filter *f,
	int64_t location_id, struct people_class *passing, size_t *ret_count,
	struct people_class *live, size_t *ret_live_count)
{
	DB_STMT_AUTO(st, db, &people_classes_live_query);
	size_t count = 0, live_count = 0;
	enum err e;

	db_bind_i64(st, location_id);
	db_bind_text(st, f->states);
	people_bind_either(st, f->eligible);
	people_bind_either(st, f->active);
	db_bind_id(st, f->platform);
	while ((e = db_step(st, cx)) == OK && live_count < PEOPLE_CLASSES_MAX) {
		struct people_class one = read_class(st, 1, db_text(st, cx, 0));

		live[live_count++] = one;
		one.people = db_i64(st, 5);
		if (one.people)
			passing[count++] = one;
	}
	*ret_count = count;
	*ret_live_count = live_count;
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err count_without(struct db *db, struct ctx *cx, const struct people_filter *f,
	const struct people_class *live, size_t live_count, struct people_class *classes,
	size_t *count)
{
	DB_STMT_AUTO(st, db, &people_classes_flags_query);
	enum err e;

	people_bind_either(st, f->eligible);
	people_bind_either(st, f->active);
	db_bind_id(st, f->platform);
	while ((e = db_step(st, cx)) == OK && *count < PEOPLE_CLASSES_MAX) {
		struct people_class one = read_class(st, 0, "none");

		for (size_t i = 0; i < live_count; i++)
			if (has_flags_of(&live[i].alike, &one.alike))
				one.people -= live[i].people;
		if (one.people > 0)
			classes[(*count)++] = one;
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err people_classes_count(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, struct people_class *ret_classes, size_t *ret_count)
{
	struct people_class *live = ARENA_ARRAY(cx->mem, struct people_class, PEOPLE_CLASSES_MAX);
	size_t live_count = 0;
	enum err e =
		count_live(db, cx, filter, location_id, ret_classes, ret_count, live, &live_count);

	if (!e && (!filter->states || strstr(filter->states, ",none,")))
		e = count_without(db, cx, filter, live, live_count, ret_classes, ret_count);
	return e;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

enum err people_classes_unsettled(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t sent_since, size_t limit, int64_t **ret_ids, size_t *ret_count, bool *ret_is_more)
{
	const size_t most = 4 * (limit + 1);
	int64_t *ids = ARENA_ARRAY(cx->mem, int64_t, most);
	DB_STMT_AUTO(st, db, &people_classes_unsettled_query);
	size_t found = 0, kept = 0;
	enum err e;

	db_bind_i64(st, location_id);
	db_bind_i64(st, (int64_t)limit + 1);
	db_bind_i64(st, sent_since ? sent_since : INT64_MAX);
	while ((e = db_step(st, cx)) == OK && found < most)
		ids[found++] = db_i64(st, 0);
	if (e && e != ERR_NOT_FOUND)
		return e;
	qsort(ids, found, sizeof(*ids), by_value);
	for (size_t i = 0; i < found; i++)
		if (!kept || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	*ret_ids = ids;
	*ret_count = kept;
	*ret_is_more = kept > limit;
	return OK;
}
