#include "people_world.h"

#include "store_test.h"

#include "domain/person_input.h"
#include "store/devices.h"
#include "store/locations.h"

int64_t add_person(struct db *db, struct ctx *cx, const char *user_name, const char *name)
{
	struct person_input in = { .user_name = user_name, .display_name = name, .active = -1 };
	in.email = arena_printf(cx->mem, "%s@example.org", user_name);
	must(person_input_check(cx, &in));
	struct person p = person_merge(cx->mem, NULL, &in, "manual", 1000);
	int64_t id;
	must(people_insert(db, cx, &p, &id));
	must(people_refresh(db, cx, id));
	return id;
}

int64_t count_of(struct db *db, struct ctx *cx, const struct people_filter *f)
{
	struct people_count count;
	must(people_count(db, cx, f, 0, false, &count));
	assert_false(count.is_more);
	return count.people;
}

void add_device(struct db *db, struct ctx *cx, const char *serial, const char *platform,
	const char *state, int64_t person_id)
{
	int64_t id;
	must(devices_insert(db, cx,
		&(struct device){ .serial_number = serial,
			.platform = platform,
			.enrolment_type = "device",
			.state = state,
			.person_id = person_id,
			.source = "csv",
			.created_at = 1,
			.updated_at = 1 },
		&id));
	must(people_refresh(db, cx, person_id));
}

int64_t add_location(struct db *db, struct ctx *cx)
{
	struct location l = { .apple_uid = "uid-1",
		.name = "Orchard",
		.organisation = "Orchard School",
		.token_box = "box",
		.token_hash = "hash",
		.token_state = "valid",
		.owner_state = "ours",
		.mdm_info_id = "mark",
		.hook_key = "hook",
		.hook_state = "off",
		.message_channel = "email" };
	int64_t id;
	must(locations_insert(db, cx, &l, &id));
	return id;
}

int64_t add_vpp_user(
	struct db *db, struct ctx *cx, int64_t location_id, int64_t person_id, enum vpp_state state)
{
	int64_t id;
	must(vpp_users_insert(db, cx,
		&(struct vpp_user){ .location_id = location_id,
			.person_id = person_id,
			.client_user_id = arena_printf(cx->mem, "client-%d", (int)person_id),
			.is_live = true,
			.state = state,
			.message_state = "none" },
		&id));
	return id;
}

/* The names of a page, "Ada|Bob". */
static const char *names_of(struct ctx *cx, const struct person *people, size_t count)
{
	const char *names = "";
	for (size_t i = 0; i < count; i++)
		names = arena_printf(
			cx->mem, "%s%s%s", names, i ? "|" : "", people[i].display_name);
	return names;
}

const char *list(
	struct db *db, struct ctx *cx, struct people_filter filter, struct people_page page)
{
	struct person *people;
	size_t count;
	if (!page.limit)
		page.limit = 100;
	must(people_list(db, cx, &filter, &page, &people, &count));
	return names_of(cx, people, count);
}
