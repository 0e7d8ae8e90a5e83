#include "store_test.h"

#include "db/driver.h"
#include "store/audit.h"

static void write_three(struct db *db, struct ctx *cx)
{
	cx->actor.kind = "admin";
	cx->actor.id = 7;
	cx->actor.name = "ada";
	cx->actor.from = "192.0.2.1";
	must(audit_write(db, cx, "location.add", "location", 1, "North", NULL));
	must(audit_write(db, cx, "schedule.change", "location", 1, "North", "{\"mode\":\"off\"}"));
	must(audit_write(db, cx, "session.begin", NULL, 0, NULL, NULL));
}

STORE_TEST(audit_rows_are_listed_newest_first)
{
	write_three(db, cx);
	struct audit_row *rows;
	size_t count;
	must(audit_list(db, cx, NULL, NULL, 0, 2, &rows, &count));
	assert_int_equal(count, 2);
	assert_string_equal(rows[0].act, "session.begin");
	assert_null(rows[0].target_id);
	assert_string_equal(rows[1].actor_name, "ada");
	assert_string_equal(rows[1].from_address, "192.0.2.1");
	must(audit_list(db, cx, NULL, NULL, rows[1].id, 2, &rows, &count));
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].act, "location.add");
	must(audit_list(db, cx, "location", "1", 0, 50, &rows, &count));
	assert_int_equal(count, 2);
	must(audit_list(db, cx, "location", "2", 0, 50, &rows, &count));
	assert_int_equal(count, 0);
}

STORE_TEST(audit_rows_are_found_by_person_act_and_time)
{
	write_three(db, cx);
	cx->actor.name = "bo";
	must(audit_write(db, cx, "session.begin", NULL, 0, NULL, NULL));
	must(audit_write(db, cx, "sessions_end", NULL, 0, NULL, NULL));
	cx->actor.name = "cy";
	must(audit_write(db, cx, "session.refuse", "admin", 3, "Östlich", NULL));
	struct audit_row *rows;
	size_t count;
	must(audit_list(db, cx, NULL, NULL, 0, 1, &rows, &count));
	const int64_t at = rows[0].at;
	const struct {
		struct audit_filter filter;
		size_t count;
	} cases[] = {
		{ { .actor = "ada" }, 3 },
		{ { .actor = "ad" }, 0 },
		{ { .act = "session." }, 3 },
		{ { .act = "session.begin", .actor = "bo" }, 1 },
		{ { .act = "sessions_end" }, 1 },
		{ { .act = "sessions%" }, 0 },
		{ { .since = at + 60000 }, 0 },
		{ { .since = at - 60000, .until = at + 60000 }, 6 },
		{ { .until = at - 60000 }, 0 },
		{ { .target_kind = "location", .act = "schedule." }, 1 },
		{ { .result = "refused" }, 1 },
		{ { .result = "ok", .actor = "bo" }, 2 },
		{ { .target = "nORTh" }, 2 },
		{ { .target = "Öst" }, 1 },
		{ { .target = "%" }, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		must(audit_find(db, cx, &cases[i].filter, 0, 50, &rows, &count));
		assert_int_equal(count, cases[i].count);
	}
}

STORE_TEST(audit_chain_holds_over_many_rows)
{
	for (int i = 0; i < 1100; i++)
		must(audit_write(db, cx, "test.act", NULL, 0, NULL, NULL));
	struct audit_finding finding;
	must(audit_verify(db, cx, &finding));
	assert_int_equal(finding.rows, 1100);
	assert_int_equal(finding.bad_id, 0);
	assert_int_equal(strlen(finding.head), 64);
}

/* A walk that ended goes on with what was added, and sees that its last row is still there. */
STORE_TEST(audit_walk_goes_on_where_it_ended)
{
	static const struct {
		const char *sql;
		int64_t rows, bad_id;
	} cases[] = {
		{ "update audit set act = act", 6, 0 },
		{ "update audit set act = 'x' where id = 5", 4, 5 },
		{ "delete from audit where id >= 3", 3, 3 },
		{ "update audit set chain_hash = 'x' where id = 3", 3, 3 },
		{ "update audit set result = 'failed' where id = 4", 3, 4 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct audit_walk walk = { 0 };
		db_again(&db, cx);
		write_three(db, cx);
		must(audit_walk_on(db, cx, &walk));
		assert_true(walk.is_at_end);
		assert_int_equal(walk.rows, 3);
		write_three(db, cx);
		must(db_script(db, cx, cases[i].sql));
		must(audit_walk_on(db, cx, &walk));
		assert_int_equal(walk.rows, cases[i].rows);
		assert_int_equal(walk.bad_id, cases[i].bad_id);
		assert_int_equal(walk.words != NULL, cases[i].bad_id != 0);
	}
}

STORE_TEST(audit_tampering_is_found)
{
	static const struct {
		const char *what, *sql;
		int64_t bad_id;
	} cases[] = {
		{ "nothing", "update audit set act = act", 0 },
		{ "changed words", "update audit set act = 'x' where id = 2", 2 },
		{ "changed actor", "update audit set actor_name = 'eve' where id = 1", 1 },
		{ "changed number", "update audit set actor_id = 8 where id = 3", 3 },
		{ "null for empty", "update audit set target_kind = '' where id = 3", 3 },
		{ "moved between fields",
			"update audit set target_kind = 'locationN', target_name = 'orth' where id "
			"= 1",
			1 },
		{ "removed from the middle", "delete from audit where id = 2", 3 },
		{ "removed from the old end", "delete from audit where id = 1", 2 },
		{ "renumbered", "update audit set id = 5 where id = 3", 5 },
		{ "hash of another",
			"update audit set chain_hash = (select chain_hash from audit where id = 1) "
			"where id = 2",
			2 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		db_again(&db, cx);
		write_three(db, cx);
		must(db_script(db, cx, cases[i].sql));
		struct audit_finding finding;
		must(audit_verify(db, cx, &finding));
		if (finding.bad_id != cases[i].bad_id)
			fail_msg("%s: found at %d", cases[i].what, (int)finding.bad_id);
		assert_int_equal(finding.words[0] != '\0', cases[i].bad_id != 0);
	}
}
