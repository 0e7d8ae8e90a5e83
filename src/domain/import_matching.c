#include "domain/import_matching.h"

#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"

/* An example is there to be recognised, not to be read. */
#define EXAMPLE_BYTES 80
#define HEADER_BYTES  200

enum err import_kind_read(struct ctx *cx, const char *word, enum import_kind *ret_kind)
{
	if (strcmp(word, "people") != 0 && strcmp(word, "devices") != 0)
		return err_set_field(cx, ERR_INVALID, "import.kind", "kind",
			"A file holds people or devices; kind must be one of these words.");
	*ret_kind = strcmp(word, "people") ? IMPORT_DEVICES : IMPORT_PEOPLE;
	return OK;
}

static bool is_version_row(struct ctx *cx, const struct csv_record *record)
{
	return !record->problem &&
	       text_starts_with(
		       text_fold(cx->mem, text_trim(cx->mem, record->fields[0])), "version:");
}

/* Entra's exports have "version:v1.0" above the header. */
enum err import_header_read(struct csv *csv, struct ctx *cx, struct csv_record *ret_header)
{
	enum err e = csv_next(csv, cx, ret_header);

	if (!e && is_version_row(cx, ret_header))
		e = csv_next(csv, cx, ret_header);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, ERR_INVALID, "csv.empty", "The file is empty.");
	return e;
}

/* ret_matching->fields is NULL when nothing is remembered. */
static enum err recall(struct app *app, struct ctx *cx, enum import_kind kind,
	const struct csv_record *header, struct import_matching *ret_matching)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);

	*ret_matching = (struct import_matching){ 0 };
	if (!e)
		e = imports_recall(db, cx, kind == IMPORT_PEOPLE ? "people" : "devices",
			import_columns_heading(cx, header), ret_matching);
	return e == ERR_NOT_FOUND ? OK : e;
}

/* What was remembered by an older Pomona may name a field that there is no more; then it is nothing. */
static bool takes_remembered(struct ctx *cx, enum import_kind kind, const struct csv_record *header,
	struct import_matching *matching, struct import_columns *ret_columns)
{
	if (matching->fields &&
		!import_columns_choose(cx, kind, header, matching->fields, ret_columns))
		return true;
	matching->fields = NULL;
	return false;
}

enum err import_match(struct app *app, struct ctx *cx, enum import_kind kind,
	const struct csv_record *header, const char *fields, struct import_columns *ret_columns,
	const char **ret_matching)
{
	struct import_matching remembered;
	enum err e = import_columns_check(cx, header);

	*ret_matching = "chosen";
	if (e)
		return e;
	if (fields)
		return import_columns_choose(cx, kind, header, fields, ret_columns);
	e = recall(app, cx, kind, header, &remembered);
	if (e)
		return e;
	*ret_matching = "remembered";
	if (takes_remembered(cx, kind, header, &remembered, ret_columns))
		return OK;
	*ret_matching = "found";
	return import_columns_read(cx, kind, header, ret_columns);
}

static const char **copy_cells(
	struct arena *a, const struct csv_record *record, size_t count, size_t most_bytes)
{
	const char **cells = ARENA_ARRAY(a, const char *, count);

	for (size_t i = 0; i < count; i++)
		cells[i] = i < record->count ? text_readable(a, record->fields[i], most_bytes) : "";
	return cells;
}

/* Where the file was cut off, the last row is not whole; a row that cannot be read is no example. */
static enum err read_examples(struct csv *csv, struct ctx *cx, struct import_look *look)
{
	struct csv_record record;
	enum err e = OK;

	for (int i = 0; i < 20 && look->example_count < IMPORT_LOOK_EXAMPLES; i++) {
		e = csv_next(csv, cx, &record);
		if (e)
			break;
		if (!record.problem)
			look->examples[look->example_count++] =
				copy_cells(cx->mem, &record, look->columns.count, EXAMPLE_BYTES);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err read_look(struct app *app, struct ctx *cx, enum import_kind kind, struct csv *csv,
	struct import_look *look)
{
	struct csv_record header;
	enum err e = import_header_read(csv, cx, &header), unreadable;

	if (!e)
		e = import_columns_check(cx, &header);
	if (!e)
		e = recall(app, cx, kind, &header, &look->remembered);
	if (e)
		return e;
	look->headers = copy_cells(cx->mem, &header, header.count, HEADER_BYTES);
	unreadable = import_columns_read(cx, kind, &header, &look->found);
	look->problem = unreadable ? cx->error.sentence : NULL;
	if (takes_remembered(cx, kind, &header, &look->remembered, &look->columns))
		look->problem = NULL;
	else
		look->columns = look->found;
	return read_examples(csv, cx, look);
}

enum err import_look(
	struct app *app, struct ctx *cx, const char *kind, FILE *file, struct import_look *ret_look)
{
	enum import_kind which;
	struct csv *csv;
	enum err e = import_kind_read(cx, kind, &which);

	*ret_look = (struct import_look){ 0 };
	if (!e)
		e = csv_open(cx, file, &csv);
	if (e)
		return e;
	e = read_look(app, cx, which, csv, ret_look);
	csv_close(csv);
	return e;
}
