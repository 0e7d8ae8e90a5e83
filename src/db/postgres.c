/* postgres.c - the PostgreSQL driver.
 *
 * Parameters and results travel as text, types are inferred by the server; where it cannot, the
 * query says `cast(?1 as bigint)`. A connection that was lost is made again at the next begin, never
 * inside a transaction.
 */
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "db/driver.h"

#define NUMBER_BYTES    24
#define AHEAD_MOST      200
#define RESTART_WAIT_MS 3000 /* for the process before this one to end */
#define LOOK_AGAIN_MS   50

static const struct {
	const char *state; /* SQLSTATE, or the two digits of its class */
	enum db_fault fault;
} states[] = {
	{ "23505", DB_FAULT_UNIQUE },
	{ "23503", DB_FAULT_REFERENCE },
	{ "53100", DB_FAULT_FULL },
	{ "25006", DB_FAULT_READ_ONLY },
	{ "42501", DB_FAULT_READ_ONLY }, /* insufficient privilege */
	{ "40", DB_FAULT_BUSY },         /* serialization, deadlock */
	{ "55P03", DB_FAULT_BUSY },
	{ "08", DB_FAULT_LOST },
	{ "57P", DB_FAULT_LOST },   /* shut down, crashed, starting */
	{ "53300", DB_FAULT_LOST }, /* too many connections */
	{ "58", DB_FAULT_IO },
	{ "XX001", DB_FAULT_DAMAGED },
	{ "XX002", DB_FAULT_DAMAGED },
};

static enum db_fault fault_of(PGconn *c, const PGresult *r)
{
	if (PQstatus(c) != CONNECTION_OK)
		return DB_FAULT_LOST;
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	/* The server always names a state: without one libpq speaks, of a line that is gone. */
	if (!state)
		return DB_FAULT_LOST;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
			return states[i].fault;
	return DB_FAULT_OTHER;
}

/* Ends r; true when it was a success. */
static bool settle(struct db *db, PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);
	bool is_good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	               status == PGRES_EMPTY_QUERY;
	if (!is_good) {
		const char *words = PQresultErrorMessage(r);
		db_fault_keep(db, fault_of(db->handle, r),
			words && *words ? words : PQerrorMessage(db->handle));
	}
	PQclear(r);
	return is_good;
}

/* Reads the answers to what was sent ahead; false when any of it failed. After two ends in a row
 * nothing more comes: the line is gone. */
static bool collect(struct db *db)
{
	PGconn *c = db->handle;
	bool is_good = true, is_over = db->sent_ahead == 0;
	int ends = 0;
	if (is_over)
		return true;
	db->sent_ahead = 0;
	if (!PQpipelineSync(c))
		is_over = true;
	while (!is_over && ends < 2) {
		PGresult *r = PQgetResult(c);
		ends = r ? 0 : ends + 1;
		ExecStatusType status = r ? PQresultStatus(r) : PGRES_EMPTY_QUERY;
		if (status == PGRES_PIPELINE_SYNC)
			is_over = true;
		if (status == PGRES_PIPELINE_SYNC || status == PGRES_PIPELINE_ABORTED || !is_good)
			PQclear(r);
		else if (r)
			is_good = settle(db, r);
	}
	if (PQexitPipelineMode(c) && PQstatus(c) == CONNECTION_OK)
		return is_good;
	if (is_good)
		db_fault_keep(db, DB_FAULT_LOST, PQerrorMessage(c));
	return false;
}

static bool script(struct db *db, const char *sql)
{
	return collect(db) && settle(db, PQexec(db->handle, sql));
}

static void say_nothing(void *unused, const char *words)
{
	(void)unused;
	(void)words;
}

/* One process writes a database. The server's lock ends with the session that holds it, so a process
 * that was killed leaves none; a session that only looks alive there, because its line was cut, is our own
 * old one, and is ended. */
#define LOCK_WORDS "1886350689, hashtext(coalesce(current_schema()::text, ''))"

static bool is_true(struct db *db, const char *sql)
{
	PGresult *r = PQexec(db->handle, sql);
	bool is_yes = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 &&
	              *PQgetvalue(r, 0, 0) == 't';
	return settle(db, r) && is_yes;
}

static bool take_lock(struct db *db, int64_t wait_ms)
{
	const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MS * 1000000 };
	int64_t until = clock_mono_ms() + wait_ms;
	char end_old[200];
	snprintf(end_old, sizeof(end_old),
		"select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and "
		"classid = 1886350689 and granted and pid = %d",
		db->session);
	db->fault = DB_FAULT_NONE;
	while (!is_true(db, "select pg_try_advisory_lock(" LOCK_WORDS ")")) {
		if (PQstatus(db->handle) != CONNECTION_OK || db->fault)
			return false;
		if (db->session)
			(void)is_true(db, end_old);
		db->fault = DB_FAULT_NONE;
		if (clock_mono_ms() >= until) {
			db_fault_keep(db, DB_FAULT_TAKEN, "its lock is held by another session");
			return false;
		}
		nanosleep(&pause, NULL);
	}
	db->session = PQbackendPID(db->handle);
	return true;
}

static bool set_up(struct db *db)
{
	PQsetNoticeProcessor(db->handle, say_nothing, NULL);
	/* Without the line that quotes the row: it would stand in the log. */
	PQsetErrorVerbosity(db->handle, PQERRORS_TERSE);
	if (db->role == DB_READER)
		return script(db, "set timezone = 'UTC'; set default_transaction_read_only = on;"
				  "set default_transaction_isolation = 'repeatable read'");
	/* A process before this one may still be ending; one that is beside us for good is told at once
	 * to whoever waits for the writer. */
	int64_t wait_ms = db->session ? LOOK_AGAIN_MS * 4 : RESTART_WAIT_MS;
	return script(db, "set timezone = 'UTC'; set lock_timeout = '5s';"
			  "set default_transaction_isolation = 'read committed'") &&
	       take_lock(db, wait_ms);
}

static bool postgres_open(struct db *db, const char *url, enum db_role role)
{
	(void)role;
	const char *keys[] = { "dbname", "client_encoding", "fallback_application_name",
		"connect_timeout", NULL };
	const char *values[] = { url, "UTF8", "pomona", "10", NULL };
	PGconn *c = PQconnectdbParams(keys, values, 1);
	db->handle = c;
	if (PQstatus(c) == CONNECTION_OK && set_up(db))
		return true;
	if (PQstatus(c) != CONNECTION_OK)
		db_fault_keep(db, DB_FAULT_LOST, PQerrorMessage(c));
	PQfinish(c);
	db->handle = NULL;
	return false;
}

static void postgres_close(struct db *db)
{
	PQfinish(db->handle);
	db->handle = NULL;
}

/* The new session at the server knows none of the prepared statements. */
static bool connect_again(struct db *db)
{
	for (int i = 0; i < DB_BUCKETS; i++)
		for (struct db_stmt *st = db->buckets[i]; st; st = st->next)
			st->prepared = NULL;
	db->sent_ahead = 0;
	PQreset(db->handle);
	if (PQstatus(db->handle) != CONNECTION_OK) {
		db_fault_keep(db, DB_FAULT_LOST, PQerrorMessage(db->handle));
		return false;
	}
	if (set_up(db))
		return true;
	/* Else the next one would begin on a session that holds no lock. */
	PQfinish(db->handle);
	db->handle = NULL;
	db->is_open = false;
	return false;
}

/* A line that went dead since the last time is noticed at the first word, and worth a second try. */
static bool begin(struct db *db)
{
	if (PQstatus(db->handle) == CONNECTION_OK) {
		if (script(db, "begin"))
			return true;
		if (db->fault != DB_FAULT_LOST)
			return false;
	}
	return connect_again(db) && script(db, "begin");
}

static bool commit(struct db *db)
{
	return script(db, "commit");
}

static void rollback(struct db *db)
{
	(void)collect(db); /* nobody asks any more how it went */
	if (PQstatus(db->handle) == CONNECTION_OK &&
		PQtransactionStatus(db->handle) != PQTRANS_IDLE)
		PQclear(PQexec(db->handle, "rollback"));
}

static bool prepare(struct db *db, struct db_stmt *st)
{
	const struct db_query *q = st->query;
	if (!collect(db))
		return false;
	if (!settle(db, PQprepare(db->handle, q->name, q->postgres, 0, NULL)))
		return false;
	st->prepared = st;
	return true;
}

static void give_values(
	const struct db_stmt *st, const char **values, char (*numbers)[NUMBER_BYTES])
{
	for (int i = 0; i < st->bound; i++) {
		const struct db_value *v = &st->values[i];
		values[i] = NULL;
		if (v->kind == DB_VALUE_TEXT) {
			values[i] = st->bytes + v->text_at;
		} else if (v->kind == DB_VALUE_I64) {
			snprintf(numbers[i], NUMBER_BYTES, "%" PRId64, v->i64);
			values[i] = numbers[i];
		}
	}
}

/* The server's answers wait in the line meanwhile, so there may not be too many. */
static bool later(struct db *db, struct db_stmt *st)
{
	const char *values[DB_PARAMETERS_MAX];
	char numbers[DB_PARAMETERS_MAX][NUMBER_BYTES];
	give_values(st, values, numbers);
	if ((db->sent_ahead == 0 && !PQenterPipelineMode(db->handle)) ||
		!PQsendQueryPrepared(
			db->handle, st->query->name, st->bound, values, NULL, NULL, 0)) {
		db_fault_keep(db, DB_FAULT_LOST, PQerrorMessage(db->handle));
		return false;
	}
	return ++db->sent_ahead < AHEAD_MOST || collect(db);
}

static bool execute(struct db *db, struct db_stmt *st)
{
	const char *values[DB_PARAMETERS_MAX];
	char numbers[DB_PARAMETERS_MAX][NUMBER_BYTES];
	if (!collect(db))
		return false;
	give_values(st, values, numbers);
	PGresult *r = PQexecPrepared(db->handle, st->query->name, st->bound, values, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(r);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		return settle(db, r);
	st->result = r;
	st->changed = strtoll(PQcmdTuples(r), NULL, 10);
	return true;
}

static enum db_step step(struct db *db, struct db_stmt *st)
{
	if (!st->result && !execute(db, st))
		return DB_STEP_FAILED;
	if (st->row + 1 >= PQntuples(st->result))
		return DB_STEP_END;
	st->row++;
	return DB_STEP_ROW;
}

static void reset(struct db_stmt *st)
{
	PQclear(st->result);
	st->result = NULL;
}

static void forget(struct db_stmt *st)
{
	st->prepared = NULL;
}

static bool is_null(const struct db_stmt *st, int column)
{
	return PQgetisnull(st->result, st->row, column);
}

static int64_t column_i64(const struct db_stmt *st, int column)
{
	const char *text = PQgetvalue(st->result, st->row, column);
	/* A comparison in a select list is a boolean here and 0 or 1 in SQLite. */
	if (text[0] == 't')
		return 1;
	return strtoll(text, NULL, 10);
}

static const char *column_text(const struct db_stmt *st, int column)
{
	return is_null(st, column) ? NULL : PQgetvalue(st->result, st->row, column);
}

const struct db_driver db_postgres = {
	.open = postgres_open,
	.close = postgres_close,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.script = script,
	.prepare = prepare,
	.step = step,
	.later = later,
	.reset = reset,
	.forget = forget,
	.is_null = is_null,
	.i64 = column_i64,
	.text = column_text,
	.id_words = "bigint generated by default as identity primary key",
	.collate_words = "collate \"C\"",
};
