/* The least that storing a full list costs SQLite: rows with random UUID keys come in pages of 549,
 * are staged in one transaction a page, and are merged in key order into a table with the indexes of
 * vpp_user. WAL, synchronous = full, 16 MiB of cache, as the server. No network, no JSON, no rules.
 *
 * usage: floor_store FILE ROWS      prints the rows per second, and microseconds of CPU a row */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAGE 549

static sqlite3 *db;

static void run(const char *sql)
{
	char *words = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, words);
		exit(1);
	}
}

static uint64_t next_random(void)
{
	static uint64_t state = 88172645463325252u;
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void stage(sqlite3_stmt *st, long row)
{
	char key[40], mail[60];
	unsigned long long a = next_random(), b = next_random();
	snprintf(key, sizeof(key), "%08llx-%04llx-4%03llx-8%03llx-%012llx", a >> 32,
		(a >> 16) & 0xffff, a & 0xfff, (b >> 52) & 0xfff, b & 0xffffffffffffull);
	snprintf(mail, sizeof(mail), "someone%ld@school.example.org", row);
	sqlite3_bind_text(st, 1, key, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(st, 2, mail, -1, SQLITE_TRANSIENT);
	sqlite3_step(st);
	sqlite3_reset(st);
}

int main(int argc, char **argv)
{
	long rows = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	sqlite3_stmt *st = NULL;
	if (rows <= 0 || sqlite3_open(argv[1], &db) != SQLITE_OK) {
		fprintf(stderr, "usage: floor_store FILE ROWS\n");
		return 2;
	}
	run("pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16384;"
	    "pragma wal_autocheckpoint = 4096;"
	    "create table stage (key text primary key, status text, email text);"
	    "create table user (id integer primary key, location integer, person integer, key "
	    "text, live integer, state text,"
	    " email text, seen integer);"
	    "create unique index user_key on user (location, key);"
	    "create index user_state on user (location, state)");
	sqlite3_prepare_v2(db, "insert into stage values (?1, 'Associated', ?2)", -1, &st, NULL);
	double started = seconds(), cpu = cpu_seconds();
	for (long row = 0; row < rows;) {
		run("begin immediate");
		for (int i = 0; i < PAGE && row < rows; i++)
			stage(st, row++);
		run("commit");
	}
	sqlite3_finalize(st);
	run("begin immediate;"
	    "insert into user (location, key, live, state, email, seen)"
	    " select 1, key, 1, 'associated', email, 1700000000000 from stage order by key;"
	    "delete from stage; commit");
	printf("%.0f %.2f\n", (double)rows / (seconds() - started),
		(cpu_seconds() - cpu) * 1e6 / (double)rows);
	sqlite3_close(db);
	return 0;
}
