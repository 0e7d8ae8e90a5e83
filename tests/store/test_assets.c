/* Apps and books: narrowed, in order, day by day, and who holds one. */
#include "store_test.h"

#include "store/asset_days.h"
#include "store/assets.h"
#include "store/devices.h"
#include "world.h"

#define UNLIMITED 2147483647

static void an_asset(struct db *db, struct ctx *cx, int64_t location, const char *adam_id,
	const char *type, int64_t total, int64_t available)
{
	struct asset a = { .location_id = location,
		.adam_id = adam_id,
		.pricing_param = "STDQ",
		.product_type = type,
		.is_revocable = true,
		.total_count = total,
		.available_count = available,
		.assigned_count = total - available,
		.seen_at = 100 };
	must(assets_put(db, cx, &a));
}

static const char *numbers(struct db *db, struct ctx *cx, int64_t location,
	const struct asset_filter *filter, const struct asset_place *place)
{
	struct asset *list;
	size_t count;
	int64_t total;
	const char *out = "";
	must(assets_list(db, cx, location, filter, place, &list, &count));
	for (size_t i = 0; i < count; i++)
		out = arena_printf(cx->mem, "%s%s", out, list[i].adam_id);
	must(assets_count(db, cx, location, filter, &total));
	if (place->after_id == 0 && place->limit > 9)
		assert_int_equal(total, count);
	return out;
}

static int64_t four_assets(struct db *db, struct ctx *cx)
{
	int64_t location = a_location(db, cx);
	an_asset(db, cx, location, "1", "App", 100, 50);
	an_asset(db, cx, location, "2", "App", 100, 0);
	an_asset(db, cx, location, "3", "Book", 100, 10);
	an_asset(db, cx, location, "4", "App", UNLIMITED, UNLIMITED);
	must(assets_rename(db, cx, "1", "Zucchini 100% Café"));
	must(assets_rename(db, cx, "3", "apples"));
	return location;
}

STORE_TEST(assets_are_narrowed_by_name_kind_and_use)
{
	int64_t location = four_assets(db, cx);
	static const struct {
		struct asset_filter filter;
		const char *found;
	} rows[] = {
		{ { .unlimited = UNLIMITED }, "1234" },
		{ { .unlimited = UNLIMITED, .use = "out" }, "2" },
		{ { .unlimited = UNLIMITED, .use = "nearly" }, "3" },
		{ { .unlimited = UNLIMITED, .use = "free" }, "14" },
		{ { .unlimited = UNLIMITED, .product_type = "Book" }, "3" },
		{ { .unlimited = UNLIMITED, .q = "cafe" }, "1" },
		{ { .unlimited = UNLIMITED, .q = "%" }, "1" },
		{ { .unlimited = UNLIMITED, .q = "_" }, "" },
		{ { .unlimited = UNLIMITED, .q = "4" }, "4" },
		{ { .unlimited = UNLIMITED, .q = "apples", .use = "free" }, "" },
	};
	struct asset_place place = { .limit = 10 };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(
			numbers(db, cx, location, &rows[i].filter, &place), rows[i].found);
}

STORE_TEST(the_scarcest_come_first_and_pages_go_on)
{
	int64_t location = four_assets(db, cx);
	struct asset_filter all = { .unlimited = UNLIMITED };
	struct asset_place place = {
		.order = ASSETS_BY_SCARCITY, .after_left_ppm = -1, .limit = 10
	};
	struct asset *list;
	size_t count;
	assert_string_equal(numbers(db, cx, location, &all, &place), "2314");
	place.limit = 2;
	must(assets_list(db, cx, location, &all, &place, &list, &count));
	place.after_left_ppm = list[1].left_ppm;
	place.after_id = list[1].id;
	assert_string_equal(numbers(db, cx, location, &all, &place), "14");
	place = (struct asset_place){ .order = ASSETS_BY_NAME, .after_key = "", .limit = 10 };
	assert_string_equal(numbers(db, cx, location, &all, &place), "2431");
	struct asset one;
	must(assets_find(db, cx, location, "3", "STDQ", &one));
	assert_string_equal(one.name, "apples");
	must_fail(assets_find(db, cx, location, "3", "PLUS", &one), ERR_NOT_FOUND, "asset.none");
}

static size_t days_of(
	struct db *db, struct ctx *cx, int64_t location, int64_t from, struct asset_day *ret_days)
{
	size_t count;
	must(asset_days_list(db, cx, location, "1", "STDQ", from, 8, ret_days, &count));
	return count;
}

STORE_TEST(a_day_of_an_asset_is_written_when_its_numbers_moved)
{
	struct asset_day days[8];
	int64_t location = a_location(db, cx);
	an_asset(db, cx, location, "1", "App", 100, 50);
	must(asset_days_keep(db, cx, location, 1000));
	must(asset_days_keep(db, cx, location, 1001));
	an_asset(db, cx, location, "1", "App", 100, 40);
	must(asset_days_keep(db, cx, location, 1002));
	an_asset(db, cx, location, "1", "App", 100, 30);
	must(asset_days_keep(db, cx, location, 1002));
	assert_int_equal(days_of(db, cx, location, 0, days), 2);
	assert_int_equal(days[0].day, 1000);
	assert_int_equal(days[0].available, 50);
	assert_int_equal(days[1].day, 1002);
	assert_int_equal(days[1].available, 30);
	assert_int_equal(days[1].assigned, 70);
	/* Of a window that begins between two rows, the one before holds. */
	assert_int_equal(days_of(db, cx, location, 1001, days), 2);
	assert_int_equal(days[0].day, 1000);
	assert_int_equal(days_of(db, cx, location, 1500, days), 1);
	assert_int_equal(days[0].day, 1002);
}

STORE_TEST(days_of_assets_do_not_grow_for_ever)
{
	struct asset_day days[8];
	int64_t dropped, location = a_location(db, cx);
	for (int64_t day = 0; day < 3; day++) {
		an_asset(db, cx, location, "1", "App", 100, 50 - day);
		must(asset_days_keep(db, cx, location, 1000 + day));
	}
	an_asset(db, cx, location, "1", "App", 100, 20);
	must(asset_days_keep(db, cx, location, 1001 + ASSET_DAYS_KEPT));
	assert_int_equal(days_of(db, cx, location, 0, days), 2);
	assert_int_equal(days[0].day, 1002);
	/* What the location does not own any more is forgotten when it is old. */
	must(assets_drop_unseen(db, cx, location, 200, &dropped));
	must(asset_days_keep(db, cx, location, 1003 + 2 * ASSET_DAYS_KEPT));
	assert_int_equal(days_of(db, cx, location, 0, days), 0);
}

static size_t holders(struct db *db, struct ctx *cx, int64_t location, const char *by,
	const char *q, const char *id, struct assignment **ret_list)
{
	struct assignment_filter filter = {
		.adam_id = "1", .pricing_param = "STDQ", .by = by, .q = q, .id = id
	};
	size_t count;
	must(assignments_list(db, cx, location, &filter, 0, 10, ret_list, &count));
	return count;
}

STORE_TEST(who_holds_an_app_is_searched)
{
	struct assignment *list;
	int64_t location = a_location(db, cx), total;
	int64_t ada = a_person(db, cx, "ada", "ada@example.org", true);
	int64_t bob = a_person(db, cx, "bob", "bob@example.org", true);
	(void)a_user(db, cx, location, ada, "c-ada", VPP_ASSOCIATED);
	(void)a_user(db, cx, location, bob, "c-bob", VPP_ASSOCIATED);
	static const char *const held[][2] = { { "c-ada", NULL }, { "c-bob", NULL },
		{ NULL, "C02XG2JH" } };
	for (size_t i = 0; i < 3; i++) {
		struct assignment a = { .location_id = location,
			.adam_id = "1",
			.pricing_param = "STDQ",
			.client_user_id = held[i][0],
			.serial_number = held[i][1],
			.seen_at = 1 };
		must(assignments_put(db, cx, &a));
	}
	assert_int_equal(holders(db, cx, location, NULL, NULL, NULL, &list), 3);
	assert_int_equal(holders(db, cx, location, "device", NULL, NULL, &list), 1);
	assert_int_equal(holders(db, cx, location, NULL, "bob", "bob", &list), 1);
	assert_int_equal(list[0].person_id, bob);
	assert_int_equal(holders(db, cx, location, "device", "bob", "bob", &list), 0);
	assert_int_equal(holders(db, cx, location, NULL, "c02xg2jh", "c02xg2jh", &list), 1);
	assert_string_equal(list[0].serial_number, "C02XG2JH");
	assert_int_equal(holders(db, cx, location, NULL, "c-ada", "c-ada", &list), 1);
	assert_int_equal(holders(db, cx, location, NULL, "nobody", "nobody", &list), 0);
	struct assignment_filter users = { .adam_id = "1", .pricing_param = "STDQ", .by = "user" };
	must(assignments_count(db, cx, location, &users, &total));
	assert_int_equal(total, 2);
}
