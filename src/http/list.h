/* list.h - a page of a list, in the one form that all of them have:
 *
 *   static const char *const known[] = { "state", "count", NULL };
 *   struct http_list list;
 *   DB_AUTO(db);
 *   enum err e = http_list_open(app, cx, rq, known, &list, &db);
 *   if (!e && list.wants_total)
 *           e = things_count(db, cx, …, &list.total);
 *   if (!e)
 *           e = things_list(db, cx, …, list.after_id, list.most, &things, &list.count);
 *   if (e)
 *           return e;
 *   REPLY_AUTO(out, w);
 *   http_list_show(&list, &w);
 *   for (size_t i = 0; i < list.count; i++)
 *           thing_to_json(&w, &things[i]), list.last_id = things[i].id;
 *   return http_list_reply(cx, rp, &list, &w);
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct db;
struct http_reply;
struct http_request;
struct json_writer;

struct http_list {
	size_t limit;           /* rows of a page: 1 to 200, 50 when left out */
	size_t most;            /* rows to ask the store for: one more */
	bool wants_total;       /* ?count=1 */
	bool has_after;         /* not the first page */
	const char *after_text; /* of the cursor; NULL: it has none */
	int64_t after_id;       /* 0 on the first page */

	size_t count;          /* rows that were found; from http_list_show on those of the page */
	bool is_more;          /* there is another page; from http_list_show on */
	const char *last_text; /* the place of the last row shown: its sort key (NULL: none) … */
	int64_t last_id;       /* … and its id */
	int64_t total;         /* -1: not asked for */
	bool says_more;        /* the answer tells whether there are more than total … */
	bool total_is_more;    /* … and there are */
};

/* Reads the parameters (limit and after, which every list has, and those in known, ended by NULL) and
 * borrows a reader. ERR_INVALID as in input.h. */
must_check enum err http_list_open(struct app *app, struct ctx *cx, const struct http_request *rq,
	const char *const *known, struct http_list *ret_list, struct db **ret_db);
/* Begins the answer. */
void http_list_show(struct http_list *list, struct json_writer *w);
/* Ends the answer. */
must_check enum err http_list_reply(
	struct ctx *cx, struct http_reply *rp, const struct http_list *list, struct json_writer *w);
/* The place of a row as it goes into ?after=; text may be NULL. */
char *http_list_cursor(struct ctx *cx, const char *text, int64_t id);
