/* scratch.c - sorted runs in one table. A run is as many rows as the page cache holds, so that keys in
 * random order cost no disk; reading back merges the runs. */
#include "db/scratch.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ctx.h"
#include "db/driver.h"

#ifdef POMONA_TEST_BUILD
#define RUN_ROWS 64 /* so that every test has several */
#else
#define RUN_ROWS 16384
#endif

static const char setup[] =
	"pragma page_size = 8192;"
	"pragma journal_mode = off;"
	"pragma synchronous = off;"
	"pragma locking_mode = exclusive;"
	"pragma cache_size = -6144;"
	"create table row (run integer not null, key text not null, rank integer not "
	"null, a text, b text, c text, d text, primary key (run, key)) without rowid;"
	"begin";
static const char put_sql[] =
	"insert into row (run, key, rank, a, b, c, d) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
	"on conflict (run, key) do update set rank = excluded.rank, a = excluded.a, b = "
	"excluded.b, "
	"c = excluded.c, d = excluded.d where excluded.rank >= row.rank";
static const char find_sql[] = "select key, rank, a, b, c, d from row where run = ?1 and key = ?2";
static const char part_sql[] = "select key, rank, a, b, c, d from row where run = ?1 and key > ?2 "
			       "order by key limit ?3";
static const char out_sql[] = "delete from row where run = ?1 and key = ?2";
static const char run_sql[] = "select key, rank, a, b, c, d from row where run = ?1 order by key";

struct run {
	sqlite3_stmt *rows;
	bool is_over;
	bool is_taken; /* its row was given: the next one is due */
};

struct db_scratch {
	sqlite3 *db;
	sqlite3_stmt *put, *find, *part, *out;
	int64_t run_count, run_rows; /* runs; rows in the last one */
	struct run *runs;            /* while it is read back */
	int64_t part_run;            /* of db_scratch_part, and the key it came to */
	char *part_key;
};

static enum err failed(struct db_scratch *s, struct ctx *cx)
{
	bool is_full = s->db && sqlite3_errcode(s->db) == SQLITE_FULL;
	enum err e = err_set(cx, ERR_DB, is_full ? "db.full" : "db.io",
		is_full ? "The disk that holds the data folder is full. Make room and try again."
			: "The disk failed while the list of users was kept. Check the disk.");
	cx->error.internal =
		arena_printf(cx->mem, "scratch: %s", s->db ? sqlite3_errmsg(s->db) : "no memory");
	return e;
}

static sqlite3_stmt *prepare(struct db_scratch *s, const char *sql)
{
	sqlite3_stmt *st = NULL;
	return sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) == SQLITE_OK
	               ? st
	               : NULL;
}

/* The name is needed until SQLite has opened it. */
static bool open_file(struct db_scratch *s, struct ctx *cx, const char *folder)
{
	char *path = arena_printf(cx->mem, "%s/scratch-XXXXXX", folder);
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return false;
	close(fd);
	int code = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	unlink(path);
	return code == SQLITE_OK && sqlite3_exec(s->db, setup, NULL, NULL, NULL) == SQLITE_OK;
}

enum err db_scratch_open(struct ctx *cx, const char *folder, struct db_scratch **ret_scratch)
{
	struct db_scratch *s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	if (open_file(s, cx, folder) && (s->put = prepare(s, put_sql)) &&
		(s->find = prepare(s, find_sql)) && (s->part = prepare(s, part_sql)) &&
		(s->out = prepare(s, out_sql))) {
		s->part_run = 1;
		*ret_scratch = s;
		return OK;
	}
	enum err e = err_set(cx, ERR_IO, "scratch.open",
		"A file cannot be made in the data folder. Check the rights of the folder and the "
		"room on its disk.");
	cx->error.internal =
		arena_printf(cx->mem, "scratch: %s", s->db ? sqlite3_errmsg(s->db) : "no file");
	db_scratch_close(s);
	return e;
}

static void end_runs(struct db_scratch *s)
{
	for (int64_t i = 0; s->runs && i < s->run_count; i++)
		sqlite3_finalize(s->runs[i].rows);
	free(s->runs);
	s->runs = NULL;
}

void db_scratch_close(struct db_scratch *s)
{
	if (!s)
		return;
	end_runs(s);
	sqlite3_finalize(s->put);
	sqlite3_finalize(s->find);
	sqlite3_finalize(s->part);
	sqlite3_finalize(s->out);
	free(s->part_key);
	sqlite3_close_v2(s->db);
	free(s);
}

enum err db_scratch_put(struct db_scratch *s, struct ctx *cx, const struct db_scratch_row *row)
{
	end_runs(s);
	if (!s->run_count || s->run_rows == RUN_ROWS) {
		s->run_count++;
		s->run_rows = 0;
	}
	s->run_rows++;
	sqlite3_bind_int64(s->put, 1, s->run_count);
	sqlite3_bind_text(s->put, 2, row->key, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s->put, 3, row->rank);
	for (int i = 0; i < DB_SCRATCH_TEXTS; i++)
		sqlite3_bind_text(s->put, 4 + i, row->texts[i], -1, SQLITE_STATIC);
	int code = sqlite3_step(s->put);
	sqlite3_reset(s->put);
	return code == SQLITE_DONE ? OK : failed(s, cx);
}

static struct db_scratch_row row_of(sqlite3_stmt *st)
{
	struct db_scratch_row row = { .key = (const char *)sqlite3_column_text(st, 0),
		.rank = sqlite3_column_int64(st, 1) };
	for (int i = 0; i < DB_SCRATCH_TEXTS; i++)
		row.texts[i] = (const char *)sqlite3_column_text(st, 2 + i);
	return row;
}

static struct db_scratch_row copy_of(struct ctx *cx, sqlite3_stmt *st)
{
	struct db_scratch_row row = row_of(st);
	row.key = arena_strdup(cx->mem, row.key);
	for (int i = 0; i < DB_SCRATCH_TEXTS; i++)
		row.texts[i] = arena_strdup(cx->mem, row.texts[i]);
	return row;
}

static void remember_key(struct db_scratch *s, const char *key)
{
	free(s->part_key);
	s->part_key = key ? strdup(key) : NULL;
	if (key && !s->part_key)
		abort();
}

enum err db_scratch_part(struct db_scratch *s, struct ctx *cx, size_t limit,
	struct db_scratch_row *ret_rows, size_t *ret_count)
{
	size_t count = 0;
	int code = SQLITE_DONE;
	while (!count && s->part_run < s->run_count) {
		sqlite3_bind_int64(s->part, 1, s->part_run);
		sqlite3_bind_text(s->part, 2, s->part_key ? s->part_key : "", -1, SQLITE_STATIC);
		sqlite3_bind_int64(s->part, 3, (int64_t)limit);
		while (count < limit && (code = sqlite3_step(s->part)) == SQLITE_ROW)
			ret_rows[count++] = copy_of(cx, s->part);
		sqlite3_reset(s->part);
		if (code != SQLITE_ROW && code != SQLITE_DONE)
			return failed(s, cx);
		s->part_run += count == 0;
		remember_key(s, count ? ret_rows[count - 1].key : NULL);
	}
	*ret_count = count;
	return OK;
}

enum err db_scratch_take_out(struct db_scratch *s, struct ctx *cx, const char *key)
{
	sqlite3_bind_int64(s->out, 1, s->part_run);
	sqlite3_bind_text(s->out, 2, key, -1, SQLITE_STATIC);
	int code = sqlite3_step(s->out);
	sqlite3_reset(s->out);
	return code == SQLITE_DONE ? OK : failed(s, cx);
}

enum err db_scratch_find(
	struct db_scratch *s, struct ctx *cx, const char *key, struct db_scratch_row *ret_row)
{
	bool is_found = false;
	for (int64_t run = 1; run <= s->run_count; run++) {
		sqlite3_bind_int64(s->find, 1, run);
		sqlite3_bind_text(s->find, 2, key, -1, SQLITE_STATIC);
		int code = sqlite3_step(s->find);
		if (code == SQLITE_ROW &&
			(!is_found || sqlite3_column_int64(s->find, 1) >= ret_row->rank)) {
			*ret_row = copy_of(cx, s->find);
			is_found = true;
		}
		sqlite3_reset(s->find);
		if (code != SQLITE_ROW && code != SQLITE_DONE)
			return failed(s, cx);
	}
	return is_found ? OK : ERR_NOT_FOUND;
}

static enum err step(struct db_scratch *s, struct ctx *cx, struct run *run)
{
	int code = sqlite3_step(run->rows);
	run->is_taken = false;
	run->is_over = code != SQLITE_ROW;
	return code == SQLITE_ROW || code == SQLITE_DONE ? OK : failed(s, cx);
}

enum err db_scratch_rewind(struct db_scratch *s, struct ctx *cx)
{
	end_runs(s);
	s->runs = calloc((size_t)s->run_count + 1, sizeof(*s->runs));
	if (!s->runs)
		abort();
	for (int64_t i = 0; i < s->run_count; i++) {
		s->runs[i].rows = prepare(s, run_sql);
		if (!s->runs[i].rows)
			return failed(s, cx);
		sqlite3_bind_int64(s->runs[i].rows, 1, i + 1);
		enum err e = step(s, cx, &s->runs[i]);
		if (e)
			return e;
	}
	return OK;
}

enum err db_scratch_next(struct db_scratch *s, struct ctx *cx, struct db_scratch_row *ret_row)
{
	bool is_found = false;
	for (int64_t i = 0; i < s->run_count; i++) {
		struct run *run = &s->runs[i];
		enum err e = run->is_taken ? step(s, cx, run) : OK;
		if (e)
			return e;
		if (run->is_over)
			continue;
		const char *key = (const char *)sqlite3_column_text(run->rows, 0);
		int order = is_found ? strcmp(key, ret_row->key) : -1;
		/* Later runs come later here: of equal ranks the last one counts. */
		if (order < 0 ||
			(order == 0 && sqlite3_column_int64(run->rows, 1) >= ret_row->rank))
			*ret_row = row_of(run->rows);
		is_found = true;
	}
	for (int64_t i = 0; is_found && i < s->run_count; i++) {
		struct run *run = &s->runs[i];
		run->is_taken =
			!run->is_over &&
			!strcmp((const char *)sqlite3_column_text(run->rows, 0), ret_row->key);
	}
	return is_found ? OK : ERR_NOT_FOUND;
}
