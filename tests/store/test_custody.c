/* Warnings of a token's end, and people per error number. */
#include "store_test.h"

#include "domain/location_guard.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/vpp_users.h"

#define DAY 86400000LL
#define END (1000 * DAY)

static int64_t a_location(struct db *db, struct ctx *cx, const char *uid)
{
	int64_t id;
	struct location l = {
		.apple_uid = uid,
		.name = "School",
		.organisation = "Orchard",
		.token_box = "box",
		.token_hash = "hash",
		.token_expires_at = END,
		.token_state = "valid",
		.owner_state = "ours",
		.mdm_info_id = "mark",
		.hook_key = uid,
		.hook_state = "off",
		.message_channel = "email",
	};
	must(locations_insert(db, cx, &l, &id));
	return id;
}

static size_t warnings(struct app *app, struct ctx *cx, int64_t days_left)
{
	struct location *list;
	size_t count;
	must(location_token_warnings(app, cx, END - days_left * DAY, &list, &count));
	return count;
}

APP_TEST(each_step_is_warned_of_once)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	int64_t id = a_location(db, cx, "1");
	must(db_commit(&db, cx));
	assert_int_equal(warnings(app, cx, 61), 0);
	assert_int_equal(warnings(app, cx, 60), 1);
	assert_int_equal(warnings(app, cx, 59), 0);
	assert_int_equal(warnings(app, cx, 30), 1);
	assert_int_equal(warnings(app, cx, 30), 0);
	assert_int_equal(warnings(app, cx, 3), 1); /* steps that nobody saw are not made up for */
	assert_int_equal(warnings(app, cx, 1), 1);
	assert_int_equal(warnings(app, cx, 1), 0);
	assert_int_equal(warnings(app, cx, 0), 0);
	/* A renewed token begins anew. */
	must(db_write(app->db, cx, &db));
	must(locations_set_token(db, cx, id, "box2", "hash2", END, "Orchard", 1));
	must(db_commit(&db, cx));
	assert_int_equal(warnings(app, cx, 6), 1);
}

static void a_failed_user(
	struct db *db, struct ctx *cx, int64_t location, const char *name, int64_t number)
{
	int64_t person;
	struct person p = { .user_name = name,
		.user_key = name,
		.display_name = name,
		.sort_name = name,
		.search_text = name,
		.is_active = true,
		.source = "manual",
		.created_at = 1,
		.updated_at = 1 };
	must(people_insert(db, cx, &p, &person));
	struct vpp_user u = { .location_id = location,
		.person_id = person,
		.client_user_id = name,
		.is_live = true,
		.state = VPP_REGISTERED,
		.failed_number = number,
		.failed_reason = "words" };
	must(vpp_users_insert(db, cx, &u, &u.id));
}

STORE_TEST(people_are_counted_by_error_number)
{
	struct vpp_failed_count counts[4];
	size_t count;
	int64_t location = a_location(db, cx, "1");
	a_failed_user(db, cx, location, "a", 9609);
	a_failed_user(db, cx, location, "b", 9609);
	a_failed_user(db, cx, location, "c", 9635);
	a_failed_user(db, cx, location, "d", 0);
	must(vpp_users_count_failed(db, cx, 4, counts, &count));
	assert_int_equal(count, 2);
	assert_int_equal(counts[0].number, 9609);
	assert_int_equal(counts[0].people, 2);
	assert_int_equal(counts[1].number, 9635);
	assert_int_equal(counts[1].people, 1);
}
