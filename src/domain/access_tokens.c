/* access_tokens.c - API tokens: "pom_", 256 random bits, and a check of six digits, so that a token
 * that was cut off is told from one that is not known, and secret scanners find lost ones. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/access.h"
#include "domain/app.h"
#include "store/audit.h"

#define PREFIX       "pom_"
#define RANDOM_CHARS 43
#define CHECK_CHARS  6
#define TOKEN_CHARS  (sizeof(PREFIX) - 1 + RANDOM_CHARS + CHECK_CHARS)
#define DAY_MS       (24 * 3600 * 1000LL)
#define USED_STEP_MS (60 * 1000)

static bool has_check(const char *token)
{
	char hash[SECRET_HASH_HEX];
	if (!text_starts_with(token, PREFIX) || strlen(token) != TOKEN_CHARS)
		return false;
	secret_hash(token, TOKEN_CHARS - CHECK_CHARS, hash);
	return memcmp(hash, token + TOKEN_CHARS - CHECK_CHARS, CHECK_CHARS) == 0;
}

static char *make_token(struct ctx *cx)
{
	char hash[SECRET_HASH_HEX];
	char *body = arena_printf(cx->mem, PREFIX "%s", secret_token(cx->mem, RANDOM_CHARS));
	secret_hash(body, strlen(body), hash);
	return arena_printf(cx->mem, "%s%.*s", body, CHECK_CHARS, hash);
}

static const char *hash_of(struct ctx *cx, const char *token)
{
	char hash[SECRET_HASH_HEX];
	secret_hash(token, strlen(token), hash);
	return arena_strdup(cx->mem, hash);
}

static enum err judge(struct ctx *cx, const struct api_token *row, int64_t now)
{
	if (row->revoked_at)
		return err_set(cx, ERR_DENIED, "api_token.revoked",
			"The API token %s was revoked. Use another one.", row->name);
	if (row->expires_at && row->expires_at <= now)
		return err_set(cx, ERR_DENIED, "api_token.expired",
			"The API token %s expired on %s. Make a new one.", row->name,
			clock_rfc3339(cx->mem, row->expires_at));
	return OK;
}

/* A full disk must not keep programs from reading. */
static void note_used(struct app *app, int64_t id, int64_t now)
{
	CTX_AUTO(cx);
	DB_AUTO(db);
	enum err e = db_write(app->db, &cx, &db);
	if (!e)
		e = api_tokens_set_used(db, &cx, id, now);
	if (!e)
		(void)!db_commit(&db, &cx);
}

enum err access_token(
	struct app *app, struct ctx *cx, const char *token, struct identity *ret_identity)
{
	int64_t now = clock_now_ms();
	struct api_token row;
	if (!token || !has_check(token))
		return err_set(cx, ERR_DENIED, "api_token.refused",
			"This is not a whole API token of Pomona: it begins with " PREFIX
			" and has %zu characters.",
			(size_t)TOKEN_CHARS);
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = api_tokens_by_hash(db, cx, hash_of(cx, token), &row);
	db_release(&db);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, ERR_DENIED, "api_token.refused",
			"This API token is not one of this server.");
	if (!e)
		e = judge(cx, &row, now);
	if (e)
		return e;
	if (row.used_at + USED_STEP_MS <= now)
		note_used(app, row.id, now);
	*ret_identity = (struct identity){
		.kind = "api_token",
		.id = row.id,
		.name = row.name,
		.role = access_role(row.role),
	};
	cx->actor.kind = ret_identity->kind;
	cx->actor.id = row.id;
	cx->actor.name = row.name;
	return OK;
}

static enum err check_wish(struct ctx *cx, const char *name, const char *role, int64_t days)
{
	bool is_on_host = text_equal(cx->actor.kind, "cli");
	if (text_is_blank(name) || strlen(name) > 4 * ACCESS_NAME_CHARS_MAX ||
		!text_is_clean(name, strlen(name), false))
		return err_set_field(cx, ERR_INVALID, "api_token.name", "/name",
			"An API token needs a name of 1 to %d characters, so that you know it "
			"again.",
			ACCESS_NAME_CHARS_MAX);
	if (access_role(role) == ROLE_NONE)
		return err_set_field(cx, ERR_INVALID, "api_token.role", "/role",
			"The role of an API token is owner, admin, operator or auditor.");
	if (days < (is_on_host ? 0 : 1) || days > ACCESS_TOKEN_DAYS_MAX)
		return err_set_field(cx, ERR_INVALID, "api_token.days", "/days",
			"An API token lasts 1 to %d days.", ACCESS_TOKEN_DAYS_MAX);
	return OK;
}

static enum err audit_create(struct db *db, struct ctx *cx, const struct api_token *row)
{
	BUF_AUTO(detail, 1024);
	struct json_writer w;
	jw_init(&w, &detail);
	jw_object(&w, NULL);
	jw_str(&w, "role", row->role);
	jw_time(&w, "expires_at", row->expires_at);
	jw_end_object(&w);
	return audit_write(
		db, cx, "api_token.create", "api_token", row->id, row->name, detail.bytes);
}

enum err access_token_create(struct app *app, struct ctx *cx, const char *name, const char *role,
	int64_t days, struct api_token *ret_row, char **ret_token)
{
	int64_t now = clock_now_ms();
	enum err e = check_wish(cx, name, role, days);
	if (e)
		return e;
	struct api_token row = {
		.name = text_trim(cx->mem, name),
		.role = access_role_name(access_role(role)),
		.created_by = cx->actor.name,
		.created_at = now,
		.expires_at = days ? now + days * DAY_MS : 0,
	};
	char *token = make_token(cx);
	DB_AUTO(db);
	e = db_write(app->db, cx, &db);
	if (!e)
		e = api_tokens_insert(db, cx, hash_of(cx, token), &row, &row.id);
	if (!e)
		e = audit_create(db, cx, &row);
	if (!e)
		e = db_commit(&db, cx);
	if (e)
		return e;
	*ret_row = row;
	*ret_token = token;
	return OK;
}

enum err access_token_revoke(struct app *app, struct ctx *cx, int64_t id)
{
	struct api_token row;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = api_tokens_get(db, cx, id, &row);
	if (e || row.revoked_at)
		return e;
	e = api_tokens_revoke(db, cx, id, clock_now_ms());
	if (!e)
		e = audit_write(db, cx, "api_token.revoke", "api_token", id, row.name, NULL);
	return e ? e : db_commit(&db, cx);
}

enum err access_token_list(
	struct app *app, struct ctx *cx, struct api_token **ret_tokens, size_t *ret_count)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : api_tokens_list(db, cx, ret_tokens, ret_count);
}
