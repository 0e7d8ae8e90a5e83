/* Every operation, asked by nobody and by each role, against access.table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit.h"
#include "door.h"
#include "base/text.h"
#include "http/routes.h"

#define MAX_LINES 200

struct line {
	char method[16], path[128], may[ROLE_OWNER + 1][8];
	bool is_used;
};

static struct line lines[MAX_LINES];
static size_t line_count;

static void read_table(void)
{
	FILE *file = fopen(ACCESS_TABLE, "re");
	char text[512];
	assert_non_null(file);
	while (fgets(text, sizeof(text), file)) {
		struct line *l = &lines[line_count];
		if (text[0] == '#' || text[0] == '\n')
			continue;
		assert_true(line_count < MAX_LINES);
		assert_int_equal(sscanf(text, "%15s %127s %7s %7s %7s %7s %7s", l->method, l->path,
					 l->may[0], l->may[1], l->may[2], l->may[3], l->may[4]),
			7);
		line_count++;
	}
	fclose(file);
}

static struct line *line_of(const struct http_row *row)
{
	for (size_t i = 0; i < line_count; i++)
		if (text_equal(lines[i].method, row->method) &&
			text_equal(lines[i].path, row->path))
			return &lines[i];
	return NULL;
}

/* "/api/v1/jobs/{id}/items" with an id that is nobody's. */
static char *real_path(struct door *d, const char *pattern)
{
	char *path = arena_strdup(d->cx.mem, "");
	while (*pattern) {
		size_t length = strcspn(pattern, "{");
		path = arena_printf(d->cx.mem, "%s%.*s", path, (int)length, pattern);
		pattern += length;
		if (*pattern) {
			path = arena_printf(d->cx.mem, "%s%s", path, "987654321");
			pattern = strchr(pattern, '}') + 1;
		}
	}
	return path;
}

static void check_row(struct door *d, const struct http_row *row, const struct line *l)
{
	const char *path = real_path(d, row->path);
	bool has_body = row->body_limit_bytes > 0;
	for (enum role role = ROLE_NONE; role <= ROLE_OWNER; role++) {
		bool may = text_equal(l->may[role], "yes");
		struct http_answer a =
			door_ask_as(d, role, row->method, path, has_body ? "{\"no\":1}" : NULL);
		bool is_refused = a.status == 401 || a.status == 403;
		/* A webhook has a secret of its own, and says 401 to all of them. */
		if (row->flags & NO_CSRF)
			is_refused = !may;
		if (may == is_refused || a.status == 500)
			fail_msg("%s %s as %s: %d, the table says %s", row->method, row->path,
				role ? access_role_name(role) : "nobody", a.status, l->may[role]);
		if (!may)
			assert_int_equal(a.status, role == ROLE_NONE ? 401 : 403);
	}
}

static void test_every_row_for_every_role(void **state)
{
	struct door *d = *state;
	size_t count;
	const struct http_row *rows = http_rows(&count);
	read_table();
	for (size_t i = 0; i < count; i++) {
		struct line *l = line_of(&rows[i]);
		if (!l)
			fail_msg("%s %s has no line in access.table", rows[i].method, rows[i].path);
		l->is_used = true;
		check_row(d, &rows[i], l);
	}
}

static void test_table_has_no_more_lines_than_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < line_count; i++)
		if (!lines[i].is_used)
			fail_msg("access.table has a line for %s %s, which is no route",
				lines[i].method, lines[i].path);
}

static int setup(void **state)
{
	static struct door door;
	door_open(&door);
	*state = &door;
	return 0;
}

static int teardown(void **state)
{
	door_close(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_for_every_role),
		cmocka_unit_test(test_table_has_no_more_lines_than_rows),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
