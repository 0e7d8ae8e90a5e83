#include "store/imports.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/imports.sql.h"

static void read_import(struct db_stmt *st, struct ctx *cx, struct import *i)
{
	*i = (struct import){
		.id = db_i64(st, 0),
		.kind = db_text(st, cx, 1),
		.state = db_text(st, cx, 2),
		.file_name = db_text(st, cx, 3),
		.columns = db_text(st, cx, 4),
		.added = db_i64(st, 5),
		.changed = db_i64(st, 6),
		.unchanged = db_i64(st, 7),
		.bad = db_i64(st, 8),
		.created_by = db_text(st, cx, 9),
		.created_at = db_i64(st, 10),
		.applied_at = db_i64(st, 11),
		.applied_row = db_i64(st, 12),
		.job_id = db_i64(st, 13),
		.matching = db_text(st, cx, 14),
	};
}

static void read_row(struct db_stmt *st, struct ctx *cx, struct import_row *r)
{
	*r = (struct import_row){
		.id = db_i64(st, 0),
		.import_id = db_i64(st, 1),
		.line = db_i64(st, 2),
		.verdict = db_text(st, cx, 3),
		.row_key = db_text(st, cx, 4),
		.label = db_text(st, cx, 5),
		.data_json = db_text(st, cx, 6),
		.changes = db_text(st, cx, 7),
		.reason = db_text(st, cx, 8),
		.outcome = db_text(st, cx, 9),
	};
}

enum err imports_insert(struct db *db, struct ctx *cx, const struct import *import, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &imports_insert_query);

	db_bind_text(st, import->kind);
	db_bind_text(st, import->state);
	db_bind_text(st, import->file_name);
	db_bind_text(st, import->columns);
	db_bind_text(st, import->created_by);
	db_bind_i64(st, import->created_at);
	db_bind_text(st, import->matching);
	return db_run_i64(st, cx, ret_id);
}

enum err imports_save(struct db *db, struct ctx *cx, const struct import *import)
{
	struct db_stmt *st = db_query(db, &imports_save_query);

	db_bind_i64(st, import->id);
	db_bind_text(st, import->state);
	db_bind_text(st, import->columns);
	db_bind_i64(st, import->added);
	db_bind_i64(st, import->changed);
	db_bind_i64(st, import->unchanged);
	db_bind_i64(st, import->bad);
	db_bind_id(st, import->applied_at);
	db_bind_i64(st, import->applied_row);
	db_bind_id(st, import->job_id);
	return db_run(st, cx, NULL);
}

enum err imports_find(struct db *db, struct ctx *cx, int64_t id, struct import *ret_import)
{
	DB_STMT_AUTO(st, db, &imports_find_query);
	enum err e;

	db_bind_i64(st, id);
	e = db_step(st, cx);
	if (e == ERR_NOT_FOUND)
		return err_set(
			cx, e, "import.none", "There is no import with the id %" PRId64 ".", id);
	if (!e)
		read_import(st, cx, ret_import);
	return e;
}

enum err imports_list(struct db *db, struct ctx *cx, const char *kind, int64_t before_id, int limit,
	struct import **ret_imports, size_t *ret_count)
{
	struct import *imports = ARENA_ARRAY(cx->mem, struct import, (size_t)limit);
	size_t count = 0;
	enum err e = OK;
	DB_STMT_AUTO(st, db, &imports_list_query);

	db_bind_text(st, kind);
	db_bind_i64(st, before_id ? before_id : INT64_MAX);
	db_bind_i64(st, limit);
	while (count < (size_t)limit && (e = db_step(st, cx)) == OK)
		read_import(st, cx, &imports[count++]);
	*ret_imports = imports;
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err imports_count(struct db *db, struct ctx *cx, const char *kind, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &imports_count_query);

	db_bind_text(st, kind);
	return db_run_i64(st, cx, ret_count);
}

enum err imports_find_applying(struct db *db, struct ctx *cx, struct import *ret_import)
{
	DB_STMT_AUTO(st, db, &imports_find_applying_query);
	enum err e = db_step(st, cx);

	if (!e)
		read_import(st, cx, ret_import);
	return e;
}

static enum err run_with(struct db *db, struct ctx *cx, const struct db_query *query, int64_t value)
{
	struct db_stmt *st = db_query(db, query);

	db_bind_i64(st, value);
	return db_run(st, cx, NULL);
}

enum err imports_drop_older(struct db *db, struct ctx *cx, int64_t before)
{
	enum err e = run_with(db, cx, &imports_drop_old_rows_query, before);

	return e ? e : run_with(db, cx, &imports_discard_old_query, before);
}

enum err imports_drop(struct db *db, struct ctx *cx, int64_t id)
{
	enum err e = run_with(db, cx, &imports_drop_rows_query, id);

	return e ? e : run_with(db, cx, &imports_drop_query, id);
}

enum err imports_add_row(struct db *db, struct ctx *cx, const struct import_row *row)
{
	struct db_stmt *st = db_query(db, &imports_add_row_query);

	db_bind_i64(st, row->import_id);
	db_bind_i64(st, row->line);
	db_bind_text(st, row->verdict);
	db_bind_text(st, row->row_key);
	db_bind_text(st, row->label);
	db_bind_text(st, row->data_json);
	db_bind_text(st, row->changes);
	db_bind_text(st, row->reason);
	return db_run_later(st, cx);
}

enum err imports_lines_of_keys(struct db *db, struct ctx *cx, int64_t import_id,
	const char *keys_json, int limit, struct import_row **ret_rows, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &imports_lines_of_keys_query);
	struct import_row *rows = ARENA_ARRAY(cx->mem, struct import_row, limit);
	size_t count = 0;
	enum err e;

	db_bind_i64(st, import_id);
	db_bind_text(st, keys_json);
	while ((e = db_step(st, cx)) == OK && count < (size_t)limit)
		rows[count++] =
			(struct import_row){ .row_key = db_text(st, cx, 0), .line = db_i64(st, 1) };
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_rows = rows;
	*ret_count = count;
	return OK;
}

static enum err read_rows(struct db_stmt *st, struct ctx *cx, int limit,
	struct import_row **ret_rows, size_t *ret_count)
{
	struct import_row *rows = ARENA_ARRAY(cx->mem, struct import_row, limit);
	size_t count = 0;
	enum err e;

	while ((e = db_step(st, cx)) == OK && count < (size_t)limit)
		read_row(st, cx, &rows[count++]);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_rows = rows;
	*ret_count = count;
	return OK;
}

enum err imports_rows(struct db *db, struct ctx *cx, int64_t import_id, const char *verdict,
	int64_t after_id, int limit, struct import_row **ret_rows, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, verdict ? &imports_rows_of_verdict_query : &imports_rows_query);

	db_bind_i64(st, import_id);
	db_bind_i64(st, after_id);
	db_bind_i64(st, limit);
	if (verdict)
		db_bind_text(st, verdict);
	return read_rows(st, cx, limit, ret_rows, ret_count);
}

enum err imports_rows_to_apply(struct db *db, struct ctx *cx, int64_t import_id, int64_t after_id,
	int limit, struct import_row **ret_rows, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &imports_rows_to_apply_query);

	db_bind_i64(st, import_id);
	db_bind_i64(st, after_id);
	db_bind_i64(st, limit);
	return read_rows(st, cx, limit, ret_rows, ret_count);
}

enum err imports_set_outcome(
	struct db *db, struct ctx *cx, int64_t row_id, const char *outcome, const char *reason)
{
	struct db_stmt *st = db_query(db, &imports_set_outcome_query);

	db_bind_i64(st, row_id);
	db_bind_text(st, outcome);
	db_bind_text(st, reason);
	return db_run_later(st, cx);
}

enum err imports_count_outcomes(
	struct db *db, struct ctx *cx, int64_t import_id, struct import_outcomes *ret_outcomes)
{
	DB_STMT_AUTO(st, db, &imports_count_outcomes_query);
	enum err e;

	db_bind_i64(st, import_id);
	e = db_step(st, cx);
	if (e)
		return e;
	*ret_outcomes = (struct import_outcomes){ db_i64(st, 0), db_i64(st, 1), db_i64(st, 2),
		db_i64(st, 3) };
	return OK;
}

enum err imports_count_rows(
	struct db *db, struct ctx *cx, int64_t import_id, const char *verdict, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &imports_count_rows_query);

	db_bind_i64(st, import_id);
	db_bind_text(st, verdict);
	return db_run_i64(st, cx, ret_count);
}

enum err imports_note_growth(struct db *db, struct ctx *cx, int64_t rows, int64_t chunk_rows)
{
	int64_t chunks = rows / chunk_rows;
	bool has_doubled = chunks > 0 && rows % chunk_rows == 0 && (chunks & (chunks - 1)) == 0;
	if (!has_doubled || !db_is_postgres(db))
		return OK;
	enum err e = db_run(db_query(db, &imports_analyze_rows_query), cx, NULL);
	if (!e)
		e = db_run(db_query(db, &imports_analyze_people_query), cx, NULL);
	if (!e)
		e = db_run(db_query(db, &imports_analyze_devices_query), cx, NULL);
	return e;
}

#define MATCHINGS_KEPT 1000

enum err imports_recall(struct db *db, struct ctx *cx, const char *kind, const char *heading,
	struct import_matching *ret_matching)
{
	DB_STMT_AUTO(st, db, &imports_recall_query);
	enum err e;

	db_bind_text(st, kind);
	db_bind_text(st, heading);
	e = db_step(st, cx);
	if (!e)
		*ret_matching = (struct import_matching){ db_text(st, cx, 0), db_text(st, cx, 1),
			db_i64(st, 2) };
	return e;
}

enum err imports_remember(struct db *db, struct ctx *cx, const char *kind, const char *heading,
	const struct import_matching *matching)
{
	struct db_stmt *st = db_query(db, &imports_remember_query);
	enum err e;

	db_bind_text(st, kind);
	db_bind_text(st, heading);
	db_bind_text(st, matching->fields);
	db_bind_text(st, matching->saved_by);
	db_bind_i64(st, matching->saved_at);
	e = db_run(st, cx, NULL);
	return e ? e : run_with(db, cx, &imports_forget_oldest_query, MATCHINGS_KEPT);
}
