/* people_lines.h - who answers to the lines of a pasted list: all lines in one query. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct people_line_match {
	size_t line; /* its place in the arrays */
	int64_t person_id;
	const char *display_name;
};

/* Both take JSON arrays of the same length; what a line cannot be is null there. They give at most
 * limit matches, in order of line and person, each pair once. ERR_DB. */

/* By user name, e-mail and Managed Apple Account (folded), and by serial number (upper). */
must_check enum err people_lines_named(struct db *db, struct ctx *cx, const char *folded_json,
	const char *upper_json, size_t limit, struct people_line_match *ret_matches,
	size_t *ret_count);
/* By the clientUserId of a VPP user, live or not, and by id. */
must_check enum err people_lines_numbered(struct db *db, struct ctx *cx, const char *lines_json,
	const char *numbers_json, size_t limit, struct people_line_match *ret_matches,
	size_t *ret_count);
