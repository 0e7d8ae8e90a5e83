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

bool people_begins_with(const char *name, const char *q);

/* The pattern that search_text is compared with, and the text between its two "%". */
char *people_like_pattern(struct arena *a, const char *q);
char *people_needle(struct arena *a, const char *q);
/* The text in upper case if a serial number could begin so, else NULL. */
char *people_serial_prefix(struct arena *a, const char *q);

/* Somebody who matches a filter. */
struct person_match {
	int64_t id;
	const char *sort_name;
};

/* How those who match a filter are best met. */
enum people_reach {
	PEOPLE_FEW,   /* an index names them all */
	PEOPLE_FOUND, /* the index of the text names them in order of id, too many to be sorted */
	PEOPLE_WALK,  /* on a walk along the list */
};

/* With PEOPLE_FEW also who they are, in no order; with PEOPLE_FOUND the first who may be, in order of
 * id, without their names. */
must_check enum err people_narrow(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, enum people_reach *ret_reach, struct person_match **ret_matches,
	size_t *ret_count);
/* With PEOPLE_FOUND: takes what people_narrow gave, and gives those of them and of all others after the id
 * who match, in order of id, less those whose names begin with the text without (NULL: all). */
must_check enum err people_narrow_found(struct db *db, struct ctx *cx,
	const struct people_filter *filter, int64_t location_id, const char *without,
	int64_t after_id, size_t limit, struct person_match **matches, size_t *count);
