/* people_rows.h - what the files of the people room share. Only store/people*.c include it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/people.h"

struct arena;
struct ctx;
struct db;
struct db_stmt;

/* A row of the part "row" in people.sql, copied into cx->mem. */
void people_read_row(struct db_stmt *st, struct ctx *cx, struct person *ret_person);

/* Binds the nine parameters of the part "filter". */
void people_bind_filter(struct db_stmt *st, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id);

/* A flag of a filter: 0, 1, or -1 for both. */
void people_bind_either(struct db_stmt *st, int flag);

/* How the sort_name of somebody begins whose name begins with the folded text; NULL: in no one way,
 * because a number at its end may go on, and is sorted by how long it is. */
const char *people_name_beginning(struct arena *a, const char *q);
/* beginning NULL: no. */
bool people_begins_with(const char *name, const char *beginning);

/* All rows of a bound statement, at most limit. */
must_check enum err people_read_rows(struct db_stmt *st, struct ctx *cx, int limit,
	struct person **ret_people, size_t *ret_count);

/* The pattern that search_text is compared with, and the text between its two "%". */
char *people_like_pattern(struct arena *a, const char *q);
char *people_needle(struct arena *a, const char *q);
/* The text in upper case if a serial number could begin so, else NULL. */
char *people_serial_prefix(struct arena *a, const char *q);

/* Somebody who matches a filter. */
struct person_match {
	int64_t id;
	const char *sort_name;
	const char *email_key, *department_key; /* NULL: none */
	const char *state;                      /* NULL: no record, or not asked for */
	int64_t seen_at;
};

/* How those who match a filter are best met. */
enum people_reach {
	PEOPLE_FEW,   /* an index names them all */
	PEOPLE_FOUND, /* the index of the text names them in order of id, too many to be sorted */
	PEOPLE_WALK,  /* on a walk along the list */
};

/* with_records: their states and seen_at are wanted.
 * With PEOPLE_FEW also who they are, in no order; with PEOPLE_FOUND the first who may be, in order of
 * id, without their names. */
must_check enum err people_narrow(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, bool with_records, enum people_reach *ret_reach,
	struct person_match **ret_matches, size_t *ret_count);
/* With PEOPLE_FOUND: takes what people_narrow gave, and gives those of them and of all others after the id
 * who match, in order of id, less those whose sort_name begins with the text without (NULL: all). */
must_check enum err people_narrow_found(struct db *db, struct ctx *cx,
	const struct people_filter *filter, int64_t location_id, const char *without,
	int64_t after_id, size_t limit, struct person_match **matches, size_t *count);

/* The rows of those that come after the place in the order, at most page->limit; after NULL: all. */
must_check enum err people_rows_after(struct db *db, struct ctx *cx, struct person_match *matches,
	size_t match_count, int (*order)(const void *, const void *),
	const struct person_match *after, const struct people_page *page,
	struct person **ret_people, size_t *ret_count);
int people_by_id(const void *a, const void *b); /* struct person_match */

/* A page in order of the name of those who match in all, without those first whose names begin with the
 * text; the page comes after (after_key, after_id). */
must_check enum err people_list_by_name(struct db *db, struct ctx *cx,
	const struct people_filter *filter, const struct people_page *page,
	struct person **ret_people, size_t *ret_count);
/* A page in any other order. */
must_check enum err people_list_sorted(struct db *db, struct ctx *cx,
	const struct people_filter *filter, const struct people_page *page,
	struct person **ret_people, size_t *ret_count);
