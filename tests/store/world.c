#include "world.h"

#include "store_test.h"

#include "base/secret.h"
#include "base/text.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/user_list.h"

int64_t a_location(struct db *db, struct ctx *cx)
{
	int64_t id = 0;
	struct location l = {
		.apple_uid = secret_uuid(cx->mem),
		.name = "Orchard School",
		.organisation = "Orchard",
		.token_box = "box",
		.token_hash = "hash",
		.token_expires_at = 4102444800000,
		.token_state = "valid",
		.owner_state = "ours",
		.mdm_info_id = "mark",
		.hook_key = secret_uuid(cx->mem),
		.hook_state = "off",
		.message_channel = "email",
		.created_at = 1795446000000,
	};
	must(locations_insert(db, cx, &l, &id));
	return id;
}

int64_t a_person(struct db *db, struct ctx *cx, const char *name, const char *email, bool is_active)
{
	int64_t id = 0;
	struct person p = {
		.user_name = name,
		.user_key = text_fold(cx->mem, name),
		.display_name = name,
		.sort_name = text_fold(cx->mem, name),
		.search_text = name,
		.email = email,
		.email_key = email ? text_fold(cx->mem, email) : NULL,
		.is_active = is_active,
		.source = "manual",
		.created_at = 1,
		.updated_at = 1,
	};
	must(people_insert(db, cx, &p, &id));
	return id;
}

struct vpp_user a_user(struct db *db, struct ctx *cx, int64_t location_id, int64_t person_id,
	const char *client, enum vpp_state state)
{
	struct vpp_user u = {
		.location_id = location_id,
		.person_id = person_id,
		.client_user_id = client,
		.is_live = state != VPP_REMOVED,
		.state = state,
		.apple_seen_at = 5,
		.apple_status = state == VPP_ASSOCIATED ? "Associated" : "Registered",
		.apple_email = arena_printf(cx->mem, "%s@example.org", client),
	};
	must(vpp_users_insert(db, cx, &u, &u.id));
	return u;
}

int64_t a_job(struct db *db, struct ctx *cx, int64_t location_id, const char *kind,
	const char *phase, int64_t total)
{
	int64_t id = 0;
	struct job j = {
		.kind = kind,
		.location_id = location_id,
		.state = "running",
		.phase = phase,
		.asked_by = "ada",
		.asked_kind = "admin",
		.total = total,
		.whole_location = phase != NULL,
	};
	must(jobs_insert(db, cx, &j, &id));
	return id;
}

int64_t an_item(struct db *db, struct ctx *cx, int64_t job_id, const struct vpp_user *u,
	const char *kind, const char *state)
{
	int64_t id = 0;
	struct item i = {
		.job_id = job_id,
		.location_id = u->location_id,
		.person_id = u->person_id,
		.vpp_user_id = u->id,
		.kind = kind,
		.state = state,
	};
	must(items_insert(db, cx, &i, &id));
	return id;
}

static void close_list(void *list)
{
	user_list_close(list);
}

struct user_list *a_list(struct ctx *cx)
{
	struct user_list *list = NULL;
	must(user_list_open(cx, store_test_folder(), &list));
	ctx_at_end(cx, close_list, list);
	return list;
}
