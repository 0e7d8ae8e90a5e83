/* import_columns.h - which column of a file means what, found from its header.
 *
 * Header names are taken in any order and spelling: case, spaces, underscores, accents and a
 * trailing "Required" do not matter, and Entra's "Name [displayName] Required" is read by the word
 * in brackets. The table of names is in import_headings.c. An admin may choose otherwise, column by
 * column; import_matching.h remembers that.
 */
#pragma once

#include <stddef.h>

#include "base/csv.h"
#include "base/err.h"

struct arena;
struct ctx;

enum import_kind { IMPORT_PEOPLE, IMPORT_DEVICES };

enum import_field {
	FIELD_USER_NAME,
	FIELD_EMAIL,
	FIELD_DISPLAY_NAME,
	FIELD_FIRST_NAME,
	FIELD_LAST_NAME,
	FIELD_ACCOUNT,
	FIELD_DEPARTMENT,
	FIELD_GROUPS,
	FIELD_LANGUAGE,
	FIELD_ACTIVE,
	FIELD_BLOCKED, /* the opposite of active */
	FIELD_SERIALS,
	FIELD_SERIAL,
	FIELD_PLATFORM,
	FIELD_MODEL,
	FIELD_DEVICE_NAME,
	FIELD_OS_VERSION,
	FIELD_UDID,
	FIELD_ENROLMENT,
	FIELD_STATE,
	FIELD_USER,
	FIELD_USER_EMAIL,
	IMPORT_FIELDS,
};

struct import_columns {
	enum import_kind kind;
	size_t count;              /* columns of the header */
	int column[IMPORT_FIELDS]; /* -1: the file does not have it */
	const char *json;          /* [{"header": …, "field": … or null}] */
};

/* ERR_INVALID csv.header, csv.not_text (JSON and the like). */
must_check enum err import_columns_check(struct ctx *cx, const struct csv_record *header);

/* By the names of the header. ERR_INVALID as import_columns_check; csv.no_key_column and
 * csv.column_twice, after which *ret_columns holds what could be told. */
must_check enum err import_columns_read(struct ctx *cx, enum import_kind kind,
	const struct csv_record *header, struct import_columns *ret_columns);

/* As an admin said: fields has a word for each column in order, with commas between them; an empty
 * one is a column that is not imported. ERR_INVALID as import_columns_check; import.column_field,
 * import.column_taken, import.columns_count, import.no_key_chosen. */
must_check enum err import_columns_choose(struct ctx *cx, enum import_kind kind,
	const struct csv_record *header, const char *fields, struct import_columns *ret_columns);

/* The names that a column of the kind may be matched with, and the one that a row is known by. */
const char *const *import_columns_fields(enum import_kind kind, size_t *ret_count);
const char *import_columns_key(enum import_kind kind);
/* The field of a column; NULL: it is not imported. */
const char *import_columns_field_at(const struct import_columns *columns, size_t at);
/* The same for each file with this header: order and words, not case and space around them. */
const char *import_columns_heading(struct ctx *cx, const struct csv_record *header);

/* The field's trimmed text. NULL when the file does not have the column, or the cell is empty:
 * then nothing is said. A "-" alone says "none" and gives "". A ' before = + - @, as our export
 * writes it against formulas, is taken off. */
const char *import_cell(struct arena *a, const struct import_columns *columns,
	const struct csv_record *record, enum import_field field);

/* A word without what people vary: small letters and digits of any script, no accents, no spaces
 * and signs, no "required" at the end. */
char *import_plain(struct arena *a, const char *text);
