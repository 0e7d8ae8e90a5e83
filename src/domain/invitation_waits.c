/* A job whose messages wait says so, with the reason and until when. */
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/invitation_queue.h"
#include "domain/jobs.h"
#include "store/jobs.h"

#define JOBS_AT_ONCE 64

struct waits {
	struct invitation_wait rows[JOBS_AT_ONCE];
	size_t count;
	int64_t shown[JOBS_AT_ONCE]; /* jobs that say that their messages wait */
	size_t shown_count;
	int64_t changed[2 * JOBS_AT_ONCE];
	size_t changed_count;
};

static enum err set(struct db *db, struct ctx *cx, struct waits *w, int64_t job_id,
	const char *reason, int64_t until)
{
	int64_t changed = 0;
	enum err e = jobs_set_message_wait(db, cx, job_id, reason, until, &changed);
	if (!e && changed)
		w->changed[w->changed_count++] = job_id;
	return e;
}

static bool is_waiting(const struct waits *w, int64_t job_id)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->rows[i].job_id == job_id)
			return true;
	return false;
}

static enum err write(struct app *app, struct ctx *cx, struct waits *w)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	for (size_t i = 0; !e && i < w->shown_count; i++)
		if (!is_waiting(w, w->shown[i]))
			e = set(db, cx, w, w->shown[i], NULL, 0);
	for (size_t i = 0; !e && i < w->count; i++)
		e = set(db, cx, w, w->rows[i].job_id, w->rows[i].reason, w->rows[i].until);
	return e ? e : db_commit(&db, cx);
}

enum err invitation_queue_note_waits(struct app *app, struct ctx *cx)
{
	struct waits *w = ARENA_NEW(cx->mem, struct waits);
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = invitations_job_waits(db, cx, 0, JOBS_AT_ONCE, w->rows, &w->count);
	if (!e)
		e = jobs_with_message_wait(db, cx, 0, JOBS_AT_ONCE, w->shown, &w->shown_count);
	db_release(&db);
	if (e || (!w->count && !w->shown_count))
		return e;
	e = write(app, cx, w);
	for (size_t i = 0; !e && i < w->changed_count; i++)
		jobs_publish(app, cx, w->changed[i]);
	return e;
}
