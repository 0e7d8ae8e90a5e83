/* db.c - statements: taking, binding, stepping, reading; and what a fault is called. */
#include "db/db.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "db/driver.h"

/* Text copies up to this size stay with the statement for its next use. */
#define BYTES_KEPT (64 * 1024)
#define AGAIN_MS   5000 /* another program that holds the database may be done then */

void db_bug(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("bug in the use of the database: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

static void *grow(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p) {
		fputs("out of memory\n", stderr);
		abort();
	}
	return p;
}

/* --- faults ----------------------------------------------------------------------------- */

static const struct {
	enum err code;
	const char *reason;
	const char *sentence;
} faults[] = {
	[DB_FAULT_NONE] = { ERR_BUG, "db.none",
		"The database reported a failure without a cause." },
	[DB_FAULT_UNIQUE] = { ERR_CONFLICT, "db.unique", "There is already a record like this." },
	[DB_FAULT_REFERENCE] = { ERR_CONFLICT, "db.reference",
		"The record is tied to another one that is not there, or that still needs it." },
	[DB_FAULT_FULL] = { ERR_DB, "db.full",
		"The disk that holds the database is full. Nothing was changed; make room and try "
		"again." },
	[DB_FAULT_READ_ONLY] = { ERR_DB, "db.read_only",
		"The database can be read but not written. Nothing was changed; check the rights "
		"of "
		"the data folder, or whether the server is a read-only copy." },
	[DB_FAULT_BUSY] = { ERR_DB, "db.busy",
		"Another program holds the database. Nothing was changed; try again." },
	[DB_FAULT_LOST] = { ERR_DB, "db.lost",
		"The database server cannot be reached. Nothing was changed; check that it runs." },
	[DB_FAULT_TAKEN] = { ERR_DB, "db.taken",
		"Another Pomona works with this database: two would ask Apple for everything "
		"twice. Nothing was changed. Stop one of them, or give this one a database of its "
		"own with --database." },
	[DB_FAULT_CLOSED] = { ERR_DB, "db.closed",
		"The database file cannot be opened. Check that the data folder is there, and that "
		"the user of the server may read and write it." },
	[DB_FAULT_DAMAGED] = { ERR_DB, "db.damaged",
		"The database file is damaged. Stop the server and restore the last backup." },
	[DB_FAULT_IO] = { ERR_DB, "db.io",
		"The disk failed while the database used it. Nothing was changed; check the "
		"disk." },
	[DB_FAULT_OTHER] = { ERR_DB, "db.failed",
		"The database refused what was asked of it. Nothing was changed; the server's log "
		"says why." },
};

void db_fault_keep(struct db *db, enum db_fault fault, const char *words)
{
	db->fault = fault;
	snprintf(db->words, sizeof(db->words), "%s", words ? words : "");
	for (size_t n = strlen(db->words); n > 0 && db->words[n - 1] == '\n'; n--)
		db->words[n - 1] = '\0';
}

enum err db_fault_set(struct db *db, struct ctx *cx, const char *during)
{
	enum err e = err_set(cx, faults[db->fault].code, faults[db->fault].reason, "%s",
		faults[db->fault].sentence);
	cx->error.internal = arena_printf(cx->mem, "%s: %s", during, db->words);
	if (db->fault == DB_FAULT_BUSY)
		cx->error.retry_after_ms = AGAIN_MS;
	return e;
}

enum err db_script(struct db *db, struct ctx *cx, const char *sql)
{
	if (db->driver->script(db, sql))
		return OK;
	db->is_failed = true;
	return db_fault_set(db, cx, "script");
}

/* --- statements ------------------------------------------------------------------------- */

static struct db_stmt **bucket_of(struct db *db, const struct db_query *query)
{
	return &db->buckets[((uintptr_t)query / sizeof(*query)) % DB_BUCKETS];
}

static struct db_stmt *find_or_make(struct db *db, const struct db_query *query)
{
	struct db_stmt **bucket = bucket_of(db, query);
	for (struct db_stmt *st = *bucket; st; st = st->next)
		if (st->query == query)
			return st;
	if (query->parameters > DB_PARAMETERS_MAX)
		db_bug("%s has too many parameters", query->name);
	struct db_stmt *st = grow(NULL, sizeof(*st));
	memset(st, 0, sizeof(*st));
	st->db = db;
	st->query = query;
	st->next = *bucket;
	*bucket = st;
	return st;
}

struct db_stmt *db_query(struct db *db, const struct db_query *query)
{
	if (!db->is_borrowed)
		db_bug("%s on a connection that was given back", query->name);
	struct db_stmt *st = find_or_make(db, query);
	if (st->is_in_use)
		db_bug("%s is used while it is in use", query->name);
	st->is_in_use = true;
	return st;
}

static void finish(struct db_stmt *st)
{
	if (st->is_stepping)
		st->db->driver->reset(st);
	if (st->bytes_capacity > BYTES_KEPT) {
		free(st->bytes);
		st->bytes = NULL;
		st->bytes_capacity = 0;
	}
	st->bytes_length = 0;
	st->bound = 0;
	st->is_stepping = false;
	st->is_in_use = false;
}

void db_stmt_done(struct db_stmt **st)
{
	if (*st && (*st)->is_in_use)
		finish(*st);
	*st = NULL;
}

void db_statements_reset(struct db *db)
{
	for (int i = 0; i < DB_BUCKETS; i++)
		for (struct db_stmt *st = db->buckets[i]; st; st = st->next)
			if (st->is_in_use)
				finish(st);
}

void db_statements_free(struct db *db)
{
	db_statements_reset(db);
	for (int i = 0; i < DB_BUCKETS; i++) {
		for (struct db_stmt *st = db->buckets[i], *next; st; st = next) {
			next = st->next;
			db->driver->forget(st);
			free(st->bytes);
			free(st);
		}
		db->buckets[i] = NULL;
	}
}

/* --- binding ---------------------------------------------------------------------------- */

static struct db_value *next_value(struct db_stmt *st)
{
	if (!st->is_in_use || st->is_stepping || st->bound >= st->query->parameters)
		db_bug("%s: parameter %d is one too many", st->query->name, st->bound + 1);
	return &st->values[st->bound++];
}

void db_bind_i64(struct db_stmt *st, int64_t value)
{
	*next_value(st) = (struct db_value){ .kind = DB_VALUE_I64, .i64 = value };
}

void db_bind_bool(struct db_stmt *st, bool value)
{
	db_bind_i64(st, value ? 1 : 0);
}

void db_bind_null(struct db_stmt *st)
{
	*next_value(st) = (struct db_value){ .kind = DB_VALUE_NULL };
}

void db_bind_id(struct db_stmt *st, int64_t id)
{
	if (id)
		db_bind_i64(st, id);
	else
		db_bind_null(st);
}

void db_bind_text(struct db_stmt *st, const char *value)
{
	if (!value) {
		db_bind_null(st);
		return;
	}
	size_t size = strlen(value) + 1;
	if (st->bytes_length + size > st->bytes_capacity) {
		st->bytes_capacity = 2 * (st->bytes_length + size);
		st->bytes = grow(st->bytes, st->bytes_capacity);
	}
	memcpy(st->bytes + st->bytes_length, value, size);
	*next_value(st) = (struct db_value){ .kind = DB_VALUE_TEXT, .text_at = st->bytes_length };
	st->bytes_length += size;
}

/* --- stepping --------------------------------------------------------------------------- */

static enum err failed(struct db_stmt *st, struct ctx *cx)
{
	st->db->is_failed = true;
	return db_fault_set(st->db, cx, st->query->name);
}

/* Checks what was bound, and prepares. */
static enum err make_ready(struct db_stmt *st, struct ctx *cx)
{
	struct db *db = st->db;
	if (!st->is_in_use)
		db_bug("%s is stepped after its end", st->query->name);
	if (st->bound != st->query->parameters)
		db_bug("%s: %d of %d parameters are bound", st->query->name, st->bound,
			st->query->parameters);
	if (db->is_failed)
		return err_set(cx, ERR_DB, "db.failed",
			"An earlier step of this change failed, so nothing of it is kept.");
	if (!st->is_stepping) {
		if (!st->prepared && !db->driver->prepare(db, st))
			return failed(st, cx);
		st->row = -1;
		st->changed = 0;
	}
	return OK;
}

enum err db_step(struct db_stmt *st, struct ctx *cx)
{
	struct db *db = st->db;
	enum err e = make_ready(st, cx);
	if (e)
		return e;
	st->is_stepping = true;
	switch (db->driver->step(db, st)) {
	case DB_STEP_ROW:
		return OK;
	case DB_STEP_END:
		return ERR_NOT_FOUND;
	case DB_STEP_FAILED:
		break;
	}
	return failed(st, cx);
}

enum err db_run(struct db_stmt *st, struct ctx *cx, int64_t *ret_changed)
{
	enum err e;
	do
		e = db_step(st, cx);
	while (e == OK);
	if (e == ERR_NOT_FOUND && ret_changed)
		*ret_changed = st->changed;
	finish(st);
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err db_run_later(struct db_stmt *st, struct ctx *cx)
{
	if (!st->db->driver->later)
		return db_run(st, cx, NULL);
	enum err e = make_ready(st, cx);
	if (!e && !st->db->driver->later(st->db, st))
		e = failed(st, cx);
	finish(st);
	return e;
}

enum err db_run_i64(struct db_stmt *st, struct ctx *cx, int64_t *ret_value)
{
	enum err e = db_step(st, cx);
	if (e == OK)
		*ret_value = db_i64(st, 0);
	finish(st);
	return e;
}

/* --- columns ---------------------------------------------------------------------------- */

static const struct db_driver *row_of(const struct db_stmt *st)
{
	if (!st->is_stepping)
		db_bug("%s: a column is read without a row", st->query->name);
	return st->db->driver;
}

int64_t db_i64(const struct db_stmt *st, int column)
{
	return row_of(st)->i64(st, column);
}

bool db_bool(const struct db_stmt *st, int column)
{
	return db_i64(st, column) != 0;
}

bool db_is_null(const struct db_stmt *st, int column)
{
	return row_of(st)->is_null(st, column);
}

const char *db_text(const struct db_stmt *st, struct ctx *cx, int column)
{
	return arena_strdup(cx->mem, row_of(st)->text(st, column));
}

enum err db_prepare_check(struct db *db, struct ctx *cx, const struct db_query *query)
{
	struct db_stmt *st = find_or_make(db, query);
	if (st->prepared || db->driver->prepare(db, st))
		return OK;
	db->is_failed = true;
	return err_set(cx, ERR_DB, "db.prepare", "%s: %s", query->name, db->words);
}
