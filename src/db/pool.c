/* pool.c - who holds which connection: one writer by turns, a few readers at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "db/driver.h"

/* Longer than any request takes: who waits longer waits for a thread that waits for itself. */
#define READER_WAIT_SECONDS 30
#define AGAIN_MS            2000 /* who did not get a turn may ask again then */

static void *allocate(size_t size)
{
	void *p = calloc(1, size);
	if (!p) {
		fputs("out of memory\n", stderr);
		abort();
	}
	return p;
}

static const struct db_driver *driver_of(const char *url)
{
	if (strncmp(url, "sqlite:", 7) == 0)
		return &db_sqlite;
	if (strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0)
		return &db_postgres;
	return NULL;
}

/* --- opening and closing ---------------------------------------------------------------- */

static enum err open_connection(struct db *db, struct ctx *cx)
{
	if (db->is_open || db->driver->open(db, db->pool->url, db->role)) {
		db->is_open = true;
		return OK;
	}
	return db_fault_set(db, cx, "open");
}

static void init_connection(struct db_pool *pool, struct db *db, enum db_role role)
{
	db->pool = pool;
	db->driver = pool->driver;
	db->role = role;
}

enum err db_pool_open(struct ctx *cx, const struct db_options *options, struct db_pool **ret_pool)
{
	const struct db_driver *driver = driver_of(options->url);
	if (!driver)
		return err_set(cx, ERR_INVALID, "db.url",
			"The database address begins neither with sqlite: nor with postgres://.");
	struct db_pool *pool = allocate(sizeof(*pool));
	pool->driver = driver;
	pool->url = strdup(options->url);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pool->is_read_only = options->is_read_only;
	pool->reader_count = options->readers > 0 ? options->readers : 1;
	pool->readers = allocate(sizeof(*pool->readers) * (size_t)pool->reader_count);
	init_connection(pool, &pool->writer, DB_WRITER);
	for (int i = 0; i < pool->reader_count; i++)
		init_connection(pool, &pool->readers[i], DB_READER);

	enum err e = pool->is_read_only ? OK : open_connection(&pool->writer, cx);
	if (!e)
		e = db_migrations_check(pool, cx);
	if (e) {
		db_pool_close(pool);
		return e;
	}
	*ret_pool = pool;
	return OK;
}

static bool is_any_out(const struct db_pool *pool)
{
	bool is_out = pool->writer_is_out;
	for (int i = 0; i < pool->reader_count; i++)
		is_out = is_out || pool->readers[i].is_borrowed;
	return is_out;
}

static void close_connection(struct db *db)
{
	if (!db->is_open)
		return;
	db_statements_free(db);
	db->driver->close(db);
	db->is_open = false;
}

void db_pool_close(struct db_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	while (is_any_out(pool))
		pthread_cond_wait(&pool->changed, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
	/* The writer last: the last one to close a SQLite file checkpoints it. */
	for (int i = 0; i < pool->reader_count; i++)
		close_connection(&pool->readers[i]);
	close_connection(&pool->writer);
	pthread_cond_destroy(&pool->changed);
	pthread_mutex_destroy(&pool->lock);
	free(pool->readers);
	free(pool->url);
	free(pool);
}

/* --- borrowing -------------------------------------------------------------------------- */

static void give_back(struct db *db)
{
	struct db_pool *pool = db->pool;
	pthread_mutex_lock(&pool->lock);
	db->is_borrowed = false;
	if (db->role == DB_WRITER)
		pool->writer_is_out = false;
	pthread_cond_broadcast(&pool->changed);
	pthread_mutex_unlock(&pool->lock);
}

static enum err begin(struct db *db, struct ctx *cx, struct db **ret_db)
{
	db->is_failed = false;
	enum err e = open_connection(db, cx);
	if (!e && !db->driver->begin(db))
		e = db_fault_set(db, cx, "begin");
	if (e) {
		give_back(db);
		return e;
	}
	*ret_db = db;
	return OK;
}

static struct db *free_reader(struct db_pool *pool)
{
	/* One that is open already comes first: its statements are prepared. */
	for (int i = 0; i < pool->reader_count; i++)
		if (!pool->readers[i].is_borrowed)
			return &pool->readers[i];
	return NULL;
}

/* Threads that each hold one reader and wait for another would stop each other when all are out. The
 * test build does not wait for the day when they do. */
static void refuse_second(const struct db_pool *pool)
{
#ifdef POMONA_TEST_BUILD
	for (int i = 0; i < pool->reader_count; i++)
		if (pool->readers[i].is_borrowed &&
			pthread_equal(pool->readers[i].borrower, pthread_self()))
			db_bug("a thread asks for a second reader");
#else
	(void)pool;
#endif
}

enum err db_read(struct db_pool *pool, struct ctx *cx, struct db **ret_db)
{
	struct db *db;
	int over = 0;
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += READER_WAIT_SECONDS;
	pthread_mutex_lock(&pool->lock);
	while (!(db = free_reader(pool)) && !over)
		over = pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
	refuse_second(pool);
	if (db) {
		db->is_borrowed = true;
		db->borrower = pthread_self();
	}
	pthread_mutex_unlock(&pool->lock);
	if (db)
		return begin(db, cx, ret_db);
	enum err e = err_set(cx, ERR_DB, "db.readers",
		"Too much is being read from the database at this moment. Try again.");
	cx->error.retry_after_ms = AGAIN_MS;
	return e;
}

/* Leaves the queue, at its head or out of its middle. */
static void stop_waiting(struct db_pool *pool, struct db_waiter *waiter)
{
	struct db_waiter *before = NULL;
	for (struct db_waiter *at = pool->first; at != waiter; at = at->next)
		before = at;
	if (before)
		before->next = waiter->next;
	else
		pool->first = waiter->next;
	if (pool->last == waiter)
		pool->last = before;
}

/* Under the lock; false: the time is over. */
static bool wait_for_turn(struct db_pool *pool, const struct ctx *cx)
{
	struct db_waiter waiter = { NULL };
	struct timespec until;
	int over = 0;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += cx->writer_wait_ms / 1000;
	until.tv_nsec += cx->writer_wait_ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	if (pool->last)
		pool->last->next = &waiter;
	else
		pool->first = &waiter;
	pool->last = &waiter;
	while ((pool->writer_is_out || pool->first != &waiter) && !over) {
		if (cx->writer_wait_ms)
			over = pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
		else
			pthread_cond_wait(&pool->changed, &pool->lock);
	}
	bool is_ours = !pool->writer_is_out && pool->first == &waiter;
	stop_waiting(pool, &waiter);
	return is_ours;
}

enum err db_write(struct db_pool *pool, struct ctx *cx, struct db **ret_db)
{
	if (pool->is_read_only)
		db_bug("a pool that only reads is asked for the writer");
	pthread_mutex_lock(&pool->lock);
	if (pool->writer_is_out && pthread_equal(pool->writer_thread, pthread_self()))
		db_bug("a thread asks for the writer while it holds it");
	bool is_ours = wait_for_turn(pool, cx);
	if (is_ours) {
		pool->writer_is_out = true;
		pool->writer_thread = pthread_self();
		pool->writer.is_borrowed = true;
	} else {
		pthread_cond_broadcast(&pool->changed); /* the next may have its turn */
	}
	pthread_mutex_unlock(&pool->lock);
	if (is_ours) {
		cx->writer_wait_ms = 0;
		return begin(&pool->writer, cx, ret_db);
	}
	enum err e = err_set(cx, ERR_LIMITED, "db.waits",
		"Other changes are being saved, and this one has waited for %lld seconds. Nothing "
		"was changed; try again.",
		(long long)(cx->writer_wait_ms + 999) / 1000);
	cx->error.retry_after_ms = AGAIN_MS;
	return e;
}

void db_release(struct db **db)
{
	if (!*db)
		return;
	if (!(*db)->is_borrowed)
		db_bug("a connection is given back twice");
	db_statements_reset(*db);
	(*db)->driver->rollback(*db);
	give_back(*db);
	*db = NULL;
}

enum err db_commit(struct db **dbp, struct ctx *cx)
{
	struct db *db = *dbp;
	if (db->role != DB_WRITER)
		db_bug("a reader is committed");
	enum err e = OK;
	if (cx->before_commit && !db->is_failed)
		e = cx->before_commit(db, cx, cx->before_commit_what);
	db_statements_reset(db);
	KILL_POINT("commit.before");
	if (e) {
		/* Told already; the release rolls back. */
	} else if (db->is_failed) {
		e = err_set(cx, ERR_DB, "db.failed",
			"An earlier step of this change failed, so nothing of it is kept.");
	} else if (!db->driver->commit(db)) {
		e = db_fault_set(db, cx, "commit");
		if (db->fault == DB_FAULT_LOST)
			e = err_set(cx, ERR_DB, "db.commit_unknown",
				"The database server went away while the change was saved. Look "
				"whether it is there before you try again.");
	}
	KILL_POINT("commit.after");
	db_release(dbp);
	return e;
}

/* --- the rest --------------------------------------------------------------------------- */

bool db_is_postgres(const struct db *db)
{
	return db->driver == &db_postgres;
}

enum err db_backup(struct db_pool *pool, struct ctx *cx, const char *to_path)
{
	if (pool->driver != &db_sqlite)
		return err_set(cx, ERR_INVALID, "db.backup",
			"This server keeps its data in PostgreSQL; back it up with pg_dump.");
	DB_AUTO(db);
	enum err e = db_read(pool, cx, &db);
	return e ? e : db_sqlite_backup(db, cx, to_path);
}
