#include "store/people_lines.h"

#include "db/db.h"
#include "store/people_lines.sql.h"

static enum err find(struct db *db, struct ctx *cx, const struct db_query *query, const char *first,
	const char *second, size_t limit, struct people_line_match *ret_matches, size_t *ret_count)
{
	size_t count = 0;
	enum err e = OK;
	DB_STMT_AUTO(st, db, query);
	db_bind_text(st, first);
	db_bind_text(st, second);
	while (count < limit && (e = db_step(st, cx)) == OK)
		ret_matches[count++] = (struct people_line_match){
			.line = (size_t)db_i64(st, 0),
			.person_id = db_i64(st, 1),
			.display_name = db_text(st, cx, 2),
		};
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err people_lines_named(struct db *db, struct ctx *cx, const char *folded_json,
	const char *upper_json, size_t limit, struct people_line_match *ret_matches,
	size_t *ret_count)
{
	return find(db, cx, &people_lines_named_query, folded_json, upper_json, limit, ret_matches,
		ret_count);
}

enum err people_lines_numbered(struct db *db, struct ctx *cx, const char *lines_json,
	const char *numbers_json, size_t limit, struct people_line_match *ret_matches,
	size_t *ret_count)
{
	return find(db, cx, &people_lines_numbered_query, lines_json, numbers_json, limit,
		ret_matches, ret_count);
}
