/* import_headings.h - what the headings of a file are usually called, in several languages and by
 * several consoles. The table is docs/design/import.md's, in import_headings.c.
 */
#pragma once

#include "base/err.h"
#include "domain/import_columns.h"

/* Sets c->column of each field whose heading is known; c->kind says of which table. ERR_INVALID
 * csv.column_twice when two columns have the very same name; every other column is set also then. */
must_check enum err import_headings_take(
	struct ctx *cx, const struct csv_record *header, struct import_columns *c);
