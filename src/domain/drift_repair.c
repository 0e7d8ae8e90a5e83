/* What an admin does about a finding. */
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/drift.h"
#include "domain/invite.h"
#include "domain/location_guard.h"
#include "domain/remove.h"
#include "domain/selection.h"
#include "domain/sync_plan.h"
#include "store/audit.h"
#include "store/findings.h"

static enum err load(
	struct app *app, struct ctx *cx, int64_t id, const char *how, struct finding *ret_finding)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = findings_find(db, cx, id, ret_finding);
	if (e)
		return e;
	if (!text_equal(how, "leave") && !text_equal(how, ret_finding->repair))
		return err_set(cx, ERR_CONFLICT, "finding.no_such_repair",
			"Pomona has no such repair for this finding: only what it names, or to "
			"leave "
			"it as it is.");
	return OK;
}

static enum err check_open(struct ctx *cx, const struct finding *finding)
{
	if (text_equal(finding->state, "open"))
		return OK;
	return err_set(cx, ERR_CONFLICT, "finding.solved", "This finding is over. %s",
		finding->solved_because ? finding->solved_because : "");
}

static enum err leave(struct app *app, struct ctx *cx, const struct finding *finding)
{
	DB_AUTO(db);
	const char *words = arena_printf(cx->mem, "Left as it is, as %s said.",
		cx->actor.name ? cx->actor.name : "an admin");
	enum err e = check_open(cx, finding);
	if (!e)
		e = db_write(app->db, cx, &db);
	if (!e)
		e = findings_solve_id(db, cx, finding->id, words, clock_now_ms());
	if (!e)
		e = audit_write(
			db, cx, "finding.leave", "finding", finding->id, finding->subject, NULL);
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("finding.left");
	return e;
}

enum err drift_check_mode(struct app *app, struct ctx *cx, int64_t location_id)
{
	struct location location;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = locations_get(db, cx, location_id, &location);
	return e ? e : location_refuse_observed(cx, &location);
}

static enum err keep_job(struct app *app, struct ctx *cx, int64_t finding_id, int64_t job_id)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = findings_set_repair_job(db, cx, finding_id, job_id);
	KILL_POINT("finding.repair_asked");
	e = e ? e : db_commit(&db, cx);
	KILL_POINT("finding.repair_kept");
	return e;
}

drift_start *drift_start_of(const char *how)
{
	return text_equal(how, "invite")   ? invite_start
	       : text_equal(how, "sync")   ? sync_start
	       : text_equal(how, "delete") ? remove_start
	                                   : NULL;
}

static enum err retire_one(struct app *app, struct ctx *cx, const struct finding *finding,
	struct action *action, int64_t *ret_job_id)
{
	struct findings_choice choice = { .location_id = finding->location_id,
		.kind = finding->kind,
		.repair = DRIFT_RETIRE,
		.ids_json = arena_printf(cx->mem, "[%lld]", (long long)finding->id),
		.exclude_json = "[]" };
	struct selection selection = selection_of_findings(&choice, -1);
	action->selection = &selection;
	return drift_retire(app, cx, &choice, action, ret_job_id);
}

enum err drift_repair(struct app *app, struct ctx *cx, int64_t finding_id, const char *how,
	const char *key, const char *hash, int64_t *ret_job_id)
{
	struct finding finding;
	struct selection selection;
	bool is_repeat = false;
	*ret_job_id = 0;
	enum err e = load(app, cx, finding_id, how, &finding);
	if (e || text_equal(how, "leave"))
		return e ? e : leave(app, cx, &finding);
	struct action action = {
		.location_id = finding.location_id,
		.selection = &selection,
		.idempotency_key = key,
		.request_hash = hash,
	};
	e = check_open(cx, &finding);
	if (!e)
		e = drift_check_mode(app, cx, finding.location_id);
	if (!e && text_equal(how, DRIFT_RETIRE))
		return retire_one(app, cx, &finding, &action, ret_job_id);
	if (!e)
		e = selection_of_ids(cx, &finding.person_id, 1, &selection);
	if (!e)
		e = drift_start_of(how)(app, cx, &action, ret_job_id, &is_repeat);
	/* Also of a repeat: the first time may have ended between the two. */
	return e ? e : keep_job(app, cx, finding_id, *ret_job_id);
}
