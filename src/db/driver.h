/* driver.h - what a database driver fills, and what the two drivers and the pool share.
 *
 * Only src/db includes this. A driver knows connections and statements; order among threads is the
 * pool's, words for humans are db.c's. Text results of a driver live until its next step or reset.
 */
#pragma once

#include <pthread.h>

#include "db/db.h"

#define DB_PARAMETERS_MAX 40
#define DB_WORDS_MAX      512

enum db_role { DB_READER, DB_WRITER };

/* Why the database failed, in the kinds that make a difference to a human. */
enum db_fault {
	DB_FAULT_NONE = 0,
	DB_FAULT_UNIQUE,
	DB_FAULT_REFERENCE,
	DB_FAULT_FULL,
	DB_FAULT_READ_ONLY,
	DB_FAULT_BUSY,
	DB_FAULT_LOST,   /* no connection */
	DB_FAULT_TAKEN,  /* another process writes this database */
	DB_FAULT_CLOSED, /* the file cannot be opened */
	DB_FAULT_DAMAGED,
	DB_FAULT_IO,
	DB_FAULT_OTHER,
};

enum db_value_kind { DB_VALUE_NULL, DB_VALUE_I64, DB_VALUE_TEXT };

struct db_value {
	enum db_value_kind kind;
	int64_t i64;
	size_t text_at; /* offset in the statement's bytes: those may move while they grow */
};

struct db_stmt {
	struct db *db;
	const struct db_query *query;
	struct db_stmt *next; /* in the connection's bucket */
	bool is_in_use;       /* from db_query to its end */
	bool is_stepping;     /* the driver has been given the parameters */
	int bound;
	struct db_value values[DB_PARAMETERS_MAX];
	char *bytes; /* copies of bound text, NUL after each; kept between uses */
	size_t bytes_length, bytes_capacity;
	void *prepared; /* sqlite3_stmt; for PostgreSQL not NULL once the server knows it */
	void *result;   /* PGresult */
	int row;        /* of the result, -1 before the first */
	int64_t changed;
};

enum db_step { DB_STEP_ROW, DB_STEP_END, DB_STEP_FAILED };

/* Each function that fails leaves db->fault and db->words. */
struct db_driver {
	bool (*open)(struct db *db, const char *url, enum db_role role);
	void (*close)(struct db *db);
	bool (*begin)(struct db *db); /* mends a connection that was lost since the last time */
	bool (*commit)(struct db *db);
	void (*rollback)(struct db *db);
	bool (*script)(struct db *db, const char *sql); /* several statements without rows */
	bool (*prepare)(struct db *db, struct db_stmt *st);
	enum db_step (*step)(struct db *db, struct db_stmt *st);
	/* Sends a write whose answer is read with the next one that is waited for; NULL: no use. */
	bool (*later)(struct db *db, struct db_stmt *st);
	void (*reset)(struct db_stmt *st);
	void (*forget)(struct db_stmt *st); /* before the statement is freed */
	bool (*is_null)(const struct db_stmt *st, int column);
	int64_t (*i64)(const struct db_stmt *st, int column);
	const char *(*text)(const struct db_stmt *st, int column); /* NULL for NULL */
	const char *id_words;                                      /* {{id}} of migrations */
	const char *collate_words;                                 /* {{collate}} */
};

extern const struct db_driver db_sqlite;
extern const struct db_driver db_postgres;

#define DB_BUCKETS 256

struct db {
	const struct db_driver *driver;
	struct db_pool *pool;
	enum db_role role;
	bool is_open;
	bool is_borrowed;
	pthread_t borrower; /* while it is */
	bool is_failed;     /* a statement failed: the transaction is lost */
	int sent_ahead;     /* writes whose answers have not been read yet */
	void *handle;       /* sqlite3 or PGconn */
	int session;        /* of the writer at PostgreSQL: its process there */
	struct db_stmt *buckets[DB_BUCKETS];
	enum db_fault fault;
	char words[DB_WORDS_MAX]; /* the library's own, for the log */
};

/* Who waits for the writer; on the waiting thread's stack. */
struct db_waiter {
	struct db_waiter *next;
};

struct db_pool {
	const struct db_driver *driver;
	char *url;
	/* The lock guards what follows it, and nobody waits for a database while holding it. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct db_waiter *first, *last; /* writers get their turn in the order they came */
	bool writer_is_out;
	pthread_t writer_thread;
	struct db writer;
	bool is_read_only;
	int reader_count;
	struct db *readers;
};

/* ERR_CONFLICT "db.newer" when the database has migrations that this program does not know. */
must_check enum err db_migrations_check(struct db_pool *pool, struct ctx *cx);

/* SQLite only: copies the snapshot that the connection reads, through the backup API. */
must_check enum err db_sqlite_backup(struct db *db, struct ctx *cx, const char *to_path);

/* Our own mistake: says it on stderr and ends the process. */
void db_bug(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Turns db->fault into an error with words for a human; db->words go to the log. */
enum err db_fault_set(struct db *db, struct ctx *cx, const char *during);
/* Keeps the fault and the library's words until then. */
void db_fault_keep(struct db *db, enum db_fault fault, const char *words);

/* Runs SQL of our own that is not a store query (migrations). */
must_check enum err db_script(struct db *db, struct ctx *cx, const char *sql);

/* Ends every use of the connection's statements; frees them too when the connection closes. */
void db_statements_reset(struct db *db);
void db_statements_free(struct db *db);
