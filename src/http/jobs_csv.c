/* What became of a job as a CSV file, person by person: made and sent a piece at a time. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"
#include "domain/app.h"
#include "http/csv.h"
#include "http/input.h"
#include "http/jobs.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/audit.h"
#include "store/items.h"
#include "store/jobs.h"

#define PIECE_ITEMS 50

/* What outlives the request. */
struct job_export {
	struct app *app;
	struct ctx piece;
	int64_t job_id, after_id;
	const char *state; /* of static storage; NULL: all */
	bool has_header;
};

static void put_item(struct job_export *x, struct buf *out, const struct item *item)
{
	struct ctx *cx = &x->piece;
	csv_cell(out, item->person_user_name, true);
	csv_cell(out, item->person_name, false);
	csv_cell(out, item->person_email, false);
	csv_cell(out, item->kind, false);
	csv_cell(out, item->state, false);
	csv_cell(out,
		item->apple_number ? arena_printf(cx->mem, "%" PRId64, item->apple_number) : NULL,
		false);
	csv_cell(out, item->reason, false);
	csv_cell(out, item->detail, false);
	csv_cell(out, clock_rfc3339(cx->mem, item->updated_at), false);
	csv_line_end(out);
}

static enum err next_items(struct job_export *x, struct item *items, size_t *ret_count)
{
	DB_AUTO(db);
	enum err e = db_read(x->app->db, &x->piece, &db);
	return e ? e
	         : items_list(db, &x->piece, x->job_id, x->state, x->after_id, PIECE_ITEMS, items,
			   ret_count);
}

static bool export_next(void *state, struct buf *out)
{
	struct job_export *x = state;
	struct item items[PIECE_ITEMS];
	size_t count = 0;
	ctx_reset(&x->piece);
	if (next_items(x, items, &count)) {
		csv_broke_off(out);
		return false;
	}
	if (!x->has_header)
		buf_puts(out,
			CSV_MARK "user_name,display_name,email,what,state,apple_number,reason,"
				 "detail,updated_at\r\n");
	x->has_header = true;
	for (size_t i = 0; i < count; i++) {
		put_item(x, out, &items[i]);
		x->after_id = items[i].id;
	}
	return count == PIECE_ITEMS;
}

static void export_free(void *state)
{
	struct job_export *x = state;
	ctx_fini(&x->piece);
	free(x);
}

/* Names and addresses leave the house: that stands in the trail. */
static enum err note_export(struct app *app, struct ctx *cx, int64_t id)
{
	struct job job;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = jobs_find(db, cx, id, &job);
	if (!e)
		e = audit_write(db, cx, "jobs.export", "job", id, job.kind, NULL);
	return e ? e : db_commit(&db, cx);
}

enum err http_jobs_csv(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "state", NULL };
	const char *state = NULL;
	int64_t id = 0;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_word(cx, rq, "state", http_item_states, &state);
	if (!e)
		e = note_export(app, cx, id);
	if (e)
		return e;
	struct job_export *x = calloc(1, sizeof(*x));
	if (!x)
		abort();
	x->app = app;
	x->job_id = id;
	x->state = state;
	ctx_init(&x->piece);
	http_reply_status(rp, 200);
	http_reply_header(rp, "Content-Disposition",
		arena_printf(cx->mem, "attachment; filename=\"job-%" PRId64 "%s%s.csv\"", id,
			state ? "-" : "", state ? state : ""));
	http_reply_pieces(rp, "text/csv; charset=utf-8", export_next, export_free, x);
	return OK;
}
