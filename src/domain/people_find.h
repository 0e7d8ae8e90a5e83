/* people_find.h - the people of a pasted list: each line a user name, an e-mail, or the like. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;

#define PEOPLE_FIND_LINES      10000
#define PEOPLE_FIND_LINE_BYTES 1200 /* 300 characters */

/* What became of a line. */
struct people_found {
	const char *line;  /* as it was given */
	size_t count;      /* people who answer to it: 0 unknown, 1 found, more: ambiguous */
	int64_t person_id; /* of the one */
	const char *display_name;
};

/* One answer for each line that is neither blank nor the same as one before, in their order. A line is
 * compared with user names, e-mails, Managed Apple Accounts and serial numbers; one that is none of
 * these with clientUserIds and ids ("17" or "id:17"). Of "Ana <ana@example.org>" the part in brackets
 * counts. */
must_check enum err people_find_lines(struct app *app, struct ctx *cx, const char *const *lines,
	size_t count, struct people_found **ret_found, size_t *ret_count);
