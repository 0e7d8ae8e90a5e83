/* Records at Apple that nobody here made, retired because an admin asked for it. They belong to no person, so
 * no selection of people can name them: the findings do. */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/drift.h"
#include "domain/jobs.h"
#include "domain/life_cycle.h"
#include "domain/selection.h"
#include "store/assets.h"
#include "store/audit.h"
#include "store/findings.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/locations.h"
#include "store/vpp_users.h"

#define DETAIL_MAX_BYTES 256
#define WORDS_RETIRE     "Retired at Apple; the licences that can be taken back are free again."

static const char *const reasons[] = {
	"Apple does not list it any more.",
	"It belongs to a person here now.",
	"Is being removed already.",
	"It was retired at Apple.",
};

enum why { GONE, SOMEBODYS, UNDER_WAY, RETIRED, WHY_COUNT };

/* What is true of a record now; *ret_why is WHY_COUNT when it is to be retired. */
static enum err choose(struct db *db, struct ctx *cx, int64_t location_id,
	const struct finding_record *record, struct vpp_user *ret_user, enum why *ret_why)
{
	enum err e = vpp_users_find_client(db, cx, location_id, record->subject, ret_user);
	*ret_why = WHY_COUNT;
	if (e == ERR_NOT_FOUND) {
		*ret_user = (struct vpp_user){ 0 };
		*ret_why = GONE;
		return OK;
	}
	if (e)
		return e;
	if (ret_user->person_id)
		*ret_why = SOMEBODYS;
	else if (ret_user->state == VPP_REMOVING || ret_user->state == VPP_CHECKING)
		*ret_why = UNDER_WAY;
	else if (ret_user->state == VPP_REMOVED)
		*ret_why = RETIRED;
	return OK;
}

static enum err check_size(struct ctx *cx, const struct findings_chosen *chosen)
{
	if (chosen->repairable <= DRIFT_RETIRE_MAX)
		return OK;
	return err_set(cx, ERR_INVALID, "finding.too_many",
		"At most %d records can be retired at once. Choose fewer of them.",
		DRIFT_RETIRE_MAX);
}

static enum err read_records(struct db *db, struct ctx *cx, const struct findings_choice *choice,
	struct finding_record **ret_records, size_t *ret_count)
{
	struct findings_chosen chosen;
	enum err e = findings_count_chosen(db, cx, choice, &chosen);
	if (!e)
		e = check_size(cx, &chosen);
	if (e)
		return e;
	size_t most = (size_t)chosen.repairable;
	*ret_records = ARENA_ARRAY(cx->mem, struct finding_record, most + 1);
	return findings_records(db, cx, choice, 0, most, *ret_records, ret_count);
}

/* --- the preview ------------------------------------------------------------------------------ */

static void note_line(struct ctx *cx, struct action_line *lines, size_t *count,
	const struct vpp_user *u, const struct finding_record *record, const char *words)
{
	if (*count == ACTION_PREVIEW_PEOPLE)
		return;
	const char *name = u->apple_email ? u->apple_email : record->subject;
	lines[(*count)++] =
		(struct action_line){ .person_name = arena_strdup(cx->mem, name), .words = words };
}

static enum err look_at(struct db *db, struct ctx *cx, int64_t location_id,
	const struct finding_record *record, int64_t whys[WHY_COUNT], struct action_preview *p)
{
	CTX_AUTO(page);
	struct vpp_user u;
	enum why why;
	int64_t licences = 0, licences_stay = 0;
	enum err e = choose(db, &page, location_id, record, &u, &why);
	if (!e && why == WHY_COUNT)
		e = assignments_count_of(
			db, &page, location_id, u.client_user_id, &licences, &licences_stay);
	if (e)
		return action_pass_error(cx, &page, e);
	p->licences += licences;
	p->licences_stay += licences_stay;
	if (why == WHY_COUNT) {
		p->will_do++;
		note_line(cx, p->will, &p->will_count, &u, record, WORDS_RETIRE);
	} else {
		p->will_skip++;
		whys[why]++;
		note_line(cx, p->skip, &p->skip_count, &u, record, reasons[why]);
	}
	return OK;
}

enum err drift_retire_preview(struct app *app, struct ctx *cx, const struct findings_choice *choice,
	struct action_preview *p)
{
	struct finding_record *records = NULL;
	int64_t whys[WHY_COUNT] = { 0 };
	size_t count = 0;
	DB_AUTO(db);
	*p = (struct action_preview){
		.counted = ACTION_COUNTED_ALL,
		.will = ARENA_ARRAY(cx->mem, struct action_line, ACTION_PREVIEW_PEOPLE),
		.skip = ARENA_ARRAY(cx->mem, struct action_line, ACTION_PREVIEW_PEOPLE),
		.reasons = ARENA_ARRAY(cx->mem, struct action_reason, WHY_COUNT),
	};
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = read_records(db, cx, choice, &records, &count);
	for (size_t i = 0; !e && i < count; i++)
		e = look_at(db, cx, choice->location_id, &records[i], whys, p);
	p->selected = p->looked_at = (int64_t)count;
	for (size_t i = 0; i < WHY_COUNT; i++)
		if (whys[i])
			p->reasons[p->reason_count++] =
				(struct action_reason){ reasons[i], whys[i] };
	return e;
}

/* --- the job ------------------------------------------------------------------------------------ */

struct retiring {
	int64_t location_id, job_id;
	int64_t will, skipped;
};

static enum err write_one(
	struct retiring *r, struct db *db, struct ctx *cx, const struct finding_record *record)
{
	struct vpp_user u;
	enum why why;
	enum err e = choose(db, cx, r->location_id, record, &u, &why);
	if (e)
		return e;
	struct item item = {
		.job_id = r->job_id,
		.location_id = r->location_id,
		.vpp_user_id = u.id,
		.kind = why == WHY_COUNT ? "retire" : "skip",
		.state = why == WHY_COUNT ? "planned" : "skipped",
		.detail = why == WHY_COUNT ? WORDS_RETIRE : NULL,
		.reason = why == WHY_COUNT ? NULL : reasons[why],
	};
	if (why == WHY_COUNT) {
		r->will++;
		life_cycle_move(&u, LIFE_REMOVE, clock_now_ms());
		u.failed_number = 0;
		u.failed_reason = NULL;
		e = vpp_users_save(db, cx, &u);
	} else {
		r->skipped++;
	}
	if (!e)
		e = items_insert(db, cx, &item, NULL);
	return e ? e : findings_set_repair_job(db, cx, record->id, r->job_id);
}

static enum err insert_job(struct db *db, struct ctx *cx, const struct action *action,
	int64_t total, int64_t *ret_job_id)
{
	struct job job = {
		.kind = "delete",
		.mode = "apply",
		.location_id = action->location_id,
		.state = "waiting",
		.total = total,
		.selection_json = selection_to_json(cx, action->selection, 0),
		.asked_by = cx->actor.name,
		.asked_kind = cx->actor.kind,
		.idempotency_key = action->idempotency_key,
		.request_hash = action->request_hash,
	};
	return jobs_insert(db, cx, &job, ret_job_id);
}

static enum err audit(struct db *db, struct ctx *cx, const struct retiring *r)
{
	struct location location;
	enum err e = locations_get(db, cx, r->location_id, &location);
	if (e)
		return e;
	BUF_AUTO(detail, DETAIL_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &detail);
	jw_object(&w, NULL);
	jw_i64(&w, "job", r->job_id);
	jw_i64(&w, "records", r->will);
	jw_i64(&w, "skipped", r->skipped);
	jw_end_object(&w);
	return audit_write(
		db, cx, "vpp_users.delete", "location", location.id, location.name, detail.bytes);
}

static enum err write_all(struct retiring *r, struct db *db, struct ctx *cx,
	const struct findings_choice *choice, const struct action *action)
{
	struct finding_record *records = NULL;
	size_t count = 0;
	int64_t left = 0;
	enum err e = read_records(db, cx, choice, &records, &count);
	if (!e)
		e = insert_job(db, cx, action, (int64_t)count, &r->job_id);
	for (size_t i = 0; !e && i < count; i++) {
		CTX_AUTO(one);
		one.actor = cx->actor;
		e = write_one(r, db, &one, &records[i]);
		if (e)
			return action_pass_error(cx, &one, e);
	}
	if (!e)
		e = jobs_count_up(db, cx, r->job_id, 0, 0, r->skipped, &left);
	if (!e && !left)
		e = jobs_finish(db, cx, r->job_id);
	return e ? e : audit(db, cx, r);
}

enum err drift_retire(struct app *app, struct ctx *cx, const struct findings_choice *choice,
	const struct action *action, int64_t *ret_job_id)
{
	struct retiring r = { .location_id = choice->location_id };
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = action_repeat(db, cx, "delete", action, ret_job_id);
	if (e != ERR_NOT_FOUND)
		return e;
	e = write_all(&r, db, cx, choice, action);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("findings.retire_asked");
	if (e)
		return e;
	*ret_job_id = r.job_id;
	wake_ring(app->lane_wake);
	jobs_publish(app, cx, r.job_id);
	return OK;
}
