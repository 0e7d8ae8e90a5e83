/* Who can match a filter, when that is few: found by an index of the text or of the states, so that a
 * page need not be searched among a million people. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "store/people.sql.h"
#include "store/people_rows.h"

#define FEW        1000 /* above it they are not sorted */
#define GRAM       3    /* characters that SQLite's index knows */
#define GRAMS_MAX  12
#define GRAMS_RARE 4
#define ID_DIGITS  21

#define LETTER_AMONG 2000 /* people at the beginning of the list */

struct candidates {
	int64_t *ids; /* room for FEW + 1 */
	size_t count; /* above FEW: too many */
};

static size_t character_length(const char *c)
{
	size_t length = *c != '\0';

	while (length && ((unsigned char)c[length] & 0xc0) == 0x80)
		length++;
	return length;
}

static size_t gram_length(const char *c)
{
	size_t length = 0;

	for (int i = 0; i < GRAM; i++) {
		size_t one = character_length(c + length);
		if (!one)
			return 0;
		length += one;
	}
	return length;
}

static char *add_gram(char *to, const char *gram, bool is_first)
{
	to = stpcpy(to, is_first ? "\"" : " AND \"");
	for (size_t i = 0; i < gram_length(gram); i++) {
		if (gram[i] == '"')
			*to++ = '"';
		*to++ = gram[i];
	}
	return stpcpy(to, "\"");
}

/* Two digits side by side: few people share such a gram, where words are names that many have. */
static bool is_rare(const char *gram)
{
	size_t digits = 0;

	for (size_t i = 0; i < gram_length(gram); i++)
		digits += isdigit((unsigned char)gram[i]) != 0;
	return digits >= 2;
}

/* "abc" AND "def" AND "efg": three characters each, side by side, and the last three; of a text with
 * numbers those grams alone that hold them. NULL when there are fewer characters. The others would
 * only cost: who is found is compared with the whole text anyway. */
static const char *trigrams_of(struct arena *a, const char *needle)
{
	char *out = arena_alloc(a, (GRAMS_MAX + 1) * (GRAM * 8 + 8) + 1), *to = out;
	const char *c = needle, *last = needle;
	int grams = 0;

	if (!gram_length(needle))
		return NULL;
	for (; gram_length(c) && grams < GRAMS_RARE; c += character_length(c)) {
		if (is_rare(c))
			to = add_gram(to, c, !grams++);
	}
	if (grams)
		return out;
	for (c = needle; gram_length(c) && grams < GRAMS_MAX; c += gram_length(c))
		to = add_gram(to, c, !grams++);
	while (gram_length(last + character_length(last)))
		last += character_length(last);
	if (*c)
		to = add_gram(to, last, false);
	return out;
}

/* Adds the ids that a bound statement gives. */
static enum err add_ids(struct db_stmt *st, struct ctx *cx, struct candidates *c)
{
	enum err e;

	while ((e = db_step(st, cx)) == OK && c->count <= FEW)
		c->ids[c->count++] = db_i64(st, 0);
	db_stmt_done(&st);
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err find_text(struct db *db, struct ctx *cx, const char *q, int64_t after, int64_t most,
	struct candidates *c)
{
	struct db_stmt *st = db_query(db, &people_narrow_text_query);

	db_bind_text(st, trigrams_of(cx->mem, people_needle(cx->mem, q)));
	db_bind_text(st, people_like_pattern(cx->mem, q));
	db_bind_i64(st, after);
	db_bind_i64(st, most);
	return add_ids(st, cx, c);
}

static enum err by_text(struct db *db, struct ctx *cx, const char *q, struct candidates *c)
{
	const char *serial = people_serial_prefix(cx->mem, q);
	struct db_stmt *st;
	enum err e = find_text(db, cx, q, 0, FEW + 1, c);

	if (e || !serial)
		return e;
	st = db_query(db, &people_narrow_serial_query);
	db_bind_text(st, serial);
	db_bind_text(st, arena_printf(cx->mem, "%s~", serial));
	db_bind_i64(st, FEW + 1);
	return add_ids(st, cx, c);
}

/* The trigrams that begin with the text, each of them enough; "" when there are none, NULL when so many
 * people hold them that they are met on a walk. */
static enum err letter_terms(
	struct db *db, struct ctx *cx, const char *needle, const char **ret_terms)
{
	DB_STMT_AUTO(st, db, &people_narrow_terms_query);
	const char *terms = "";
	int64_t people = 0;
	enum err e;

	*ret_terms = NULL;
	db_bind_text(st, needle);
	db_bind_text(st, arena_printf(cx->mem, "%s\xf4\x8f\xbf\xbf", needle));
	while ((e = db_step(st, cx)) == OK && people <= FEW) {
		const char *term = db_text(st, cx, 0);
		if (!strchr(term, '"'))
			terms = arena_printf(
				cx->mem, "%s%s\"%s\"", terms, *terms ? " OR " : "", term);
		else
			people = FEW + 1;
		people += db_i64(st, 1);
	}
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (people <= FEW)
		*ret_terms = terms;
	return OK;
}

/* One letter has no trigram of its own, but trigrams begin with it. Asked only when few of the first people
 * hold it: of a letter that is common the walk is short, and reading its trigrams is not. */
static enum err by_letter(
	struct db *db, struct ctx *cx, const struct people_filter *filter, struct candidates *c)
{
	const char *needle = people_needle(cx->mem, filter->q), *terms;
	struct people_filter letter = people_filter_any();
	struct db_stmt *st = db_query(db, &people_count_first_query);
	int64_t found = 0;
	enum err e;

	letter.q = filter->q;
	people_bind_filter(st, cx, &letter, 0);
	db_bind_i64(st, LETTER_AMONG);
	e = db_run_i64(st, cx, &found);
	if (e || found > 1)
		return e;
	e = letter_terms(db, cx, needle, &terms);
	if (e || !terms)
		return e;
	c->count = 0;
	if (!*terms)
		return OK;
	st = db_query(db, &people_narrow_text_query);
	db_bind_text(st, terms);
	db_bind_text(st, people_like_pattern(cx->mem, filter->q));
	db_bind_i64(st, 0);
	db_bind_i64(st, FEW + 1);
	return add_ids(st, cx, c);
}

/* ",invited,failed," → ["invited"] */
static const char *states_json(struct arena *a, const char *states)
{
	char *out = arena_alloc(a, 2 * strlen(states) + 3), *to = stpcpy(out, "[");

	for (const char *s = states + 1; *s;) {
		size_t length = strcspn(s, ",");
		if (strncmp(s, "failed", length) != 0 || length != strlen("failed")) {
			to = stpcpy(to, to[-1] == '[' ? "\"" : ",\"");
			to = stpcpy(mempcpy(to, s, length), "\"");
		}
		s += length + (s[length] == ',');
	}
	stpcpy(to, "]");
	return out;
}

static enum err by_state(struct db *db, struct ctx *cx, const char *states, int64_t location_id,
	struct candidates *c)
{
	struct db_stmt *st = db_query(db, &people_narrow_state_query);
	enum err e;

	db_bind_i64(st, location_id);
	db_bind_text(st, states_json(cx->mem, states));
	db_bind_i64(st, FEW + 1);
	e = add_ids(st, cx, c);
	if (e || !strstr(states, ",failed,"))
		return e;
	st = db_query(db, &people_narrow_failed_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, FEW + 1);
	return add_ids(st, cx, c);
}

static const char *ids_json(struct arena *a, const struct candidates *c)
{
	char *out = arena_alloc(a, c->count * ID_DIGITS + 3), *to = stpcpy(out, "[");

	for (size_t i = 0; i < c->count; i++) {
		char digits[ID_DIGITS], *d = digits + sizeof(digits);
		*--d = '\0';
		for (int64_t rest = c->ids[i]; rest; rest /= 10)
			*--d = (char)('0' + rest % 10);
		to = stpcpy(to, i ? "," : "");
		to = stpcpy(to, d);
	}
	stpcpy(to, "]");
	return out;
}

static enum err pass(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, bool with_records, const struct candidates *c,
	struct person_match **ret_matches, size_t *ret_count)
{
	struct person_match *matches = ARENA_ARRAY(cx->mem, struct person_match, c->count + 1);
	DB_STMT_AUTO(st, db,
		filter->states || with_records ? &people_narrow_pass_query
					       : &people_narrow_pass_who_query);
	size_t count = 0;
	enum err e;

	people_bind_filter(st, cx, filter, location_id);
	db_bind_text(st, ids_json(cx->mem, c));
	while ((e = db_step(st, cx)) == OK && count < c->count)
		matches[count++] = (struct person_match){ .id = db_i64(st, 0),
			.sort_name = db_text(st, cx, 1),
			.email_key = db_text(st, cx, 2),
			.department_key = db_text(st, cx, 3),
			.state = db_text(st, cx, 4),
			.seen_at = db_i64(st, 5) };
	*ret_matches = matches;
	*ret_count = count;
	return e && e != ERR_NOT_FOUND ? e : OK;
}

static bool is_indexed(struct ctx *cx, const struct people_filter *filter)
{
	return filter->q && filter->q[0] && gram_length(people_needle(cx->mem, filter->q));
}

static int by_id(const void *a, const void *b)
{
	const struct person_match *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* Candidates that were not looked at yet, in order of id, each once. */
static struct person_match *unnamed(struct arena *a, const struct candidates *c, size_t *ret_count)
{
	struct person_match *matches = ARENA_ARRAY(a, struct person_match, c->count);
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++)
		matches[i].id = c->ids[i];
	qsort(matches, c->count, sizeof(*matches), by_id);
	for (size_t i = 0; i < c->count; i++) {
		if (!kept || matches[kept - 1].id != matches[i].id)
			matches[kept++] = matches[i];
	}
	*ret_count = kept;
	return matches;
}

enum err people_narrow(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, bool with_records, enum people_reach *ret_reach,
	struct person_match **ret_matches, size_t *ret_count)
{
	struct candidates c = { ARENA_ARRAY(cx->mem, int64_t, FEW + 1), FEW + 1 };
	bool has_states = filter->states && !strstr(filter->states, ",none,") && location_id;
	enum err e = OK;

	*ret_reach = PEOPLE_WALK;
	if (has_states) {
		c.count = 0;
		e = by_state(db, cx, filter->states, location_id, &c);
	}
	if (!e && c.count > FEW && is_indexed(cx, filter)) {
		c.count = 0;
		*ret_reach = PEOPLE_FOUND;
		e = by_text(db, cx, filter->q, &c);
	}
	bool is_letter = *ret_reach == PEOPLE_WALK && filter->q && filter->q[0];
	if (!e && c.count > FEW && is_letter)
		e = by_letter(db, cx, filter, &c);
	if (!e && c.count > FEW && *ret_reach == PEOPLE_FOUND)
		*ret_matches = unnamed(cx->mem, &c, ret_count);
	if (e || c.count > FEW)
		return e;
	struct people_filter rest = *filter;
	if (*ret_reach == PEOPLE_WALK && !is_letter)
		rest.states = NULL; /* they were found by it */
	*ret_reach = PEOPLE_FEW;
	return pass(db, cx, &rest, location_id, with_records, &c, ret_matches, ret_count);
}

static size_t drop(struct person_match *matches, size_t count, const char *without)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (!without || !people_begins_with(matches[i].sort_name, without))
			matches[kept++] = matches[i];
	}
	return kept;
}

/* The next of those who hold the trigrams, after an id: first of the known ones, then of the index. */
static enum err next_found(struct db *db, struct ctx *cx, const char *q,
	const struct person_match *known, size_t known_count, int64_t after_id, size_t most,
	struct candidates *c)
{
	c->count = 0;
	for (size_t i = 0; i < known_count && c->count < most; i++) {
		if (known[i].id > after_id)
			c->ids[c->count++] = known[i].id;
	}
	return c->count ? OK : find_text(db, cx, q, after_id, (int64_t)most, c);
}

enum err people_narrow_found(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, const char *without, int64_t after_id, size_t limit,
	struct person_match **matches, size_t *count)
{
	const struct person_match *known = *matches;
	struct person_match *all = ARENA_ARRAY(cx->mem, struct person_match, limit + FEW);
	struct candidates c = { ARENA_ARRAY(cx->mem, int64_t, FEW + 1), 1 };
	/* Most who are found match, but for a state: the first look is small. */
	size_t found = 0, chunk = limit < FEW / 2 ? limit + limit / 8 : FEW / 2;

	while (found < limit && c.count) {
		struct person_match *some;
		size_t passed = 0;
		enum err e = next_found(db, cx, filter->q, known, *count, after_id, chunk, &c);

		if (!e && c.count) {
			after_id = c.ids[c.count - 1];
			e = pass(db, cx, filter, location_id, false, &c, &some, &passed);
		}
		if (e)
			return e;
		passed = passed ? drop(some, passed, without) : 0;
		if (passed) {
			qsort(some, passed, sizeof(*some), by_id);
			memcpy(all + found, some, passed * sizeof(*some));
		}
		found += passed;
		chunk = chunk * 2 < FEW ? chunk * 2 : FEW;
	}
	*matches = all;
	*count = found < limit ? found : limit;
	return OK;
}
