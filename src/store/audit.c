#include "store/audit.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "db/db.h"
#include "store/audit.sql.h"

/* A row is a line of the portal, not a document. */
#define ROW_MAX_BYTES (256 * 1024)
#define WALK_PAGE     1000

/* Before the first row. */
static const char chain_start[] =
	"0000000000000000000000000000000000000000000000000000000000000000";

/* Each field with its length, so that no two rows have one form: "3:ada". "-" stands for NULL. */
static void add_field(struct buf *b, const char *text)
{
	if (text)
		buf_printf(b, "%zu:%s,", strlen(text), text);
	else
		buf_puts(b, "-,");
}

/* The hash of a row: SHA-256 over the form's version, the hash before, and every field. */
static bool chain(const struct audit_row *row, const char *before, char ret_hash[SECRET_HASH_HEX])
{
	BUF_AUTO(b, ROW_MAX_BYTES);
	buf_printf(&b, "audit1,%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",", before, row->id, row->at,
		row->actor_id);
	add_field(&b, row->actor_kind);
	add_field(&b, row->actor_name);
	add_field(&b, row->from_address);
	add_field(&b, row->act);
	add_field(&b, row->target_kind);
	add_field(&b, row->target_id);
	add_field(&b, row->target_name);
	add_field(&b, row->detail);
	add_field(&b, row->result);
	secret_hash(b.bytes, b.length, ret_hash);
	return !b.is_full;
}

static enum err read_last(struct db *db, struct ctx *cx, int64_t *ret_id, const char **ret_hash)
{
	int64_t ignored;
	enum err e = db_run_i64(db_query(db, &audit_lock_query), cx, &ignored);
	if (e)
		return e;
	DB_STMT_AUTO(st, db, &audit_last_query);
	e = db_step(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_id = e ? 0 : db_i64(st, 0);
	*ret_hash = e ? chain_start : db_text(st, cx, 1);
	return OK;
}

static enum err insert(struct db *db, struct ctx *cx, const struct audit_row *row)
{
	struct db_stmt *st = db_query(db, &audit_insert_query);
	db_bind_i64(st, row->id);
	db_bind_i64(st, row->at);
	db_bind_text(st, row->actor_kind);
	db_bind_id(st, row->actor_id);
	db_bind_text(st, row->actor_name);
	db_bind_text(st, row->from_address);
	db_bind_text(st, row->act);
	db_bind_text(st, row->target_kind);
	db_bind_text(st, row->target_id);
	db_bind_text(st, row->target_name);
	db_bind_text(st, row->detail);
	db_bind_text(st, row->result);
	db_bind_text(st, row->chain_hash);
	return db_run(st, cx, NULL);
}

static const char *none_if_empty(const char *text)
{
	return text && *text ? text : NULL;
}

enum err audit_write(struct db *db, struct ctx *cx, const char *act, const char *target_kind,
	int64_t target_id, const char *target_name, const char *detail_json)
{
	return audit_write_result(db, cx, act, target_kind, target_id, target_name, detail_json,
		text_equal(act, "session.refuse") ? "refused" : "ok");
}

enum err audit_write_result(struct db *db, struct ctx *cx, const char *act, const char *target_kind,
	int64_t target_id, const char *target_name, const char *detail_json, const char *result)
{
	struct audit_row row = {
		.at = clock_now_ms(),
		.actor_kind = cx->actor.kind ? cx->actor.kind : "system",
		.actor_id = cx->actor.id,
		.actor_name = cx->actor.name ? cx->actor.name : "",
		.from_address = none_if_empty(cx->actor.from),
		.act = act,
		.target_kind = target_kind,
		.target_id = target_id ? arena_printf(cx->mem, "%" PRId64, target_id) : NULL,
		.target_name = target_name,
		.detail = detail_json,
		.result = result,
	};
	const char *before;
	char hash[SECRET_HASH_HEX];
	enum err e = read_last(db, cx, &row.id, &before);
	if (e)
		return e;
	row.id++;
	if (!chain(&row, before, hash))
		return err_set(cx, ERR_BUG, "audit.too_long", "The act is too long to be audited.");
	row.chain_hash = hash;
	return insert(db, cx, &row);
}

static void read_row(const struct db_stmt *st, struct ctx *cx, struct audit_row *ret_row)
{
	*ret_row = (struct audit_row){
		.id = db_i64(st, 0),
		.at = db_i64(st, 1),
		.actor_kind = db_text(st, cx, 2),
		.actor_id = db_i64(st, 3),
		.actor_name = db_text(st, cx, 4),
		.from_address = db_text(st, cx, 5),
		.act = db_text(st, cx, 6),
		.target_kind = db_text(st, cx, 7),
		.target_id = db_text(st, cx, 8),
		.target_name = db_text(st, cx, 9),
		.detail = db_text(st, cx, 10),
		.result = db_text(st, cx, 11),
		.chain_hash = db_text(st, cx, 12),
	};
}

/* What stands for itself in a pattern, with room for two more characters. */
static char *escaped(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, 2 * strlen(text) + 3);
	size_t n = 0;
	for (const char *c = text; *c; c++) {
		if (*c == '%' || *c == '_' || *c == '\\')
			out[n++] = '\\';
		out[n++] = *c;
	}
	out[n] = '\0';
	return out;
}

/* "session.%" of "session.", and an act for itself. */
static char *act_pattern(struct arena *a, const char *act)
{
	char *out = escaped(a, act);
	size_t n = strlen(out);
	if (n && out[n - 1] == '.')
		memcpy(out + n, "%", 2);
	return out;
}

static void bind_filter(struct db_stmt *st, struct ctx *cx, const struct audit_filter *f)
{
	db_bind_text(st, f->target_kind);
	db_bind_text(st, f->target_id);
	db_bind_text(st, f->actor);
	db_bind_text(st, f->act ? act_pattern(cx->mem, f->act) : NULL);
	db_bind_id(st, f->since);
	db_bind_id(st, f->until);
	db_bind_text(st, f->result);
	/* SQLite knows small letters of English only, so the text is looked for as it was typed too. */
	const char *typed = f->target ? escaped(cx->mem, f->target) : NULL;
	db_bind_text(st, typed ? arena_printf(cx->mem, "%%%s%%", text_fold(cx->mem, typed)) : NULL);
	db_bind_text(st, typed ? arena_printf(cx->mem, "%%%s%%", typed) : NULL);
}

enum err audit_find(struct db *db, struct ctx *cx, const struct audit_filter *filter,
	int64_t before_id, int limit, struct audit_row **ret_rows, size_t *ret_count)
{
	bool by_target = filter->target_kind && !filter->actor && !filter->act && !filter->since &&
	                 !filter->until && !filter->result && !filter->target;
	if (limit > AUDIT_PAGE_MAX)
		limit = AUDIT_PAGE_MAX;
	struct audit_row *rows = ARENA_ARRAY(cx->mem, struct audit_row, limit);
	size_t count = 0;
	DB_STMT_AUTO(st, db, by_target ? &audit_list_of_query : &audit_list_query);
	db_bind_i64(st, before_id ? before_id : INT64_MAX);
	db_bind_i64(st, limit);
	if (by_target) {
		db_bind_text(st, filter->target_kind);
		db_bind_text(st, filter->target_id);
	} else {
		bind_filter(st, cx, filter);
	}
	enum err e;
	while ((e = db_step(st, cx)) == OK)
		read_row(st, cx, &rows[count++]);
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_rows = rows;
	*ret_count = count;
	return OK;
}

enum err audit_list(struct db *db, struct ctx *cx, const char *target_kind, const char *target_id,
	int64_t before_id, int limit, struct audit_row **ret_rows, size_t *ret_count)
{
	struct audit_filter filter = { .target_kind = target_kind, .target_id = target_id };
	return audit_find(db, cx, &filter, before_id, limit, ret_rows, ret_count);
}

/* What is wrong with a row that should follow `before`; NULL: nothing. */
static const char *judge(const struct audit_row *row, int64_t id_before, const char *before)
{
	char hash[SECRET_HASH_HEX];
	if (row->id != id_before + 1)
		return "the rows before it are missing";
	if (!chain(row, before, hash) || !text_equal(hash, row->chain_hash))
		return "it, or the row before it, is not as it was written";
	return NULL;
}

/* The last row that was read is still there, and the same. */
static enum err check_head(struct db *db, struct ctx *cx, struct audit_walk *walk)
{
	DB_STMT_AUTO(st, db, &audit_hash_of_query);
	db_bind_i64(st, walk->id);
	enum err e = db_step(st, cx);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (e || !text_equal(db_text(st, cx, 0), walk->head)) {
		walk->bad_id = walk->id;
		walk->words = e ? "it was there before, and is gone" : "it is not as it was before";
	}
	return OK;
}

/* Text of the rows ends with the page. */
static enum err read_page(struct db *db, struct ctx *cx, struct audit_walk *walk, int *ret_count)
{
	CTX_AUTO(page);
	DB_STMT_AUTO(st, db, &audit_walk_query);
	db_bind_i64(st, walk->id);
	db_bind_i64(st, WALK_PAGE);
	enum err e;
	while ((e = db_step(st, cx)) == OK) {
		struct audit_row row;
		read_row(st, &page, &row);
		walk->words = judge(&row, walk->id, walk->head);
		if (walk->words) {
			walk->bad_id = row.id;
			return OK;
		}
		memcpy(walk->head, row.chain_hash, SECRET_HASH_HEX);
		walk->id = row.id;
		walk->rows++;
		(*ret_count)++;
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err audit_walk_on(struct db *db, struct ctx *cx, struct audit_walk *walk)
{
	static_assert(sizeof(walk->head) == SECRET_HASH_HEX, "a hash as text");
	int count = 0;
	enum err e = OK;
	if (walk->id)
		e = check_head(db, cx, walk);
	else
		memcpy(walk->head, chain_start, sizeof(walk->head));
	if (!e && !walk->bad_id)
		e = read_page(db, cx, walk, &count);
	walk->is_at_end = count < WALK_PAGE;
	return e;
}

enum err audit_verify(struct db *db, struct ctx *cx, struct audit_finding *ret_finding)
{
	struct audit_walk walk = { 0 };
	enum err e = OK;
	while (!e && !walk.is_at_end)
		e = audit_walk_on(db, cx, &walk);
	if (e)
		return e;
	*ret_finding = (struct audit_finding){ .rows = walk.rows,
		.bad_id = walk.bad_id,
		.words = walk.words ? walk.words : "",
		.head = arena_strdup(cx->mem, walk.head) };
	return OK;
}
