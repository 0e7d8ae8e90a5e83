/* import_matching.h - which column of a file an admin wants to be which field, before the preview.
 *
 * What was chosen for a file is remembered by its heading row, and used for the next file of the
 * same kind that has it; newest first, a thousand of them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/csv.h"
#include "domain/import_columns.h"
#include "store/imports.h"

struct app;
struct ctx;
struct db;

#define IMPORT_LOOK_BYTES    (256 * 1024)
#define IMPORT_LOOK_EXAMPLES 3

/* The beginning of a file, as it would be read. */
struct import_look {
	struct import_columns columns;
	struct import_columns found; /* by the names alone, without what is remembered */
	const char **headers;        /* one a column */
	const char **examples[IMPORT_LOOK_EXAMPLES]; /* first good rows, as many cells as columns */
	size_t example_count;
	struct import_matching remembered; /* fields NULL: nothing is */
	const char *problem;               /* why it cannot be imported so; NULL: it can */
};

/* Reads the header and the first rows of a file or of its beginning; writes nothing. ERR_INVALID
 * import.kind, csv.empty, csv.header, csv.not_text. */
must_check enum err import_look(struct app *app, struct ctx *cx, const char *kind, FILE *file,
	struct import_look *ret_look);

/* The columns of a file that is imported: as fields say (import_columns_choose), else as is
 * remembered, else by their names. *ret_matching is chosen, remembered or found. */
must_check enum err import_match(struct app *app, struct ctx *cx, enum import_kind kind,
	const struct csv_record *header, const char *fields, struct import_columns *ret_columns,
	const char **ret_matching);

/* ERR_INVALID import.kind. */
must_check enum err import_kind_read(struct ctx *cx, const char *word, enum import_kind *ret_kind);

/* The row that names the columns; what Entra writes above it is passed over. ERR_INVALID csv.empty. */
must_check enum err import_header_read(
	struct csv *csv, struct ctx *cx, struct csv_record *ret_header);
