#include "store_test.h"

#include "store/assets.h"
#include "store/inbox.h"
#include "store/locations.h"

static const struct location campus = {
	.apple_uid = "731905526640018",
	.name = "Northwind Main Campus",
	.organisation = "Northwind Clinic",
	.country = "DE",
	.token_box = "box",
	.token_hash = "hash",
	.token_expires_at = 1803892500000,
	.token_state = "valid",
	.owner_state = "ours",
	.owner_since = 1795446000000,
	.mdm_info_id = "mark",
	.hook_key = "key",
	.hook_state = "on",
	.message_channel = "notification_else_email",
	.invite_template = "https://b.example/%25inviteCode%25",
	.created_at = 1795446000000,
};

static int64_t insert(struct db *db, struct ctx *cx, const char *uid, const char *name)
{
	struct location l = campus;
	int64_t id;
	l.apple_uid = uid;
	l.name = name;
	l.hook_key = arena_printf(cx->mem, "key of %s %s", uid, name);
	must(locations_insert(db, cx, &l, &id));
	return id;
}

STORE_TEST(locations_are_read_as_they_were_written)
{
	int64_t id;
	struct location l;
	must(locations_insert(db, cx, &campus, &id));
	must(locations_get(db, cx, id, &l));
	assert_int_equal(l.id, id);
	assert_string_equal(l.apple_uid, campus.apple_uid);
	assert_string_equal(l.country, "DE");
	assert_null(l.platform);
	assert_null(l.owner_name);
	assert_string_equal(l.token_box, "box");
	assert_int_equal(l.token_expires_at, campus.token_expires_at);
	assert_int_equal(l.owner_since, campus.owner_since);
	assert_string_equal(l.invite_template, campus.invite_template);
	assert_int_equal(l.wait_until, 0);
	assert_int_equal(l.last_sync_at, 0);
	assert_int_equal(l.updated_at, campus.created_at);
	must(locations_by_uid(db, cx, campus.apple_uid, &l));
	assert_int_equal(l.id, id);
	must(locations_by_hook_key(db, cx, "key", &l));
	assert_int_equal(l.id, id);
	must_fail(locations_by_hook_key(db, cx, "other", &l), ERR_NOT_FOUND, NULL);
	must_fail(locations_get(db, cx, id + 1, &l), ERR_NOT_FOUND, "location.unknown");
}

STORE_TEST(a_location_is_there_once)
{
	struct location again = campus;
	again.hook_key = "another key";
	must(locations_insert(db, cx, &campus, NULL));
	must_fail(locations_insert(db, cx, &again, NULL), ERR_CONFLICT, "db.unique");
}

STORE_TEST(locations_are_listed_by_name)
{
	struct location *list;
	size_t count;
	for (int i = 0; i < 20; i++)
		insert(db, cx, arena_printf(cx->mem, "%d", i),
			arena_printf(cx->mem, "School %c", 'T' - i));
	must(locations_list(db, cx, &list, &count));
	assert_int_equal(count, 20);
	for (size_t i = 1; i < count; i++)
		assert_true(strcmp(list[i - 1].name, list[i].name) < 0);
}

STORE_TEST(a_new_token_ends_doubt_and_wait)
{
	struct location l;
	int64_t id = insert(db, cx, "1", "School");
	must(locations_set_token_doubt(db, cx, id, 17, "getUsers"));
	must(locations_set_wait(db, cx, id, 5000, "Apple asked us to wait."));
	must(locations_get(db, cx, id, &l));
	assert_int_equal(l.token_doubt_at, 17);
	assert_string_equal(l.token_doubt, "getUsers");
	assert_int_equal(l.wait_until, 5000);
	assert_string_equal(l.wait_reason, "Apple asked us to wait.");
	must(locations_set_token_state(db, cx, id, "revoked", "Apple revoked it.", 20));
	must(locations_get(db, cx, id, &l));
	assert_string_equal(l.token_state, "revoked");
	assert_int_equal(l.token_doubt_at, 0);

	must(locations_set_token(db, cx, id, "box2", "hash2", 99, "Northwind II", 30));
	must(locations_get(db, cx, id, &l));
	assert_string_equal(l.token_state, "valid");
	assert_null(l.token_reason);
	assert_string_equal(l.token_box, "box2");
	assert_string_equal(l.organisation, "Northwind II");
	assert_int_equal(l.token_expires_at, 99);
	assert_int_equal(l.wait_until, 0);
	assert_null(l.wait_reason);
	assert_int_equal(l.updated_at, 30);
}

STORE_TEST(what_the_lane_learns_is_kept)
{
	struct location l;
	int64_t id = insert(db, cx, "1", "School");
	must(locations_set_owner(db, cx, id, "foreign", "Other MDM", 40, 41));
	must(locations_set_hook(db, cx, id, "failed", "not reachable", "https://p.example/h", 42));
	must(locations_get(db, cx, id, &l));
	assert_string_equal(l.mode, "manage");
	must(locations_set_mode(db, cx, id, "observe", 43));
	must(locations_set_channel(db, cx, id, "email", 43));
	must(locations_set_users_version(db, cx, id, "u9"));
	must(locations_set_assignments_version(db, cx, id, "a9"));
	must(locations_set_assets_version(db, cx, id, "s9"));
	must(locations_set_synced(db, cx, id, 44));
	must(locations_set_assets_wanted(db, cx, id, 45));
	must(locations_set_expiry(db, cx, id, 46, 47));
	must(locations_get(db, cx, id, &l));
	assert_string_equal(l.mode, "observe");
	assert_string_equal(l.owner_state, "foreign");
	assert_string_equal(l.owner_name, "Other MDM");
	assert_int_equal(l.owner_since, 40);
	assert_string_equal(l.hook_reason, "not reachable");
	assert_string_equal(l.hook_url, "https://p.example/h");
	assert_int_equal(l.hook_tried_at, 42);
	assert_string_equal(l.message_channel, "email");
	assert_string_equal(l.users_version_id, "u9");
	assert_string_equal(l.assignments_version_id, "a9");
	assert_string_equal(l.assets_version_id, "s9");
	assert_int_equal(l.last_sync_at, 44);
	assert_int_equal(l.assets_wanted_at, 45);
	assert_int_equal(l.token_expires_at, 46);
	must(locations_set_users_version(db, cx, id, NULL));
	must(locations_assets_read(db, cx, id, 44)); /* the reading began before the last notice */
	must(locations_get(db, cx, id, &l));
	assert_int_equal(l.assets_wanted_at, 45);
	must(locations_assets_read(db, cx, id, 45));
	must(locations_get(db, cx, id, &l));
	assert_null(l.users_version_id);
	assert_int_equal(l.assets_wanted_at, 0);
}

static struct asset asset_of(int64_t location_id, const char *adam_id, bool is_revocable)
{
	return (struct asset){
		.location_id = location_id,
		.adam_id = adam_id,
		.pricing_param = "STDQ",
		.product_type = is_revocable ? "App" : "Book",
		.is_revocable = is_revocable,
		.platforms = "iOS,macOS",
		.available_count = 2147483647,
		.total_count = 2147483647,
		.seen_at = 100,
	};
}

static void hold(struct db *db, struct ctx *cx, int64_t location_id, const char *client_user_id,
	const char *serial, const char *adam_id, int64_t seen_at)
{
	struct assignment a = {
		.location_id = location_id,
		.adam_id = adam_id,
		.pricing_param = "STDQ",
		.client_user_id = client_user_id,
		.serial_number = serial,
		.seen_at = seen_at,
	};
	must(assignments_put(db, cx, &a));
}

static const struct asset_filter any = { .unlimited = 2147483647 };
static const struct asset_place first = { .limit = 10 };

STORE_TEST(assets_mirror_a_walk)
{
	struct asset *list;
	size_t count;
	int64_t dropped, total;
	int64_t id = insert(db, cx, "1", "School"), other = insert(db, cx, "2", "Other school");
	struct asset app = asset_of(id, "1500000001", true),
		     book = asset_of(id, "1500000002", false);
	struct asset theirs = asset_of(other, "1500000001", true);
	app.name = "Ward Notes";
	must(assets_put(db, cx, &app));
	must(assets_put(db, cx, &book));
	must(assets_put(db, cx, &theirs));
	app.name = NULL; /* Apple's list holds no names: the known one stays */
	app.available_count = 7;
	app.seen_at = 200;
	must(assets_put(db, cx, &app));
	must(assets_count(db, cx, id, &any, &total));
	assert_int_equal(total, 2);
	must(assets_drop_unseen(db, cx, id, 200, &dropped));
	assert_int_equal(dropped, 1);
	must(assets_list(db, cx, id, &any, &first, &list, &count));
	assert_int_equal(count, 1);
	assert_string_equal(list[0].name, "Ward Notes");
	assert_int_equal(list[0].available_count, 7);
	assert_int_equal(list[0].total_count, 2147483647);
	assert_true(list[0].is_revocable);
	must(assets_count(db, cx, other, &any, &total));
	assert_int_equal(total, 1);
}

/* What a delete frees, and what it does not: books stay. */
STORE_TEST(licences_of_a_person_are_counted)
{
	int64_t back, gone, total;
	struct assignment *list;
	size_t count;
	int64_t id = insert(db, cx, "1", "School");
	struct asset app = asset_of(id, "1", true), book = asset_of(id, "2", false);
	must(assets_put(db, cx, &app));
	must(assets_put(db, cx, &book));
	hold(db, cx, id, "c1", NULL, "1", 100);
	hold(db, cx, id, "c1", NULL, "1", 110); /* seen again is no second licence */
	hold(db, cx, id, "c1", NULL, "2", 100);
	hold(db, cx, id, "c1", NULL, "3", 100); /* an asset that we do not know */
	hold(db, cx, id, "c2", NULL, "1", 100);
	hold(db, cx, id, NULL, "C02", "1", 100);
	must(assignments_count_of(db, cx, id, "c1", &back, &gone));
	assert_int_equal(back, 2);
	assert_int_equal(gone, 1);
	must(assignments_count_of(db, cx, id, "nobody", &back, &gone));
	assert_int_equal(back + gone, 0);
	must(assignments_count(db, cx, id, &(struct assignment_filter){ 0 }, &total));
	assert_int_equal(total, 5);
	must(assignments_drop_revocable_of(db, cx, id, "c1"));
	must(assignments_list(db, cx, id, &(struct assignment_filter){ .client_user_id = "c1" }, 0,
		10, &list, &count));
	assert_int_equal(count, 1);
	assert_string_equal(list[0].adam_id, "2");
	must(assignments_list(db, cx, id, &(struct assignment_filter){ 0 }, 0, 2, &list, &count));
	assert_int_equal(count, 2);
	must(assignments_list(
		db, cx, id, &(struct assignment_filter){ 0 }, list[1].id, 10, &list, &count));
	assert_int_equal(count, 1);
	must(assignments_drop_unseen(db, cx, id, 105, &total));
	assert_int_equal(total, 3);
}

STORE_TEST(licences_are_found_by_asset_and_device_with_their_names)
{
	struct assignment *list;
	size_t count;
	int64_t total, id = insert(db, cx, "1", "School");
	struct asset app = asset_of(id, "1", true), book = asset_of(id, "2", false);
	must(assets_put(db, cx, &app));
	must(assets_put(db, cx, &book));
	hold(db, cx, id, "c1", NULL, "2", 100);
	hold(db, cx, id, NULL, "C02", "2", 100);
	hold(db, cx, id, "c1", NULL, "1", 100);
	must(assets_rename(db, cx, "2", "Moby-Dick"));
	must_fail(assets_rename(db, cx, "9", "Nobody's"), ERR_NOT_FOUND, "asset.none");
	struct assignment_filter of_book = { .adam_id = "2", .pricing_param = "STDQ" };
	must(assignments_list(db, cx, id, &of_book, 0, 10, &list, &count));
	assert_int_equal(count, 2);
	assert_string_equal(list[0].name, "Moby-Dick");
	assert_false(list[0].is_revocable);
	assert_int_equal(list[0].person_id, 0);
	must(assignments_count(db, cx, id, &of_book, &total));
	assert_int_equal(total, 2);
	struct assignment_filter of_device = { .serial_number = "C02" };
	must(assignments_list(db, cx, id, &of_device, 0, 10, &list, &count));
	assert_int_equal(count, 1);
	assert_null(list[0].client_user_id);
}

STORE_TEST(a_location_that_was_left_is_in_no_list)
{
	struct location l, *list;
	struct asset app;
	size_t count;
	int64_t total, id = insert(db, cx, "1", "School");
	app = asset_of(id, "1", true);
	must(assets_put(db, cx, &app));
	hold(db, cx, id, "c1", NULL, "1", 100);
	must(locations_count_live_users(db, cx, id, &total));
	assert_int_equal(total, 0);
	must(locations_count_open_jobs(db, cx, id, &total));
	assert_int_equal(total, 0);
	must(locations_leave(db, cx, id, 500));
	must_fail(locations_get(db, cx, id, &l), ERR_NOT_FOUND, "location.unknown");
	must_fail(locations_by_uid(db, cx, "1", &l), ERR_NOT_FOUND, NULL);
	must(locations_list(db, cx, &list, &count));
	assert_int_equal(count, 0);
	must(assets_count(db, cx, id, &any, &total));
	assert_int_equal(total, 0);
	/* It may come back as a new one. */
	int64_t again = insert(db, cx, "1", "School again");
	assert_true(again != id);
}

STORE_TEST(the_inbox_keeps_a_message_once)
{
	bool is_new;
	struct inbox_message *list;
	size_t count;
	int64_t id = insert(db, cx, "1", "School");
	struct inbox_message m = { .source = "apple",
		.location_id = id,
		.message_id = "n1",
		.kind = "USER_ASSOCIATED",
		.body_box = "{}",
		.received_at = 100 };
	must(inbox_put(db, cx, &m, &is_new));
	assert_true(is_new);
	must(inbox_put(db, cx, &m, &is_new));
	assert_false(is_new);
	m.source = "mdm"; /* the same id from elsewhere is another message */
	must(inbox_put(db, cx, &m, &is_new));
	assert_true(is_new);
	m.source = "apple";
	m.message_id = "n2";
	must(inbox_put(db, cx, &m, &is_new));

	must(inbox_new(db, cx, "apple", 10, &list, &count));
	assert_int_equal(count, 2);
	assert_string_equal(list[0].message_id, "n1");
	assert_int_equal(list[0].location_id, id);
	must(inbox_set_state(db, cx, list[0].id, "done", 200));
	must(inbox_new(db, cx, "apple", 10, &list, &count));
	assert_int_equal(count, 1);
	assert_string_equal(list[0].message_id, "n2");

	/* Handled ones are remembered for a while, so that a late repeat is known. */
	must(inbox_forget(db, cx, 200));
	m.message_id = "n1";
	must(inbox_put(db, cx, &m, &is_new));
	assert_false(is_new);
	must(inbox_forget(db, cx, 201));
	must(inbox_put(db, cx, &m, &is_new));
	assert_true(is_new);
}
