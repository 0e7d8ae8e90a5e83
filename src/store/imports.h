/* imports.h - uploaded files of people and devices: what each row would do, and did.
 *
 * state: reading (the preview is being written), preview, applying, applied, discarded. Rows are
 * written and applied in chunks; applied_row says how far. Besides the codes it names, every
 * function may return ERR_DB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct import {
	int64_t id;
	const char *kind; /* people, devices */
	const char *state;
	const char *file_name;
	const char *columns;  /* JSON, see domain/import_columns.h */
	const char *matching; /* found (by the names), remembered, chosen */
	int64_t added, changed, unchanged, bad;
	const char *created_by;
	int64_t created_at;
	int64_t applied_at;
	int64_t applied_row;
	int64_t job_id; /* 0: not applied */
};

struct import_row {
	int64_t id;
	int64_t import_id;
	int64_t line;
	const char *verdict; /* add, change, same, bad */
	const char *row_key; /* NULL when the row has none */
	const char *label;
	const char *data_json;
	const char *changes;
	const char *reason;
	const char *outcome; /* NULL until applied: added, changed, same, refused */
};

must_check enum err imports_insert(
	struct db *db, struct ctx *cx, const struct import *import, int64_t *ret_id);
/* Writes state, columns, the counters, applied_at, applied_row and job_id of import->id. */
must_check enum err imports_save(struct db *db, struct ctx *cx, const struct import *import);
/* ERR_NOT_FOUND "import.none". */
must_check enum err imports_find(
	struct db *db, struct ctx *cx, int64_t id, struct import *ret_import);
/* Newest first, those with an id below before_id (0: from the newest); kind NULL: of both. */
must_check enum err imports_list(struct db *db, struct ctx *cx, const char *kind, int64_t before_id,
	int limit, struct import **ret_imports, size_t *ret_count);
must_check enum err imports_count(
	struct db *db, struct ctx *cx, const char *kind, int64_t *ret_count);
/* The oldest one in state applying; ERR_NOT_FOUND without detail. */
must_check enum err imports_find_applying(struct db *db, struct ctx *cx, struct import *ret_import);
/* Rows and imports in state reading or preview from before the time go; applied ones keep their
 * counters and lose their rows. */
must_check enum err imports_drop_older(struct db *db, struct ctx *cx, int64_t before);
must_check enum err imports_drop(struct db *db, struct ctx *cx, int64_t id);

must_check enum err imports_add_row(struct db *db, struct ctx *cx, const struct import_row *row);
/* Row_key and line of the good rows in which keys of a JSON array stand, in no order. */
must_check enum err imports_lines_of_keys(struct db *db, struct ctx *cx, int64_t import_id,
	const char *keys_json, int limit, struct import_row **ret_rows, size_t *ret_count);
/* In order of the file, after the given row id; verdict NULL: all. */
must_check enum err imports_rows(struct db *db, struct ctx *cx, int64_t import_id,
	const char *verdict, int64_t after_id, int limit, struct import_row **ret_rows,
	size_t *ret_count);
/* Rows that are not bad, in order of the file: also those that were the same at the preview. */
must_check enum err imports_rows_to_apply(struct db *db, struct ctx *cx, int64_t import_id,
	int64_t after_id, int limit, struct import_row **ret_rows, size_t *ret_count);
must_check enum err imports_set_outcome(
	struct db *db, struct ctx *cx, int64_t row_id, const char *outcome, const char *reason);

struct import_outcomes {
	int64_t added, changed, same, refused;
};
must_check enum err imports_count_outcomes(
	struct db *db, struct ctx *cx, int64_t import_id, struct import_outcomes *ret_outcomes);
/* verdict NULL: all. */
must_check enum err imports_count_rows(
	struct db *db, struct ctx *cx, int64_t import_id, const char *verdict, int64_t *ret_count);

/* To be called after each chunk with the number of rows so far. PostgreSQL plans a query by what it
 * last counted of a table, and reads one that was empty a second ago from end to end; so it counts
 * anew each time the rows have doubled. SQLite plans by the indexes and needs nothing. */
must_check enum err imports_note_growth(
	struct db *db, struct ctx *cx, int64_t rows, int64_t chunk_rows);

/* Which field each column is, as an admin chose it for a heading row (a hash). */
struct import_matching {
	const char *fields; /* see import_columns_choose */
	const char *saved_by;
	int64_t saved_at;
};
/* ERR_NOT_FOUND without detail. */
must_check enum err imports_recall(struct db *db, struct ctx *cx, const char *kind,
	const char *heading, struct import_matching *ret_matching);
/* In place of what was remembered; the oldest beyond a thousand are forgotten. */
must_check enum err imports_remember(struct db *db, struct ctx *cx, const char *kind,
	const char *heading, const struct import_matching *matching);
