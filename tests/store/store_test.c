/* store_test.c - runs the store suite on one database: `test_store FOLDER sqlite|postgres://…`. */
#include "store_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/wake.h"
#include "db/driver.h"

static struct store_test *tests; /* newest first */
static char *url, *folder;
static struct app app;

void store_test_add(struct store_test *test)
{
	test->next = tests;
	tests = test;
}

const char *store_test_url(void)
{
	return url;
}

const char *store_test_folder(void)
{
	return folder;
}

void store_test_must(enum err e, struct ctx *cx, const char *call, const char *file, int line)
{
	if (!e)
		return;
	print_error("%s\n  gave %s: %s (%s) %s\n", call, err_name(e),
		cx->error.sentence ? cx->error.sentence : "no sentence",
		cx->error.reason ? cx->error.reason : "no reason",
		cx->error.internal ? cx->error.internal : "");
	_fail(file, line);
}

void store_test_must_fail(enum err e, enum err code, const char *reason, struct ctx *cx,
	const char *call, const char *file, int line)
{
	bool is_same = e == code &&
	               (!reason || (cx->error.reason && strcmp(cx->error.reason, reason) == 0));
	if (is_same)
		return;
	print_error("%s\n  gave %s (%s), wanted %s (%s)\n", call, err_name(e),
		e && cx->error.reason ? cx->error.reason : "no reason", err_name(code),
		reason ? reason : "any reason");
	_fail(file, line);
}

void db_again(struct db **db, struct ctx *cx)
{
	db_release(db);
	must(db_write(app.db, cx, db));
}

/* Every table but the record of migrations. Truncating them all would make 100 files anew. */
static const char empty_postgres[] =
	"do $$ declare t record; has_rows boolean; begin"
	" set local session_replication_role = replica;"
	" for t in select tablename from pg_tables where schemaname = 'public'"
	"   and tablename <> 'schema_migration' loop"
	"  execute format('select exists (select 1 from %I)', t.tablename) into has_rows;"
	"  if has_rows then execute format('delete from %I', t.tablename); end if;"
	" end loop;"
	" perform setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
	"  from pg_sequences where last_value is not null;"
	"end $$";

static void empty_sqlite(struct db *db, struct ctx *cx)
{
	static const struct db_query tables = {
		.name = "test_tables",
		.sqlite = "select 'delete from \"' || name || '\"' from sqlite_master where type = "
			  "'table'"
			  " and name not like 'sqlite_%' and name <> 'schema_migration'"
			  " and name not like 'person_search%'",
	};
	const char *scripts[100];
	size_t count = 0;
	must(db_script(db, cx, "pragma defer_foreign_keys = on"));
	struct db_stmt *st = db_query(db, &tables);
	while (db_step(st, cx) == OK && count < 100)
		scripts[count++] = db_text(st, cx, 0);
	db_stmt_done(&st);
	for (size_t i = 0; i < count; i++)
		must(db_script(db, cx, scripts[i]));
	must(db_script(db, cx, "insert into person_search (person_search) values ('rebuild')"));
}

static void empty_tables(struct ctx *cx)
{
	DB_AUTO(db);
	must(db_write(app.db, cx, &db));
	if (db_is_postgres(db))
		must(db_script(db, cx, empty_postgres));
	else
		empty_sqlite(db, cx);
	must(db_commit(&db, cx));
}

/* A test that failed jumped out and left its connections borrowed. */
static void take_back(void)
{
	struct db *writer = &app.db->writer;
	if (writer->is_borrowed)
		db_release(&writer);
	for (int i = 0; i < app.db->reader_count; i++) {
		struct db *reader = &app.db->readers[i];
		if (reader->is_borrowed)
			db_release(&reader);
	}
}

static void run_one(void **state)
{
	const struct store_test *test = *state;
	CTX_AUTO(cx_);
	struct ctx *cx = &cx_;
	cx->actor.kind = "system";
	cx->actor.name = "test";
	if (test->kind == STORE_TEST_DB) {
		DB_AUTO(db);
		must(db_write(app.db, cx, &db));
		test->run_db(db, cx);
		return;
	}
	test->run_app(&app, cx);
	ctx_reset(cx);
	empty_tables(cx);
}

static int after_one(void **state)
{
	(void)state;
	take_back();
	return 0;
}

static void open_app(struct ctx *cx)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/key", folder);
	must(secret_key_open(cx, path, &app.key));
	must(db_pool_open(cx, &(struct db_options){ .url = url, .readers = 4 }, &app.db));
	must(db_migrate(app.db, cx));
	app.settings.data_folder = folder;
	app.settings.settle_ms = 90000;
	app.lane_wake = wake_new();
	app.deliver_wake = wake_new();
	app.schedule_wake = wake_new();
	app.import_wake = wake_new();
}

static void close_app(void)
{
	db_pool_close(app.db);
	secret_key_close(app.key);
	wake_free(app.lane_wake);
	wake_free(app.deliver_wake);
	wake_free(app.schedule_wake);
	wake_free(app.import_wake);
}

static int run_all(const char *only)
{
	size_t count = 0;
	for (struct store_test *t = tests; t; t = t->next)
		count++;
	struct CMUnitTest *rows = calloc(count + 1, sizeof(*rows));
	struct store_test *t = tests;
	for (size_t i = count; i > 0; i--, t = t->next)
		rows[i - 1] = (struct CMUnitTest){ .name = t->name,
			.test_func = run_one,
			.teardown_func = after_one,
			.initial_state = t };
	if (only)
		cmocka_set_test_filter(only);
	int failed = _cmocka_run_group_tests(
		strncmp(url, "sqlite", 6) == 0 ? "store on SQLite" : "store on PostgreSQL", rows,
		count, NULL, NULL);
	free(rows);
	return failed;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: test_store FOLDER sqlite|postgres://… [NAME*]\n");
		return 2;
	}
	secret_init();
	folder = argv[1];
	if (strcmp(argv[2], "sqlite") == 0) {
		if (asprintf(&url, "sqlite:%s/test.db", folder) < 0)
			return 2;
	} else {
		url = strdup(argv[2]);
	}
	CTX_AUTO(cx);
	open_app(&cx);
	int failed = run_all(argc > 3 ? argv[3] : NULL);
	close_app();
	free(url);
	return failed ? 1 : 0;
}
