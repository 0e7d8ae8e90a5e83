#include "domain/people_find.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "store/people_lines.h"

#define MATCHES_MAX    (4 * PEOPLE_FIND_LINES)
#define JSON_MAX_BYTES (6 * PEOPLE_FIND_LINES * PEOPLE_FIND_LINE_BYTES)

/* A line that is looked for. */
struct wanted {
	const char *tidy, *folded;
	size_t place; /* in the list as it was given */
};

/* "Ana <ana@example.org>," → "ana@example.org"; "mailto:" and quotes around it go too. */
static const char *tidy(struct ctx *cx, const char *line)
{
	char *text = text_trim(cx->mem, line);
	char *open = strrchr(text, '<'), *close = strrchr(text, '>');
	if (open && close && close > open + 1)
		text = arena_strndup(cx->mem, open + 1, (size_t)(close - open - 1));
	size_t length = strlen(text);
	while (length && strchr(",;\"'", text[length - 1]))
		text[--length] = '\0';
	text += strspn(text, "\"'");
	if (!strncasecmp(text, "mailto:", 7))
		text += 7;
	return text_trim(cx->mem, text);
}

static int by_text(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	int order = strcmp(x->folded, y->folded);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int by_place(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	return (x->place > y->place) - (x->place < y->place);
}

/* Each line once, without blank ones, in the order as given. */
static size_t tidy_all(
	struct ctx *cx, const char *const *lines, size_t count, struct wanted *wanted)
{
	size_t n = 0, kept = 0;
	for (size_t i = 0; i < count; i++) {
		const char *text = tidy(cx, lines[i]);
		if (*text)
			wanted[n++] = (struct wanted){ text, text_fold(cx->mem, text), i };
	}
	qsort(wanted, n, sizeof(*wanted), by_text);
	for (size_t i = 0; i < n; i++)
		if (!kept || !text_equal(wanted[kept - 1].folded, wanted[i].folded))
			wanted[kept++] = wanted[i];
	qsort(wanted, kept, sizeof(*wanted), by_place);
	return kept;
}

/* --- the arrays that the queries take ------------------------------------------------------- */

static void put_folded(struct json_writer *w, struct ctx *cx, const struct wanted *line)
{
	(void)cx;
	jw_str(w, NULL, line->folded);
}

/* A serial number has letters and digits alone. */
static void put_upper(struct json_writer *w, struct ctx *cx, const struct wanted *line)
{
	char *upper = arena_strdup(cx->mem, line->tidy);
	bool is_one = true;
	for (char *c = upper; *c; c++) {
		is_one &= isascii((unsigned char)*c) && isalnum((unsigned char)*c);
		*c = (char)toupper((unsigned char)*c);
	}
	jw_str(w, NULL, is_one ? upper : NULL);
}

static void put_line(struct json_writer *w, struct ctx *cx, const struct wanted *line)
{
	(void)cx;
	jw_str(w, NULL, line->tidy);
}

static void put_number(struct json_writer *w, struct ctx *cx, const struct wanted *line)
{
	int64_t number = 0;
	(void)cx;
	const char *digits = line->tidy + (strncasecmp(line->tidy, "id:", 3) ? 0 : 3);
	if (text_parse_i64(digits, 1, INT64_MAX, &number))
		number = 0;
	jw_i64_or_null(w, NULL, number);
}

static const char *array_of(struct ctx *cx, const struct wanted *wanted, size_t count,
	void (*put)(struct json_writer *w, struct ctx *cx, const struct wanted *line))
{
	BUF_AUTO(out, JSON_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < count; i++)
		put(&w, cx, &wanted[i]);
	jw_end_array(&w);
	return arena_strndup(cx->mem, out.bytes, out.length);
}

/* --- looking -------------------------------------------------------------------------------- */

/* places[line of the query] is the line of the answer. */
static void take(struct people_found *found, const size_t *places,
	const struct people_line_match *matches, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct people_found *f = &found[places[matches[i].line]];
		f->count++;
		f->person_id = matches[i].person_id;
		f->display_name = matches[i].display_name;
	}
}

static enum err find_named(struct db *db, struct ctx *cx, const struct wanted *wanted, size_t count,
	struct people_line_match *matches, struct people_found *found)
{
	size_t *places = ARENA_ARRAY(cx->mem, size_t, count + 1);
	size_t match_count = 0;
	for (size_t i = 0; i < count; i++)
		places[i] = i;
	enum err e = people_lines_named(db, cx, array_of(cx, wanted, count, put_folded),
		array_of(cx, wanted, count, put_upper), MATCHES_MAX, matches, &match_count);
	if (!e)
		take(found, places, matches, match_count);
	return e;
}

/* What was not found by a name. */
static enum err find_numbered(struct db *db, struct ctx *cx, const struct wanted *wanted,
	size_t count, struct people_line_match *matches, struct people_found *found)
{
	struct wanted *rest = ARENA_ARRAY(cx->mem, struct wanted, count + 1);
	size_t *places = ARENA_ARRAY(cx->mem, size_t, count + 1);
	size_t left = 0, match_count = 0;
	for (size_t i = 0; i < count; i++)
		if (!found[i].count) {
			places[left] = i;
			rest[left++] = wanted[i];
		}
	if (!left)
		return OK;
	enum err e = people_lines_numbered(db, cx, array_of(cx, rest, left, put_line),
		array_of(cx, rest, left, put_number), MATCHES_MAX, matches, &match_count);
	if (!e)
		take(found, places, matches, match_count);
	return e;
}

enum err people_find_lines(struct app *app, struct ctx *cx, const char *const *lines, size_t count,
	struct people_found **ret_found, size_t *ret_count)
{
	struct wanted *wanted = ARENA_ARRAY(cx->mem, struct wanted, count + 1);
	struct people_line_match *matches =
		ARENA_ARRAY(cx->mem, struct people_line_match, MATCHES_MAX);
	size_t kept = tidy_all(cx, lines, count, wanted);
	struct people_found *found = ARENA_ARRAY(cx->mem, struct people_found, kept + 1);
	for (size_t i = 0; i < kept; i++)
		found[i].line = lines[wanted[i].place];
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = find_named(db, cx, wanted, kept, matches, found);
	if (!e)
		e = find_numbered(db, cx, wanted, kept, matches, found);
	*ret_found = found;
	*ret_count = kept;
	return e;
}
