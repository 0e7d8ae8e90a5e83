/* Taking a person out, with what it means at Apple. */
#include "store_test.h"
#include "world.h"

#include "domain/locations.h"
#include "domain/person_leave.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/people.h"

APP_TEST(a_person_leaves_where_they_are_a_vpp_user)
{
	struct db *db = NULL;
	struct person_place *places;
	struct person *person = NULL;
	struct location observed;
	struct item items[2];
	struct job job;
	int64_t jobs[PERSON_PLACES_MAX];
	size_t count;
	cx->actor = (struct actor){ "admin", 1, "ada", "" };
	must(db_write(app->db, cx, &db));
	int64_t here = a_location(db, cx), there = a_location(db, cx);
	int64_t ada = a_person(db, cx, "ada", "ada@example.org", true);
	int64_t bob = a_person(db, cx, "bob", NULL, true);
	a_user(db, cx, here, ada, "c-1", VPP_ASSOCIATED);
	a_user(db, cx, there, ada, "c-2", VPP_ASSOCIATED);
	must(db_commit(&db, cx));
	must(location_set_mode(app, cx, there, "observe", &observed));

	must(person_leave_preview(app, cx, bob, &places, &count));
	assert_int_equal(count, 0);
	must(person_leave_preview(app, cx, ada, &places, &count));
	assert_int_equal(count, 2);
	assert_true(places[0].is_retired);
	assert_false(places[1].is_retired);
	assert_non_null(strstr(places[1].words, "only observes"));

	must(person_leave(app, cx, ada, jobs, &count));
	assert_int_equal(count, 1);
	must(db_read(app->db, cx, &db));
	must(jobs_find(db, cx, jobs[0], &job));
	assert_string_equal(job.kind, "delete");
	assert_int_equal(job.location_id, here);
	must(items_list(db, cx, job.id, "planned", 0, 2, items, &count));
	assert_int_equal(count, 1);
	assert_string_equal(items[0].kind, "retire");
	must_fail(people_find(db, cx, ada, 0, &person), ERR_NOT_FOUND, NULL);
	db_release(&db);
	must_fail(person_leave(app, cx, ada, jobs, &count), ERR_NOT_FOUND, NULL);
	must(person_leave(app, cx, bob, jobs, &count));
	assert_int_equal(count, 0);
}
