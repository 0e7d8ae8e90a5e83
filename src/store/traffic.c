#include "store/traffic.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/traffic.sql.h"

static enum err insert(struct db *db, struct ctx *cx, const struct traffic *row, int64_t seq)
{
	struct db_stmt *st = db_query(db, &traffic_insert_query);
	db_bind_i64(st, row->job_id);
	db_bind_i64(st, seq);
	db_bind_i64(st, row->at);
	db_bind_text(st, row->operation);
	db_bind_text(st, row->method);
	db_bind_text(st, row->url);
	db_bind_text(st, row->request);
	db_bind_i64(st, row->status);
	db_bind_text(st, row->response);
	db_bind_text(st, row->failure);
	db_bind_id(st, row->number);
	db_bind_i64(st, row->duration_ms);
	return db_run(st, cx, NULL);
}

static enum err last_seq(struct db *db, struct ctx *cx, int64_t job_id, int64_t *ret_seq)
{
	struct db_stmt *st = db_query(db, &traffic_last_query);
	db_bind_i64(st, job_id);
	return db_run_i64(st, cx, ret_seq);
}

static enum err drop_middle(struct db *db, struct ctx *cx, int64_t job_id, int64_t last)
{
	if (last <= TRAFFIC_MAX)
		return OK;
	struct db_stmt *st = db_query(db, &traffic_drop_middle_query);
	db_bind_i64(st, job_id);
	db_bind_i64(st, TRAFFIC_FIRST);
	db_bind_i64(st, last - TRAFFIC_LAST);
	return db_run(st, cx, NULL);
}

enum err traffic_add(struct db *db, struct ctx *cx, const struct traffic *rows, size_t count)
{
	int64_t seq = 0;
	enum err e = OK;
	for (size_t i = 0; !e && i < count; i++) {
		if (i == 0 || rows[i].job_id != rows[i - 1].job_id)
			e = last_seq(db, cx, rows[i].job_id, &seq);
		if (!e)
			e = insert(db, cx, &rows[i], ++seq);
		bool is_last = i + 1 == count || rows[i + 1].job_id != rows[i].job_id;
		if (!e && is_last)
			e = drop_middle(db, cx, rows[i].job_id, seq);
	}
	return e;
}

enum err traffic_list(struct db *db, struct ctx *cx, int64_t job_id, int64_t after_seq,
	size_t limit, struct traffic *ret_rows, size_t *ret_count)
{
	size_t count = 0;
	DB_STMT_AUTO(st, db, &traffic_list_query);
	db_bind_i64(st, job_id);
	db_bind_i64(st, after_seq);
	db_bind_i64(st, (int64_t)limit);
	enum err e = OK;
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_rows[count++] = (struct traffic){
			.job_id = job_id,
			.seq = db_i64(st, 0),
			.at = db_i64(st, 1),
			.operation = db_text(st, cx, 2),
			.method = db_text(st, cx, 3),
			.url = db_text(st, cx, 4),
			.request = db_text(st, cx, 5),
			.status = db_i64(st, 6),
			.response = db_text(st, cx, 7),
			.failure = db_text(st, cx, 8),
			.number = db_i64(st, 9),
			.duration_ms = db_i64(st, 10),
			.dropped_before = db_i64(st, 11),
		};
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err traffic_prune(struct db *db, struct ctx *cx, int64_t before)
{
	struct db_stmt *st = db_query(db, &traffic_prune_query);
	db_bind_i64(st, before);
	return db_run(st, cx, NULL);
}
