#include "domain/invitations.h"

#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/jobs.h"
#include "domain/message_settings.h"
#include "mail/message.h"
#include "store/devices.h"
#include "store/invitations.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/vpp_users.h"

#define MOST_WAITING   8
#define REPLACED_WORDS "A newer message takes its place."

static const struct {
	const char *setting;
	bool has_device, has_connector, has_email;
	struct invitation_choice choice;
} rules[] = {
	/* A message that only lacks the connector waits for it: the admin is told what to set up. */
	{ "notification", true, true, true, { .channel = "notification" } },
	{ "notification", true, true, false, { .channel = "notification" } },
	{ "notification", true, false, true, { .channel = "notification" } },
	{ "notification", true, false, false, { .channel = "notification" } },
	{ "email", true, true, true, { .channel = "email" } },
	{ "email", true, false, true, { .channel = "email" } },
	{ "email", false, true, true, { .channel = "email" } },
	{ "email", false, false, true, { .channel = "email" } },
	{ "notification_else_email", true, true, true,
		{ .channel = "notification", .fallback = "email" } },
	{ "notification_else_email", true, true, false, { .channel = "notification" } },
	{ "notification_else_email", true, false, false, { .channel = "notification" } },
	{ "notification_else_email", true, false, true, { .channel = "email" } },
	{ "notification_else_email", false, true, true, { .channel = "email" } },
	{ "notification_else_email", false, false, true, { .channel = "email" } },
};

static const char *why_not(const struct invitation_reach *reach)
{
	if (text_equal(reach->setting, "notification"))
		return "The person has no activated iPhone, iPad or Mac that takes an invitation.";
	if (text_equal(reach->setting, "email"))
		return "The person has no e-mail address.";
	return "The person has neither an activated iPhone, iPad or Mac that takes an invitation "
	       "nor "
	       "an e-mail address.";
}

struct invitation_choice invitations_choose(const struct invitation_reach *reach)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (text_equal(rules[i].setting, reach->setting) &&
			rules[i].has_device == reach->has_device &&
			rules[i].has_connector == reach->has_connector &&
			rules[i].has_email == reach->has_email)
			return rules[i].choice;
	return (struct invitation_choice){ .why_not = why_not(reach) };
}

/* A personal enrolment takes the licence by its Managed Apple Account only. */
static bool takes_invitation(const struct device *device)
{
	return text_equal(device->state, "activated") &&
	       !text_equal(device->enrolment_type, "user") &&
	       !text_equal(device->enrolment_type, "account_driven") &&
	       (text_equal(device->platform, "iOS") || text_equal(device->platform, "iPadOS") ||
		       text_equal(device->platform, "macOS"));
}

/* The phone or tablet that was heard of last; a Mac only when there is none, because it shows the
 * invitation only while its person sits in front of it. */
static enum err find_device(
	struct db *db, struct ctx *cx, int64_t person_id, const char **ret_serial)
{
	struct device *devices = NULL;
	size_t count = 0;
	enum err e = devices_of_person(db, cx, person_id, &devices, &count);
	if (e)
		return e;
	const char *mac = NULL, *mobile = NULL;
	for (size_t i = 0; i < count; i++) {
		if (!takes_invitation(&devices[i]))
			continue;
		const char **best = text_equal(devices[i].platform, "macOS") ? &mac : &mobile;
		if (!*best)
			*best = devices[i].serial_number;
	}
	*ret_serial = mobile ? mobile : mac;
	return OK;
}

enum err invitations_why_not(struct db *db, struct ctx *cx, const struct person *person,
	const char *channel, const char **ret_why_not)
{
	const char *serial = NULL;
	enum err e = text_equal(channel, "email") ? OK : find_device(db, cx, person->id, &serial);
	/* A connector that is missing is waited for, so it keeps nobody out. */
	*ret_why_not = invitations_choose(&(struct invitation_reach){ .setting = channel,
						  .has_device = serial != NULL,
						  .has_connector = true,
						  .has_email = text_is_email(person->email) })
	                       .why_not;
	return e;
}

static enum err replace_older(
	struct db *db, struct ctx *cx, int64_t vpp_user_id, int64_t new_item_id)
{
	struct invitation older[MOST_WAITING];
	size_t count = 0;
	enum err e = invitations_waiting_of(db, cx, vpp_user_id, MOST_WAITING, older, &count);
	for (size_t i = 0; !e && i < count; i++)
		if (older[i].item_id && older[i].item_id != new_item_id)
			e = jobs_end_item(
				db, cx, older[i].item_id, "not_needed", 0, REPLACED_WORDS);
	if (e || !count)
		return e;
	return invitations_replace(db, cx, vpp_user_id, REPLACED_WORDS, NULL);
}

static enum err nobody_to_reach(
	struct db *db, struct ctx *cx, int64_t vpp_user_id, int64_t item_id, const char *why)
{
	enum err e =
		vpp_users_set_message(db, cx, vpp_user_id, "not_sent", NULL, why, clock_now_ms());
	return !e && item_id ? jobs_end_item(db, cx, item_id, "failed", 0, why) : e;
}

enum err invitations_plan(
	struct app *app, struct db *db, struct ctx *cx, int64_t vpp_user_id, int64_t item_id)
{
	struct vpp_user user;
	struct person *person = NULL;
	struct location location;
	struct smtp_settings smtp;
	const char *serial = NULL, *connector = NULL, *channel = NULL;
	enum err e = vpp_users_find(db, cx, vpp_user_id, &user);
	if (!e)
		e = people_find_even_deleted(db, cx, user.person_id, 0, &person);
	if (!e)
		e = locations_get(db, cx, user.location_id, &location);
	if (!e)
		e = find_device(db, cx, user.person_id, &serial);
	if (!e && item_id)
		e = jobs_channel_of_item(db, cx, item_id, &channel);
	if (!e)
		e = message_mdm_load(app, db, cx, &connector);
	if (!e)
		e = message_smtp_load(app, db, cx, &smtp);
	if (!e)
		e = replace_older(db, cx, vpp_user_id, item_id);
	if (e)
		return e;
	struct invitation_choice choice = invitations_choose(
		&(struct invitation_reach){ .setting = channel ? channel : location.message_channel,
			.has_device = serial != NULL,
			.has_connector = connector != NULL,
			.has_email = text_is_email(person->email) });
	if (!choice.channel)
		return nobody_to_reach(db, cx, vpp_user_id, item_id, choice.why_not);
	bool is_email = text_equal(choice.channel, "email");
	int64_t now = clock_now_ms(), id = 0;
	struct invitation n = { .vpp_user_id = vpp_user_id,
		.item_id = item_id,
		.channel = choice.channel,
		.fallback = choice.fallback,
		.state = "waiting",
		.recipient = is_email ? person->email : serial,
		.message_id =
			is_email ? mail_message_id(cx, smtp.from_address) : secret_uuid(cx->mem),
		.language = person->language,
		.next_at = now,
		.created_at = now };
	e = invitations_insert(db, cx, &n, &id);
	if (!e)
		e = vpp_users_set_message(
			db, cx, vpp_user_id, "waiting", choice.channel, NULL, now);
	return e;
}

enum err invitations_restore(struct db *db, struct ctx *cx, int64_t vpp_user_id)
{
	struct invitation last;
	enum err e = invitations_last_sent(db, cx, vpp_user_id, &last);
	if (e == ERR_NOT_FOUND)
		return vpp_users_set_message(
			db, cx, vpp_user_id, "none", NULL, NULL, clock_now_ms());
	if (e)
		return e;
	return vpp_users_set_message(db, cx, vpp_user_id, "sent", last.channel, NULL, last.sent_at);
}

enum err invitations_withdraw(
	struct db *db, struct ctx *cx, int64_t vpp_user_id, const char *reason)
{
	int64_t changed = 0;
	enum err e = invitations_replace(db, cx, vpp_user_id, reason, &changed);
	return e || !changed ? e : invitations_restore(db, cx, vpp_user_id);
}
