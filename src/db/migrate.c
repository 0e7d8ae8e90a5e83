/* migrate.c - brings a database to the schema that this program knows.
 *
 * Each numbered file runs once, in a transaction with the row that records it and its checksum. A
 * database that has more migrations than the program is refused: an older program would not keep
 * the promises of the newer schema.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "db/driver.h"
#include "db/migrations.h"

static const char make_table[] = "create table if not exists schema_migration ("
				 " number bigint primary key, name text not null, sha256 text not "
				 "null, ran_at bigint not null)";

static const struct db_query table_query = {
	.name = "migrate_table",
	.sqlite = "select count(*) from sqlite_master where type = 'table' and name = "
		  "'schema_migration'",
	.postgres = "select count(*) from pg_tables where tablename = 'schema_migration'"
		    " and schemaname = current_schema()",
	.parameters = 0,
};
static const struct db_query newest_query = {
	.name = "migrate_newest",
	.sqlite = "select coalesce(max(number), 0) from schema_migration",
	.postgres = "select coalesce(max(number), 0) from schema_migration",
	.parameters = 0,
};
static const struct db_query find_query = {
	.name = "migrate_find",
	.sqlite = "select sha256 from schema_migration where number = ?1",
	.postgres = "select sha256 from schema_migration where number = $1",
	.parameters = 1,
};
static const struct db_query record_query = {
	.name = "migrate_record",
	.sqlite = "insert into schema_migration (number, name, sha256, ran_at) values (?1, ?2, ?3, "
		  "?4)",
	.postgres = "insert into schema_migration (number, name, sha256, ran_at)"
		    " values ($1, $2, $3, $4)",
	.parameters = 4,
};

static int newest_known(void)
{
	int newest = 0;
	for (const struct db_migration *m = db_migrations; m->number; m++)
		newest = m->number;
	return newest;
}

static enum err refuse_newer(struct db *db, struct ctx *cx)
{
	int64_t tables, newest;
	enum err e = db_run_i64(db_query(db, &table_query), cx, &tables);
	if (e || tables == 0)
		return e;
	e = db_run_i64(db_query(db, &newest_query), cx, &newest);
	if (e)
		return e;
	if (newest > newest_known())
		return err_set(cx, ERR_CONFLICT, "db.newer",
			"The database was written by a newer Pomona (its schema is %" PRId64
			", this program knows %d). Start the newer program, or restore an older "
			"backup.",
			newest, newest_known());
	return OK;
}

enum err db_migrations_check(struct db_pool *pool, struct ctx *cx)
{
	DB_AUTO(db);
	enum err e = db_read(pool, cx, &db);
	return e ? e : refuse_newer(db, cx);
}

/* Copies the script with each {{word}} in the driver's own words. */
static const char *in_dialect(struct db *db, struct ctx *cx, const char *sql)
{
	size_t length = strlen(sql);
	/* No word is shorter than 6 bytes with its braces, no replacement longer than 64. */
	char *out = arena_alloc(cx->mem, length / 6 * 64 + length + 1), *to = out;
	while (*sql) {
		const char *words = NULL;
		if (strncmp(sql, "{{id}}", 6) == 0)
			words = db->driver->id_words;
		else if (strncmp(sql, "{{collate}}", 11) == 0)
			words = db->driver->collate_words;
		else if (strncmp(sql, "{{sqlite}}", 10) == 0)
			words = db_is_postgres(db) ? "-- " : "";
		else if (strncmp(sql, "{{postgres}}", 12) == 0)
			words = db_is_postgres(db) ? "" : "-- ";
		if (!words) {
			*to++ = *sql++;
			continue;
		}
		to = stpcpy(to, words);
		sql = strstr(sql, "}}") + 2;
	}
	*to = '\0';
	return out;
}

static enum err record(struct db *db, struct ctx *cx, const struct db_migration *m)
{
	struct db_stmt *st = db_query(db, &record_query);
	db_bind_i64(st, m->number);
	db_bind_text(st, m->name);
	db_bind_text(st, m->sha256);
	db_bind_i64(st, clock_now_ms());
	return db_run(st, cx, NULL);
}

/* OK when it is recorded as it stands here, ERR_NOT_FOUND when it has not been run. */
static enum err look(struct db *db, struct ctx *cx, const struct db_migration *m)
{
	DB_STMT_AUTO(st, db, &find_query);
	db_bind_i64(st, m->number);
	enum err e = db_step(st, cx);
	if (e)
		return e;
	const char *sha256 = db_text(st, cx, 0);
	if (sha256 && strcmp(sha256, m->sha256) == 0)
		return OK;
	return err_set(cx, ERR_CONFLICT, "db.migration_changed",
		"The database was made with another text of the schema step %d (%s). It belongs to "
		"a different build of Pomona; start that one, or begin with an empty data folder.",
		m->number, m->name);
}

static enum err migrate_one(struct db_pool *pool, struct ctx *cx, const struct db_migration *m)
{
	DB_AUTO(db);
	enum err e = db_write(pool, cx, &db);
	if (e)
		return e;
	/* Here and not before the loop: on PostgreSQL another process may have been faster. */
	e = db_script(db, cx, make_table);
	if (!e && db_is_postgres(db))
		e = db_script(db, cx, "lock table schema_migration in exclusive mode");
	if (e)
		return e;
	e = look(db, cx, m);
	if (e != ERR_NOT_FOUND)
		return e;
	e = db_script(db, cx, in_dialect(db, cx, m->sql));
	if (!e)
		e = record(db, cx, m);
	KILL_POINT("start.migrating");
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("start.migrated");
	return e;
}

enum err db_migrate(struct db_pool *pool, struct ctx *cx)
{
	for (const struct db_migration *m = db_migrations; m->number; m++) {
		enum err e = migrate_one(pool, cx, m);
		if (e)
			return e;
	}
	return OK;
}
