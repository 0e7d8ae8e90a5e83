#include "store/problems.h"

#include "db/db.h"
#include "store/problems.sql.h"

enum err problems_facts(struct db *db, struct ctx *cx, int64_t failed_since,
	int64_t unfinished_before, int64_t messages_max, size_t limit,
	struct problem_fact *ret_facts, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	DB_STMT_AUTO(st, db, &problems_facts_query);
	db_bind_i64(st, failed_since);
	db_bind_i64(st, unfinished_before);
	db_bind_i64(st, messages_max);
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_facts[count++] = (struct problem_fact){
			.kind = db_text(st, cx, 0),
			.location_id = db_i64(st, 1),
			.count = db_i64(st, 2),
			.since = db_i64(st, 3),
			.id = db_i64(st, 4),
			.words = db_text(st, cx, 5),
			.name = db_text(st, cx, 6),
		};
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}
