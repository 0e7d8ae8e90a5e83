/* Numbers day by day: what a day ends with, days without a row, locations that were left. */
#include "store_test.h"

#include "store/locations.h"
#include "store/statistics.h"
#include "world.h"

#define UNLIMITED 2147483647

static size_t days_of(
	struct db *db, struct ctx *cx, int64_t location_id, struct statistics_day *ret_days)
{
	size_t count = 0;
	must(statistics_days(db, cx, 10, 20, location_id, 8, ret_days, &count));
	return count;
}

STORE_TEST(a_day_has_the_numbers_of_its_end)
{
	struct statistics_day days[8], now;
	int64_t location = a_location(db, cx);
	int64_t ada = a_person(db, cx, "ada", "ada@example.org", true);
	struct vpp_user u = a_user(db, cx, location, ada, "c-ada", VPP_INVITED);
	must(statistics_keep(db, cx, 11, UNLIMITED));
	u.state = VPP_ASSOCIATED;
	must(vpp_users_save(db, cx, &u));
	must(statistics_keep(db, cx, 11, UNLIMITED));
	/* On days 12 and 13 the server did not run. */
	u.state = VPP_REMOVED;
	u.is_live = false;
	must(vpp_users_save(db, cx, &u));
	must(statistics_keep(db, cx, 14, UNLIMITED));
	must(statistics_keep(db, cx, 20, UNLIMITED));

	assert_int_equal(days_of(db, cx, 0, days), 2);
	assert_int_equal(days[0].day, 11);
	assert_int_equal(days[0].invited, 0);
	assert_int_equal(days[0].associated, 1);
	assert_int_equal(days[0].retired, 0);
	assert_int_equal(days[1].day, 14);
	assert_int_equal(days[1].associated, 0);
	assert_int_equal(days[1].retired, 1);
	must(statistics_now(db, cx, location, UNLIMITED, &now));
	assert_int_equal(now.retired, 1);
}

STORE_TEST(a_day_is_added_up_over_locations_and_told_for_each)
{
	struct statistics_day days[8], now;
	struct location other;
	int64_t first = a_location(db, cx), second;
	must(locations_get(db, cx, first, &other));
	other.apple_uid = "other";
	other.hook_key = "other";
	must(locations_insert(db, cx, &other, &second));
	int64_t ada = a_person(db, cx, "ada", "ada@example.org", true);
	(void)a_user(db, cx, first, ada, "c-1", VPP_REGISTERED);
	(void)a_user(db, cx, second, ada, "c-2", VPP_REGISTERED);
	must(statistics_keep(db, cx, 12, UNLIMITED));
	assert_int_equal(days_of(db, cx, 0, days), 1);
	assert_int_equal(days[0].registered, 2);
	assert_int_equal(days_of(db, cx, second, days), 1);
	assert_int_equal(days[0].registered, 1);

	/* Yesterday it was ours; today it was left. */
	must(statistics_keep(db, cx, 13, UNLIMITED));
	must(locations_leave(db, cx, second, 1));
	must(statistics_keep(db, cx, 13, UNLIMITED));
	assert_int_equal(days_of(db, cx, 0, days), 2);
	assert_int_equal(days[0].registered, 2);
	assert_int_equal(days[1].registered, 1);
	must(statistics_now(db, cx, 0, UNLIMITED, &now));
	assert_int_equal(now.registered, 1);
}
