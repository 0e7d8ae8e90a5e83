/* import_known.h - what the database knows of a chunk of rows, read in a few questions.
 *
 * A question for each row would be answered at once by SQLite, but PostgreSQL is a way off. Good for
 * the transaction in which it was read: no row of a file changes what another one looks at, as a
 * repeated key is a bad row.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "store/imports.h"

struct ctx;
struct db;
struct device;
struct person;

struct import_known {
	struct person *people; /* each list in order of its key */
	size_t person_count;
	struct device *devices;
	size_t device_count;
	struct import_row *lines; /* row_key and line alone */
	size_t line_count;
};

/* People and devices that the good ones of at most IMPORT_CHUNK_ROWS rows name. */
must_check enum err import_known_read(struct db *db, struct ctx *cx, bool is_people,
	const struct import_row *rows, size_t count, struct import_known *ret_known);
/* Where the keys of the rows stand in earlier chunks of the same file. */
must_check enum err import_known_read_lines(struct db *db, struct ctx *cx, int64_t import_id,
	const struct import_row *rows, size_t count, struct import_known *known);

/* NULL: there is none. A copy, which the caller may change. */
struct person *import_known_person(
	struct ctx *cx, const struct import_known *known, const char *user_key);
struct device *import_known_device(
	struct ctx *cx, const struct import_known *known, const char *serial_number);
/* 0: it stands in none. */
int64_t import_known_line(const struct import_known *known, const char *row_key);
