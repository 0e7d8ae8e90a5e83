/* sqlite.c - the SQLite driver.
 *
 * WAL with synchronous FULL: a commit that was answered survives a power cut. The writer is the one
 * connection that writes and checkpoints (SQLite 3.7.0 to 3.51.2 can corrupt a WAL that is written
 * and reset by two connections at the same instant); readers are query_only and never checkpoint.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/driver.h"

#define URL_PREFIX "sqlite:"
/* Another process (a backup, an operator's shell) may hold the file for a moment. */
#define BUSY_MS 5000

static const char common_setup[] = "pragma foreign_keys = on;"
				   "pragma temp_store = memory;"
				   "pragma trusted_schema = off;"
				   "pragma cell_size_check = on;";
/* 4096 pages are 16 MiB of WAL: long enough for bulk imports to stay fast, short enough for reads. */
static const char writer_setup[] = "pragma journal_mode = wal;"
				   "pragma synchronous = full;"
				   "pragma wal_autocheckpoint = 4096;"
				   "pragma journal_size_limit = 67108864;"
				   "pragma cache_size = -16384;";
static const char reader_setup[] = "pragma wal_autocheckpoint = 0;"
				   "pragma query_only = on;"
				   "pragma cache_size = -4096;";

static enum db_fault fault_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return DB_FAULT_FULL;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return DB_FAULT_READ_ONLY;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return DB_FAULT_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return DB_FAULT_DAMAGED;
	case SQLITE_IOERR:
		return DB_FAULT_IO;
	case SQLITE_CANTOPEN:
		return DB_FAULT_CLOSED;
	case SQLITE_CONSTRAINT:
		if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
			return DB_FAULT_UNIQUE;
		return code == SQLITE_CONSTRAINT_FOREIGNKEY ? DB_FAULT_REFERENCE : DB_FAULT_OTHER;
	default:
		return DB_FAULT_OTHER;
	}
}

static bool fail(struct db *db)
{
	sqlite3 *s = db->handle;
	db_fault_keep(db, fault_of(sqlite3_extended_errcode(s)), sqlite3_errmsg(s));
	return false;
}

static bool script(struct db *db, const char *sql)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail(db);
}

/* Made with mode 0600 before SQLite opens it; the WAL beside it takes the same mode. */
static void make_private_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		close(fd);
}

/* SQLite counts its memory under a lock that all threads share, for figures that nobody asks for. */
static void configure_library(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static bool sqlite_open(struct db *db, const char *url, enum db_role role)
{
	const char *path = url + strlen(URL_PREFIX);
	static pthread_once_t configured = PTHREAD_ONCE_INIT;
	sqlite3 *s = NULL;
	pthread_once(&configured, configure_library);
	if (role == DB_WRITER)
		make_private_file(path);
	int code = sqlite3_open_v2(path, &s, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	db->handle = s;
	if (code != SQLITE_OK) {
		db_fault_keep(db, fault_of(code), s ? sqlite3_errmsg(s) : "no memory");
		sqlite3_close_v2(s);
		db->handle = NULL;
		return false;
	}
	sqlite3_extended_result_codes(s, 1);
	sqlite3_busy_timeout(s, BUSY_MS);
	sqlite3_db_config(s, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (script(db, common_setup) && script(db, role == DB_WRITER ? writer_setup : reader_setup))
		return true;
	sqlite3_close_v2(s);
	db->handle = NULL;
	return false;
}

static void sqlite_close(struct db *db)
{
	sqlite3_close_v2(db->handle);
	db->handle = NULL;
}

static bool begin(struct db *db)
{
	return script(db, db->role == DB_WRITER ? "begin immediate" : "begin");
}

static bool commit(struct db *db)
{
	return script(db, "commit");
}

static void rollback(struct db *db)
{
	/* A full disk rolls back by itself. */
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "rollback", NULL, NULL, NULL);
}

static bool prepare(struct db *db, struct db_stmt *st)
{
	sqlite3_stmt *prepared = NULL;
	if (sqlite3_prepare_v3(db->handle, st->query->sqlite, -1, SQLITE_PREPARE_PERSISTENT,
		    &prepared, NULL) != SQLITE_OK)
		return fail(db);
	st->prepared = prepared;
	return true;
}

static bool bind_all(struct db *db, struct db_stmt *st)
{
	for (int i = 0; i < st->bound; i++) {
		const struct db_value *v = &st->values[i];
		int code = SQLITE_OK;
		switch (v->kind) {
		case DB_VALUE_NULL:
			code = sqlite3_bind_null(st->prepared, i + 1);
			break;
		case DB_VALUE_I64:
			code = sqlite3_bind_int64(st->prepared, i + 1, v->i64);
			break;
		case DB_VALUE_TEXT:
			code = sqlite3_bind_text(
				st->prepared, i + 1, st->bytes + v->text_at, -1, SQLITE_STATIC);
			break;
		}
		if (code != SQLITE_OK)
			return fail(db);
	}
	return true;
}

static enum db_step step(struct db *db, struct db_stmt *st)
{
	if (st->row == -1 && !bind_all(db, st))
		return DB_STEP_FAILED;
	int code = sqlite3_step(st->prepared);
	if (code == SQLITE_ROW) {
		st->row = 0;
		return DB_STEP_ROW;
	}
	if (code != SQLITE_DONE) {
		fail(db);
		return DB_STEP_FAILED;
	}
	st->changed = sqlite3_changes64(db->handle);
	return DB_STEP_END;
}

static void reset(struct db_stmt *st)
{
	sqlite3_reset(st->prepared);
	sqlite3_clear_bindings(st->prepared);
}

static void forget(struct db_stmt *st)
{
	sqlite3_finalize(st->prepared);
	st->prepared = NULL;
}

static bool is_null(const struct db_stmt *st, int column)
{
	return sqlite3_column_type(st->prepared, column) == SQLITE_NULL;
}

static int64_t column_i64(const struct db_stmt *st, int column)
{
	return sqlite3_column_int64(st->prepared, column);
}

static const char *column_text(const struct db_stmt *st, int column)
{
	return (const char *)sqlite3_column_text(st->prepared, column);
}

const struct db_driver db_sqlite = {
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.script = script,
	.prepare = prepare,
	.step = step,
	.reset = reset,
	.forget = forget,
	.is_null = is_null,
	.i64 = column_i64,
	.text = column_text,
	.id_words = "integer primary key",
	.collate_words = "",
};

static bool copy_all(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");
	if (!copy)
		return false;
	/* In one step, so that it reads one snapshot; writers go on in the WAL meanwhile. */
	while (sqlite3_backup_step(copy, -1) == SQLITE_OK)
		;
	return sqlite3_backup_finish(copy) == SQLITE_OK;
}

enum err db_sqlite_backup(struct db *db, struct ctx *cx, const char *to_path)
{
	sqlite3 *to = NULL;
	int fd = open(to_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 && errno == EEXIST)
		return err_set(cx, ERR_CONFLICT, "db.backup_exists",
			"There is already a file of that name; a backup never replaces one.");
	if (fd < 0)
		return err_set(cx, ERR_IO, "db.backup", "The backup cannot be written: %s.",
			strerror(errno));
	close(fd);
	int code = sqlite3_open_v2(to_path, &to, SQLITE_OPEN_READWRITE, NULL);
	bool is_good = code == SQLITE_OK && copy_all(to, db->handle);
	if (!is_good)
		db_fault_keep(db, fault_of(sqlite3_extended_errcode(to)), sqlite3_errmsg(to));
	sqlite3_close_v2(to);
	if (is_good)
		return OK;
	unlink(to_path);
	return db_fault_set(db, cx, "backup");
}
