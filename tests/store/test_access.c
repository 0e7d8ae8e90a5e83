/* Who may come in: set-up, sign-in, throttling, sessions, tokens, admins. */
#include "store_test.h"

#include <stdio.h>

#include "base/secret.h"
#include "db/driver.h"
#include "domain/access.h"
#include "domain/access_throttle.h"
#include "store/audit.h"
#include "store/sessions.h"

#define GOOD_PASSWORD  "copper lantern seven rivers"
#define OTHER_PASSWORD "velvet harbour mixing onions"

static void from(struct ctx *cx, const char *address)
{
	cx->actor = (struct actor){ .kind = "system", .name = "", .from = address };
}

static char *set_up(struct app *app, struct ctx *cx, struct identity *ret_who)
{
	char *session;
	from(cx, "192.0.2.1");
	must(access_setup_prepare(app, cx));
	must(access_setup(app, cx, app->setup_code, "Ada", "ada@example.org", GOOD_PASSWORD,
		ret_who, &session));
	return session;
}

/* Moves what is on record into the past, as time would. */
static void age(struct app *app, struct ctx *cx, const char *sql)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(db_script(db, cx, sql));
	must(db_commit(&db, cx));
}

static int64_t count_acts(struct app *app, struct ctx *cx, const char *act)
{
	struct audit_row *rows;
	size_t count;
	int64_t found = 0;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(audit_list(db, cx, NULL, NULL, 0, 200, &rows, &count));
	for (size_t i = 0; i < count; i++)
		found += strcmp(rows[i].act, act) == 0;
	return found;
}

APP_TEST(access_setup_makes_one_owner_once)
{
	struct identity who;
	char *session;
	bool is_needed;
	must(access_setup_needed(app, cx, &is_needed));
	assert_true(is_needed);
	from(cx, "192.0.2.1");
	must(access_setup_prepare(app, cx));
	must_fail(access_setup(app, cx, "AAAA-AAAA-AAAA-AAAA", "ada", NULL, GOOD_PASSWORD, &who,
			  &session),
		ERR_DENIED, "setup.code");
	must_fail(access_setup(app, cx, "", "ada", NULL, GOOD_PASSWORD, &who, &session), ERR_DENIED,
		"setup.code");
	must_fail(access_setup(app, cx, app->setup_code, "ada", NULL, "short", &who, &session),
		ERR_INVALID, "password.short");
	must_fail(access_setup(app, cx, app->setup_code, " ", NULL, GOOD_PASSWORD, &who, &session),
		ERR_INVALID, "admin.name");
	must_fail(access_setup(app, cx, app->setup_code, "ada", "nonsense", GOOD_PASSWORD, &who,
			  &session),
		ERR_INVALID, "admin.email");

	/* As typed from a terminal: small letters, no dashes. */
	char typed[32], *to = typed;
	for (const char *c = app->setup_code; *c; c++)
		if (*c != '-')
			*to++ = (char)(*c >= 'A' ? *c + 32 : *c);
	*to = '\0';
	char code[32];
	snprintf(code, sizeof(code), "%s", app->setup_code);
	must(access_setup(app, cx, typed, "Ada", "ada@example.org", GOOD_PASSWORD, &who, &session));
	assert_int_equal(who.role, ROLE_OWNER);
	assert_string_equal(who.name, "Ada");
	assert_string_equal(app->setup_code, "");
	must(access_setup_needed(app, cx, &is_needed));
	assert_false(is_needed);
	must_fail(access_setup(app, cx, code, "eve", NULL, GOOD_PASSWORD, &who, &session),
		ERR_CONFLICT, "setup.done");
	must_fail(access_setup(app, cx, "", "eve", NULL, GOOD_PASSWORD, &who, &session),
		ERR_CONFLICT, "setup.done");
	must(access_session(app, cx, session, &who));
	assert_string_equal(who.kind, "admin");
	assert_int_equal(count_acts(app, cx, "admin.create"), 1);
	assert_int_equal(count_acts(app, cx, "session.begin"), 1);
	must(access_setup_prepare(app, cx));
	assert_string_equal(app->setup_code, "");
}

APP_TEST(access_setup_codes_cannot_be_tried_for_long)
{
	struct identity who;
	char *session;
	from(cx, "192.0.2.1");
	must(access_setup_prepare(app, cx));
	for (int i = 0; i < 5; i++)
		must_fail(access_setup(
				  app, cx, "AAAA-AAAA-AAAA-AAAA", "a", NULL, "x", &who, &session),
			ERR_DENIED, "setup.code");
	must_fail(
		access_setup(app, cx, app->setup_code, "ada", NULL, GOOD_PASSWORD, &who, &session),
		ERR_LIMITED, "session.wait");
}

APP_TEST(access_sign_in_refuses_alike)
{
	struct identity who;
	char *session;
	struct admin bob;
	set_up(app, cx, &who);
	must(access_admin_create(app, cx, "bob", NULL, "operator", OTHER_PASSWORD, &bob));
	struct admin_change off = { .is_active = 0 };
	must(access_admin_change(app, cx, bob.id, &off, &bob));
	static const struct {
		const char *name, *password;
	} cases[] = {
		{ "nobody", GOOD_PASSWORD },
		{ "ada", OTHER_PASSWORD },
		{ "ada", "" },
		{ "", GOOD_PASSWORD },
		{ "bob", OTHER_PASSWORD },
		{ "ada", "\xff\xfe" },
		{ "a\x01", GOOD_PASSWORD },
	};
	char *sentence = NULL;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		from(cx, "198.51.100.7");
		must_fail(access_sign_in(app, cx, cases[i].name, cases[i].password, &who, &session),
			ERR_DENIED, "session.refused");
		if (sentence)
			assert_string_equal(sentence, cx->error.sentence);
		sentence = arena_strdup(cx->mem, cx->error.sentence);
	}
	from(cx, "198.51.100.7");
	must(access_sign_in(app, cx, " ADA ", GOOD_PASSWORD, &who, &session));
	assert_string_equal(who.name, "Ada");
	/* Names that are nobody's are not written down: they may be passwords. */
	assert_int_equal(count_acts(app, cx, "session.refuse"), 3);
}

APP_TEST(access_password_is_the_same_in_both_unicode_forms)
{
	struct identity who;
	char *session;
	struct admin bob;
	set_up(app, cx, &who);
	must(access_admin_create(
		app, cx, "bob", NULL, "auditor", "caf\xc3\xa9 lantern rivers stone", &bob));
	must(access_sign_in(app, cx, "bob", "cafe\xcc\x81 lantern rivers stone", &who, &session));
	must_fail(access_sign_in(app, cx, "bob", "cafe lantern rivers stone", &who, &session),
		ERR_DENIED, "session.refused");
}

APP_TEST(access_failures_wait_per_name_and_network)
{
	struct identity who;
	char *session;
	set_up(app, cx, &who);
	for (int i = 0; i < 5; i++) {
		from(cx, "198.51.100.7");
		must_fail(access_sign_in(app, cx, "ada", OTHER_PASSWORD, &who, &session),
			ERR_DENIED, "session.refused");
	}
	/* The right password waits too, and so does a neighbour in the network. */
	from(cx, "198.51.100.8");
	must_fail(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &session), ERR_LIMITED,
		"session.wait");
	assert_in_range(cx->error.retry_after_ms, 1, 1000);
	/* Ada herself, elsewhere, is not locked out; she does not forgive the others. */
	from(cx, "203.0.113.1");
	must(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &session));
	age(app, cx, "update sign_in_failure set last_at = last_at - 2000");
	from(cx, "198.51.100.7");
	must_fail(access_sign_in(app, cx, "ada", OTHER_PASSWORD, &who, &session), ERR_DENIED,
		"session.refused");
	from(cx, "198.51.100.7");
	must_fail(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &session), ERR_LIMITED,
		"session.wait");
	assert_in_range(cx->error.retry_after_ms, 1001, 2000);
	/* A good one from there forgives. */
	age(app, cx, "update sign_in_failure set last_at = last_at - 3000");
	from(cx, "198.51.100.7");
	must(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &session));
	from(cx, "198.51.100.7");
	must_fail(access_sign_in(app, cx, "ada", OTHER_PASSWORD, &who, &session), ERR_DENIED,
		"session.refused");
}

APP_TEST(access_address_that_tries_many_names_is_stopped)
{
	struct identity who;
	char *session;
	set_up(app, cx, &who);
	for (int i = 0; i < 20; i++) {
		from(cx, "198.51.100.7");
		must_fail(access_sign_in(app, cx, arena_printf(cx->mem, "name %d", i),
				  GOOD_PASSWORD, &who, &session),
			ERR_DENIED, "session.refused");
	}
	from(cx, "198.51.100.7");
	must_fail(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &session), ERR_LIMITED,
		"session.wait");
	assert_in_range(cx->error.retry_after_ms, 14 * 60 * 1000, 15 * 60 * 1000);
	age(app, cx, "update sign_in_failure set last_at = last_at - 900001");
	from(cx, "198.51.100.7");
	must(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &session));
}

STORE_TEST(access_waits_grow_to_a_ceiling)
{
	static const struct {
		int64_t failures, wait_ms;
	} cases[] = { { 0, 0 }, { 4, 0 }, { 5, 1000 }, { 6, 2000 }, { 7, 4000 }, { 14, 512000 },
		{ 15, 900000 }, { 16, 900000 }, { 1000000, 900000 } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(access_throttle_wait_ms(cases[i].failures), cases[i].wait_ms);
	static const struct {
		const char *address, *network;
	} networks[] = {
		{ "192.0.2.77", "192.0.2.0/24" },
		{ "::ffff:192.0.2.77", "192.0.2.0/24" },
		{ "2001:db8:1:2ff:3::4", "2001:db8:1:200::/56" },
		{ "2001:db8:1:300::1", "2001:db8:1:300::/56" },
		{ "::1", "::/56" },
		{ "unix", "unix" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
		assert_string_equal(
			access_throttle_network(cx, networks[i].address), networks[i].network);
}

APP_TEST(access_sessions_end_by_time)
{
	struct identity who;
	char *session = set_up(app, cx, &who);
	must(access_session(app, cx, session, &who));
	must_fail(access_session(app, cx, NULL, &who), ERR_DENIED, "session.ended");
	must_fail(access_session(app, cx, "x", &who), ERR_DENIED, "session.ended");
	char *wrong = arena_strdup(cx->mem, session);
	wrong[0] = wrong[0] == 'a' ? 'b' : 'a';
	must_fail(access_session(app, cx, wrong, &who), ERR_DENIED, "session.ended");

	age(app, cx, "update session set seen_at = seen_at - 43199000");
	must(access_session(app, cx, session, &who));
	/* That was a use: the idle time begins anew. */
	age(app, cx, "update session set seen_at = seen_at - 43199000");
	must(access_session(app, cx, session, &who));
	age(app, cx, "update session set seen_at = seen_at - 43201000");
	must_fail(access_session(app, cx, session, &who), ERR_DENIED, "session.ended");

	must(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &session));
	age(app, cx, "update session set expires_at = expires_at - 604800000");
	must_fail(access_session(app, cx, session, &who), ERR_DENIED, "session.ended");
}

static struct access_end end_of(struct app *app, struct ctx *cx, const char *session)
{
	struct session row;
	must(access_session_row(app, cx, session, &row));
	return access_session_end(&row);
}

APP_TEST(access_session_can_be_extended_up_to_its_limit)
{
	struct identity who;
	struct session row;
	char *session = set_up(app, cx, &who);
	struct access_end first = end_of(app, cx, session);
	assert_true(first.can_extend);

	/* A page that asks by itself is nobody at work. */
	age(app, cx, "update session set seen_at = seen_at - 43199000");
	must(access_session_look(app, cx, session, &who));
	assert_int_equal(end_of(app, cx, session).at, first.at - 43199000);
	must(access_session_extend(app, cx, session, &row));
	assert_true(end_of(app, cx, session).at >= first.at);
	assert_int_equal(end_of(app, cx, session).at, access_session_end(&row).at);

	/* An hour before the limit it ends there, and no use moves that. */
	age(app, cx, "update session set expires_at = expires_at - 601200000");
	struct access_end last = end_of(app, cx, session);
	assert_false(last.can_extend);
	must(access_session_extend(app, cx, session, &row));
	assert_int_equal(end_of(app, cx, session).at, last.at);

	age(app, cx, "update session set seen_at = seen_at - 43201000");
	must_fail(access_session_look(app, cx, session, &who), ERR_DENIED, "session.ended");
	must_fail(access_session_extend(app, cx, session, &row), ERR_DENIED, "session.ended");
}

APP_TEST(access_session_is_stored_hashed)
{
	static const struct db_query find = {
		.name = "test_find_session",
		.sqlite = "select count(*) from session where token_hash = ?1",
		.postgres = "select count(*) from session where token_hash = $1",
		.parameters = 1,
	};
	struct identity who;
	char *session = set_up(app, cx, &who), hash[SECRET_HASH_HEX];
	const char *bound[] = { session, hash };
	secret_hash(session, strlen(session), hash);
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	for (int i = 0; i < 2; i++) {
		int64_t count;
		struct db_stmt *st = db_query(db, &find);
		db_bind_text(st, bound[i]);
		must(db_run_i64(st, cx, &count));
		assert_int_equal(count, i);
	}
}

APP_TEST(access_sign_out_and_csrf)
{
	struct identity who;
	char *session = set_up(app, cx, &who), *other;
	must(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &other));
	assert_int_equal(strlen(access_csrf(cx, session)), 64);
	assert_string_equal(access_csrf(cx, session), access_csrf(cx, session));
	assert_string_not_equal(access_csrf(cx, session), access_csrf(cx, other));
	must(access_sign_out(app, cx, session));
	must_fail(access_session(app, cx, session, &who), ERR_DENIED, "session.ended");
	must(access_session(app, cx, other, &who));
}

APP_TEST(access_eleventh_session_ends_the_oldest)
{
	struct identity who;
	char *first = set_up(app, cx, &who), *last;
	for (int i = 0; i < ACCESS_SESSIONS_PER_ADMIN; i++) {
		if (i == 0)
			must(access_session(app, cx, first, &who));
		must(access_sign_in(app, cx, "ada", GOOD_PASSWORD, &who, &last));
	}
	must_fail(access_session(app, cx, first, &who), ERR_DENIED, "session.ended");
	must(access_session(app, cx, last, &who));
}

APP_TEST(access_tokens_live_and_die)
{
	struct identity who;
	struct api_token row, again;
	char *token;
	set_up(app, cx, &who);
	must(access_token_create(app, cx, " backup script ", "operator", 30, &row, &token));
	assert_string_equal(row.name, "backup script");
	assert_int_equal(strncmp(token, "pom_", 4), 0);
	must(access_token(app, cx, token, &who));
	assert_string_equal(who.kind, "api_token");
	assert_string_equal(who.name, "backup script");
	assert_int_equal(who.role, ROLE_OPERATOR);

	must_fail(access_token(app, cx, NULL, &who), ERR_DENIED, "api_token.refused");
	must_fail(access_token(app, cx, "pom_", &who), ERR_DENIED, "api_token.refused");
	char *cut = arena_strndup(cx->mem, token, strlen(token) - 1);
	must_fail(access_token(app, cx, cut, &who), ERR_DENIED, "api_token.refused");
	assert_non_null(strstr(cx->error.sentence, "whole"));
	char *typo = arena_strdup(cx->mem, token);
	typo[10] = typo[10] == 'x' ? 'y' : 'x';
	must_fail(access_token(app, cx, typo, &who), ERR_DENIED, "api_token.refused");

	age(app, cx, "update api_token set expires_at = expires_at - 2592000001");
	must_fail(access_token(app, cx, token, &who), ERR_DENIED, "api_token.expired");
	must(access_token_create(app, cx, "second", "auditor", 1, &again, &token));
	must(access_token_revoke(app, cx, again.id));
	must(access_token_revoke(app, cx, again.id));
	must_fail(access_token(app, cx, token, &who), ERR_DENIED, "api_token.revoked");
	must_fail(access_token_revoke(app, cx, 4711), ERR_NOT_FOUND, "api_token.none");
	assert_int_equal(count_acts(app, cx, "api_token.revoke"), 1);

	struct api_token *tokens;
	size_t count;
	must(access_token_list(app, cx, &tokens, &count));
	assert_int_equal(count, 2);
	assert_string_equal(tokens[0].name, "second");
	assert_true(tokens[0].revoked_at > 0);
	assert_true(tokens[1].used_at > 0);
}

APP_TEST(access_token_wishes_are_checked)
{
	struct identity who;
	struct api_token row;
	char *token;
	set_up(app, cx, &who);
	must_fail(access_token_create(app, cx, "x", "king", 30, &row, &token), ERR_INVALID,
		"api_token.role");
	must_fail(access_token_create(app, cx, "x", "none", 30, &row, &token), ERR_INVALID,
		"api_token.role");
	must_fail(access_token_create(app, cx, "", "owner", 30, &row, &token), ERR_INVALID,
		"api_token.name");
	must_fail(access_token_create(app, cx, "x", "owner", 366, &row, &token), ERR_INVALID,
		"api_token.days");
	must_fail(access_token_create(app, cx, "x", "owner", 0, &row, &token), ERR_INVALID,
		"api_token.days");
	cx->actor.kind = "cli";
	must(access_token_create(app, cx, "x", "owner", 0, &row, &token));
	assert_int_equal(row.expires_at, 0);
	must(access_token(app, cx, token, &who));
	assert_int_equal(who.role, ROLE_OWNER);
}

APP_TEST(access_last_owner_stays)
{
	struct identity who;
	struct admin bob, ada;
	set_up(app, cx, &who);
	int64_t ada_id = who.id;
	struct admin_change demote = { .role = "admin", .is_active = -1 };
	struct admin_change disable = { .is_active = 0 };
	must_fail(access_admin_change(app, cx, ada_id, &demote, &ada), ERR_CONFLICT,
		"admin.last_owner");
	must_fail(access_admin_change(app, cx, ada_id, &disable, &ada), ERR_CONFLICT,
		"admin.last_owner");
	must(access_admin_create(app, cx, "bob", NULL, "owner", OTHER_PASSWORD, &bob));
	must(access_admin_change(app, cx, bob.id, &disable, &bob));
	must_fail(access_admin_change(app, cx, ada_id, &demote, &ada), ERR_CONFLICT,
		"admin.last_owner");
	struct admin_change enable = { .is_active = 1 };
	must(access_admin_change(app, cx, bob.id, &enable, &bob));
	must(access_admin_change(app, cx, ada_id, &demote, &ada));
	assert_string_equal(ada.role, "admin");
}

APP_TEST(access_changes_end_sessions_at_once)
{
	static const struct {
		const char *name;
		struct admin_change change;
		bool ends;
	} cases[] = {
		{ "e-mail", { .has_email = true, .email = "bob@example.org", .is_active = -1 },
			false },
		{ "same role", { .role = "operator", .is_active = -1 }, false },
		{ "role", { .role = "auditor", .is_active = -1 }, true },
		{ "password", { .password = GOOD_PASSWORD " too", .is_active = -1 }, true },
		{ "disabled", { .is_active = 0 }, true },
	};
	struct identity who;
	struct admin bob;
	char *session;
	set_up(app, cx, &who);
	must(access_admin_create(app, cx, "Bob", NULL, "operator", OTHER_PASSWORD, &bob));
	must_fail(access_admin_create(app, cx, "BOB", NULL, "operator", OTHER_PASSWORD, &bob),
		ERR_CONFLICT, "admin.exists");
	const char *password = OTHER_PASSWORD;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		must(access_sign_in(app, cx, "bob", password, &who, &session));
		must(access_admin_change(app, cx, bob.id, &cases[i].change, &bob));
		if (cases[i].ends)
			must_fail(access_session(app, cx, session, &who), ERR_DENIED,
				"session.ended");
		else
			must(access_session(app, cx, session, &who));
		if (cases[i].change.password)
			password = cases[i].change.password;
	}
	assert_string_equal(bob.email, "bob@example.org");
	struct admin *admins;
	size_t count;
	must(access_admin_list(app, cx, &admins, &count));
	assert_int_equal(count, 2);
	assert_string_equal(admins[1].name, "Bob");
	assert_false(admins[1].is_active);
	must_fail(access_admin_change(app, cx, 4711, &cases[0].change, &bob), ERR_NOT_FOUND,
		"admin.none");
}

STORE_TEST(access_passwords_that_will_not_do)
{
	static const struct {
		const char *password, *name, *email, *reason;
	} cases[] = {
		{ GOOD_PASSWORD, "ada", "ada@example.org", NULL },
		{ "ünïcödé wörds ärë fïnë", "ada", NULL, NULL },
		{ "x7#kQ!29vbn$Lw0", "ada", NULL, NULL },
		{ "copper lantern", "ada", NULL, "password.short" },
		{ "", "ada", NULL, "password.short" },
		{ "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", "ada", NULL,
			"password.short" },
		{ "123456789012345678", "ada", NULL, "password.guessable" },
		{ "aaaaaaaaaaaaaaaaaaaa", "ada", NULL, "password.guessable" },
		{ "abababababababababab", "ada", NULL, "password.guessable" },
		{ "passwordpassword", "ada", NULL, "password.guessable" },
		{ "Password12345678!", "ada", NULL, "password.guessable" },
		{ "AppleSchoolManager2026", "ada", NULL, "password.guessable" },
		{ "pomona-admin-2026!!", "ada", NULL, "password.guessable" },
		{ "correct horse battery staple", "ada", NULL, "password.guessable" },
		{ "qwertyuiopasdfghjkl", "ada", NULL, "password.guessable" },
		{ "Lovelace1815Lovelace", "Lovelace", NULL, "password.guessable" },
		{ "ada.lovelace.1815.x", "al", "ada.lovelace@example.org", "password.guessable" },
		{ "control\x01"
		  "characters here",
			"ada", NULL, "password.unusable" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum err e =
			access_password_check(cx, cases[i].password, cases[i].name, cases[i].email);
		const char *reason = e ? cx->error.reason : NULL;
		bool is_same = reason && cases[i].reason ? strcmp(reason, cases[i].reason) == 0
		                                         : reason == cases[i].reason;
		if (!is_same)
			fail_msg("%s: %s", cases[i].password, reason ? reason : "taken");
		if (e)
			assert_string_equal(cx->error.pointer, "/password");
	}
	char *longest = arena_alloc(cx->mem, 600);
	for (int i = 0; i < 128; i++)
		longest[i] = (char)('a' + i % 26);
	must(access_password_check(cx, longest, "ada", NULL));
	longest[128] = 'x';
	must_fail(access_password_check(cx, longest, "ada", NULL), ERR_INVALID, "password.long");
}
