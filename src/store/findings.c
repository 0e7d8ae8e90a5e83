#include "store/findings.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/findings.sql.h"

static struct finding finding_of(const struct db_stmt *st, struct ctx *cx)
{
	return (struct finding){
		.id = db_i64(st, 0),
		.location_id = db_i64(st, 1),
		.kind = db_text(st, cx, 2),
		.subject = db_text(st, cx, 3),
		.person_id = db_i64(st, 4),
		.person_name = db_text(st, cx, 5),
		.state = db_text(st, cx, 6),
		.detail = db_text(st, cx, 7),
		.repair = db_text(st, cx, 8),
		.job_id = db_i64(st, 9),
		.repair_job_id = db_i64(st, 10),
		.first_seen_at = db_i64(st, 11),
		.last_seen_at = db_i64(st, 12),
		.solved_at = db_i64(st, 13),
		.solved_because = db_text(st, cx, 14),
	};
}

enum err findings_put(struct db *db, struct ctx *cx, const struct finding *finding, int64_t now)
{
	struct db_stmt *st = db_query(db, &findings_put_query);
	db_bind_i64(st, finding->location_id);
	db_bind_text(st, finding->kind);
	db_bind_text(st, finding->subject);
	db_bind_id(st, finding->person_id);
	db_bind_text(st, finding->detail);
	db_bind_text(st, finding->repair);
	db_bind_id(st, finding->job_id);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err findings_solve(struct db *db, struct ctx *cx, int64_t location_id, const char *kind,
	const char *subject, const char *because, int64_t now)
{
	struct db_stmt *st = db_query(db, &findings_solve_query);
	db_bind_i64(st, location_id);
	db_bind_text(st, kind);
	db_bind_text(st, subject);
	db_bind_text(st, because);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err findings_solve_id(
	struct db *db, struct ctx *cx, int64_t id, const char *because, int64_t now)
{
	struct db_stmt *st = db_query(db, &findings_solve_id_query);
	db_bind_i64(st, id);
	db_bind_text(st, because);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err findings_solve_gone(struct db *db, struct ctx *cx, int64_t location_id, int64_t person_id,
	const char *because, int64_t now)
{
	struct db_stmt *st = db_query(db, &findings_solve_gone_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, person_id);
	db_bind_text(st, because);
	db_bind_i64(st, now);
	return db_run(st, cx, NULL);
}

enum err findings_set_repair_job(struct db *db, struct ctx *cx, int64_t id, int64_t job_id)
{
	struct db_stmt *st = db_query(db, &findings_set_repair_job_query);
	db_bind_i64(st, id);
	db_bind_i64(st, job_id);
	return db_run(st, cx, NULL);
}

static enum err read_all(struct db_stmt *st, struct ctx *cx, size_t limit,
	struct finding *ret_findings, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_findings[count++] = finding_of(st, cx);
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err findings_open(struct db *db, struct ctx *cx, int64_t location_id, int64_t after_id,
	size_t limit, struct finding *ret_findings, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &findings_open_query);
	db_bind_i64(st, location_id);
	db_bind_i64(st, after_id);
	db_bind_i64(st, (int64_t)limit);
	return read_all(st, cx, limit, ret_findings, ret_count);
}

enum err findings_find(struct db *db, struct ctx *cx, int64_t id, struct finding *ret_finding)
{
	DB_STMT_AUTO(st, db, &findings_find_query);
	db_bind_i64(st, id);
	enum err e = db_step(st, cx);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, e, "finding.none", "There is no such finding.");
	if (!e)
		*ret_finding = finding_of(st, cx);
	return e;
}

enum err findings_list(struct db *db, struct ctx *cx, const struct findings_filter *filter,
	int64_t before_id, size_t limit, struct finding *ret_findings, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &findings_list_query);
	db_bind_i64(st, before_id ? before_id : INT64_MAX);
	db_bind_id(st, filter->location_id);
	db_bind_text(st, filter->kind);
	db_bind_text(st, filter->state);
	db_bind_i64(st, (int64_t)limit);
	return read_all(st, cx, limit, ret_findings, ret_count);
}

enum err findings_count(
	struct db *db, struct ctx *cx, const struct findings_filter *filter, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &findings_count_query);
	db_bind_id(st, filter->location_id);
	db_bind_text(st, filter->kind);
	db_bind_text(st, filter->state);
	return db_run_i64(st, cx, ret_count);
}

enum err findings_groups(struct db *db, struct ctx *cx, int64_t location_id, const char *state,
	size_t limit, struct findings_group *ret_groups, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	DB_STMT_AUTO(st, db, &findings_groups_query);
	db_bind_id(st, location_id);
	db_bind_text(st, state);
	for (; count < limit && (e = db_step(st, cx)) == OK; count++)
		ret_groups[count] = (struct findings_group){
			.location_id = db_i64(st, 0),
			.location_name = db_text(st, cx, 1),
			.kind = db_text(st, cx, 2),
			.count = db_i64(st, 3),
			.repairable = db_i64(st, 4),
			.repair = db_text(st, cx, 5),
			.first_seen_at = db_i64(st, 6),
			.last_seen_at = db_i64(st, 7),
		};
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

static struct db_stmt *query_chosen(
	struct db *db, const struct db_query *query, const struct findings_choice *choice)
{
	struct db_stmt *st = db_query(db, query);
	db_bind_i64(st, choice->location_id);
	db_bind_text(st, choice->kind);
	db_bind_text(st, choice->ids_json);
	db_bind_text(st, choice->exclude_json ? choice->exclude_json : "[]");
	return st;
}

enum err findings_count_chosen(struct db *db, struct ctx *cx, const struct findings_choice *choice,
	struct findings_chosen *ret_chosen)
{
	struct db_stmt *st = query_chosen(db, &findings_chosen_query, choice);
	db_bind_text(st, choice->repair);
	enum err e = db_step(st, cx);
	if (!e)
		*ret_chosen = (struct findings_chosen){
			.findings = db_i64(st, 0),
			.repairable = db_i64(st, 1),
			.people = db_i64(st, 2),
		};
	db_stmt_done(&st);
	return e;
}

enum err findings_people(struct db *db, struct ctx *cx, const struct findings_choice *choice,
	int64_t after_person, size_t limit, int64_t *ret_ids, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	struct db_stmt *st = query_chosen(db, &findings_people_query, choice);
	db_bind_text(st, choice->repair);
	db_bind_i64(st, after_person);
	db_bind_i64(st, (int64_t)limit);
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_ids[count++] = db_i64(st, 0);
	db_stmt_done(&st);
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err findings_records(struct db *db, struct ctx *cx, const struct findings_choice *choice,
	int64_t after_id, size_t limit, struct finding_record *ret_records, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	struct db_stmt *st = query_chosen(db, &findings_records_query, choice);
	db_bind_text(st, choice->repair);
	db_bind_i64(st, after_id);
	db_bind_i64(st, (int64_t)limit);
	for (; count < limit && (e = db_step(st, cx)) == OK; count++)
		ret_records[count] = (struct finding_record){ .id = db_i64(st, 0),
			.subject = db_text(st, cx, 1) };
	db_stmt_done(&st);
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err findings_leave_chosen(struct db *db, struct ctx *cx, const struct findings_choice *choice,
	const char *because, int64_t now, int64_t *ret_left)
{
	struct db_stmt *st = query_chosen(db, &findings_leave_chosen_query, choice);
	db_bind_text(st, because);
	db_bind_i64(st, now);
	return db_run(st, cx, ret_left);
}

enum err findings_set_repair_job_chosen(
	struct db *db, struct ctx *cx, const struct findings_choice *choice, int64_t job_id)
{
	struct db_stmt *st = query_chosen(db, &findings_set_repair_job_chosen_query, choice);
	db_bind_text(st, choice->repair);
	db_bind_i64(st, job_id);
	return db_run(st, cx, NULL);
}
