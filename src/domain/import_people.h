/* import_people.h - one row of a file of people: read, judged, applied. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "domain/import_columns.h"
#include "domain/import_known.h"
#include "domain/person_input.h"
#include "store/imports.h"

struct ctx;
struct db;

/* Fills row->row_key, label and data_json. ERR_INVALID with the sentence why the row is bad;
 * row_key and label are set as far as they were found. */
must_check enum err import_person_read(struct ctx *cx, const struct import_columns *columns,
	const struct csv_record *record, struct import_row *row);

/* What the row would do now: fills row->verdict and changes. ERR_INVALID: it is bad, and why. */
must_check enum err import_person_judge(
	struct db *db, struct ctx *cx, const struct import_known *known, struct import_row *row);

/* Judges anew and does it, in the caller's transaction. row->verdict is what was done. */
must_check enum err import_person_apply(struct db *db, struct ctx *cx,
	const struct import_known *known, struct import_row *row, int64_t at);
