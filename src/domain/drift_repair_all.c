/* What an admin does about many findings at once: one job for all of their people. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/drift.h"
#include "domain/invite.h"
#include "domain/remove.h"
#include "domain/selection.h"
#include "domain/sync_plan.h"
#include "store/audit.h"
#include "store/findings.h"
#include "store/locations.h"

#define ID_MAX_BYTES     21
#define DETAIL_MAX_BYTES 256

static const char *ids_json(struct ctx *cx, const int64_t *ids, size_t count)
{
	size_t size = count * ID_MAX_BYTES + 3;
	BUF_AUTO(text, size);
	struct json_writer w;
	jw_init(&w, &text);
	jw_array(&w, NULL);
	for (size_t i = 0; i < count; i++)
		jw_i64(&w, NULL, ids[i]);
	jw_end_array(&w);
	return arena_strdup(cx->mem, text.bytes);
}

static bool is_leave(const struct drift_wish *wish)
{
	return text_equal(wish->how, "leave");
}

static struct findings_choice choice_of(struct ctx *cx, const struct drift_wish *wish)
{
	return (struct findings_choice){
		.location_id = wish->location_id,
		.kind = wish->kind,
		.repair = is_leave(wish) ? NULL : wish->how,
		.ids_json = wish->ids ? ids_json(cx, wish->ids, wish->id_count) : NULL,
		.exclude_json = ids_json(cx, wish->exclude, wish->exclude_count),
	};
}

/* One whole group has one repair: that of none of them is a mistake, not a skip. */
static enum err check_repair(
	struct ctx *cx, const struct drift_wish *wish, const struct findings_chosen *chosen)
{
	if (is_leave(wish) || chosen->repairable || !chosen->findings)
		return OK;
	return err_set(cx, ERR_CONFLICT, "finding.no_such_repair",
		"Pomona has no such repair for these findings: only what they name, or to leave "
		"them as they are.");
}

static enum err check_moved(
	struct ctx *cx, const struct drift_wish *wish, const struct findings_chosen *chosen)
{
	if (wish->expected < 0 || wish->expected == chosen->findings)
		return OK;
	return err_set_field(cx, ERR_CONFLICT, "selection.moved", "/expected",
		"The findings changed: %" PRId64 " are open now instead of %" PRId64
		". Check them and confirm again.",
		chosen->findings, wish->expected);
}

static enum err look(struct app *app, struct ctx *cx, const struct drift_wish *wish,
	const struct findings_choice *choice, struct findings_chosen *ret_chosen)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = findings_count_chosen(db, cx, choice, ret_chosen);
	db_release(&db);
	if (!e)
		e = check_moved(cx, wish, ret_chosen);
	if (!e)
		e = check_repair(cx, wish, ret_chosen);
	return e || is_leave(wish) ? e : drift_check_mode(app, cx, wish->location_id);
}

enum err drift_repair_preview(struct app *app, struct ctx *cx, const struct drift_wish *wish,
	struct drift_preview *ret_preview)
{
	struct findings_choice choice = choice_of(cx, wish);
	struct findings_chosen chosen = { 0 };
	struct selection selection = selection_of_findings(&choice, wish->expected);
	struct action action = { .location_id = wish->location_id, .selection = &selection };
	enum err e = look(app, cx, wish, &choice, &chosen);
	*ret_preview = (struct drift_preview){
		.findings = chosen.findings,
		.gone = wish->ids ? (int64_t)wish->id_count - chosen.findings : 0,
		.without = is_leave(wish) ? 0 : chosen.findings - chosen.repairable,
	};
	if (e || is_leave(wish))
		return e;
	if (text_equal(wish->how, "invite"))
		return invite_preview(app, cx, &action, &ret_preview->people);
	if (text_equal(wish->how, DRIFT_RETIRE))
		return drift_retire_preview(app, cx, &choice, &ret_preview->people);
	if (text_equal(wish->how, "sync"))
		return sync_preview(app, cx, &action, &ret_preview->people);
	return remove_preview(app, cx, &action, &ret_preview->people);
}

static enum err audit_left(
	struct db *db, struct ctx *cx, const struct drift_wish *wish, int64_t left)
{
	struct location location;
	enum err e = locations_get(db, cx, wish->location_id, &location);
	if (e)
		return e;
	BUF_AUTO(detail, DETAIL_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &detail);
	jw_object(&w, NULL);
	jw_str(&w, "kind", wish->kind);
	jw_i64(&w, "findings", left);
	jw_end_object(&w);
	return audit_write(
		db, cx, "finding.leave", "location", location.id, location.name, detail.bytes);
}

static enum err leave_all(struct app *app, struct ctx *cx, const struct drift_wish *wish,
	const struct findings_choice *choice, int64_t *ret_left)
{
	struct findings_chosen chosen;
	const char *words = arena_printf(cx->mem, "Left as it is, as %s said.",
		cx->actor.name ? cx->actor.name : "an admin");
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = findings_count_chosen(db, cx, choice, &chosen);
	if (!e)
		e = check_moved(cx, wish, &chosen);
	if (!e)
		e = findings_leave_chosen(db, cx, choice, words, clock_now_ms(), ret_left);
	if (!e && *ret_left)
		e = audit_left(db, cx, wish, *ret_left);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("findings.left");
	return e;
}

static enum err keep_job(
	struct app *app, struct ctx *cx, const struct findings_choice *choice, int64_t job_id)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = findings_set_repair_job_chosen(db, cx, choice, job_id);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("findings.repair_kept");
	return e;
}

/* A repeat of a request whose job is there is not looked at again: its findings may be over by now. */
static enum err find_repeat(struct app *app, struct ctx *cx, const struct drift_wish *wish,
	const struct action *action, int64_t *ret_job_id)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	const char *job_kind = text_equal(wish->how, DRIFT_RETIRE) ? "delete" : wish->how;
	return e ? e : action_repeat(db, cx, job_kind, action, ret_job_id);
}

enum err drift_repair_all(struct app *app, struct ctx *cx, const struct drift_wish *wish,
	int64_t *ret_job_id, int64_t *ret_left)
{
	struct findings_choice choice = choice_of(cx, wish);
	struct findings_chosen chosen;
	struct selection selection = selection_of_findings(&choice, wish->expected);
	struct action action = { .location_id = wish->location_id,
		.selection = &selection,
		.idempotency_key = wish->idempotency_key,
		.request_hash = wish->request_hash };
	bool is_repeat = false;
	*ret_job_id = 0;
	*ret_left = 0;
	if (is_leave(wish))
		return leave_all(app, cx, wish, &choice, ret_left);
	enum err e = find_repeat(app, cx, wish, &action, ret_job_id);
	if (e == ERR_NOT_FOUND) {
		e = look(app, cx, wish, &choice, &chosen);
		if (!e && text_equal(wish->how, DRIFT_RETIRE))
			return drift_retire(app, cx, &choice, &action, ret_job_id);
		if (!e)
			e = drift_start_of(wish->how)(app, cx, &action, ret_job_id, &is_repeat);
	}
	return e ? e : keep_job(app, cx, &choice, *ret_job_id);
}
