/* selection.h - a selection as requests carry it.
 *
 *   {"ids": [1, 2]}  or  {"filter": {"q", "state", "eligible", "platform", "active", "department"},
 *                         "exclude": [3], "expected": 41548}
 *
 * The same filter words stand in the query of GET /api/v1/people; both are read here.
 */
#pragma once

#include "base/err.h"
#include "domain/selection.h"

struct ctx;
struct http_request;
struct json;

/* selection is the value of the member "selection" of a body; NULL is refused. ERR_INVALID with a
 * pointer below "/selection". */
must_check enum err http_selection_read(
	struct ctx *cx, const struct json *selection, struct selection *ret_selection);

/* The filter in a query string. ERR_INVALID with the parameter's name. */
must_check enum err http_people_filter(
	struct ctx *cx, const struct http_request *rq, struct people_filter *ret_filter);

/* What the query's "sort" says, put into the page: name, email, department, state or synced, down with a
 * "-" before it. ERR_INVALID with the parameter's name. */
must_check enum err http_people_sort(
	struct ctx *cx, const struct http_request *rq, struct people_page *page);
