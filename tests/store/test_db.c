/* The promises of db/db.h, on both databases. */
#include "store_test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "db/driver.h"

static const struct db_query put_query = {
	.name = "test_put",
	.sqlite = "insert into setting (name, value, updated_at) values (?1, ?2, ?3)",
	.postgres = "insert into setting (name, value, updated_at) values ($1, $2, $3)",
	.parameters = 3,
};
static const struct db_query get_query = {
	.name = "test_get",
	.sqlite = "select updated_at, value, value is null, 1 = 1 from setting where name = ?1",
	.postgres = "select updated_at, value, value is null, 1 = 1 from setting where name = $1",
	.parameters = 1,
};
static const struct db_query names_query = {
	.name = "test_names",
	.sqlite = "select name from setting order by name",
	.postgres = "select name from setting order by name",
	.parameters = 0,
};
static const struct db_query count_query = {
	.name = "test_count",
	.sqlite = "select count(*) from setting",
	.postgres = "select count(*) from setting",
	.parameters = 0,
};
static const struct db_query touch_query = {
	.name = "test_touch",
	.sqlite = "update setting set updated_at = updated_at + ?1",
	.postgres = "update setting set updated_at = updated_at + $1",
	.parameters = 1,
};
static const struct db_query orphan_query = {
	.name = "test_orphan",
	.sqlite = "insert into schedule_run (location_id, run_key, ran_at) values (4711, 'x', 0)",
	.postgres = "insert into schedule_run (location_id, run_key, ran_at) values (4711, 'x', 0)",
	.parameters = 0,
};
static const struct db_query broken_query = {
	.name = "test_broken",
	.sqlite = "select nonsense from setting",
	.postgres = "select nonsense from setting",
	.parameters = 0,
};

static enum err put(struct db *db, struct ctx *cx, const char *name, const char *value, int64_t at)
{
	struct db_stmt *st = db_query(db, &put_query);
	db_bind_text(st, name);
	db_bind_text(st, value);
	db_bind_i64(st, at);
	return db_run(st, cx, NULL);
}

static int64_t count_rows(struct db *db, struct ctx *cx)
{
	int64_t count = -1;
	must(db_run_i64(db_query(db, &count_query), cx, &count));
	return count;
}

STORE_TEST(db_gives_back_what_was_bound)
{
	static const struct {
		const char *name, *value;
		int64_t at;
	} rows[] = {
		{ "plain", "value", 1 },
		{ "empty is not null", "", 0 },
		{ "null", NULL, INT64_MIN },
		{ "scripts \xe4\xbd\x90\xe8\x97\xa4 \xd8\xb9\xd9\x84\xd9\x8a '; drop table x --",
			"\"\\?1", INT64_MAX },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		must(put(db, cx, rows[i].name, rows[i].value, rows[i].at));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		DB_STMT_AUTO(st, db, &get_query);
		db_bind_text(st, rows[i].name);
		must(db_step(st, cx));
		assert_true(db_i64(st, 0) == rows[i].at);
		assert_int_equal(db_is_null(st, 1), rows[i].value == NULL);
		assert_int_equal(db_bool(st, 2), rows[i].value == NULL);
		assert_true(db_bool(st, 3));
		if (rows[i].value)
			assert_string_equal(db_text(st, cx, 1), rows[i].value);
		else
			assert_null(db_text(st, cx, 1));
		must_fail(db_step(st, cx), ERR_NOT_FOUND, NULL);
	}
}

STORE_TEST(db_counts_changed_rows)
{
	must(put(db, cx, "a", "1", 1));
	must(put(db, cx, "b", "2", 2));
	struct db_stmt *st = db_query(db, &touch_query);
	db_bind_i64(st, 10);
	int64_t changed = 0;
	must(db_run(st, cx, &changed));
	assert_int_equal(changed, 2);
}

STORE_TEST(db_runs_one_query_within_another)
{
	must(put(db, cx, "a", "1", 1));
	must(put(db, cx, "b", "2", 2));
	int seen = 0;
	DB_STMT_AUTO(names, db, &names_query);
	while (db_step(names, cx) == OK) {
		DB_STMT_AUTO(one, db, &get_query);
		db_bind_text(one, db_text(names, cx, 0));
		must(db_step(one, cx));
		assert_int_equal(db_i64(one, 0), ++seen);
	}
	assert_int_equal(seen, 2);
}

STORE_TEST(db_refused_write_loses_the_transaction)
{
	must(put(db, cx, "a", "1", 1));
	must_fail(put(db, cx, "a", "2", 2), ERR_CONFLICT, "db.unique");
	assert_non_null(cx->error.internal);
	int64_t count;
	must_fail(db_run_i64(db_query(db, &count_query), cx, &count), ERR_DB, "db.failed");
	db_again(&db, cx);
	assert_int_equal(count_rows(db, cx), 0);
}

static enum err put_later(struct db *db, struct ctx *cx, const char *name)
{
	struct db_stmt *st = db_query(db, &put_query);
	db_bind_text(st, name);
	db_bind_text(st, "later");
	db_bind_i64(st, 1);
	return db_run_later(st, cx);
}

/* More of them than wait for their answers at once, with questions between. */
STORE_TEST(db_later_writes_are_there_for_the_next_question)
{
	for (int i = 0; i < 450; i++) {
		char name[16];
		snprintf(name, sizeof(name), "n%03d", i);
		must(put_later(db, cx, name));
		if (i % 100 == 0)
			assert_int_equal(count_rows(db, cx), i + 1);
	}
	assert_int_equal(count_rows(db, cx), 450);
}

/* On SQLite it is said at once, on PostgreSQL by what is waited for next. */
STORE_TEST(db_refused_later_write_loses_the_transaction)
{
	int64_t count;
	must(put_later(db, cx, "a"));
	enum err e = put_later(db, cx, "a");
	if (!e)
		e = db_run_i64(db_query(db, &count_query), cx, &count);
	assert_int_equal(e, ERR_CONFLICT);
	must_fail(db_run_i64(db_query(db, &count_query), cx, &count), ERR_DB, "db.failed");
	db_again(&db, cx);
	assert_int_equal(count_rows(db, cx), 0);
	must(put_later(db, cx, "a"));
	assert_int_equal(count_rows(db, cx), 1);
}

STORE_TEST(db_holds_references)
{
	must_fail(db_run(db_query(db, &orphan_query), cx, NULL), ERR_CONFLICT, "db.reference");
}

STORE_TEST(db_says_nothing_of_sql_to_people)
{
	int64_t value;
	must_fail(db_run_i64(db_query(db, &broken_query), cx, &value), ERR_DB, "db.failed");
	assert_null(strstr(cx->error.sentence, "nonsense"));
	assert_non_null(strstr(cx->error.internal, "nonsense"));
	assert_non_null(strstr(cx->error.internal, "test_broken"));
}

APP_TEST(db_commit_keeps_and_release_drops)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(put(db, cx, "dropped", "1", 1));
	db_release(&db);
	must(db_write(app->db, cx, &db));
	must(put(db, cx, "kept", "1", 1));
	must(db_commit(&db, cx));
	assert_null(db);
	must(db_read(app->db, cx, &db));
	assert_int_equal(count_rows(db, cx), 1);
}

APP_TEST(db_commit_refuses_after_a_failure)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(put(db, cx, "a", "1", 1));
	must_fail(put(db, cx, "a", "1", 1), ERR_CONFLICT, "db.unique");
	must_fail(db_commit(&db, cx), ERR_DB, "db.failed");
	must(db_read(app->db, cx, &db));
	assert_int_equal(count_rows(db, cx), 0);
}

APP_TEST(db_commit_fails_with_a_later_write)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(put_later(db, cx, "a"));
	enum err e = put_later(db, cx, "a");
	enum err at_commit = db_commit(&db, cx);
	assert_true(e || at_commit);
	must(db_write(app->db, cx, &db));
	assert_int_equal(count_rows(db, cx), 0);
	must(put_later(db, cx, "b"));
	must(db_commit(&db, cx));
	must(db_read(app->db, cx, &db));
	assert_int_equal(count_rows(db, cx), 1);
}

APP_TEST(db_reader_sees_one_snapshot)
{
	DB_AUTO(reader);
	must(db_read(app->db, cx, &reader));
	assert_int_equal(count_rows(reader, cx), 0);
	DB_AUTO(writer);
	must(db_write(app->db, cx, &writer));
	must(put(writer, cx, "a", "1", 1));
	must(db_commit(&writer, cx));
	assert_int_equal(count_rows(reader, cx), 0);
	db_release(&reader);
	must(db_read(app->db, cx, &reader));
	assert_int_equal(count_rows(reader, cx), 1);
}

APP_TEST(db_reader_cannot_write)
{
	DB_AUTO(reader);
	must(db_read(app->db, cx, &reader));
	must_fail(put(reader, cx, "a", "1", 1), ERR_DB, "db.read_only");
}

#define WRITERS 4
#define ROUNDS  25

static void *add_one_many_times(void *arg)
{
	struct app *app = arg;
	CTX_AUTO(cx);
	for (int i = 0; i < ROUNDS; i++) {
		DB_AUTO(db);
		if (db_write(app->db, &cx, &db))
			return arg;
		struct db_stmt *st = db_query(db, &touch_query);
		db_bind_i64(st, 1);
		if (db_run(st, &cx, NULL) || db_commit(&db, &cx))
			return arg;
		DB_AUTO(reader);
		if (db_read(app->db, &cx, &reader))
			return arg;
	}
	return NULL;
}

APP_TEST(db_writers_take_turns)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(put(db, cx, "sum", NULL, 0));
	must(db_commit(&db, cx));
	pthread_t threads[WRITERS];
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_one_many_times, app), 0);
	for (int i = 0; i < WRITERS; i++) {
		void *failed;
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	must(db_read(app->db, cx, &db));
	DB_STMT_AUTO(st, db, &get_query);
	db_bind_text(st, "sum");
	must(db_step(st, cx));
	assert_int_equal(db_i64(st, 0), WRITERS * ROUNDS);
}

struct waiting {
	struct app *app;
	int64_t most_ms;
	enum err e;
	bool has_written;
};

static void *wait_for_writer(void *arg)
{
	struct waiting *w = arg;
	CTX_AUTO(cx);
	DB_AUTO(db);
	cx.writer_wait_ms = w->most_ms;
	w->e = db_write(w->app->db, &cx, &db);
	if (w->e && (w->e != ERR_LIMITED || !text_equal(cx.error.reason, "db.waits") ||
			    cx.error.retry_after_ms <= 0))
		w->e = ERR_BUG;
	w->has_written = !w->e && put(db, &cx, "later", NULL, cx.writer_wait_ms) == OK &&
	                 db_commit(&db, &cx) == OK;
	return NULL;
}

/* Who may wait for a while only leaves the queue, and those behind keep their places in it. */
APP_TEST(db_writer_is_waited_for_as_long_as_one_may)
{
	struct waiting hasty = { app, 30, OK, false }, patient = { app, 0, OK, false };
	pthread_t threads[2];
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	assert_int_equal(pthread_create(&threads[0], NULL, wait_for_writer, &hasty), 0);
	assert_int_equal(pthread_create(&threads[1], NULL, wait_for_writer, &patient), 0);
	pthread_join(threads[0], NULL);
	assert_int_equal(hasty.e, ERR_LIMITED);
	must(put(db, cx, "first", NULL, 1));
	must(db_commit(&db, cx));
	pthread_join(threads[1], NULL);
	assert_true(patient.has_written);
	cx->writer_wait_ms = 30;
	must(db_write(app->db, cx, &db));
	assert_int_equal(cx->writer_wait_ms, 0); /* what has begun is not broken off */
}

/* Two processes on one database would each send what the other sends. SQLite is guarded by the lock of the
 * data folder. */
APP_TEST(db_another_process_is_refused)
{
	static const struct db_query kill_query = {
		.name = "test_kill_writers",
		.sqlite = "select 1",
		.postgres = "select count(pg_terminate_backend(pid)) from pg_locks"
			    " where locktype = 'advisory'",
		.parameters = 0,
	};
	struct db_pool *other = NULL;
	struct db_options options = { .url = store_test_url() };
	int64_t ignored;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	bool is_postgres = db_is_postgres(db);
	if (!is_postgres)
		return;
	must_fail(db_pool_open(cx, &options, &other), ERR_DB, "db.taken");
	assert_non_null(strstr(cx->error.sentence, "Another Pomona"));

	/* Its line to the server is cut, and another one is quicker. */
	must(db_run_i64(db_query(db, &kill_query), cx, &ignored));
	db_release(&db);
	must(db_pool_open(cx, &options, &other));
	must_fail(db_write(app->db, cx, &db), ERR_DB, "db.taken");
	must_fail(db_write(app->db, cx, &db), ERR_DB, "db.taken");
	db_pool_close(other);
	must(db_write(app->db, cx, &db));
	must(put(db, cx, "again", NULL, 1));
	must(db_commit(&db, cx));
}

APP_TEST(db_migrates_once_and_knows_its_own_text)
{
	must(db_migrate(app->db, cx));
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(db_script(db, cx, "update schema_migration set sha256 = 'x' || sha256"));
	must(db_commit(&db, cx));
	must_fail(db_migrate(app->db, cx), ERR_CONFLICT, "db.migration_changed");
	must(db_write(app->db, cx, &db));
	must(db_script(db, cx, "update schema_migration set sha256 = substr(sha256, 2)"));
	must(db_commit(&db, cx));
	must(db_migrate(app->db, cx));
}

APP_TEST(db_newer_schema_is_refused)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(db_script(db, cx, "insert into schema_migration values (9999, 'later', 'x', 0)"));
	must(db_commit(&db, cx));
	struct db_pool *pool = NULL;
	must_fail(db_pool_open(cx,
			  &(struct db_options){ .url = store_test_url(), .is_read_only = true },
			  &pool),
		ERR_CONFLICT, "db.newer");
	assert_null(pool);
	must(db_write(app->db, cx, &db));
	must(db_script(db, cx, "delete from schema_migration where number = 9999"));
	must(db_commit(&db, cx));
}

APP_TEST(db_lost_connection_is_made_again)
{
	static const struct db_query kill_query = {
		.name = "test_kill",
		.sqlite = "select 1",
		.postgres = "select count(pg_terminate_backend(pid)) from pg_stat_activity"
			    " where pid <> pg_backend_pid() and datname = current_database()",
		.parameters = 0,
	};
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	assert_int_equal(count_rows(db, cx), 0);
	db_release(&db);
	int64_t ignored;
	must(db_write(app->db, cx, &db));
	must(db_run_i64(db_query(db, &kill_query), cx, &ignored));
	must(db_commit(&db, cx));
	/* The reader's statements are prepared anew with its connection. */
	must(db_read(app->db, cx, &db));
	assert_int_equal(count_rows(db, cx), 0);
}

APP_TEST(db_backup_is_a_whole_database)
{
	char path[600], from[620];
	snprintf(path, sizeof(path), "%s/copy.db", store_test_folder());
	snprintf(from, sizeof(from), "sqlite:%s", path);
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	bool is_postgres = db_is_postgres(db);
	must(put(db, cx, "saved", "1", 1));
	must(db_commit(&db, cx));
	if (is_postgres) {
		must_fail(db_backup(app->db, cx, path), ERR_INVALID, "db.backup");
		return;
	}
	/* While another transaction writes; it is not in the copy. */
	must(db_write(app->db, cx, &db));
	must(put(db, cx, "not yet", "1", 1));
	must(db_backup(app->db, cx, path));
	db_release(&db);
	must_fail(db_backup(app->db, cx, path), ERR_CONFLICT, "db.backup_exists");
	must_fail(db_backup(app->db, cx, "/nowhere/at/all.db"), ERR_IO, "db.backup");
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	struct db_pool *copy = NULL;
	must(db_pool_open(cx, &(struct db_options){ .url = from, .is_read_only = true }, &copy));
	must(db_read(copy, cx, &db));
	assert_int_equal(count_rows(db, cx), 1);
	db_release(&db);
	db_pool_close(copy);
	unlink(path);
}

APP_TEST(db_full_and_read_only_are_said_in_words)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	if (db_is_postgres(db)) {
		must(db_script(db, cx, "set transaction read only"));
		must_fail(put(db, cx, "a", "1", 1), ERR_DB, "db.read_only");
		return;
	}
	must(db_script(db, cx, "pragma query_only = on"));
	must_fail(put(db, cx, "a", "1", 1), ERR_DB, "db.read_only");
	must(db_script(db, cx, "pragma query_only = off"));
	db_again(&db, cx);
	must(db_script(db, cx, "pragma max_page_count = 1"));
	enum err e = OK;
	char *long_text = arena_alloc(cx->mem, 2000);
	memset(long_text, 'x', 1999);
	for (int i = 0; i < 5000 && !e; i++)
		e = put(db, cx, arena_printf(cx->mem, "%d", i), long_text, 1);
	must_fail(e, ERR_DB, "db.full");
	assert_non_null(strstr(cx->error.sentence, "full"));
	db_again(&db, cx);
	must(db_script(db, cx, "pragma max_page_count = 1073741823"));
	must(put(db, cx, "a", "1", 1));
}

STORE_TEST(db_addresses_are_checked)
{
	struct db_pool *pool = NULL;
	must_fail(db_pool_open(cx, &(struct db_options){ .url = "mysql://x" }, &pool), ERR_INVALID,
		"db.url");
	must_fail(
		db_pool_open(cx, &(struct db_options){ .url = "sqlite:/nowhere/at/all.db" }, &pool),
		ERR_DB, "db.closed");
	must_fail(
		db_pool_open(cx,
			&(struct db_options){ .url = "postgres://nobody@/x?host=/nowhere" }, &pool),
		ERR_DB, "db.lost");
	assert_null(pool);
}
