/* One's own account: password, sessions, the password typed again. */
#include "store_test.h"

#include "base/secret.h"
#include "domain/access.h"
#include "store/sessions.h"

#define GOOD_PASSWORD "copper lantern seven rivers"
#define NEW_PASSWORD  "velvet harbour mixing onions"
/* Of GOOD_PASSWORD, made with twice the memory and passes of a test build. */
#define OLD_HASH                                                                                   \
	"$argon2id$v=19$m=16,t=2,p=1$tEaXwp3y3bV/63m3AzQoIw$aUoebZblImmXRFHUHqj+"                  \
	"gqYaVQgC6NJdRhEozfPprRw"

static char *ada(struct app *app, struct ctx *cx)
{
	struct identity who;
	char *session;
	cx->actor = (struct actor){ .kind = "system", .name = "", .from = "192.0.2.1" };
	must(access_setup_prepare(app, cx));
	must(access_setup(app, cx, app->setup_code, "Ada", NULL, GOOD_PASSWORD, &who, &session));
	return session;
}

static char *sign_in(struct app *app, struct ctx *cx, const char *from, const char *password)
{
	struct identity who;
	char *session;
	cx->actor = (struct actor){ .kind = "system", .name = "", .from = from };
	must(access_sign_in(app, cx, "ada", password, &who, &session));
	return session;
}

static bool is_good(struct app *app, struct ctx *cx, const char *session)
{
	struct identity who;
	struct actor actor = cx->actor;
	bool good = access_session(app, cx, session, &who) == OK;
	cx->actor = actor;
	return good;
}

APP_TEST(own_password_needs_the_old_one_and_ends_the_other_sessions)
{
	struct identity who;
	char *elsewhere, *here, *session;
	elsewhere = ada(app, cx);
	here = sign_in(app, cx, "192.0.2.2", GOOD_PASSWORD);
	must_fail(access_own_password(app, cx, here, "not the old one", NEW_PASSWORD), ERR_DENIED,
		"password.wrong");
	assert_string_equal(cx->error.pointer, "/old_password");
	must_fail(access_own_password(app, cx, here, GOOD_PASSWORD, "short"), ERR_INVALID,
		"password.short");
	assert_string_equal(cx->error.pointer, "/new_password");
	assert_true(is_good(app, cx, elsewhere));
	must(access_own_password(app, cx, here, GOOD_PASSWORD, NEW_PASSWORD));
	assert_true(is_good(app, cx, here));
	assert_false(is_good(app, cx, elsewhere));
	must_fail(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &session), ERR_DENIED,
		"session.refused");
	sign_in(app, cx, "192.0.2.3", NEW_PASSWORD);
}

/* Whoever has a cookie does not get the password by trying. */
APP_TEST(own_password_cannot_be_tried_for_long)
{
	char *here = ada(app, cx);
	for (int i = 0; i < 5; i++)
		must_fail(access_own_confirm(app, cx, here, "not the one"), ERR_DENIED,
			"password.wrong");
	must_fail(access_own_confirm(app, cx, here, GOOD_PASSWORD), ERR_LIMITED, "session.wait");
	must_fail(access_own_password(app, cx, here, GOOD_PASSWORD, NEW_PASSWORD), ERR_LIMITED,
		"session.wait");
}

APP_TEST(own_password_typed_again_is_noted)
{
	struct session before, after;
	struct db *db = NULL;
	char *here = ada(app, cx);
	must(access_session_row(app, cx, here, &before));
	must(db_write(app->db, cx, &db));
	must(sessions_set_confirmed(db, cx, before.id, 7));
	must(db_commit(&db, cx));
	must(access_own_confirm(app, cx, here, GOOD_PASSWORD));
	must(access_session_row(app, cx, here, &after));
	assert_true(after.confirmed_at >= before.created_at);
}

APP_TEST(own_sessions_are_listed_and_ended)
{
	struct session *sessions, ended;
	size_t count;
	char *first = ada(app, cx);
	char *second = sign_in(app, cx, "192.0.2.2", GOOD_PASSWORD);
	char *third = sign_in(app, cx, "192.0.2.3", GOOD_PASSWORD);
	must(access_own_sessions(app, cx, &sessions, &count));
	assert_int_equal(count, 3);
	assert_string_equal(sessions[0].from_address, "192.0.2.3");
	assert_string_equal(sessions[2].from_address, "192.0.2.1");
	must(access_own_session_end(app, cx, sessions[1].id, &ended));
	assert_false(is_good(app, cx, second));
	must_fail(access_own_session_end(app, cx, sessions[1].id, &ended), ERR_NOT_FOUND,
		"session.unknown");
	must(access_own_sessions_end_others(app, cx, third));
	assert_false(is_good(app, cx, first));
	assert_true(is_good(app, cx, third));
}

/* Another admin's session is none of ours. */
APP_TEST(own_sessions_are_not_those_of_others)
{
	struct identity who;
	struct session *sessions, ended;
	struct admin bob;
	size_t count;
	char *session, *own = ada(app, cx);
	must(access_admin_create(app, cx, "bob", NULL, "operator", NEW_PASSWORD, &bob));
	cx->actor.from = "192.0.2.9";
	must(access_sign_in(app, cx, "bob", NEW_PASSWORD, &who, &session));
	must(access_own_sessions(app, cx, &sessions, &count));
	assert_int_equal(count, 1);
	must(access_session(app, cx, own, &who));
	must_fail(access_own_session_end(app, cx, sessions[0].id, &ended), ERR_NOT_FOUND,
		"session.unknown");
	must(access_own_sessions_end_others(app, cx, own));
	assert_true(is_good(app, cx, session));
}

APP_TEST(sign_in_makes_an_old_hash_new)
{
	struct admin admin;
	struct db *db = NULL;
	char *hash;
	ada(app, cx);
	must(db_write(app->db, cx, &db));
	must(admins_by_name_key(db, cx, "ada", &admin));
	admin.password_hash = secret_seal(cx->mem, app->key, "admin.password", OLD_HASH);
	must(admins_update(db, cx, &admin));
	must(db_commit(&db, cx));
	assert_true(secret_password_is_old(OLD_HASH));
	sign_in(app, cx, "192.0.2.1", GOOD_PASSWORD);
	must(db_read(app->db, cx, &db));
	must(admins_by_name_key(db, cx, "ada", &admin));
	db_release(&db);
	must(secret_unseal(cx, app->key, "admin.password", admin.password_hash, &hash));
	assert_false(secret_password_is_old(hash));
	sign_in(app, cx, "192.0.2.1", GOOD_PASSWORD);
}
