/* Two lists in one order: what Apple listed, and what is known here. A page of each is taken, the rows that
 * stand on it are judged, and after a bounded time the writer is given to others. */
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/sync_judge.h"
#include "store/jobs.h"
#include "store/user_list.h"

#define PAGE      1024
#define WRITE_MS  50 /* then others may write */
#define KEY_BYTES 256

struct merge {
	const struct sync_reading *reading;
	struct ctx rows_cx; /* of what follows */
	struct staged_user *rows;
	size_t row_count, row_at;
	bool rows_are_over;
	struct vpp_user_facts *facts; /* of the present piece */
	size_t fact_count, fact_at;
	bool facts_are_over;
	char after[KEY_BYTES]; /* both lists were taken up to here */
};

static enum err begin(struct merge *m, struct ctx *cx, const struct sync_reading *reading)
{
	*m = (struct merge){ .reading = reading };
	ctx_init(&m->rows_cx);
	return user_list_rewind(reading->list, cx);
}

static bool is_over(const struct merge *m)
{
	return m->rows_are_over && m->row_at == m->row_count && m->facts_are_over &&
	       m->fact_at == m->fact_count;
}

static enum err fill_rows(struct merge *m, struct ctx *cx)
{
	if (m->row_at < m->row_count || m->rows_are_over)
		return OK;
	ctx_reset(&m->rows_cx);
	m->rows = ARENA_ARRAY(m->rows_cx.mem, struct staged_user, PAGE);
	m->row_at = m->row_count = 0;
	enum err e = user_list_page(m->reading->list, &m->rows_cx, PAGE, m->rows, &m->row_count);
	m->rows_are_over = m->row_count < PAGE;
	return e ? action_pass_error(cx, &m->rows_cx, e) : OK;
}

/* A list of changes asks for those it names, a whole list for everybody. */
static enum err fill_facts(struct merge *m, struct db *db, struct ctx *cx)
{
	size_t count = m->row_count - m->row_at;
	m->facts = ARENA_ARRAY(cx->mem, struct vpp_user_facts, PAGE);
	m->fact_at = m->fact_count = 0;
	m->facts_are_over = true;
	if (!m->reading->is_delta) {
		const char *until = m->rows_are_over || !m->row_count
		                            ? NULL
		                            : m->rows[m->row_count - 1].client_user_id;
		enum err e = vpp_users_facts(db, cx, m->reading->location_id, m->after, until, PAGE,
			m->facts, &m->fact_count);
		m->facts_are_over = m->fact_count < PAGE;
		return e;
	}
	if (!count)
		return OK;
	const char **keys = ARENA_ARRAY(cx->mem, const char *, count);
	for (size_t i = 0; i < count; i++)
		keys[i] = m->rows[m->row_at + i].client_user_id;
	return vpp_users_facts_of(
		db, cx, m->reading->location_id, keys, count, m->facts, &m->fact_count);
}

/* The next record: one of the two or both; false when a page has to be filled first. */
static bool next(struct merge *m, const struct vpp_user_facts **ret_facts,
	const struct staged_user **ret_staged)
{
	const struct vpp_user_facts *f = m->fact_at < m->fact_count ? &m->facts[m->fact_at] : NULL;
	const struct staged_user *s = m->row_at < m->row_count ? &m->rows[m->row_at] : NULL;
	if ((!f && !m->facts_are_over) || (!s && !m->rows_are_over) || (!f && !s))
		return false;
	int order = !f ? 1 : !s ? -1 : strcmp(f->user.client_user_id, s->client_user_id);
	*ret_facts = order <= 0 ? f : NULL;
	*ret_staged = order >= 0 ? s : NULL;
	m->fact_at += order <= 0;
	m->row_at += order >= 0;
	const char *key = order <= 0 ? f->user.client_user_id : s->client_user_id;
	if (strlen(key) < KEY_BYTES)
		memcpy(m->after, key, strlen(key) + 1);
	return true;
}

static enum err fill(struct merge *m, struct db *db, struct ctx *cx)
{
	enum err e = fill_rows(m, cx);
	return e ? e : fill_facts(m, db, cx);
}

/* --- the plan --------------------------------------------------------------------------------- */

struct piece {
	const struct staged_user *strangers[PAGE];
	size_t stranger_count;
	int64_t planned;
};

static enum err plan_one(const struct merge *m, struct db *db, struct ctx *cx,
	const struct vpp_user_facts *facts, const struct staged_user *staged, struct piece *piece)
{
	bool is_planned = false;
	if (!facts) {
		if (sync_is_stranger(staged))
			piece->strangers[piece->stranger_count++] = staged;
		return OK;
	}
	if (!facts->user.person_id) {
		/* What was taken in while the list was read is not in it any more. */
		bool is_gone =
			m->reading->is_consistent && facts->found_job_id != m->reading->job_id;
		return staged || is_gone ? sync_strangers_follow(db, cx, &facts->user, staged) : OK;
	}
	struct sync_case c = { .last = &facts->user, .staged = staged, .facts = facts };
	enum err e = sync_plan_row(db, cx, m->reading, &c, &is_planned);
	piece->planned += is_planned;
	return e;
}

static enum err plan_piece(struct merge *m, struct db *db, struct ctx *asker, int64_t *planned)
{
	CTX_AUTO(cx);
	cx.actor = asker->actor;
	struct piece *piece = ARENA_NEW(cx.mem, struct piece);
	const struct vpp_user_facts *facts;
	const struct staged_user *staged;
	enum err e = fill(m, db, &cx);
	while (!e && next(m, &facts, &staged))
		e = plan_one(m, db, &cx, facts, staged, piece);
	int64_t taken = 0;
	if (!e)
		e = sync_strangers_take(
			db, &cx, m->reading, piece->strangers, piece->stranger_count, &taken);
	*planned += piece->planned + taken;
	return e ? action_pass_error(asker, &cx, e) : OK;
}

static enum err plan_some(struct app *app, struct ctx *cx, struct merge *m)
{
	int64_t planned = 0, until = clock_mono_ms() + WRITE_MS;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	do
		e = e ? e : plan_piece(m, db, cx, &planned);
	while (!e && !is_over(m) && clock_mono_ms() < until);
	if (!e && planned)
		e = jobs_grow(db, cx, m->reading->job_id, planned);
	return e ? e : db_commit(&db, cx);
}

enum err sync_merge(struct app *app, struct ctx *cx, const struct sync_reading *reading)
{
	struct merge m;
	enum err e = begin(&m, cx, reading);
	while (!e && !is_over(&m))
		e = plan_some(app, cx, &m);
	ctx_fini(&m.rows_cx);
	return e;
}

/* --- who is absent? --------------------------------------------------------------------------- */

static enum err absent_piece(struct app *app, struct ctx *asker, struct merge *m, size_t limit,
	const char **ret_ids, size_t *count)
{
	CTX_AUTO(cx);
	const struct vpp_user_facts *facts;
	const struct staged_user *staged;
	struct reconcile_news news = { .list_is_consistent = true };
	DB_AUTO(db);
	enum err e = db_read(app->db, &cx, &db);
	if (!e)
		e = fill(m, db, &cx);
	while (!e && *count < limit && next(m, &facts, &staged)) {
		if (!facts || staged)
			continue;
		struct reconcile_wish wish = { .has_person = facts->has_person };
		if (reconcile(&wish, &facts->user, &news, false).plan == PLAN_NOTE_MISSING)
			ret_ids[(*count)++] = arena_strdup(asker->mem, facts->user.client_user_id);
	}
	return e ? action_pass_error(asker, &cx, e) : OK;
}

enum err sync_absent(struct app *app, struct ctx *cx, const struct sync_reading *reading,
	size_t limit, const char **ret_ids, size_t *ret_count)
{
	struct merge m;
	size_t count = 0;
	enum err e = begin(&m, cx, reading);
	while (!e && !is_over(&m) && count < limit)
		e = absent_piece(app, cx, &m, limit, ret_ids, &count);
	ctx_fini(&m.rows_cx);
	*ret_count = count;
	return e;
}
