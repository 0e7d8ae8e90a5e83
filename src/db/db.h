/* db.h - one small SQL interface over SQLite and PostgreSQL.
 *
 * SQL lives in store/x.sql as named queries; tools/sqlgen declares each in store/x.sql.h as
 * `people_find_query`. A query is prepared once per connection and tested on both databases.
 * Parameters are numbered (?1, ?2 …) and are given in order; columns are read by position. The form
 * is in docs/design/sql.md.
 *
 * Writing: one writer at a time in the process. On SQLite one connection writes and checkpoints,
 * no exception (the WAL-reset fault of SQLite before 3.51.3 needs two); on PostgreSQL the same
 * lock keeps the same order, so that both behave alike. On PostgreSQL the writer also holds an
 * advisory lock of the server's, so that one process writes a database: another one's pool does not
 * open, and one that lost its connection and the lock writes no more ("db.taken"). Reading: each borrowed reader sees one
 * snapshot. Hold either for as short as possible and never while waiting for the network. A thread
 * that asks for the writer while it holds it ends the process (a bug).
 *
 * After an error other than ERR_NOT_FOUND the transaction is lost, on both databases alike:
 * db_commit refuses, and only db_release makes sense. To write "unless it is there" say
 * `on conflict do nothing` and look at the number of changed rows.
 *
 *   must_check enum err things_rename(struct db *db, struct ctx *cx, int64_t id, const char *name)
 *   {
 *           struct db_stmt *st = db_query(db, &things_rename_query);
 *           db_bind_text(st, name);
 *           db_bind_i64(st, id);
 *           return db_run(st, cx, NULL);
 *   }
 *
 *   DB_STMT_AUTO(st, db, &things_list_query);
 *   db_bind_i64(st, after);
 *   while ((e = db_step(st, cx)) == OK)
 *           … db_i64(st, 0), db_text(st, cx, 1) …
 *   if (e != ERR_NOT_FOUND)   (the end of the rows is ERR_NOT_FOUND without detail)
 *           return e;
 *
 * What a list gives is limited by the query (`limit ?N`): PostgreSQL hands a result over whole.
 * Long walks go page by page, by key.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;      /* a connection that is borrowed from the pool */
struct db_pool; /* what the process holds */
struct db_stmt;

/* One named query; written by tools/sqlgen. Known to a connection by its address. */
struct db_query {
	const char *name;
	const char *sqlite;
	const char *postgres;
	int parameters;
};

struct db_options {
	/* "sqlite:/path/to/pomona.db" or "postgres://…" (any libpq connection string after it) */
	const char *url;
	int readers; /* how many may read at once; SQLite and PostgreSQL alike */
	/* Beside a running server: opens no writer, and db_write is a bug. */
	bool is_read_only;
};

/* Opens, and checks that the schema is not newer than migrations known to this program
 * (ERR_CONFLICT "db.newer"). Does not migrate. ERR_DB "db.open" says which file or server. */
must_check enum err db_pool_open(
	struct ctx *cx, const struct db_options *options, struct db_pool **ret_pool);
void db_pool_close(struct db_pool *pool); /* accepts NULL; waits for borrowed connections */

/* Runs the numbered migrations that have not been run, each in a transaction, recorded with a
 * checksum. ERR_CONFLICT "db.migration_changed" when a recorded one differs. */
must_check enum err db_migrate(struct db_pool *pool, struct ctx *cx);

/* Borrows a reader; give it back with db_release. Waits for a free one, at most half a minute
 * (ERR_DB "db.readers"): a thread holds one reader at a time. */
must_check enum err db_read(struct db_pool *pool, struct ctx *cx, struct db **ret_db);
/* Borrows the writer and begins a transaction; waits for its turn, the first one of a ctx with
 * writer_wait_ms at most that long (ERR_LIMITED "db.waits" with retry_after_ms). */
must_check enum err db_write(struct db_pool *pool, struct ctx *cx, struct db **ret_db);
/* Commits what db_write began and gives the writer back in every case. ERR_DB; a failed commit
 * has rolled back, but for "db.commit_unknown": PostgreSQL went away before it answered. On success
 * *db becomes NULL, so that the cleanup does nothing more. */
must_check enum err db_commit(struct db **db, struct ctx *cx);
/* Gives the connection back; an uncommitted transaction is rolled back. Accepts NULL inside. */
void db_release(struct db **db);

/* `struct db *db` that is released with its scope:  DB_AUTO(db); e = db_read(pool, cx, &db); */
#define DB_AUTO(name) __attribute__((cleanup(db_release))) struct db *name = NULL

/* Takes the connection's statement of the query, unbound. Never fails: a
 * failure is kept in the statement and given by db_step or db_run. One use at a time of a query on
 * a connection; a second use while the first is stepping ends the process (a bug). */
struct db_stmt *db_query(struct db *db, const struct db_query *query);
void db_stmt_done(struct db_stmt **st); /* resets it; accepts NULL inside */
#define DB_STMT_AUTO(name, db, query)                                                              \
	__attribute__((cleanup(db_stmt_done))) struct db_stmt *name = db_query((db), (query))

/* Binds the next parameter. Text and bytes are copied. */
void db_bind_i64(struct db_stmt *st, int64_t value);
void db_bind_bool(struct db_stmt *st, bool value);        /* 0 or 1; columns are integers */
void db_bind_text(struct db_stmt *st, const char *value); /* NULL binds NULL */
void db_bind_null(struct db_stmt *st);
/* 0 binds NULL: for ids and times where 0 stands for none. */
void db_bind_id(struct db_stmt *st, int64_t id);

/* The next row; ERR_NOT_FOUND without detail at the end; ERR_DB; ERR_CONFLICT "db.unique" when a
 * unique constraint refused the write, "db.reference" when a row it points at is not there (or a
 * row that is to go is pointed at). */
must_check enum err db_step(struct db_stmt *st, struct ctx *cx);
/* Runs to the end and is done with it; ret_changed (may be NULL) gets the number of rows. */
must_check enum err db_run(struct db_stmt *st, struct ctx *cx, int64_t *ret_changed);
/* A write whose answer nobody waits for: on PostgreSQL it saves the way there and back. What goes
 * wrong with it is the failure of the next statement that is waited for, or of the commit, and the
 * transaction is lost as ever; so never for a write whose conflict means something. */
must_check enum err db_run_later(struct db_stmt *st, struct ctx *cx);
/* One row of one integer (counts, returning id), and done. ERR_NOT_FOUND when there is no row. */
must_check enum err db_run_i64(struct db_stmt *st, struct ctx *cx, int64_t *ret_value);

/* Columns of the present row, from 0. NULL gives 0 / NULL. */
int64_t db_i64(const struct db_stmt *st, int column);
bool db_bool(const struct db_stmt *st, int column);
bool db_is_null(const struct db_stmt *st, int column);
const char *db_text(const struct db_stmt *st, struct ctx *cx, int column); /* in cx->mem */

/* For the tests of queries: prepares on this connection, ERR_DB with the database's words. */
must_check enum err db_prepare_check(struct db *db, struct ctx *cx, const struct db_query *query);
bool db_is_postgres(const struct db *db);
/* A consistent copy of the database to a new file of mode 0600 (SQLite's backup API), while others
 * write. ERR_INVALID on PostgreSQL; ERR_CONFLICT "db.backup_exists". */
must_check enum err db_backup(struct db_pool *pool, struct ctx *cx, const char *to_path);
