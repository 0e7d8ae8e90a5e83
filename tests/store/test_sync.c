/* What a sync of generated worlds does: the marks it relies on, the merge, the records of strangers. */
#include "store_test.h"

#include "base/secret.h"
#include "base/text.h"
#include "domain/sync_judge.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/vpp_users.h"

/* The same world on both databases, and in each run. */
static uint32_t pick(uint32_t *seed, uint32_t count)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % count;
}

#define PICK(seed, list) ((list)[pick((seed), sizeof(list) / sizeof((list)[0]))])

static int64_t a_location(struct db *db, struct ctx *cx)
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
	};
	must(locations_insert(db, cx, &l, &id));
	return id;
}

static const char *mail_of(struct ctx *cx, int n, uint32_t kind)
{
	switch (kind) {
	case 0:
		return NULL;
	case 1:
		return arena_printf(cx->mem, "Person%d@example.org", n);
	case 2:
		return arena_printf(cx->mem, "new%d@example.org", n);
	default:
		return arena_printf(cx->mem, "person%d@example.org", n);
	}
}

static int64_t a_person(struct db *db, struct ctx *cx, uint32_t *seed, int n)
{
	int64_t id = 0;
	const char *name = arena_printf(cx->mem, "person%d", n);
	const char *email = mail_of(cx, n, pick(seed, 8));
	struct person p = {
		.user_name = name,
		.user_key = name,
		.display_name = name,
		.sort_name = name,
		.search_text = name,
		.email = email,
		.email_key = email ? text_fold(cx->mem, email) : NULL,
		.is_active = pick(seed, 5) != 0,
		.source = "manual",
		.created_at = 1,
		.updated_at = 1,
	};
	must(people_insert(db, cx, &p, &id));
	if (pick(seed, 9) == 0)
		must(people_delete(db, cx, id, 9));
	return id;
}

static struct vpp_user a_user(struct db *db, struct ctx *cx, uint32_t *seed, int64_t location_id,
	int64_t person_id, int n)
{
	static const enum vpp_state states[] = { VPP_REQUESTED, VPP_REGISTERED, VPP_INVITED,
		VPP_INVITED, VPP_ASSOCIATED, VPP_ASSOCIATED, VPP_ASSOCIATED, VPP_REMOVING,
		VPP_REMOVED, VPP_CHECKING };
	enum vpp_state state = PICK(seed, states);
	bool is_seen = state != VPP_REQUESTED && state != VPP_CHECKING;
	struct vpp_user u = {
		.location_id = location_id,
		.person_id = person_id,
		.client_user_id = arena_printf(cx->mem, "c-%08x", pick(seed, 1u << 24)),
		.is_live = state != VPP_REMOVED,
		.state = state,
		.apple_seen_at = is_seen ? 5 : 0,
		.apple_status = !is_seen                  ? NULL
		                : state == VPP_ASSOCIATED ? "Associated"
		                : state == VPP_REMOVED    ? "Retired"
		                                          : "Registered",
		.apple_email = is_seen ? mail_of(cx, n, pick(seed, 8)) : NULL,
	};
	must(vpp_users_insert(db, cx, &u, &u.id));
	return u;
}

static bool is_marked(struct db *db, struct ctx *cx, const struct vpp_user *u)
{
	struct vpp_user found;
	size_t count = 0;
	must(vpp_users_unlike(db, cx, u->location_id, u->id - 1, 1, &found, &count));
	return count && found.id == u->id;
}

/* The mark stands exactly where reconcile would change something at Apple without news from there. */
static void check_mark(struct db *db, struct ctx *cx, int64_t user_id)
{
	struct vpp_user u;
	struct sync_verdict verdict = { 0 };
	struct sync_reading known = { .is_delta = true };
	struct sync_case c = { .last = &u };
	must(vpp_users_find(db, cx, user_id, &u));
	known.location_id = u.location_id;
	must(sync_judge(db, cx, &known, &c, &verdict));
	bool is_settled =
		u.state == VPP_REGISTERED || u.state == VPP_INVITED || u.state == VPP_ASSOCIATED;
	bool is_unlike = u.is_live && is_settled && verdict.row.at_apple;
	if (is_marked(db, cx, &u) != is_unlike)
		fail_msg("%s, %s, at Apple %s %s: reconcile says %s, the mark says %s",
			u.client_user_id, vpp_state_name(u.state), u.apple_status, u.apple_email,
			verdict.row.kind, is_unlike ? "like" : "unlike");
}

#define WORLD 120

STORE_TEST(the_mark_unlike_is_what_reconcile_says)
{
	uint32_t seed = 7;
	int64_t location = a_location(db, cx), person[WORLD], user[WORLD];
	for (int n = 0; n < WORLD; n++) {
		person[n] = a_person(db, cx, &seed, n);
		user[n] = a_user(db, cx, &seed, location, person[n], n).id;
		check_mark(db, cx, user[n]);
	}
	/* Both sides move, and the mark follows. */
	int marked = 0;
	for (int i = 0; i < 4 * WORLD; i++) {
		int n = (int)pick(&seed, WORLD);
		struct person *p = NULL;
		struct vpp_user u;
		must(people_find_even_deleted(db, cx, person[n], 0, &p));
		must(vpp_users_find(db, cx, user[n], &u));
		switch (pick(&seed, 5)) {
		case 0:
			p->email = mail_of(cx, n, pick(&seed, 8));
			p->email_key = p->email ? text_fold(cx->mem, p->email) : NULL;
			must(people_update(db, cx, p));
			break;
		case 1:
			p->is_active = !p->is_active;
			must(people_update(db, cx, p));
			break;
		case 2:
			must(people_delete(db, cx, person[n], 9));
			break;
		case 3:
			u.apple_email = mail_of(cx, n, pick(&seed, 8));
			must(vpp_users_save(db, cx, &u));
			break;
		default:
			u.state = u.is_live ? VPP_ASSOCIATED : u.state;
			u.apple_status = u.is_live ? "Associated" : u.apple_status;
			u.apple_seen_at = 6;
			must(vpp_users_save(db, cx, &u));
		}
		check_mark(db, cx, user[n]);
		marked += is_marked(db, cx, &u);
	}
	assert_true(marked > WORLD / 4);
}
