#include "cli/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/commands.h"

#define MAX_COLUMNS 12

static const char *text_of(struct cli *c, const struct json *value);

/* {"added": 3, "message_done": 2} as "added 3, message done 2". */
static const char *pairs_of(struct cli *c, const struct json *object)
{
	const char *list = "", *key;
	for (size_t i = 0; (key = json_key_at(object, i)); i++) {
		char *name = arena_strdup(c->cx.mem, key);
		for (char *p = name; *p; p++)
			*p = *p == '_' ? ' ' : *p;
		list = arena_printf(c->cx.mem, "%s%s%s %s", list, i ? ", " : "", name,
			text_of(c, json_get(object, key)));
	}
	return list;
}

static const char *text_of(struct cli *c, const struct json *value)
{
	struct arena *mem = c->cx.mem;
	if (json_text(value))
		return json_text(value);
	if (json_is_integer(value))
		return arena_printf(mem, "%" PRId64, json_int(value, 0));
	if (json_is_array(value)) {
		const char *list = "";
		for (size_t i = 0; i < json_count(value); i++)
			list = arena_printf(
				mem, "%s%s%s", list, i ? ", " : "", text_of(c, json_at(value, i)));
		return list;
	}
	return json_is_object(value) ? pairs_of(c, value) : value ? json_dump(&c->cx, value) : "";
}

const char *show_text(struct cli *c, const struct json *value, const char *path)
{
	for (;;) {
		size_t length = strcspn(path, ".");
		char *key = arena_strndup(c->cx.mem, path, length);
		const struct json *member = json_get(value, key);
		if (!path[length])
			return json_is_bool(member) ? (json_bool(value, key, false) ? "yes" : "no")
			                            : text_of(c, member);
		value = member;
		path += length + 1;
	}
}

/* Columns on a terminal, roughly: one for each code point. */
static size_t width(const char *text)
{
	size_t count = 0;
	for (; *text; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

/* Text of the server may hold anything; a terminal must not obey it. */
static void print_cell(const char *text, size_t to_width, bool is_last)
{
	size_t printed = width(text);
	for (const char *p = text; *p; p++)
		putchar((unsigned char)*p < 0x20 || *p == 0x7f ? ' ' : *p);
	for (; !is_last && printed < to_width + 2; printed++)
		putchar(' ');
}

static void print_page(
	struct cli *c, const struct json *items, const struct show_column *columns, bool is_first)
{
	size_t count = json_count(items), n = 0, widths[MAX_COLUMNS];
	while (columns[n].title && n < MAX_COLUMNS) {
		widths[n] = strlen(columns[n].title);
		n++;
	}
	const char **cells = ARENA_ARRAY(c->cx.mem, const char *, count *n + 1);
	for (size_t i = 0; i < count * n; i++) {
		cells[i] = show_text(c, json_at(items, i / n), columns[i % n].path);
		if (width(cells[i]) > widths[i % n])
			widths[i % n] = width(cells[i]);
	}
	for (size_t i = 0; is_first && i < n; i++)
		print_cell(columns[i].title, widths[i], i + 1 == n);
	if (is_first)
		putchar('\n');
	for (size_t i = 0; i < count * n; i++) {
		print_cell(cells[i], widths[i % n], i % n + 1 == n);
		if (i % n + 1 == n)
			putchar('\n');
	}
}

int show_list(struct cli *c, const char *path, const struct show_column *columns)
{
	struct ctx list_cx = c->cx;
	const char *limit = cli_option(c, "--limit");
	char after[8192] = "";
	bool is_all = cli_has(c, "--all"), is_first = true;
	int code = CLI_FINE;
	do {
		/* A page's memory ends with it: a list may be long. */
		ctx_init(&c->cx);
		const struct json *page = NULL;
		const char *join = strchr(path, '?') ? "&" : "?";
		code = api_get(c,
			arena_printf(c->cx.mem, "%s%slimit=%s%s%s", path, join,
				limit    ? text_url_encode(c->cx.mem, limit)
				: is_all ? "200"
					 : "50",
				*after ? "&after=" : "", text_url_encode(c->cx.mem, after)),
			&page);
		if (!code && c->as_json && !is_all)
			show_json(c, page);
		else if (!code && c->as_json)
			for (size_t i = 0; i < json_count(json_get(page, "items")); i++)
				show_json(c, json_at(json_get(page, "items"), i));
		else if (!code)
			print_page(c, json_get(page, "items"), columns, is_first);
		const char *next = code ? NULL : json_str(page, "next");
		snprintf(after, sizeof(after), "%s", next ? next : "");
		is_first = false;
		ctx_fini(&c->cx);
		c->cx = list_cx;
	} while (!code && is_all && *after);
	if (!code && *after && !c->as_json)
		fprintf(stderr, "There are more; --all shows them.\n");
	return code;
}

void show_whole(struct cli *c, const struct json *answer, const char *member,
	const struct show_column *columns)
{
	if (c->as_json)
		show_json(c, answer);
	else
		print_page(c, json_get(answer, member), columns, true);
}

void show_json(struct cli *c, const struct json *value)
{
	puts(json_dump(&c->cx, value));
}

void show_thing(struct cli *c, const struct json *value, const struct show_column *lines)
{
	if (c->as_json) {
		show_json(c, value);
		return;
	}
	size_t widest = 0;
	for (const struct show_column *l = lines; l->title; l++)
		if (strlen(l->title) > widest)
			widest = strlen(l->title);
	for (; lines->title; lines++) {
		const char *text = show_text(c, value, lines->path);
		if (!*text)
			continue;
		printf("%s:%*s", lines->title, (int)(widest - strlen(lines->title) + 2), "");
		print_cell(text, 0, true);
		putchar('\n');
	}
}
