/* Calls to Apple, kept for their job. */
#include "store_test.h"

#include "store/jobs.h"
#include "store/traffic.h"

static int64_t a_job(struct db *db, struct ctx *cx)
{
	int64_t id = 0;
	struct job j = {
		.kind = "sync", .state = "running", .asked_by = "ada", .asked_kind = "admin"
	};
	must(jobs_insert(db, cx, &j, &id));
	return id;
}

static void add(struct db *db, struct ctx *cx, int64_t job_id, int from, int count)
{
	for (int i = from; i < from + count; i++) {
		struct traffic t = { .job_id = job_id,
			.at = i,
			.operation = "users.get",
			.method = "GET",
			.url = "https://apple.example/users",
			.request = "",
			.status = 200,
			.response = "{}" };
		must(traffic_add(db, cx, &t, 1));
	}
}

STORE_TEST(traffic_keeps_the_beginning_and_the_end)
{
	struct traffic rows[TRAFFIC_MAX + 1];
	size_t count = 0;
	int64_t job = a_job(db, cx), other = a_job(db, cx);
	add(db, cx, job, 1, TRAFFIC_MAX);
	add(db, cx, other, 1, 1);
	must(traffic_list(db, cx, job, 0, TRAFFIC_MAX + 1, rows, &count));
	assert_int_equal(count, TRAFFIC_MAX);
	assert_int_equal(rows[TRAFFIC_FIRST].dropped_before, 0);
	add(db, cx, job, TRAFFIC_MAX + 1, 7);
	must(traffic_list(db, cx, job, 0, TRAFFIC_MAX + 1, rows, &count));
	assert_int_equal(count, TRAFFIC_MAX);
	assert_int_equal(rows[0].seq, 1);
	assert_int_equal(rows[0].dropped_before, 0);
	assert_int_equal(rows[TRAFFIC_FIRST].seq, TRAFFIC_FIRST + 8);
	assert_int_equal(rows[TRAFFIC_FIRST].dropped_before, 7);
	assert_int_equal(rows[TRAFFIC_MAX - 1].seq, TRAFFIC_MAX + 7);
	must(traffic_list(db, cx, job, TRAFFIC_MAX + 5, 10, rows, &count));
	assert_int_equal(count, 2);
	must(traffic_prune(db, cx, 51));
	must(traffic_list(db, cx, job, 0, TRAFFIC_MAX, rows, &count));
	assert_int_equal(count, TRAFFIC_LAST);
	must(traffic_list(db, cx, other, 0, 10, rows, &count));
	assert_int_equal(count, 0);
}

STORE_TEST(traffic_of_two_jobs_is_numbered_apart)
{
	struct traffic rows[4];
	size_t count = 0;
	int64_t first = a_job(db, cx), second = a_job(db, cx);
	struct traffic both[] = {
		{ .job_id = first,
			.operation = "a",
			.method = "GET",
			.url = "u",
			.request = "",
			.response = "" },
		{ .job_id = second,
			.operation = "b",
			.method = "GET",
			.url = "u",
			.request = "",
			.response = "",
			.failure = "reset",
			.number = 9603 },
		{ .job_id = first,
			.operation = "c",
			.method = "GET",
			.url = "u",
			.request = "",
			.response = "" },
	};
	must(traffic_add(db, cx, both, 3));
	must(traffic_list(db, cx, first, 0, 4, rows, &count));
	assert_int_equal(count, 2);
	assert_int_equal(rows[1].seq, 2);
	assert_string_equal(rows[1].operation, "c");
	must(traffic_list(db, cx, second, 0, 4, rows, &count));
	assert_int_equal(rows[0].seq, 1);
	assert_int_equal(rows[0].number, 9603);
	assert_string_equal(rows[0].failure, "reset");
}
