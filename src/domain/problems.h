/* problems.h - what is wrong now or still missing, and where the portal solves it.
 *
 * Nothing is kept: each call reads the present state, so a problem is gone when its cause is. The
 * portal has words of its own for each kind; detail is for the command line and for programs.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;

enum problem_severity { PROBLEM_DANGER, PROBLEM_WARNING, PROBLEM_INFO };

struct problem {
	const char *kind; /* as in api/openapi.yaml, ProblemKind */
	enum problem_severity severity;
	int64_t since;       /* 0: not known */
	int64_t location_id; /* 0: of none */
	const char *location_name;
	int64_t count;     /* of what it is about; 1 when it is one thing */
	const char *state; /* of a token or an import; of messages their channel. NULL: none */
	const char *name;  /* who took the location; the file of an import. NULL: none */
	const char *reason;
	int64_t days_left; /* of a token; negative: it is not about one */
	int64_t until;     /* 0: none */
	int64_t id;        /* of the one job or import; 0: none */
	const char *path;  /* of the portal */
	const char *detail;
};

/* The worst first. */
must_check enum err problems_list(
	struct app *app, struct ctx *cx, struct problem **ret_problems, size_t *ret_count);
