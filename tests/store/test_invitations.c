/* Messages from their plan to their end: what the row, the person, the item and the job then say. */
#include "guests.h"
#include "store_test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
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
#include "store/people_classes.h"
#include "store/settings.h"
#include "store/vpp_users.h"

#define MINUTE (60 * 1000LL)
#define HOUR   (60 * MINUTE)

APP_TEST(a_message_goes_by_mail)
{
	struct guest g = invite(app, cx, "email", "ada@example.org", "SERIAL1");
	assert_string_equal(state_of(app, cx, &g), "registered waiting email | planned | running");
	struct delivery d;
	struct delivery_turn with = take(app, cx, &d);
	assert_string_equal(d.row.channel, "email");
	assert_string_equal(d.row.recipient, "ada@example.org");
	assert_string_equal(d.link, "https://example.org/accept?code=c0de&mt=8");
	assert_string_equal(d.organisation, "Orchard School");
	assert_string_equal(with.smtp.host, "mail.example.org");
	nothing_is_due(app, cx);
	settle(app, cx, &d, DELIVERY_SENT, "");
	assert_string_equal(state_of(app, cx, &g), "invited sent email | done | done");
	assert_null(reason_of(app, cx, &g));
	/* Said twice, it counts once. */
	settle(app, cx, &d, DELIVERY_REFUSED, "late");
	assert_string_equal(state_of(app, cx, &g), "invited sent email | done | done");
}

APP_TEST(a_message_goes_to_the_device_and_else_by_mail)
{
	struct guest g = invite(app, cx, "notification_else_email", "ada@example.org", "SERIAL1");
	struct delivery d;
	struct delivery_turn with = take(app, cx, &d);
	assert_string_equal(d.row.channel, "notification");
	assert_string_equal(d.row.recipient, "SERIAL1");
	assert_string_equal(with.mdm_url, "http://127.0.0.1:9/");
	settle(app, cx, &d, DELIVERY_REFUSED, "the device said Error");
	assert_string_equal(state_of(app, cx, &g), "registered waiting email | planned | running");
	assert_string_equal(
		reason_of(app, cx, &g), "The notification was not taken: the device said Error.");
	take(app, cx, &d);
	assert_string_equal(d.row.channel, "email");
	assert_string_equal(d.row.recipient, "ada@example.org");
	settle(app, cx, &d, DELIVERY_SENT, "");
	assert_string_equal(state_of(app, cx, &g), "invited sent email | done | done");
	nothing_is_due(app, cx);
}

APP_TEST(nobody_to_reach_is_said_at_once)
{
	struct guest g = invite(app, cx, "email", NULL, "SERIAL1");
	assert_string_equal(state_of(app, cx, &g), "registered not_sent - | failed | done");
	assert_string_equal(reason_of(app, cx, &g), "The person has no e-mail address.");
	nothing_is_due(app, cx);
}

APP_TEST(a_refused_message_is_given_up_with_its_reason)
{
	struct guest g = invite(app, cx, "email", "ada@example.org", NULL);
	struct delivery d;
	take(app, cx, &d);
	settle(app, cx, &d, DELIVERY_REFUSED, "the mail server said: 550 no such person");
	assert_string_equal(state_of(app, cx, &g), "registered not_sent email | failed | done");
	assert_string_equal(
		reason_of(app, cx, &g), "Not sent: the mail server said: 550 no such person.");
	nothing_is_due(app, cx);
}

APP_TEST(a_message_for_later_is_tried_with_growing_gaps_for_a_day)
{
	move_clock(cx, 0);
	struct guest g = invite(app, cx, "email", "ada@example.org", NULL);
	struct delivery d;
	int64_t at = 0, gap = 15 * 1000, tries = 0;
	for (; at < 24 * HOUR; tries++) {
		move_clock(cx, at);
		take(app, cx, &d);
		settle(app, cx, &d, DELIVERY_LATER, "451 greylisted");
		if (tries == 0)
			assert_string_equal(state_of(app, cx, &g),
				"registered not_sent email | planned | running");
		move_clock(cx, at + gap - 1000);
		nothing_is_due(app, cx);
		at += gap + 1000;
		gap = gap * 2 < HOUR ? gap * 2 : HOUR;
	}
	assert_in_range(tries, 25, 35);
	move_clock(cx, at);
	take(app, cx, &d);
	settle(app, cx, &d, DELIVERY_LATER, "451 greylisted");
	assert_string_equal(state_of(app, cx, &g), "registered not_sent email | failed | done");
	assert_string_equal(
		reason_of(app, cx, &g), "Not sent: given up after a day; 451 greylisted.");
	move_clock(cx, 0);
}

APP_TEST(a_mail_server_that_is_down_puts_off_all_mail)
{
	move_clock(cx, 0);
	struct guest g[20];
	invite_some(app, cx, g, 20);
	struct delivery d;
	take(app, cx, &d);
	settle(app, cx, &d, DELIVERY_OUT_OF_ORDER, "connection refused");
	nothing_is_due(app, cx);
	for (int i = 0; i < 20; i++) {
		assert_string_equal(
			state_of(app, cx, &g[i]), "registered not_sent email | planned | running");
		assert_string_equal(reason_of(app, cx, &g[i]), "Not sent yet: connection refused.");
	}
	/* Nothing is given up for it, and one success sets the rest free. */
	move_clock(cx, 48 * HOUR);
	take(app, cx, &d);
	settle(app, cx, &d, DELIVERY_OUT_OF_ORDER, "connection refused");
	nothing_is_due(app, cx);
	move_clock(cx, 49 * HOUR);
	take(app, cx, &d);
	settle(app, cx, &d, DELIVERY_SENT, "");
	for (int i = 1; i < 20; i++) {
		take(app, cx, &d);
		settle(app, cx, &d, DELIVERY_SENT, "");
	}
	nothing_is_due(app, cx);
	for (int i = 0; i < 20; i++)
		assert_string_equal(state_of(app, cx, &g[i]), "invited sent email | done | done");
	move_clock(cx, 0);
}

static struct job job_of(struct app *app, struct ctx *cx, int64_t id)
{
	struct job job;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(jobs_find(db, cx, id, &job));
	return job;
}

/* Of two jobs whose messages wait each says why; the first message that gets through ends that. */
APP_TEST(a_job_says_that_its_messages_wait)
{
	move_clock(cx, 0);
	struct guest g[2] = { invite(app, cx, "email", "ada@example.org", NULL) };
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	struct vpp_user first;
	must(vpp_users_find(db, cx, g[0].vpp_user_id, &first));
	g[1] = make_guest(app, db, cx, first.location_id, "b@example.org", NULL);
	must(db_commit(&db, cx));
	must(invitation_queue_note_waits(app, cx));
	assert_null(job_of(app, cx, g[0].job_id).message_wait_reason);
	struct delivery d;
	take(app, cx, &d);
	settle(app, cx, &d, DELIVERY_AWAY, "421 busy");
	must(invitation_queue_note_waits(app, cx));
	for (int i = 0; i < 2; i++) {
		struct job job = job_of(app, cx, g[i].job_id);
		assert_string_equal(job.message_wait_reason, "Not sent yet: 421 busy.");
		assert_in_range(job.message_wait_until - clock_now_ms(), 1, 5000);
	}
	/* However long it lasts, the server is asked once a minute. */
	for (int i = 0; i < 12; i++) {
		move_clock(cx, (i + 1) * HOUR);
		take(app, cx, &d);
		settle(app, cx, &d, DELIVERY_AWAY, "421 busy");
	}
	must(invitation_queue_note_waits(app, cx));
	for (int i = 0; i < 2; i++)
		assert_in_range(
			job_of(app, cx, g[i].job_id).message_wait_until - clock_now_ms(), 1, 60000);
	must(message_smtp_works(app, cx));
	take(app, cx, &d);
	settle(app, cx, &d, DELIVERY_SENT, "");
	assert_null(job_of(app, cx, d.job_id).message_wait_reason);
	move_clock(cx, 0);
}

APP_TEST(a_new_mail_server_is_tried_at_once)
{
	struct guest g = invite(app, cx, "email", "ada@example.org", NULL);
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(settings_put(db, cx, "smtp.host", NULL));
	must(db_commit(&db, cx));
	nothing_is_due(app, cx);
	assert_string_equal(reason_of(app, cx, &g),
		"Not sent yet: no mail server is set up (Setting > iOS > VPP Server Setting).");
	struct smtp_settings s = { .host = "127.0.0.1",
		.port = 25,
		.security = SMTP_STARTTLS,
		.user = "pomona",
		.password = "secret",
		.from_address = "it@example.org" };
	must(message_smtp_save(app, cx, &s, SECRET_SET));
	struct delivery d;
	struct delivery_turn with = take(app, cx, &d);
	assert_string_equal(with.smtp.password, "secret");
	assert_string_equal(with.smtp.from_address, "it@example.org");
	settle(app, cx, &d, DELIVERY_SENT, "");
}

APP_TEST(a_doubt_is_repeated_once_with_the_same_id)
{
	move_clock(cx, 0);
	struct guest g = invite(app, cx, "email", "ada@example.org", NULL);
	struct delivery d;
	take(app, cx, &d);
	const char *message_id = d.row.message_id;
	settle(app, cx, &d, DELIVERY_UNKNOWN, "connection lost");
	assert_string_equal(state_of(app, cx, &g), "registered not_sent email | planned | running");
	move_clock(cx, MINUTE);
	take(app, cx, &d);
	assert_string_equal(d.row.message_id, message_id);
	settle(app, cx, &d, DELIVERY_UNKNOWN, "connection lost");
	assert_string_equal(state_of(app, cx, &g), "registered not_sent email | failed | done");
	move_clock(cx, 48 * HOUR);
	nothing_is_due(app, cx);
	move_clock(cx, 0);
}

static enum delivery_outcome recall_nothing(const void *memory, const char *message_id)
{
	(void)memory;
	(void)message_id;
	return DELIVERY_UNKNOWN;
}

APP_TEST(what_was_being_sent_at_a_crash_is_in_doubt)
{
	move_clock(cx, 0);
	struct guest g = invite(app, cx, "email", "ada@example.org", NULL);
	struct delivery d;
	take(app, cx, &d);
	const char *message_id = d.row.message_id;
	must(invitation_queue_recover(app, cx, recall_nothing, NULL));
	assert_string_equal(state_of(app, cx, &g), "registered not_sent email | planned | running");
	move_clock(cx, MINUTE);
	take(app, cx, &d);
	assert_string_equal(d.row.message_id, message_id);
	must(invitation_queue_recover(app, cx, recall_nothing, NULL));
	assert_string_equal(state_of(app, cx, &g), "registered not_sent email | failed | done");
	move_clock(cx, 0);
}

static enum delivery_outcome recall_these(const void *memory, const char *message_id)
{
	const struct delivery_result *known = memory;
	for (; known->delivery; known++)
		if (!strcmp(known->delivery->row.message_id, message_id))
			return known->outcome;
	return DELIVERY_UNKNOWN;
}

APP_TEST(what_is_remembered_of_a_crash_is_in_no_doubt)
{
	move_clock(cx, 0);
	struct guest guests[3];
	invite_some(app, cx, guests, 3);
	struct delivery_turn turn;
	assert_int_equal(take_up_to(app, cx, DELIVERIES_MAX, &turn), 3);
	struct delivery_result known[] = { { .delivery = &turn.next[0], .outcome = DELIVERY_SENT },
		{ .delivery = &turn.next[1], .outcome = DELIVERY_UNTRIED }, { .delivery = NULL } };
	must(invitation_queue_recover(app, cx, recall_these, known));
	assert_string_equal(state_of(app, cx, &guests[0]), "invited sent email | done | done");
	assert_string_equal(
		state_of(app, cx, &guests[1]), "registered waiting email | planned | running");
	assert_string_equal(
		state_of(app, cx, &guests[2]), "registered not_sent email | planned | running");
	struct delivery d;
	take(app, cx, &d);
	assert_string_equal(d.row.message_id, turn.next[1].row.message_id);
	assert_int_equal(d.row.attempts, 1);
	settle(app, cx, &d, DELIVERY_SENT, "");
	nothing_is_due(app, cx);
}

APP_TEST(what_was_not_tried_is_put_off_with_the_rest)
{
	move_clock(cx, 0);
	struct guest guests[2];
	invite_some(app, cx, guests, 2);
	struct delivery_turn turn;
	assert_int_equal(take_up_to(app, cx, 2, &turn), 2);
	struct delivery_result results[] = { { .delivery = &turn.next[0],
						     .outcome = DELIVERY_OUT_OF_ORDER,
						     .words = "no password" },
		{ .delivery = &turn.next[1], .outcome = DELIVERY_UNTRIED } };
	settle_all(app, cx, results, 2);
	nothing_is_due(app, cx);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(state_of(app, cx, &guests[i]),
			"registered not_sent email | planned | running");
		assert_string_equal(reason_of(app, cx, &guests[i]), "Not sent yet: no password.");
	}
	move_clock(cx, MINUTE);
	assert_int_equal(take_up_to(app, cx, 2, &turn), 2);
	move_clock(cx, 0);
}

APP_TEST(a_message_that_nobody_wants_is_not_sent)
{
	struct guest g = invite(app, cx, "email", "ada@example.org", NULL);
	DB_AUTO(db);
	struct vpp_user u;
	must(db_write(app->db, cx, &db));
	must(vpp_users_find(db, cx, g.vpp_user_id, &u));
	u.state = VPP_ASSOCIATED;
	must(vpp_users_save(db, cx, &u));
	must(db_commit(&db, cx));
	nothing_is_due(app, cx);
	assert_string_equal(state_of(app, cx, &g), "associated none - | not_needed | done");
}

APP_TEST(a_job_has_a_channel_of_its_own)
{
	struct guest g = invite(app, cx, "notification", "ada@example.org", "SERIAL1");
	struct vpp_user u;
	struct delivery d;
	{
		DB_AUTO(db);
		must(db_write(app->db, cx, &db));
		must(vpp_users_find(db, cx, g.vpp_user_id, &u));
		struct job job = { .kind = "invite",
			.location_id = u.location_id,
			.channel = "email",
			.state = "running",
			.asked_by = "ada",
			.asked_kind = "admin",
			.total = 1 };
		must(jobs_insert(db, cx, &job, &g.job_id));
		must(items_insert(db, cx,
			&(struct item){ .job_id = g.job_id,
				.location_id = u.location_id,
				.person_id = u.person_id,
				.vpp_user_id = u.id,
				.kind = "message",
				.state = "planned" },
			&g.item_id));
		must(invitations_plan(app, db, cx, u.id, g.item_id));
		must(db_commit(&db, cx));
	}
	take(app, cx, &d);
	assert_string_equal(d.row.channel, "email");
	settle(app, cx, &d, DELIVERY_SENT, "");
	assert_string_equal(state_of(app, cx, &g), "invited sent email | done | done");
	nothing_is_due(app, cx);
	DB_AUTO(db);
	int64_t *ids = NULL, now = clock_now_ms();
	size_t count = 0;
	bool is_more = false;
	must(db_read(app->db, cx, &db));
	must(people_classes_unsettled(
		db, cx, u.location_id, now - HOUR, 9, &ids, &count, &is_more));
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], u.person_id);
	must(people_classes_unsettled(
		db, cx, u.location_id, now + HOUR, 9, &ids, &count, &is_more));
	assert_int_equal(count, 0);
	must(people_classes_unsettled(db, cx, u.location_id, 0, 9, &ids, &count, &is_more));
	assert_int_equal(count, 0);
}

APP_TEST(who_cannot_be_reached_is_known_before)
{
	static const struct {
		const char *email;
		bool has_device;
		const char *channel, *why;
	} rows[] = {
		{ NULL, true, "email", "The person has no e-mail address." },
		{ NULL, true, "notification", NULL },
		{ NULL, true, "notification_else_email", NULL },
		{ "ada@example.org", false, "email", NULL },
		{ "ada@example.org", false, "notification_else_email", NULL },
		{ "ada@example.org", false, "notification",
			"The person has no activated iPhone, iPad or Mac that takes an "
			"invitation." },
	};
	struct guest g = invite(app, cx, "email", NULL, "SERIAL1");
	struct vpp_user u;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(vpp_users_find(db, cx, g.vpp_user_id, &u));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct person person = { .id = rows[i].has_device ? u.person_id : 0,
			.email = rows[i].email };
		const char *why = "";
		must(invitations_why_not(db, cx, &person, rows[i].channel, &why));
		if (rows[i].why)
			assert_string_equal(why, rows[i].why);
		else
			assert_null(why);
	}
}

APP_TEST(a_withdrawn_message_is_not_sent)
{
	struct guest g = invite(app, cx, "email", "ada@example.org", NULL);
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(invitations_withdraw(db, cx, g.vpp_user_id, "Cancelled."));
	must(db_commit(&db, cx));
	nothing_is_due(app, cx);
	assert_string_equal(state_of(app, cx, &g), "registered none - | planned | running");
}

APP_TEST(a_second_message_takes_the_place_of_one_that_waits)
{
	struct guest g = invite(app, cx, "email", "ada@example.org", NULL);
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(invitations_plan(app, db, cx, g.vpp_user_id, 0));
	must(db_commit(&db, cx));
	assert_string_equal(state_of(app, cx, &g), "registered waiting email | not_needed | done");
	struct delivery d;
	take(app, cx, &d);
	settle(app, cx, &d, DELIVERY_SENT, "");
	nothing_is_due(app, cx);
}

APP_TEST(an_mdm_that_stays_away_gives_way_to_mail)
{
	move_clock(cx, 0);
	struct guest g = invite(app, cx, "notification_else_email", "ada@example.org", "SERIAL1");
	struct delivery d;
	take(app, cx, &d);
	settle(app, cx, &d, DELIVERY_OUT_OF_ORDER, "the MDM server cannot be reached");
	move_clock(cx, 5 * MINUTE);
	take(app, cx, &d);
	assert_string_equal(d.row.channel, "notification");
	settle(app, cx, &d, DELIVERY_OUT_OF_ORDER, "the MDM server cannot be reached");
	move_clock(cx, 10 * MINUTE + 1000);
	take(app, cx, &d);
	assert_string_equal(d.row.channel, "email");
	settle(app, cx, &d, DELIVERY_SENT, "");
	assert_string_equal(state_of(app, cx, &g), "invited sent email | done | done");
	move_clock(cx, 0);
}

APP_TEST(message_settings_are_checked)
{
	static const struct {
		const char *pointer;
		struct smtp_settings s;
	} bad[] = {
		{ "/host", { .host = "", .port = 25, .from_address = "a@b" } },
		{ "/host", { .host = "x/../y", .port = 25, .from_address = "a@b" } },
		{ "/port", { .host = "x", .port = 0, .from_address = "a@b" } },
		{ "/from_address", { .host = "x", .port = 25, .from_address = "nobody" } },
		{ "/from_address", { .host = "x", .port = 25, .from_address = "a@b\r\nBcc: c@d" } },
		{ "/from_name",
			{ .host = "x", .port = 25, .from_address = "a@b", .from_name = "a\nb" } },
		{ "/security", { .host = "mail.example.org",
				       .port = 25,
				       .from_address = "a@b",
				       .user = "u" } },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		must_fail(message_smtp_save(app, cx, &bad[i].s, SECRET_KEEP), ERR_INVALID, NULL);
		assert_string_equal(cx->error.pointer, bad[i].pointer);
	}
	static const char *const urls[] = { "mdm", "ftp://x/", "http://mdm.example.org/",
		"https://u:p@mdm.example.org/", "https://mdm.example.org/?a=b" };
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		must_fail(message_mdm_save(app, cx, urls[i]), ERR_INVALID, "mdm.url");
	const char *url = NULL;
	must(message_mdm_save(app, cx, "https://mdm.example.org/connector"));
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(message_mdm_load(app, db, cx, &url));
	assert_string_equal(url, "https://mdm.example.org/connector");
}

APP_TEST(the_password_is_kept_set_and_forgotten)
{
	struct smtp_settings s = {
		.host = "x", .port = 25, .security = SMTP_TLS, .from_address = "a@b"
	};
	static const struct {
		enum secret_change change;
		const char *given, *expected;
	} steps[] = { { SECRET_SET, "one", "one" }, { SECRET_KEEP, NULL, "one" },
		{ SECRET_SET, "two", "two" }, { SECRET_FORGET, NULL, NULL },
		{ SECRET_KEEP, NULL, NULL } };
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct smtp_settings read;
		const char *box = NULL;
		s.password = steps[i].given;
		must(message_smtp_save(app, cx, &s, steps[i].change));
		DB_AUTO(db);
		must(db_read(app->db, cx, &db));
		must(message_smtp_load(app, db, cx, &read));
		assert_true(text_equal(read.password, steps[i].expected));
		must(settings_get(db, cx, "smtp.password", &box));
		assert_true(!box || !strstr(box, "one"));
	}
}
