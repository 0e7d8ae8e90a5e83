/* A filter of people as the queries take it. */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "store/people_rows.h"

/* A search with a text this long that has a digit may mean a serial number. */
#define SERIAL_SEARCH_LEAST 6

struct people_filter people_filter_any(void)
{
	return (struct people_filter){ .eligible = -1, .active = -1 };
}

/* One or two characters are looked for at the beginning of words, more anywhere. search_text
 * begins with a space for that. */
char *people_needle(struct arena *a, const char *q)
{
	size_t characters = 0;

	for (const char *c = q; *c; c++)
		characters += ((unsigned char)*c & 0xc0) != 0x80;
	return arena_printf(a, "%s%s", characters < 3 ? " " : "", q);
}

char *people_like_pattern(struct arena *a, const char *q)
{
	const char *needle = people_needle(a, q);
	char *out = arena_alloc(a, 2 * strlen(needle) + 3);
	size_t n = 0;

	out[n++] = '%';
	for (const char *c = needle; *c; c++) {
		if (*c == '%' || *c == '_' || *c == '\\')
			out[n++] = '\\';
		out[n++] = *c;
	}
	out[n++] = '%';
	out[n] = '\0';
	return out;
}

char *people_serial_prefix(struct arena *a, const char *q)
{
	bool has_digit = false;
	char *upper;

	if (strlen(q) < SERIAL_SEARCH_LEAST || strlen(q) > 32)
		return NULL;
	upper = arena_strdup(a, q);
	for (char *c = upper; *c; c++) {
		if (!isascii((unsigned char)*c) || !isalnum((unsigned char)*c))
			return NULL;
		has_digit |= isdigit((unsigned char)*c) != 0;
		*c = (char)toupper((unsigned char)*c);
	}
	return has_digit ? upper : NULL;
}

void people_bind_either(struct db_stmt *st, int flag)
{
	if (flag < 0)
		db_bind_null(st);
	else
		db_bind_i64(st, flag != 0);
}

void people_bind_filter(
	struct db_stmt *st, struct ctx *cx, const struct people_filter *f, int64_t location_id)
{
	bool has_q = f->q && f->q[0];
	char *serial = has_q ? people_serial_prefix(cx->mem, f->q) : NULL;

	db_bind_id(st, location_id);
	db_bind_text(st, has_q ? people_like_pattern(cx->mem, f->q) : NULL);
	db_bind_text(st, serial);
	db_bind_text(st, serial ? arena_printf(cx->mem, "%s~", serial) : NULL);
	db_bind_text(st, f->department);
	people_bind_either(st, f->eligible);
	people_bind_either(st, f->active);
	db_bind_id(st, f->platform);
	db_bind_text(st, f->states);
}

const char *people_name_beginning(struct arena *a, const char *q)
{
	size_t length = strlen(q);

	return length && isdigit((unsigned char)q[length - 1]) ? NULL : text_sort_key(a, q);
}

bool people_begins_with(const char *name, const char *beginning)
{
	return beginning && name && strncmp(name, beginning, strlen(beginning)) == 0;
}
