#include "domain/invitation_link.h"

#include "apple/service_config.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "db/db.h"
#include "domain/app.h"
#include "store/audit.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/vpp_users.h"

static const char *template_of(struct app *app, struct ctx *cx, const struct location *location)
{
	const char *template = app->apple ? apple_invite_template(app->apple, cx) : NULL;
	return template ? template : location->invite_template;
}

const char *invitation_link_sample(struct app *app, struct ctx *cx, const struct location *location)
{
	return apple_invite_link(cx, template_of(app, cx, location), "example");
}

const char *invitation_link_make(struct app *app, struct ctx *cx, const struct vpp_user *user,
	const struct location *location)
{
	char *code = NULL;
	if (secret_unseal(cx, app->key, VPP_INVITE_CODE, user->invite_code_box, &code))
		return NULL;
	return apple_invite_link(cx, template_of(app, cx, location), code);
}

/* Why there is none; NULL: there is one. */
static const char *why_none(const struct vpp_user *user)
{
	switch (user->state) {
	case VPP_REGISTERED:
	case VPP_INVITED:
		return user->invite_code_box ? NULL
		                             : "Apple has given no invitation code for this person "
		                               "yet. Sync the person, then try again.";
	case VPP_ASSOCIATED:
		return "The person has accepted already; the link would do nothing.";
	case VPP_REMOVING:
	case VPP_REMOVED:
		return "The person was deleted from VPP. Send a VPP invitation first.";
	default:
		return "The person is not registered with Apple yet. Send a VPP invitation first.";
	}
}

static enum err find_user(struct db *db, struct ctx *cx, int64_t location_id, int64_t person_id,
	struct vpp_user *ret_user)
{
	enum err e = vpp_users_find_live(db, cx, location_id, person_id, ret_user);
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_user = (struct vpp_user){ .state = VPP_NONE };
	return OK;
}

enum err invitation_link_show(struct app *app, struct ctx *cx, int64_t person_id,
	int64_t location_id, const char **ret_link)
{
	struct person *person;
	struct vpp_user user;
	struct location location;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = people_find(db, cx, person_id, location_id, &person);
	if (!e)
		e = locations_get(db, cx, location_id, &location);
	if (!e)
		e = find_user(db, cx, location_id, person_id, &user);
	if (e)
		return e;
	const char *why = why_none(&user);
	if (why)
		return err_set(cx, ERR_CONFLICT, "link.none", "%s", why);
	*ret_link = invitation_link_make(app, cx, &user, &location);
	if (!*ret_link)
		return err_set(cx, ERR_CONFLICT, "link.none",
			"The link cannot be made: Apple's address for it is not known, or the "
			"stored code cannot be opened.");
	e = audit_write(
		db, cx, "invitation.show_link", "person", person_id, person->display_name, NULL);
	return e ? e : db_commit(&db, cx);
}
