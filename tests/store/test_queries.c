/* Every query of the store is understood by the database, before a user is the first to run it. */
#include "store_test.h"

#include "store/queries.h"

APP_TEST(every_query_prepares)
{
	int bad = 0, count = 0;
	for (const struct db_query *const *q = store_queries; *q; q++, count++) {
		DB_AUTO(db);
		must(db_write(app->db, cx, &db));
		if (db_prepare_check(db, cx, *q)) {
			print_error("%s\n", cx->error.sentence);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
	assert_true(count > 0);
}
