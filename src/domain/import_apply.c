/* Applying a preview, in chunks. How far it is stands in the same transaction as the rows, so that
 * a restart goes on where it stopped and nothing is applied twice. */
#include "domain/import.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/import_devices.h"
#include "domain/import_people.h"
#include "store/audit.h"
#include "store/jobs.h"

const char *import_describe(struct ctx *cx, const struct import *import)
{
	struct json_writer w;
	BUF_AUTO(out, 8 * 1024);

	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_str(&w, "kind", import->kind);
	jw_str(&w, "file_name", import->file_name);
	jw_str(&w, "matching", import->matching);
	jw_i64(&w, "added", import->added);
	jw_i64(&w, "changed", import->changed);
	jw_i64(&w, "unchanged", import->unchanged);
	jw_i64(&w, "bad", import->bad);
	jw_end_object(&w);
	return arena_strdup(cx->mem, out.bytes);
}

static enum err check_state(struct ctx *cx, const struct import *import)
{
	if (!strcmp(import->state, "preview"))
		return OK;
	if (!strcmp(import->state, "discarded"))
		return err_set(cx, ERR_CONFLICT, "import.discarded",
			"This import is too old, or was cancelled. Upload the file again.");
	if (!strcmp(import->state, "reading"))
		return err_set(cx, ERR_CONFLICT, "import.reading",
			"The file is still being read. Try again when the preview is there.");
	return err_set(cx, ERR_CONFLICT, "import.applied",
		"This import was applied before, by job %" PRId64 ".", import->job_id);
}

/* ERR_NOT_FOUND without detail: the key is new, or there is none. */
static enum err find_repeat(struct db *db, struct ctx *cx, const char *key,
	const char *request_hash, int64_t *ret_job_id)
{
	struct job job;
	enum err e = key ? jobs_find_key(db, cx, cx->actor.name, key, &job) : ERR_NOT_FOUND;

	if (e)
		return e;
	if (!text_equal(job.request_hash, request_hash))
		return err_set_field(cx, ERR_CONFLICT, "idempotency.other_request",
			"Idempotency-Key", "This key was used for another request. Use a new one.");
	*ret_job_id = job.id;
	return OK;
}

enum err import_apply(struct app *app, struct ctx *cx, int64_t import_id, const char *key,
	const char *request_hash, int64_t *ret_job_id)
{
	struct import import;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);

	if (!e)
		e = find_repeat(db, cx, key, request_hash, ret_job_id);
	if (e != ERR_NOT_FOUND)
		return e;
	e = imports_find(db, cx, import_id, &import);
	if (!e)
		e = check_state(cx, &import);
	if (e)
		return e;
	e = jobs_insert(db, cx,
		&(struct job){ .kind = "import",
			.mode = "apply",
			.state = "waiting",
			.asked_by = cx->actor.name,
			.asked_kind = cx->actor.kind,
			.idempotency_key = key,
			.request_hash = request_hash,
			.total = import.added + import.changed + import.unchanged,
			.created_at = clock_now_ms() },
		&import.job_id);
	import.state = "applying";
	if (!e)
		e = imports_save(db, cx, &import);
	if (!e)
		e = audit_write(db, cx, "import.apply", "import", import_id, import.file_name,
			import_describe(cx, &import));
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("import.confirmed");
	if (e)
		return e;
	wake_ring(app->import_wake);
	*ret_job_id = import.job_id;
	return OK;
}

/* Judges and does one row; *counter is the outcome's. */
static enum err apply_row(struct db *db, struct ctx *cx, bool is_people,
	const struct import_known *known, struct import_row *row, int64_t at,
	struct import_outcomes *n)
{
	const char *outcome = "refused", *reason = NULL;
	enum err e = is_people ? import_person_apply(db, cx, known, row, at)
	                       : import_device_apply(db, cx, known, row, at);

	if (e == ERR_INVALID) {
		reason = cx->error.sentence;
		n->refused++;
	} else if (e) {
		return e;
	} else if (!strcmp(row->verdict, "add")) {
		outcome = "added";
		n->added++;
	} else if (!strcmp(row->verdict, "change")) {
		outcome = "changed";
		n->changed++;
	} else {
		outcome = "same";
		n->same++;
	}
	return imports_set_outcome(db, cx, row->id, outcome, reason);
}

static const char *summary(
	struct ctx *cx, const struct import *import, const struct import_outcomes *n)
{
	struct json_writer w;
	BUF_AUTO(out, 1024);

	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_i64(&w, "import", import->id);
	jw_str(&w, "kind", import->kind);
	jw_i64(&w, "added", n->added);
	jw_i64(&w, "changed", n->changed);
	jw_i64(&w, "unchanged", n->same);
	jw_i64(&w, "refused", n->refused);
	jw_i64(&w, "bad", import->bad);
	jw_end_object(&w);
	return arena_strdup(cx->mem, out.bytes);
}

static enum err finish(struct db *db, struct ctx *cx, struct import *import, struct job *job)
{
	struct import_outcomes n;
	enum err e = imports_count_outcomes(db, cx, import->id, &n);

	if (e)
		return e;
	import->state = "applied";
	import->applied_at = clock_now_ms();
	job->state = "done";
	job->step = NULL;
	job->finished_at = import->applied_at;
	job->summary_json = summary(cx, import, &n);
	e = imports_save(db, cx, import);
	return e ? e : jobs_save(db, cx, job);
}

/* An admin cancelled the job: what is applied stays, the rest is left. */
static enum err leave(struct db *db, struct ctx *cx, struct import *import)
{
	import->state = "discarded";
	import->applied_at = clock_now_ms();
	return imports_save(db, cx, import);
}

static enum err apply_chunk(struct db *db, struct ctx *cx, struct import *import, struct job *job)
{
	bool is_people = !strcmp(import->kind, "people");
	struct import_outcomes n = { 0 };
	struct import_known known;
	struct import_row *rows;
	size_t count;
	int64_t left, at = clock_now_ms();
	enum err e = imports_rows_to_apply(
		db, cx, import->id, import->applied_row, IMPORT_CHUNK_ROWS, &rows, &count);

	if (!e && !count)
		return finish(db, cx, import, job);
	if (!e)
		e = import_known_read(db, cx, is_people, rows, count, &known);
	for (size_t i = 0; !e && i < count; i++) {
		e = apply_row(db, cx, is_people, &known, &rows[i], at, &n);
		import->applied_row = rows[i].id;
	}
	int64_t rows_done = job->done + job->failed + job->skipped + (int64_t)count;
	if (!e)
		e = imports_note_growth(db, cx, rows_done, IMPORT_CHUNK_ROWS);
	if (!e)
		e = imports_save(db, cx, import);
	if (!e)
		e = jobs_count_up(db, cx, job->id, n.added + n.changed, n.refused, n.same, &left);
	if (e)
		return e;
	if (!job->started_at)
		job->started_at = at;
	job->state = "running";
	job->step = arena_printf(
		cx->mem, "Applying rows, %" PRId64 " of %" PRId64, rows_done, job->total);
	return jobs_save(db, cx, job);
}

enum err import_step(struct app *app, struct ctx *cx, int64_t *ret_job_id)
{
	struct import import;
	struct job job;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);

	if (!e)
		e = imports_find_applying(db, cx, &import);
	if (e == ERR_NOT_FOUND) {
		*ret_job_id = 0;
		return OK;
	}
	if (!e)
		e = jobs_find(db, cx, import.job_id, &job);
	if (!e)
		e = strcmp(job.state, "cancelled") ? apply_chunk(db, cx, &import, &job)
		                                   : leave(db, cx, &import);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("import.applied");
	if (!e)
		*ret_job_id = import.job_id;
	return e;
}
