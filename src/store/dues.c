#include "store/dues.h"

#include "base/ctx.h"
#include "db/db.h"
#include "store/dues.sql.h"

enum err dues_newest(struct db *db, struct ctx *cx, int64_t *ret_at)
{
	return db_run_i64(db_query(db, &dues_newest_query), cx, ret_at);
}

enum err dues_set_back(struct db *db, struct ctx *cx, int64_t now, int64_t by_ms)
{
	static const struct db_query *const queries[] = { &dues_calls_query, &dues_items_query,
		&dues_invitations_query, &dues_looks_query, &dues_locations_query };
	enum err e = OK;
	for (size_t i = 0; !e && i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct db_stmt *st = db_query(db, queries[i]);
		db_bind_i64(st, now + by_ms / 2);
		db_bind_i64(st, by_ms);
		e = db_run(st, cx, NULL);
	}
	return e;
}
