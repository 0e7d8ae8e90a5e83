#include "guests.h"

#include "store_test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "base/text.h"
#include "domain/invitation_queue.h"
#include "domain/invitations.h"
#include "domain/person_input.h"
#include "store/devices.h"
#include "store/invitations.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/settings.h"
#include "store/vpp_users.h"

static int people; /* made so far in a test */

/* The clock of the process stands so much ahead. */
void move_clock(struct ctx *cx, int64_t ms)
{
	const char *path = arena_printf(cx->mem, "%s/clock", store_test_folder());
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "%lld", (long long)ms);
	fclose(file);
	setenv("POMONA_CLOCK_OFFSET_FILE", path, 1);
}

static int64_t make_location(struct db *db, struct ctx *cx, const char *channel)
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
		.invite_template = "https://example.org/accept?code=%25inviteCode%25&mt=8",
		.message_channel = channel };
	int64_t id;
	must(locations_insert(db, cx, &l, &id));
	return id;
}

static int64_t make_person(struct db *db, struct ctx *cx, const char *email, const char *serial)
{
	const char *name = arena_printf(cx->mem, "person%d", ++people);
	struct person_input in = {
		.user_name = name, .display_name = name, .email = email, .active = -1
	};
	must(person_input_check(cx, &in));
	struct person p = person_merge(cx->mem, NULL, &in, "manual", 1000);
	int64_t id, device_id;
	must(people_insert(db, cx, &p, &id));
	if (serial)
		must(devices_insert(db, cx,
			&(struct device){ .serial_number = serial,
				.platform = "iOS",
				.enrolment_type = "device",
				.state = "activated",
				.person_id = id,
				.source = "csv",
				.created_at = 1,
				.updated_at = 1 },
			&device_id));
	must(people_refresh(db, cx, id));
	return id;
}

struct guest make_guest(struct app *app, struct db *db, struct ctx *cx, int64_t location_id,
	const char *email, const char *serial)
{
	struct guest g;
	int64_t person_id = make_person(db, cx, email, serial);
	struct vpp_user u = { .location_id = location_id,
		.person_id = person_id,
		.client_user_id = secret_uuid(cx->mem),
		.is_live = true,
		.state = VPP_REGISTERED,
		.message_state = "none",
		.invite_code_box = secret_seal(cx->mem, app->key, VPP_INVITE_CODE, "c0de") };
	must(vpp_users_insert(db, cx, &u, &g.vpp_user_id));
	struct job job = { .kind = "invite",
		.mode = "apply",
		.location_id = location_id,
		.state = "running",
		.asked_by = "ada",
		.asked_kind = "admin",
		.total = 1,
		.created_at = clock_now_ms() };
	must(jobs_insert(db, cx, &job, &g.job_id));
	struct item item = { .job_id = g.job_id,
		.location_id = location_id,
		.person_id = person_id,
		.vpp_user_id = g.vpp_user_id,
		.kind = "message",
		.state = "planned" };
	must(items_insert(db, cx, &item, &g.item_id));
	must(invitations_plan(app, db, cx, g.vpp_user_id, g.item_id));
	return g;
}

struct guest invite(
	struct app *app, struct ctx *cx, const char *channel, const char *email, const char *serial)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(settings_put(db, cx, "smtp.host", "mail.example.org"));
	must(settings_put(db, cx, "mdm.url", "http://127.0.0.1:9/"));
	struct guest g = make_guest(app, db, cx, make_location(db, cx, channel), email, serial);
	must(db_commit(&db, cx));
	return g;
}

void invite_some(struct app *app, struct ctx *cx, struct guest *ret_guests, size_t count)
{
	struct vpp_user first;
	ret_guests[0] = invite(app, cx, "email", "ada@example.org", NULL);
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(vpp_users_find(db, cx, ret_guests[0].vpp_user_id, &first));
	for (size_t i = 1; i < count; i++)
		ret_guests[i] = make_guest(app, db, cx, first.location_id, "b@example.org", NULL);
	must(db_commit(&db, cx));
}

/* "registered not_sent email | planned | running": user, message, channel, item, job. */
const char *state_of(struct app *app, struct ctx *cx, const struct guest *g)
{
	struct vpp_user u;
	struct item item;
	struct job job;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(vpp_users_find(db, cx, g->vpp_user_id, &u));
	must(items_find(db, cx, g->item_id, &item));
	must(jobs_find(db, cx, g->job_id, &job));
	return arena_printf(cx->mem, "%s %s %s | %s | %s", vpp_state_name(u.state), u.message_state,
		u.message_channel ? u.message_channel : "-", item.state, job.state);
}

const char *reason_of(struct app *app, struct ctx *cx, const struct guest *g)
{
	struct vpp_user u;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(vpp_users_find(db, cx, g->vpp_user_id, &u));
	return u.message_reason;
}

/* One courier's turn of one half. */
size_t take_up_to(struct app *app, struct ctx *cx, size_t wanted, struct delivery_turn *ret_turn)
{
	*ret_turn = (struct delivery_turn){ .cx = cx, .wanted = wanted };
	while (!ret_turn->next_count && !ret_turn->is_over)
		must(invitation_queue_turn(app, cx, &(struct delivery_turn *){ ret_turn }, 1));
	return ret_turn->next_count;
}

struct delivery_turn take(struct app *app, struct ctx *cx, struct delivery *ret_delivery)
{
	struct delivery_turn turn;
	assert_int_equal(take_up_to(app, cx, 1, &turn), 1);
	*ret_delivery = turn.next[0];
	return turn;
}

void nothing_is_due(struct app *app, struct ctx *cx)
{
	struct delivery_turn turn;
	assert_int_equal(take_up_to(app, cx, 1, &turn), 0);
}

void settle_all(
	struct app *app, struct ctx *cx, const struct delivery_result *results, size_t count)
{
	struct delivery_turn turn = { .done = results, .done_count = count };
	must(invitation_queue_turn(app, cx, &(struct delivery_turn *){ &turn }, 1));
}

void settle(struct app *app, struct ctx *cx, const struct delivery *d,
	enum delivery_outcome outcome, const char *words)
{
	struct delivery_result result = { .delivery = d, .outcome = outcome, .words = words };
	settle_all(app, cx, &result, 1);
}
