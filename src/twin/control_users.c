/* control_users.c - users as others change them: people who accept, and the hand of Apple's portal
 * or of another MDM, which no event of ours explains. */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "net/http_server.h"
#include "twin/accept_page.h"
#include "twin/control.h"
#include "twin/events.h"
#include "twin/location.h"
#include "twin/twin.h"

#define BULK_MOST 5000000

static void write_user(struct control_call *c, const struct user *u)
{
	jw_object(c->w, NULL);
	jw_str(c->w, "client_user_id", u->client_user_id);
	jw_str(c->w, "email", u->email);
	jw_str(c->w, "status", user_status_name(u->status));
	jw_str(c->w, "invite_code", u->invite_code);
	jw_str(c->w, "id_hash", *u->id_hash ? u->id_hash : NULL);
	jw_str(c->w, "account", u->account);
	jw_i64(c->w, "creates_applied", u->creates_applied);
	jw_array(c->w, "assets");
	for (const struct assignment *s = u->assignments; s; s = s->next)
		jw_str(c->w, NULL, s->asset->adam_id);
	jw_end_array(c->w);
	jw_end_object(c->w);
}

/* Whether a record is the one that a body or query names; what is NULL does not matter. */
struct wanted {
	const char *client_user_id, *email, *code, *status;
};

static bool is_wanted(const struct wanted *want, const struct user *u)
{
	return (!want->client_user_id || !strcmp(want->client_user_id, u->client_user_id)) &&
	       (!want->email || (u->email && !strcasecmp(want->email, u->email))) &&
	       (!want->code || !strcmp(want->code, u->invite_code)) &&
	       (!want->status || !strcasecmp(want->status, user_status_name(u->status)));
}

enum err control_users(struct control_call *c)
{
	struct location *l;
	uint64_t i;
	size_t limit, n = 0;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	struct wanted want = { http_query(c->rq, "client_user_id"), http_query(c->rq, "email"),
		http_query(c->rq, "invite_code"), http_query(c->rq, "status") };
	control_paging(c, &i, &limit);
	jw_array(c->w, "items");
	for (; i < l->users.count && n < limit; i++) {
		if (!is_wanted(&want, l->users.all[i]))
			continue;
		write_user(c, l->users.all[i]);
		n++;
	}
	jw_end_array(c->w);
	jw_i64(c->w, "next", (int64_t)i);
	jw_i64(c->w, "total", (int64_t)l->users.count);
	return OK;
}

/* The living record a body names by client_user_id, email or invite_code. */
static enum err find_user(struct control_call *c, struct location *l, struct user **ret_user)
{
	struct wanted want = { json_str(c->body, "client_user_id"), json_str(c->body, "email"),
		json_str(c->body, "invite_code"), NULL };
	if (!want.client_user_id && !want.email && !want.code)
		return err_set(c->cx, ERR_INVALID, "user.unnamed",
			"Name the user by client_user_id, email or invite_code.");
	for (size_t i = l->users.count; i-- > 0;) {
		struct user *u = l->users.all[i];
		if (u->status != USER_RETIRED && is_wanted(&want, u)) {
			*ret_user = u;
			return OK;
		}
	}
	return err_set(c->cx, ERR_NOT_FOUND, "user.unknown",
		"There is no user like that who is not retired.");
}

static enum err accept_one(struct control_call *c, struct location *l)
{
	struct user *user;
	const char *account = json_str(c->body, "account");
	enum err e = find_user(c, l, &user);
	if (e)
		return e;
	if (user->status != USER_REGISTERED)
		return err_set(
			c->cx, ERR_CONFLICT, "user.accepted", "This user has accepted already.");
	if (!account)
		account = user->email ? user->email : user->client_user_id;
	user = accept_as(c->twin, l, user, account);
	jw_array(c->w, "users");
	write_user(c, user);
	jw_end_array(c->w);
	jw_i64(c->w, "accepted", 1);
	return OK;
}

/* One user by client_user_id, email or invite_code, with {"account":…}; or {"count":N}: the next N
 * registered users, each with an account of their own. */
enum err control_accept(struct control_call *c)
{
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	int64_t count = json_i64(c->body, "count", 0), done = 0;
	if (!count)
		return accept_one(c, l);
	for (size_t i = 0; i < l->users.count && done < count; i++) {
		struct user *u = l->users.all[i];
		if (u->status != USER_REGISTERED)
			continue;
		const char *account = u->email ? u->email : u->client_user_id;
		accept_as(c->twin, l, u, arena_printf(c->cx->mem, "store-%s", account));
		done++;
	}
	jw_i64(c->w, "accepted", done);
	return OK;
}

/* {"client_user_id":…,"email":…}, or {"count":N,"status":"Associated"} for many at once. */
enum err control_add_users(struct control_call *c)
{
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	int64_t count = json_i64(c->body, "count", 1);
	const char *status = json_str(c->body, "status");
	const char *id = json_str(c->body, "client_user_id"), *email = json_str(c->body, "email");
	if (count < 1 || count > BULK_MOST)
		return err_set(
			c->cx, ERR_INVALID, "user.count", "count is from 1 to %d.", BULK_MOST);
	int number = 0;
	for (int64_t i = 0; i < count; i++) {
		char uuid[37];
		struct user *user = NULL, *now;
		struct user_request rq = { .client_user_id = id ? id : uuid, .email = email };
		random_uuid(&c->twin->random, uuid);
		if (count > 1)
			rq.email = arena_printf(c->cx->mem, "foreign%lld@elsewhere.example",
				(long long)(l->users.count + 1));
		number = users_create(&l->users, &rq, &user);
		if (!number && status && !strcasecmp(status, "Associated"))
			users_accept(
				&l->users, user, rq.email ? rq.email : rq.client_user_id, &now);
	}
	if (number)
		return err_set(
			c->cx, ERR_CONFLICT, "user.refused", "Refused with error %d.", number);
	jw_i64(c->w, "total", (int64_t)l->users.count);
	return OK;
}

/* As Apple's portal would: no event and no notification tells of it. */
enum err control_retire(struct control_call *c)
{
	struct location *l;
	struct user *user;
	enum err e = control_find_location(c, &l);
	if (!e)
		e = find_user(c, l, &user);
	if (e)
		return e;
	if (!users_retire(&l->users, user->client_user_id, &user))
		assets_user_retired(&l->assets, user);
	jw_array(c->w, "users");
	write_user(c, user);
	jw_end_array(c->w);
	return OK;
}

/* {"client_user_id":…,"new_email":…} */
enum err control_update(struct control_call *c)
{
	struct location *l;
	struct user *user;
	const char *email = json_str(c->body, "new_email");
	enum err e = control_find_location(c, &l);
	if (!e)
		e = find_user(c, l, &user);
	if (e)
		return e;
	users_set_email(&l->users, user, email);
	jw_array(c->w, "users");
	write_user(c, user);
	jw_end_array(c->w);
	return OK;
}

static void change_at_random(struct control_call *c, struct location *l, int64_t n)
{
	struct random *random = &c->twin->random;
	struct user *user = l->users.all[random_below(random, l->users.count)], *now;
	uint64_t what = random_below(random, 4);
	if (user->status == USER_RETIRED)
		return;
	if (what < 2 && user->status == USER_REGISTERED) {
		users_accept(&l->users, user, user->client_user_id, &now);
	} else if (what == 2) {
		if (!users_retire(&l->users, user->client_user_id, &user))
			assets_user_retired(&l->assets, user);
	} else {
		users_set_email(&l->users, user,
			arena_printf(c->cx->mem, "moved%lld.%llu@elsewhere.example", (long long)n,
				(unsigned long long)l->users.version));
	}
}

/* {"count":N}: so many changes to records at random, as others make them: accepted, retired, another
 * e-mail. No event and no notification tells of them. */
enum err control_churn(struct control_call *c)
{
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	uint64_t before = l->users.version;
	int64_t count = json_i64(c->body, "count", 1);
	if (count < 1 || count > BULK_MOST || !l->users.count)
		return err_set(c->cx, ERR_INVALID, "churn.count",
			"count is from 1 to %d, and the location has users.", BULK_MOST);
	for (int64_t n = 0; n < count; n++)
		change_at_random(c, l, n);
	jw_i64(c->w, "changed", (int64_t)(l->users.version - before));
	return OK;
}

/* {"adam_id":…,"serial":…} or a user as in accept; "take":true gives the licence back. */
enum err control_assign(struct control_call *c)
{
	struct location *l;
	struct user *user = NULL;
	const char *serial = json_str(c->body, "serial");
	const char *adam_id = json_str_or_number(c->cx, c->body, "adam_id");
	enum err e = control_find_location(c, &l);
	if (!e && !serial)
		e = find_user(c, l, &user);
	if (e)
		return e;
	struct asset *x =
		adam_id ? assets_find(&l->assets, adam_id, json_str(c->body, "pricing_param"))
			: NULL;
	if (!x)
		return err_set(c->cx, ERR_NOT_FOUND, "asset.unknown",
			"The location does not own that asset.");
	if (json_bool(c->body, "take", false))
		assets_disassociate(&l->assets, x, user, serial);
	else if (assets_associate(&l->assets, x, user, serial))
		return err_set(c->cx, ERR_CONFLICT, "asset.none_left", "There is no licence left.");
	jw_i64(c->w, "available", x->available);
	jw_i64(c->w, "assigned", x->assigned);
	return OK;
}

/* What a test counts by: users by state, and who was created more than once. */
enum err control_counts(struct control_call *c)
{
	struct location *l;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	int64_t creates = 0, emails = 0;
	jw_array(c->w, "created_again");
	for (size_t i = 0; i < l->users.emails.capacity; i++) {
		const struct email_count *n = l->users.emails.slots[i].value;
		if (!n)
			continue;
		emails++;
		if (n->creates < 2)
			continue;
		jw_object(c->w, NULL);
		jw_str(c->w, "email", n->email);
		jw_i64(c->w, "creates", n->creates);
		jw_end_object(c->w);
	}
	jw_end_array(c->w);
	for (size_t i = 0; i < l->users.count; i++)
		creates += l->users.all[i]->creates_applied;
	jw_i64(c->w, "creates_applied", creates);
	jw_i64(c->w, "emails", emails);
	jw_i64(c->w, "records", (int64_t)l->users.count);
	jw_i64(c->w, "registered", (int64_t)l->users.status_counts[USER_REGISTERED]);
	jw_i64(c->w, "associated", (int64_t)l->users.status_counts[USER_ASSOCIATED]);
	jw_i64(c->w, "retired", (int64_t)l->users.status_counts[USER_RETIRED]);
	jw_i64(c->w, "assignments", (int64_t)l->assets.assignment_count);
	return OK;
}

enum err control_events(struct control_call *c)
{
	struct location *l;
	uint64_t after, i = 0;
	size_t limit, n = 0;
	enum err e = control_find_location(c, &l);
	if (e)
		return e;
	control_paging(c, &after, &limit);
	jw_array(c->w, "items");
	for (const struct event *v = l->events.first; v && n < limit; v = v->next) {
		if (i++ < after)
			continue;
		n++;
		jw_object(c->w, NULL);
		jw_str(c->w, "id", v->id);
		jw_str(c->w, "type", event_type_name(v->type));
		jw_str(c->w, "state", event_state_name(v->state));
		jw_i64(c->w, "requested", (int64_t)v->task_count);
		jw_i64(c->w, "completed", (int64_t)v->succeeded_count);
		jw_time(c->w, "asked_at", v->asked_at);
		jw_time(c->w, "ended_at", v->ended_at);
		jw_end_object(c->w);
	}
	jw_end_array(c->w);
	jw_i64(c->w, "next", (int64_t)i);
	return OK;
}
