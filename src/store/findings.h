/* findings.h - what differs between Apple and us and was not done by us.
 *
 * At most one open finding per location, kind and subject; a solved one stays as history, and the
 * same thing found again is a new one. domain/drift decides; these are the rows. Every function may
 * return ERR_DB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct finding {
	int64_t id;
	int64_t location_id;
	const char *kind;    /* foreign, second_record, missing, retired_elsewhere … */
	const char *subject; /* the clientUserId it is about */
	int64_t person_id;   /* 0: nobody here */
	const char *person_name;
	const char *state; /* open, solved */
	const char *detail;
	const char *repair;    /* invite, sync, delete, retire; NULL: none */
	int64_t job_id;        /* the sync that found it; 0: a look in between */
	int64_t repair_job_id; /* 0: none was asked for */
	int64_t first_seen_at, last_seen_at;
	int64_t solved_at;          /* 0: open */
	const char *solved_because; /* NULL: open */
};

struct findings_filter {
	int64_t location_id; /* 0: all */
	const char *kind;    /* NULL: all */
	const char *state;   /* NULL: all */
};

/* The open ones of one location and kind. */
struct findings_choice {
	int64_t location_id;
	const char *kind;
	const char *repair;       /* for whom this is the repair; NULL where it does not matter */
	const char *ids_json;     /* "[3,5]": those; NULL: all */
	const char *exclude_json; /* "[]": none */
};

struct findings_chosen {
	int64_t findings; /* open and chosen */
	int64_t repairable; /* of them: with the choice's repair, and about somebody who is here, unless
	                       the repair is of the record alone (retire) */
	int64_t people;     /* of those, each once */
};

/* All of one location, kind and state. */
struct findings_group {
	int64_t location_id;
	const char *location_name;
	const char *kind;
	int64_t count, repairable;
	const char *repair; /* NULL: none */
	int64_t first_seen_at, last_seen_at;
};

/* Opens it, or says again of the open one that it is so. */
must_check enum err findings_put(
	struct db *db, struct ctx *cx, const struct finding *finding, int64_t now);
/* The open one, if there is one. */
must_check enum err findings_solve(struct db *db, struct ctx *cx, int64_t location_id,
	const char *kind, const char *subject, const char *because, int64_t now);
must_check enum err findings_solve_id(
	struct db *db, struct ctx *cx, int64_t id, const char *because, int64_t now);
/* The person's open ones of "missing" and "retired_elsewhere". */
must_check enum err findings_solve_gone(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t person_id, const char *because, int64_t now);
must_check enum err findings_set_repair_job(
	struct db *db, struct ctx *cx, int64_t id, int64_t job_id);

/* The open ones of a location in order of id; ret_findings has room for limit. */
must_check enum err findings_open(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t after_id, size_t limit, struct finding *ret_findings, size_t *ret_count);
/* ERR_NOT_FOUND "finding.none". */
must_check enum err findings_find(
	struct db *db, struct ctx *cx, int64_t id, struct finding *ret_finding);
/* Newest first, those with an id below before_id (0: from the newest). */
must_check enum err findings_list(struct db *db, struct ctx *cx,
	const struct findings_filter *filter, int64_t before_id, size_t limit,
	struct finding *ret_findings, size_t *ret_count);
must_check enum err findings_count(
	struct db *db, struct ctx *cx, const struct findings_filter *filter, int64_t *ret_count);

/* location_id 0: all; state open or solved. ret_groups has room for limit. */
must_check enum err findings_groups(struct db *db, struct ctx *cx, int64_t location_id,
	const char *state, size_t limit, struct findings_group *ret_groups, size_t *ret_count);
must_check enum err findings_count_chosen(struct db *db, struct ctx *cx,
	const struct findings_choice *choice, struct findings_chosen *ret_chosen);
/* Ids of the people of the repairable ones, ascending, each once; ret_ids has room for limit. */
must_check enum err findings_people(struct db *db, struct ctx *cx,
	const struct findings_choice *choice, int64_t after_person, size_t limit, int64_t *ret_ids,
	size_t *ret_count);
/* The records that the repairable ones are about, in order of the findings' ids. */
struct finding_record {
	int64_t id;          /* of the finding */
	const char *subject; /* the clientUserId */
};
must_check enum err findings_records(struct db *db, struct ctx *cx,
	const struct findings_choice *choice, int64_t after_id, size_t limit,
	struct finding_record *ret_records, size_t *ret_count);
must_check enum err findings_leave_chosen(struct db *db, struct ctx *cx,
	const struct findings_choice *choice, const char *because, int64_t now, int64_t *ret_left);
/* Those whose person has an item in the job. */
must_check enum err findings_set_repair_job_chosen(
	struct db *db, struct ctx *cx, const struct findings_choice *choice, int64_t job_id);
