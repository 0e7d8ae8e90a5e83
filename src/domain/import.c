/* The preview. Applying is in import_apply.c. */
#include "domain/import.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/import_columns.h"
#include "domain/import_devices.h"
#include "domain/import_matching.h"
#include "domain/import_people.h"
#include "store/audit.h"

/* Rows of old files hold names and addresses that nobody needs any more. */
#define KEEP_MS (INT64_C(7) * 24 * 60 * 60 * 1000)

/* One file being read. chunk is reset after each transaction, so that memory does not grow. */
struct preview {
	struct app *app;
	struct csv *csv;
	struct ctx *cx; /* the caller's: what outlives the chunks */
	struct ctx chunk;
	struct import_columns columns;
	const char *fields;  /* the caller's choice; NULL: none */
	const char *heading; /* under which the choice is remembered */
	struct import import;
	int64_t rows;
	bool is_at_end;
	enum err (*before_commit)(
		struct db *db, struct ctx *cx, void *what); /* of cx, for the last chunk */
};

/* Hands the error of the chunk's ctx to the caller's. */
static enum err pass_on(struct preview *p, enum err e)
{
	if (!e || e == ERR_NOT_FOUND)
		return e;
	return err_set(p->cx, e, p->chunk.error.reason ? p->chunk.error.reason : "import.failed",
		"%s", p->chunk.error.sentence ? p->chunk.error.sentence : "The import failed.");
}

static enum err read_header(struct preview *p)
{
	struct csv_record record;
	enum err e = import_header_read(p->csv, p->cx, &record);

	if (!e)
		e = import_match(p->app, p->cx, p->columns.kind, &record, p->fields, &p->columns,
			&p->import.matching);
	if (e)
		return e;
	p->heading = p->fields ? import_columns_heading(p->cx, &record) : NULL;
	p->import.columns = p->columns.json;
	return OK;
}

static enum err check_width(struct preview *p, const struct csv_record *record)
{
	for (size_t i = p->columns.count; i < record->count; i++) {
		if (!text_is_blank(record->fields[i]))
			return err_set(&p->chunk, ERR_INVALID, "import.width",
				"The row has %zu fields and the header %zu. A separator inside a "
				"text needs quotes around the text.",
				record->count, p->columns.count);
	}
	return OK;
}

/* Makes a row of a record; a bad one has its reason. */
static void read_row(struct preview *p, const struct csv_record *record, struct import_row *row)
{
	enum err e;

	*row = (struct import_row){ .line = record->line };
	if (record->problem) {
		row->verdict = "bad";
		row->reason = record->problem;
		return;
	}
	e = check_width(p, record);
	if (!e)
		e = p->columns.kind == IMPORT_PEOPLE
		            ? import_person_read(&p->chunk, &p->columns, record, row)
		            : import_device_read(&p->chunk, &p->columns, record, row);
	if (e) {
		row->verdict = "bad";
		row->reason = p->chunk.error.sentence;
	}
}

/* The next records of the file, without the database. */
static enum err read_chunk(struct preview *p, struct import_row *rows, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;

	while (count < IMPORT_CHUNK_ROWS) {
		struct csv_record record;

		e = csv_next(p->csv, &p->chunk, &record);
		if (e)
			break;
		read_row(p, &record, &rows[count++]);
	}
	p->is_at_end = e == ERR_NOT_FOUND;
	p->rows += (int64_t)count;
	*ret_count = count;
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (p->rows > IMPORT_MAX_ROWS)
		return err_set(&p->chunk, ERR_LIMITED, "import.too_many_rows",
			"The file has more than %d rows. Split it.", IMPORT_MAX_ROWS);
	return OK;
}

/* The line of an earlier good row with the key, of this chunk or before; 0: none. */
static int64_t earlier_line(
	const struct import_known *known, const struct import_row *rows, size_t at)
{
	int64_t line = import_known_line(known, rows[at].row_key);

	for (size_t i = 0; !line && i < at; i++) {
		if (strcmp(rows[i].verdict, "bad") != 0 &&
			!strcmp(rows[i].row_key, rows[at].row_key))
			line = rows[i].line;
	}
	return line;
}

/* ERR_INVALID when the key stands in an earlier row of the file. */
static enum err check_repeated(struct preview *p, const struct import_known *known,
	const struct import_row *rows, size_t at)
{
	int64_t line = earlier_line(known, rows, at);

	if (!line)
		return OK;
	return err_set(&p->chunk, ERR_INVALID, "import.repeated",
		"%s is already in line %" PRId64 " of this file.", rows[at].label, line);
}

static enum err judge_row(struct preview *p, struct db *db, const struct import_known *known,
	struct import_row *rows, size_t at)
{
	struct import_row *row = &rows[at];
	enum err e = OK;

	row->import_id = p->import.id;
	if (!row->verdict)
		e = check_repeated(p, known, rows, at);
	if (!row->verdict && !e)
		e = p->columns.kind == IMPORT_PEOPLE
		            ? import_person_judge(db, &p->chunk, known, row)
		            : import_device_judge(db, &p->chunk, known, row);
	if (e == ERR_INVALID) {
		row->verdict = "bad";
		row->reason = p->chunk.error.sentence;
	} else if (e) {
		return e;
	}
	p->import.added += !strcmp(row->verdict, "add");
	p->import.changed += !strcmp(row->verdict, "change");
	p->import.unchanged += !strcmp(row->verdict, "same");
	p->import.bad += !strcmp(row->verdict, "bad");
	return imports_add_row(db, &p->chunk, row);
}

/* The preview is whole, and so is the request: what was uploaded is on record, and what was chosen
 * is remembered. */
static enum err note_upload(struct preview *p, struct db *db)
{
	struct import_matching matching = { .fields = p->fields,
		.saved_by = p->import.created_by,
		.saved_at = p->import.created_at };
	enum err e =
		p->fields ? imports_remember(db, &p->chunk, p->import.kind, p->heading, &matching)
			  : OK;

	if (e)
		return e;
	p->chunk.before_commit = p->before_commit;
	p->chunk.before_commit_what = p->cx->before_commit_what;
	return audit_write(db, &p->chunk, "import.upload", "import", p->import.id,
		p->import.file_name, import_describe(&p->chunk, &p->import));
}

/* One chunk, one transaction; the last one makes the preview visible. */
static enum err write_chunk(struct preview *p, struct import_row *rows, size_t count)
{
	struct import_known known;
	DB_AUTO(db);
	enum err e = db_write(p->app->db, &p->chunk, &db);

	if (!e)
		e = import_known_read(
			db, &p->chunk, p->columns.kind == IMPORT_PEOPLE, rows, count, &known);
	if (!e)
		e = import_known_read_lines(db, &p->chunk, p->import.id, rows, count, &known);
	for (size_t i = 0; !e && i < count; i++)
		e = judge_row(p, db, &known, rows, i);
	if (p->is_at_end)
		p->import.state = "preview";
	if (!e)
		e = imports_note_growth(db, &p->chunk, p->rows, IMPORT_CHUNK_ROWS);
	if (!e)
		e = imports_save(db, &p->chunk, &p->import);
	if (!e && p->is_at_end)
		e = note_upload(p, db);
	e = e ? e : db_commit(&db, &p->chunk);
	KILL_POINT("import.read");
	return e;
}

static enum err read_rows(struct preview *p)
{
	enum err e = OK;

	while (!e && !p->is_at_end) {
		struct import_row *rows;
		size_t count;

		ctx_reset(&p->chunk);
		rows = ARENA_ARRAY(p->chunk.mem, struct import_row, IMPORT_CHUNK_ROWS);
		e = read_chunk(p, rows, &count);
		if (!e && !p->rows)
			e = err_set(&p->chunk, ERR_INVALID, "csv.empty",
				"The file has a header and no row below it.");
		if (!e)
			e = write_chunk(p, rows, count);
	}
	return pass_on(p, e);
}

static enum err begin(struct preview *p)
{
	DB_AUTO(db);
	enum err e = db_write(p->app->db, p->cx, &db);

	if (!e)
		e = imports_drop_older(db, p->cx, p->import.created_at - KEEP_MS);
	if (!e)
		e = imports_insert(db, p->cx, &p->import, &p->import.id);
	/* Nothing was done of the request yet (domain/once.h): a file that is half read goes. */
	p->before_commit = p->cx->before_commit;
	p->cx->before_commit = NULL;
	e = e ? e : db_commit(&db, p->cx);
	KILL_POINT("import.begun");
	return e;
}

/* What was written of a file that is refused goes. When even that fails, the rows are of an import
 * in state reading, which is not shown and goes with the old ones. */
static void forget(struct preview *p)
{
	CTX_AUTO(cx);
	DB_AUTO(db);
	enum err e = db_write(p->app->db, &cx, &db);

	if (!e)
		e = imports_drop(db, &cx, p->import.id);
	if (!e)
		e = db_commit(&db, &cx);
	(void)e;
}

static enum err read_file(struct preview *p)
{
	enum err e = read_header(p);

	if (!e)
		e = begin(p);
	if (e)
		return e;
	ctx_init(&p->chunk);
	p->chunk.actor = p->cx->actor;
	e = read_rows(p);
	ctx_fini(&p->chunk);
	if (e)
		forget(p);
	return e;
}

enum err import_preview(struct app *app, struct ctx *cx, const char *kind, FILE *file,
	const struct import_upload *upload, struct import *ret_import)
{
	struct preview p = { .app = app, .cx = cx, .fields = upload->fields };
	enum err e = import_kind_read(cx, kind, &p.columns.kind);

	if (e)
		return e;
	p.import = (struct import){ .kind = kind,
		.state = "reading",
		.file_name = upload->file_name,
		.created_by = cx->actor.name ? cx->actor.name : "system",
		.created_at = clock_now_ms() };
	e = csv_open(cx, file, &p.csv);
	if (e)
		return e;
	e = read_file(&p);
	csv_close(p.csv);
	if (!e)
		*ret_import = p.import;
	return e;
}
