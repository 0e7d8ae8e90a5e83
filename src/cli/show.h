/* show.h - answers for people: tables of columns, and one thing line by line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct cli;
struct json;

struct show_column {
	const char *title;
	const char *path; /* "vpp.state": members of the item, one within the other */
};

/* The text of a member below value: numbers, true as "yes", lists with commas; "" for null. */
const char *show_text(struct cli *c, const struct json *value, const char *path);

/* Reads a list page by page (one page without --all) and prints it; path has its query. Gives an
 * exit code. columns ends with a title NULL. */
int show_list(struct cli *c, const char *path, const struct show_column *columns);

/* Prints the rows of an answer that has them whole, in a member. With --json the answer instead. */
void show_whole(struct cli *c, const struct json *answer, const char *member,
	const struct show_column *columns);

/* Prints the lines that are not empty: "title:  text". With --json the whole value instead. */
void show_thing(struct cli *c, const struct json *value, const struct show_column *lines);
/* The value as compact JSON, one line. */
void show_json(struct cli *c, const struct json *value);
