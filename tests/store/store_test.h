/* store_test.h - the form of a store test; the suite runs each on SQLite and on PostgreSQL.
 *
 *   STORE_TEST(people_are_found_by_name)
 *   {
 *           int64_t id;
 *           must(people_insert(db, cx, &ada, &id));
 *           …
 *   }
 *
 * The test is given `db`, a write transaction that is rolled back after it, and `cx`. A refused
 * write (a unique constraint) loses the transaction, so it stands last, or `db_again(&db)` begins a
 * new one. APP_TEST gives `app` (with app->db and app->key) and `cx` instead, for what opens
 * transactions of its own; its tables are emptied after it.
 *
 * Adding a file: tests/store/test_people.c, and its name in tests/store/meson.build.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"
#include "domain/app.h"

enum store_test_kind { STORE_TEST_DB, STORE_TEST_APP };

struct store_test {
	const char *name;
	enum store_test_kind kind;
	void (*run_db)(struct db *db, struct ctx *cx);
	void (*run_app)(struct app *app, struct ctx *cx);
	struct store_test *next;
};

/* Called before main by the two macros. */
void store_test_add(struct store_test *test);

#define STORE_TEST_ROW(test_name, ...)                                                             \
	__attribute__((constructor)) static void add_##test_name(void)                             \
	{                                                                                          \
		static struct store_test test = { .name = #test_name, __VA_ARGS__ };               \
		store_test_add(&test);                                                             \
	}

#define STORE_TEST(test_name)                                                                      \
	static void test_name(struct db *db, struct ctx *cx);                                      \
	STORE_TEST_ROW(test_name, .kind = STORE_TEST_DB, .run_db = test_name)                      \
	static void test_name(                                                                     \
		__attribute__((unused)) struct db *db, __attribute__((unused)) struct ctx *cx)

#define APP_TEST(test_name)                                                                        \
	static void test_name(struct app *app, struct ctx *cx);                                    \
	STORE_TEST_ROW(test_name, .kind = STORE_TEST_APP, .run_app = test_name)                    \
	static void test_name(                                                                     \
		__attribute__((unused)) struct app *app, __attribute__((unused)) struct ctx *cx)

/* The call must succeed; says the error's sentence when it does not. */
#define must(call) store_test_must((call), cx, #call, __FILE__, __LINE__)
/* The call must end with this code, and with this reason unless it is NULL. */
#define must_fail(call, code, reason)                                                              \
	store_test_must_fail((call), (code), (reason), cx, #call, __FILE__, __LINE__)

void store_test_must(enum err e, struct ctx *cx, const char *call, const char *file, int line);
void store_test_must_fail(enum err e, enum err code, const char *reason, struct ctx *cx,
	const char *call, const char *file, int line);

/* Rolls back and begins again. */
void db_again(struct db **db, struct ctx *cx);

/* The database under test, for tests that open pools of their own. */
const char *store_test_url(void);
/* A folder that goes with the run. */
const char *store_test_folder(void);
