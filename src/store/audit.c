#include "store/audit.h"

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
		.chain_hash = db_text(st, cx, 11),
	};
}

/* "session.%" of "session.", and an act for itself. */
static char *act_pattern(struct arena *a, const char *act)
{
	char *out = arena_alloc(a, 2 * strlen(act) + 2);
	size_t n = 0;
	for (const char *c = act; *c; c++) {
		if (*c == '%' || *c == '_' || *c == '\\')
			out[n++] = '\\';
		out[n++] = *c;
	}
	if (n && out[n - 1] == '.')
		out[n++] = '%';
	out[n] = '\0';
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
}

enum err audit_find(struct db *db, struct ctx *cx, const struct audit_filter *filter,
	int64_t before_id, int limit, struct audit_row **ret_rows, size_t *ret_count)
{
	bool by_target = filter->target_kind && !filter->actor && !filter->act && !filter->since &&
	                 !filter->until;
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

/* One page; ERR_NOT_FOUND without detail after the last. The page's text ends with it. */
static enum err verify_page(struct db *db, struct ctx *cx, struct audit_finding *finding,
	int64_t *id, char head[SECRET_HASH_HEX])
{
	CTX_AUTO(page);
	DB_STMT_AUTO(st, db, &audit_walk_query);
	db_bind_i64(st, *id);
	db_bind_i64(st, WALK_PAGE);
	enum err e;
	int count = 0;
	while ((e = db_step(st, cx)) == OK) {
		struct audit_row row;
		read_row(st, &page, &row);
		const char *words = judge(&row, *id, head);
		if (words) {
			finding->bad_id = row.id;
			finding->words = words;
			return ERR_NOT_FOUND;
		}
		memcpy(head, row.chain_hash, SECRET_HASH_HEX);
		*id = row.id;
		finding->rows++;
		count++;
	}
	if (e != ERR_NOT_FOUND)
		return e;
	return count ? OK : ERR_NOT_FOUND;
}

enum err audit_verify(struct db *db, struct ctx *cx, struct audit_finding *ret_finding)
{
	struct audit_finding finding = { .words = "" };
	char head[SECRET_HASH_HEX];
	memcpy(head, chain_start, sizeof(head));
	int64_t id = 0;
	enum err e;
	do
		e = verify_page(db, cx, &finding, &id, head);
	while (e == OK);
	if (e != ERR_NOT_FOUND)
		return e;
	finding.head = arena_strdup(cx->mem, head);
	*ret_finding = finding;
	return OK;
}
