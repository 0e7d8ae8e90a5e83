/* A request with an Idempotency-Key is done once; what a killed process left is told apart. */
#include "store_test.h"

#include "domain/once.h"
#include "store/settings.h"

static void as(struct ctx *cx, int64_t id)
{
	cx->actor = (struct actor){ "api_token", id, "script", "" };
}

/* What a handler does: one change, in its own transaction. */
static void act(struct app *app, struct ctx *cx, const char *value)
{
	DB_AUTO(db);
	must(db_write(app->db, cx, &db));
	must(settings_put(db, cx, "once", value));
	must(db_commit(&db, cx));
}

APP_TEST(once_gives_the_same_answer)
{
	struct once once, again;
	as(cx, 1);
	must(once_begin(app, cx, "k", "h", false, &once));
	assert_true(once.is_claimed);
	assert_false(once.is_replay);
	must_fail(
		once_begin(app, cx, "k", "h", false, &again), ERR_CONFLICT, "idempotency.running");
	assert_true(cx->error.retry_after_ms > 0);
	must_fail(once_begin(app, cx, "k", "other", false, &again), ERR_CONFLICT,
		"idempotency.other_request");
	must(once_end(app, cx, &once, 201, "application/json", "{\"id\":7}"));
	must(once_begin(app, cx, "k", "h", false, &again));
	assert_true(again.is_replay);
	assert_false(again.is_claimed);
	assert_int_equal(again.row.status, 201);
	assert_string_equal(again.row.answer, "{\"id\":7}");
	as(cx, 2);
	must(once_begin(app, cx, "k", "other", false, &again));
	assert_true(again.is_claimed);
	cx->before_commit = NULL;
}

APP_TEST(once_forgets_what_was_refused)
{
	struct once once;
	as(cx, 1);
	must(once_begin(app, cx, "k", "h", false, &once));
	must(once_end(app, cx, &once, 400, "application/problem+json", "{}"));
	must(once_begin(app, cx, "k", "other", false, &once));
	assert_true(once.is_claimed);
	must(once_end(app, cx, &once, 204, NULL, ""));
}

APP_TEST(once_lets_a_job_find_itself)
{
	struct once once;
	as(cx, 1);
	must(once_begin(app, cx, "k", "h", true, &once));
	must(once_end(app, cx, &once, 202, "application/json", NULL));
	must(once_begin(app, cx, "k", "h", true, &once));
	assert_true(once.is_claimed);
	assert_false(once.is_replay);
	must_fail(once_begin(app, cx, "k", "other", true, &once), ERR_CONFLICT,
		"idempotency.other_request");
}

APP_TEST(once_after_a_kill)
{
	struct once once;
	as(cx, 1);
	app->life = 1;
	must(once_begin(app, cx, "nothing done", "h", false, &once));
	must(once_begin(app, cx, "something done", "h", false, &once));
	act(app, cx, "1");
	cx->before_commit = NULL;
	app->life = 2;
	must(once_begin(app, cx, "nothing done", "h", false, &once));
	assert_true(once.is_claimed);
	must_fail(once_begin(app, cx, "something done", "h", false, &once), ERR_CONFLICT,
		"idempotency.answer_lost");
	app->life = 0;
	cx->before_commit = NULL;
}

/* The mark is in the transaction of the change: with it, or not at all. */
APP_TEST(once_is_noted_with_the_change)
{
	struct once once;
	struct request_key key;
	struct db *db = NULL;
	as(cx, 1);
	must(once_begin(app, cx, "k", "h", false, &once));
	must(db_write(app->db, cx, &db));
	must(settings_put(db, cx, "once", "lost"));
	db_release(&db);
	must(db_read(app->db, cx, &db));
	must(request_keys_find(db, cx, "api_token 1", "k", &key));
	db_release(&db);
	assert_string_equal(key.state, "running");
	act(app, cx, "kept");
	act(app, cx, "kept too");
	must(db_read(app->db, cx, &db));
	must(request_keys_find(db, cx, "api_token 1", "k", &key));
	db_release(&db);
	assert_string_equal(key.state, "acted");
	must(once_end(app, cx, &once, 200, "application/json", NULL));
	must_fail(once_begin(app, cx, "k", "h", false, &once), ERR_CONFLICT,
		"idempotency.answer_lost");
	must(db_write(app->db, cx, &db));
	must(request_keys_prune(db, cx, clock_now_ms() + 1));
	must(db_commit(&db, cx));
	must(once_begin(app, cx, "k", "other", false, &once));
	assert_true(once.is_claimed);
	cx->before_commit = NULL;
}
