#include "domain/drift.h"

#include <strings.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/observe.h"
#include "domain/sync_judge.h"
#include "store/findings.h"
#include "store/people.h"
#include "store/user_list.h"

#define CHUNK         200
#define CROWD_SUBJECT "job " /* many strangers are one finding, of the job that lists them */

static bool same_email(const char *a, const char *b)
{
	return a && b ? strcasecmp(a, b) == 0 : a == b;
}

/* --- one known record -------------------------------------------------------------------------- */

static enum err put(struct db *db, struct ctx *cx, int64_t job_id, const struct vpp_user *u,
	const char *kind, const char *repair, const char *detail)
{
	struct finding f = {
		.location_id = u->location_id,
		.kind = kind,
		.subject = u->client_user_id,
		.person_id = u->person_id,
		.detail = detail,
		.repair = repair,
		.job_id = job_id,
	};
	return findings_put(db, cx, &f, clock_now_ms());
}

static bool is_settled(const struct vpp_user *u)
{
	return u->state == VPP_REGISTERED || u->state == VPP_INVITED || u->state == VPP_ASSOCIATED;
}

static enum err seen_retired(
	struct db *db, struct ctx *cx, int64_t job_id, const struct vpp_user *before)
{
	struct person *person = NULL;
	enum err e = people_find_even_deleted(db, cx, before->person_id, 0, &person);
	/* Who is not wanted any more would have been retired by the next sync. */
	if (e || person->deleted_at || !person->is_active)
		return e;
	return put(db, cx, job_id, before, "retired_elsewhere", "invite",
		"Retired at Apple, and no job of Pomona asked for it. The person has no VPP user "
		"now.");
}

static enum err seen_email(struct db *db, struct ctx *cx, int64_t job_id,
	const struct vpp_user *before, const char *email, bool is_ours)
{
	struct person *person = NULL;
	enum err e = people_find_even_deleted(db, cx, before->person_id, 0, &person);
	if (e)
		return e;
	if (!person->email || same_email(person->email, email))
		return findings_solve(db, cx, before->location_id, "email_elsewhere",
			before->client_user_id, "Apple has the person's e-mail address again.",
			clock_now_ms());
	if (is_ours)
		return OK;
	return put(db, cx, job_id, before, "email_elsewhere", "sync",
		arena_printf(cx->mem,
			"The e-mail at Apple was changed from %s to %s, and no job of Pomona asked "
			"for it. A sync sets it to %s again.",
			before->apple_email, email, person->email));
}

static enum err seen_account(struct db *db, struct ctx *cx, int64_t job_id,
	const struct vpp_user *before, const char *id_hash)
{
	struct vpp_user other;
	enum err e = OK;
	if (before->id_hash)
		e = put(db, cx, job_id, before, "other_account", "delete",
			"Associated with another Apple Account than before. If the person did not "
			"do "
			"this, delete the VPP user and invite again.");
	if (!e)
		e = vpp_users_of_account(db, cx, before->location_id, id_hash, before->id, &other);
	if (e || !other.person_id || other.person_id == before->person_id)
		return e == ERR_NOT_FOUND ? OK : e;
	struct person *person = NULL;
	e = people_find_even_deleted(db, cx, other.person_id, 0, &person);
	if (e)
		return e;
	return put(db, cx, job_id, before, "shared_account", "delete",
		arena_printf(cx->mem,
			"The Apple Account that accepted for this person accepted for %s as well. "
			"Apps can then not be installed for both: one of the two has to accept "
			"with "
			"an account of their own.",
			person->display_name));
}

enum err drift_seen(struct db *db, struct ctx *cx, int64_t job_id, const struct vpp_user *before,
	const struct drift_news *news)
{
	bool is_active = observe_is_active(news->status);
	bool is_over = text_equal(news->status, "Retired") || text_equal(news->status, "Deleted");
	bool was_seen = observe_is_active(before->apple_status);
	bool is_retired = is_over && was_seen && is_settled(before);
	bool is_other_email = is_active && was_seen && before->apple_email && news->email &&
	                      !same_email(before->apple_email, news->email);
	bool is_account = is_active && news->id_hash && !text_equal(news->id_hash, before->id_hash);
	bool busy = false;
	if (!before->is_live || !before->person_id ||
		(!is_retired && !is_other_email && !is_account))
		return OK;
	enum err e = OK;
	if (is_account)
		e = seen_account(db, cx, job_id, before, news->id_hash);
	if (!e && (is_retired || is_other_email))
		e = sync_is_busy(db, cx, before->id, 0, &busy);
	if (!e && is_retired && !busy)
		e = seen_retired(db, cx, job_id, before);
	if (!e && is_other_email)
		e = seen_email(db, cx, job_id, before, news->email, busy);
	return e;
}

enum err drift_is_back(struct db *db, struct ctx *cx, const struct vpp_user *u)
{
	if (!u->is_live || !u->person_id)
		return OK;
	return findings_solve_gone(db, cx, u->location_id, u->person_id,
		"The person has a record at Apple again.", clock_now_ms());
}

enum err drift_is_retired(struct db *db, struct ctx *cx, const struct vpp_user *u)
{
	static const char *const kinds[] = { "foreign", "second_record" };
	enum err e = OK;
	for (size_t i = 0; !e && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		e = findings_solve(db, cx, u->location_id, kinds[i], u->client_user_id,
			"It was retired at Apple, as it was asked for here.", clock_now_ms());
	return e;
}

/* --- a sync ------------------------------------------------------------------------------------ */

/* Whose address it has is asked afresh. */
static enum err person_of(struct db *db, struct ctx *cx, const char *email, int64_t *ret_person_id)
{
	struct person *person = NULL;
	enum err e = ERR_NOT_FOUND;
	*ret_person_id = 0;
	if (text_is_email(email))
		e = people_find_by_email_key(db, cx, text_fold(cx->mem, email), &person);
	if (!e)
		*ret_person_id = person->id;
	return e == ERR_NOT_FOUND || e == ERR_CONFLICT ? OK : e;
}

static enum err put_stranger(struct db *db, struct ctx *cx, int64_t location_id, int64_t job_id,
	const struct staged_user *staged, int64_t person_id)
{
	struct vpp_user u = { .location_id = location_id,
		.client_user_id = staged->client_user_id,
		.person_id = person_id };
	const char *email = staged->email ? staged->email : "no e-mail";
	if (!person_id)
		return put(db, cx, job_id, &u, "foreign", DRIFT_RETIRE,
			arena_printf(cx->mem,
				"A VPP user at Apple that nobody here made (%s, %s). It is listed "
				"and not touched.",
				email, staged->status));
	return put(db, cx, job_id, &u, "second_record", DRIFT_RETIRE,
		arena_printf(cx->mem,
			"A second record at Apple (%s, %s) beside the person's own. It was not "
			"made here and is not touched.",
			email, staged->status));
}

/* A second one of somebody is told at once; strangers when it is known how many there are. */
static enum err planned_foreign(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct staged_user *staged)
{
	int64_t person_id = 0;
	enum err e = person_of(db, cx, staged->email, &person_id);
	if (e || !person_id)
		return e;
	return put_stranger(db, cx, reading->location_id, reading->job_id, staged, person_id);
}

enum err drift_stranger(struct db *db, struct ctx *cx, int64_t job_id, const struct vpp_user *u)
{
	struct staged_user staged = { .client_user_id = u->client_user_id,
		.status = u->apple_status,
		.email = u->apple_email };
	int64_t person_id = 0;
	enum err e = person_of(db, cx, staged.email, &person_id);
	return e ? e : put_stranger(db, cx, u->location_id, job_id, &staged, person_id);
}

enum err drift_strangers(
	struct db *db, struct ctx *cx, const struct sync_reading *reading, int64_t count)
{
	struct vpp_user u = { .location_id = reading->location_id,
		.client_user_id =
			arena_printf(cx->mem, CROWD_SUBJECT "%lld", (long long)reading->job_id) };
	return put(db, cx, reading->job_id, &u, "foreign", NULL,
		arena_printf(cx->mem,
			"%lld VPP users at Apple that nobody here made. Job %lld lists them; they "
			"are not touched.",
			(long long)count, (long long)reading->job_id));
}

/* What Apple shows is kept although the plan changes nothing: so it is told once, and that it was set
 * right is seen. */
static enum err planned_known(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct vpp_user *last, const struct staged_user *staged,
	const struct sync_verdict *verdict)
{
	struct drift_news news = { staged->status, staged->email, staged->id_hash };
	bool is_other_account = verdict->row.plan == PLAN_NOTHING && last->id_hash &&
	                        staged->id_hash && !text_equal(last->id_hash, staged->id_hash);
	bool is_other_email = verdict->row.plan == PLAN_UPDATE && last->apple_email &&
	                      staged->email && !same_email(last->apple_email, staged->email);
	enum err e = drift_seen(db, cx, reading->job_id, last, &news);
	if (e || !last->is_live || (!is_other_account && !is_other_email))
		return e;
	struct vpp_user u = *last;
	u.id_hash = is_other_account ? staged->id_hash : u.id_hash;
	u.apple_email = is_other_email ? staged->email : u.apple_email;
	return vpp_users_save(db, cx, &u);
}

enum err drift_planned(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct vpp_user *last, const struct staged_user *staged,
	const struct sync_verdict *verdict)
{
	if (verdict->row.plan == PLAN_FOREIGN)
		return planned_foreign(db, cx, reading, staged);
	if (verdict->row.plan == PLAN_NOTE_MISSING)
		return put(db, cx, reading->job_id, last, "missing", "invite",
			"Apple does not list this VPP user any more, and no job of Pomona retired "
			"it.");
	return last && staged ? planned_known(db, cx, reading, last, staged, verdict) : OK;
}

/* --- what is gone ------------------------------------------------------------------------------ */

struct fact {
	const struct finding *finding;
	const struct sync_reading *reading;
	struct vpp_user user; /* id 0: no row */
	struct staged_user staged;
	bool is_staged;
};

static const char *why_foreign_is_over(const struct fact *f)
{
	bool is_whole = !f->reading->is_delta && f->reading->is_consistent;
	if (f->user.person_id)
		return "It belongs to a person here now.";
	if (f->is_staged && !observe_is_active(f->staged.status))
		return "It was retired at Apple.";
	return !f->is_staged && is_whole ? "Apple does not list it any more." : NULL;
}

static enum err why_person_is_over(
	struct db *db, struct ctx *cx, const struct fact *f, const char **ret_why)
{
	const char *kind = f->finding->kind;
	struct person *person = NULL;
	struct vpp_user other;
	bool is_active = f->is_staged && observe_is_active(f->staged.status);
	enum err e = people_find_even_deleted(db, cx, f->finding->person_id, 0, &person);
	if (e)
		return e;
	bool is_gone = text_equal(kind, "missing") || text_equal(kind, "retired_elsewhere");
	const char *email = f->is_staged ? f->staged.email : f->user.apple_email;
	if (person->deleted_at || !person->is_active)
		*ret_why = "The person is not active any more.";
	else if (is_gone && is_active)
		*ret_why = "Apple lists it again.";
	else if (!text_equal(kind, "retired_elsewhere") && !f->user.is_live)
		*ret_why = "The VPP user was removed.";
	else if (text_equal(kind, "email_elsewhere") && same_email(email, person->email))
		*ret_why = "Apple has the person's e-mail address again.";
	if (*ret_why || !text_equal(kind, "shared_account") || !f->user.id_hash)
		return OK;
	e = vpp_users_of_account(db, cx, f->user.location_id, f->user.id_hash, f->user.id, &other);
	if (e == ERR_NOT_FOUND)
		*ret_why = "Each of the two has an Apple Account of their own now.";
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err close_crowd(struct db *db, struct ctx *cx, const struct finding *finding)
{
	bool is_any = false;
	enum err e = vpp_users_any_stranger(db, cx, finding->job_id, &is_any);
	return e || is_any
	               ? e
	               : findings_solve_id(db, cx, finding->id,
				 "None of them is a stranger at Apple any more.", clock_now_ms());
}

static enum err close_one(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct finding *finding)
{
	if (text_equal(finding->kind, "foreign") &&
		text_starts_with(finding->subject, CROWD_SUBJECT))
		return close_crowd(db, cx, finding);
	struct fact f = { .finding = finding, .reading = reading };
	const char *why = NULL;
	enum err e = vpp_users_find_client(db, cx, finding->location_id, finding->subject, &f.user);
	if (e == ERR_NOT_FOUND)
		f.user = (struct vpp_user){ 0 };
	else if (e)
		return e;
	e = user_list_find(reading->list, cx, finding->subject, &f.staged);
	f.is_staged = e == OK;
	if (e && e != ERR_NOT_FOUND)
		return e;
	bool is_foreign =
		text_equal(finding->kind, "foreign") || text_equal(finding->kind, "second_record");
	e = OK;
	if (is_foreign)
		why = why_foreign_is_over(&f);
	else if (finding->person_id)
		e = why_person_is_over(db, cx, &f, &why);
	return e || !why ? e : findings_solve_id(db, cx, finding->id, why, clock_now_ms());
}

/* Most locations have none: then nothing is opened for writing. */
static enum err open_findings(struct app *app, struct ctx *cx, int64_t location_id, int64_t after,
	struct finding *findings, size_t *ret_count)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : findings_open(db, cx, location_id, after, CHUNK, findings, ret_count);
}

enum err drift_close(struct app *app, struct ctx *asker, const struct sync_reading *reading)
{
	int64_t after = 0;
	size_t count = 0;
	do {
		CTX_AUTO(cx);
		cx.actor = asker->actor;
		struct finding *findings = ARENA_ARRAY(cx.mem, struct finding, CHUNK);
		enum err e = open_findings(app, &cx, reading->location_id, after, findings, &count);
		DB_AUTO(db);
		if (!e && count)
			e = db_write(app->db, &cx, &db);
		for (size_t i = 0; !e && i < count; i++) {
			after = findings[i].id;
			e = close_one(db, &cx, reading, &findings[i]);
		}
		if (!e && count)
			e = db_commit(&db, &cx);
		KILL_POINT("finding.closed");
		if (e)
			return action_pass_error(asker, &cx, e);
	} while (count == CHUNK);
	return OK;
}
