/* The list of users as a CSV file: made and sent a piece at a time, whatever its length. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "http/csv.h"
#include "http/input.h"
#include "http/input_words.h"
#include "http/location_param.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/selection.h"
#include "store/audit.h"
#include "store/people.h"

#define PIECE_PEOPLE 20
#define COLUMNS_MAX  40

/* What outlives the request; kept holds the strings of filter and page. */
struct people_export {
	struct app *app;
	struct ctx kept;
	struct ctx piece;
	struct people_filter filter;
	struct people_page page;
	char *after_key; /* of malloc: changes with each piece */
	int columns[COLUMNS_MAX];
	int column_count;
	bool has_header;
};

/* --- the columns ---------------------------------------------------------------------------- */

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

static const char *time_text(struct ctx *cx, int64_t ms)
{
	return ms ? clock_rfc3339(cx->mem, ms) : NULL;
}

static const char *platform_names(struct ctx *cx, int bits)
{
	static const char *const names[] = { "iOS", "iPadOS", "macOS", "other" };
	const char *list = "";

	for (int i = 0; i < 4; i++)
		if (bits & (1 << i))
			list = arena_printf(cx->mem, "%s%s%s", list, *list ? "|" : "", names[i]);
	return list;
}

/* The names that an import knows come first; it passes over the others. */
static const char *const columns[] = { "user_name", "display_name", "email",
	"managed_apple_account", "department", "groups", "language", "active", "eligible",
	"vpp_state", "devices", "platforms", "failed_reason", "registered_at", "message_state",
	"message_channel", "message_at", "associated_at", "licences", "synced_at", NULL };

#define USUAL_COLUMNS 10

static void put_person(struct people_export *x, struct buf *out, const struct person *p)
{
	struct ctx *cx = &x->piece;
	const char *const cells[] = { p->user_name, p->display_name, p->email,
		p->managed_apple_account, p->department, p->groups, p->language,
		yes_no(p->is_active), yes_no(p->is_eligible), p->vpp.state,
		arena_printf(cx->mem, "%" PRId64, p->device_count),
		platform_names(cx, p->platforms), p->vpp.failed_reason,
		time_text(cx, p->vpp.registered_at), p->vpp.message_state, p->vpp.message_channel,
		time_text(cx, p->vpp.message_at), time_text(cx, p->vpp.associated_at),
		arena_printf(cx->mem, "%" PRId64, p->vpp.licences), time_text(cx, p->vpp.seen_at) };

	static_assert(sizeof(cells) / sizeof(*cells) + 1 == sizeof(columns) / sizeof(*columns),
		"a cell for each column");
	for (int i = 0; i < x->column_count; i++)
		csv_cell(out, cells[x->columns[i]], i == 0);
	csv_line_end(out);
}

/* "email,department" as places in columns; the usual ones when nothing is said. */
static enum err read_columns(struct ctx *cx, const struct http_request *rq, struct people_export *x)
{
	const char *text;
	enum err e = http_query_text(cx, rq, "columns", 1000, &text);

	if (e)
		return e;
	if (!text) {
		for (x->column_count = 0; x->column_count < USUAL_COLUMNS; x->column_count++)
			x->columns[x->column_count] = x->column_count;
		return OK;
	}
	char *rest = arena_strdup(cx->mem, text);
	for (char *word; (word = strsep(&rest, ",")) != NULL;) {
		int place = 0;
		while (columns[place] && !text_equal(columns[place], word))
			place++;
		if (!columns[place] || x->column_count == COLUMNS_MAX)
			return err_set_field(cx, ERR_INVALID, "query.word", "columns",
				"columns must be names of %s, with commas between them.",
				input_words_listed(cx, columns));
		x->columns[x->column_count++] = place;
	}
	return OK;
}

static void put_header(struct people_export *x, struct buf *out)
{
	buf_puts(out, CSV_MARK);
	for (int i = 0; i < x->column_count; i++)
		buf_printf(out, "%s%s", i ? "," : "", columns[x->columns[i]]);
	csv_line_end(out);
}

/* --- the rows -------------------------------------------------------------------------------- */

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
		put_header(x, out);
		x->has_header = true;
		return true;
	}
	ctx_reset(&x->piece);
	if (next_people(x, &people, &count)) {
		csv_broke_off(out);
		return false;
	}
	for (size_t i = 0; i < count; i++)
		put_person(x, out, &people[i]);
	if (count < PIECE_PEOPLE)
		return false;
	free(x->after_key);
	x->after_key = strdup(people_place(&x->piece, x->page.sort, &people[count - 1]));
	x->page.after_key = x->after_key ? x->after_key : "";
	x->page.after_id = people[count - 1].id;
	return true;
}

static void export_free(void *state)
{
	struct people_export *x = state;
	free(x->after_key);
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
		"active", "department", "sort", "columns", NULL };
	struct people_export asked = { 0 };
	struct people_filter filter;
	int64_t location_id;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_people_filter(cx, rq, &filter);
	if (!e)
		e = http_people_sort(cx, rq, &asked.page);
	if (!e)
		e = read_columns(cx, rq, &asked);
	if (!e)
		e = read_location(app, cx, rq, &location_id);
	if (!e)
		e = note_export(app, cx);
	if (e)
		return e;
	struct people_export *x = calloc(1, sizeof(*x));
	if (!x)
		abort();
	*x = asked;
	x->app = app;
	ctx_init(&x->kept);
	ctx_init(&x->piece);
	x->filter = filter;
	x->filter.q = arena_strdup(x->kept.mem, filter.q);
	x->filter.states = arena_strdup(x->kept.mem, filter.states);
	x->filter.department = arena_strdup(x->kept.mem, filter.department);
	x->page.location_id = location_id;
	x->page.limit = PIECE_PEOPLE;
	http_reply_status(rp, 200);
	http_reply_header(rp, "Content-Disposition", "attachment; filename=\"people.csv\"");
	http_reply_pieces(rp, "text/csv; charset=utf-8", export_next, export_free, x);
	return OK;
}
