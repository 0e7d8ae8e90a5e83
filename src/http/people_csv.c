/* The list of users as a CSV file: made and sent a piece at a time, whatever its length. A cell that
 * a spreadsheet would run as a formula gets a ' in front; the import takes it off again. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "http/input.h"
#include "http/location_param.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/selection.h"
#include "store/audit.h"
#include "store/people.h"

#define PIECE_PEOPLE 20

/* What outlives the request; kept holds the strings of filter and page. */
struct people_export {
	struct app *app;
	struct ctx kept;
	struct ctx piece;
	struct people_filter filter;
	struct people_page page;
	char *after_name; /* of malloc: changes with each piece */
	bool has_header;
};

static void put_cell(struct buf *out, const char *s, char end)
{
	buf_putc(out, '"');
	if (s && text_is_formula(s))
		buf_putc(out, '\'');
	for (; s && *s; s++) {
		if (*s == '"')
			buf_putc(out, '"');
		buf_putc(out, *s);
	}
	buf_putc(out, '"');
	buf_puts(out, end == '\n' ? "\r\n" : ",");
}

static void put_person(struct buf *out, const struct person *p)
{
	put_cell(out, p->user_name, ',');
	put_cell(out, p->display_name, ',');
	put_cell(out, p->email, ',');
	put_cell(out, p->managed_apple_account, ',');
	put_cell(out, p->department, ',');
	put_cell(out, p->groups, ',');
	put_cell(out, p->language, ',');
	put_cell(out, p->is_active ? "yes" : "no", ',');
	put_cell(out, p->is_eligible ? "yes" : "no", ',');
	put_cell(out, p->vpp.state, '\n');
}

static enum err next_people(struct people_export *x, struct person **ret_people, size_t *ret_count)
{
	DB_AUTO(db);
	enum err e = db_read(x->app->db, &x->piece, &db);
	return e ? e : people_list(db, &x->piece, &x->filter, &x->page, ret_people, ret_count);
}

static bool export_next(void *state, struct buf *out)
{
	struct people_export *x = state;
	struct person *people;
	size_t count = 0;
	if (!x->has_header) {
		/* With the mark, spreadsheets read it as UTF-8. */
		buf_puts(out, "\xef\xbb\xbf");
		buf_puts(out, "user_name,display_name,email,managed_apple_account,department,"
			      "groups,language,active,eligible,vpp_state\r\n");
		x->has_header = true;
		return true;
	}
	ctx_reset(&x->piece);
	if (next_people(x, &people, &count)) {
		put_cell(out, "The export broke off here: the database failed. Try again.", '\n');
		return false;
	}
	for (size_t i = 0; i < count; i++)
		put_person(out, &people[i]);
	if (count < PIECE_PEOPLE)
		return false;
	free(x->after_name);
	x->after_name = strdup(people[count - 1].sort_name);
	x->page.after_name = x->after_name ? x->after_name : "";
	x->page.after_id = people[count - 1].id;
	return true;
}

static void export_free(void *state)
{
	struct people_export *x = state;
	free(x->after_name);
	ctx_fini(&x->piece);
	ctx_fini(&x->kept);
	free(x);
}

/* Names and addresses leave the house: that stands in the trail, as the only reading that does. */
static enum err note_export(struct app *app, struct ctx *cx)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = audit_write(db, cx, "people.export", NULL, 0, NULL, NULL);
	return e ? e : db_commit(&db, cx);
}

static enum err read_location(
	struct app *app, struct ctx *cx, const struct http_request *rq, int64_t *ret_id)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : http_location_param(db, cx, rq, ret_id);
}

enum err http_people_csv(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "location", "q", "state", "eligible", "platform",
		"active", "department", NULL };
	struct people_filter filter;
	int64_t location_id;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_people_filter(cx, rq, &filter);
	if (!e)
		e = read_location(app, cx, rq, &location_id);
	if (!e)
		e = note_export(app, cx);
	if (e)
		return e;
	struct people_export *x = calloc(1, sizeof(*x));
	if (!x)
		abort();
	x->app = app;
	ctx_init(&x->kept);
	ctx_init(&x->piece);
	x->filter = filter;
	x->filter.q = arena_strdup(x->kept.mem, filter.q);
	x->filter.states = arena_strdup(x->kept.mem, filter.states);
	x->filter.department = arena_strdup(x->kept.mem, filter.department);
	x->page = (struct people_page){ .location_id = location_id, .limit = PIECE_PEOPLE };
	http_reply_status(rp, 200);
	http_reply_header(rp, "Content-Disposition", "attachment; filename=\"people.csv\"");
	http_reply_pieces(rp, "text/csv; charset=utf-8", export_next, export_free, x);
	return OK;
}
