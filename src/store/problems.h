/* problems.h - what is wrong now, as far as rows tell. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct problem_fact {
	const char *
		kind; /* mail_failing, plan_waiting, findings_open, jobs_failed, import_unfinished */
	int64_t location_id; /* 0: of none */
	int64_t count;
	int64_t since;
	int64_t id;        /* of the newest job or import; 0: none */
	const char *words; /* why; of an import its state. NULL: none */
	const char *name;  /* mail_failing: the channel; of an import its file. NULL: none */
};

/* Jobs count that failed from failed_since on and were not made good by a later one; imports that were
 * begun before unfinished_before; messages up to messages_max. ERR_DB. */
must_check enum err problems_facts(struct db *db, struct ctx *cx, int64_t failed_since,
	int64_t unfinished_before, int64_t messages_max, size_t limit,
	struct problem_fact *ret_facts, size_t *ret_count);
