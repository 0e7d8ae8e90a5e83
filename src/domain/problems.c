#include "domain/problems.h"

#include <inttypes.h>

#include "apple/service_config.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/disk.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/audit_watch.h"
#include "domain/location_guard.h"
#include "domain/message_settings.h"
#include "store/people.h"
#include "store/problems.h"
#include "store/schedules.h"

#define DAY_MS         (24 * 60 * 60 * 1000LL)
#define HOUR_MS        (60 * 60 * 1000LL)
#define FAILED_FOR_MS  (7 * DAY_MS)
#define PREVIEW_FOR_MS (15 * 60 * 1000LL) /* somebody may be looking at it */
#define WAIT_LEAST_MS  (30 * 1000LL)      /* shorter ones are everyday life with Apple */
#define MESSAGES_MAX   10000
#define OF_LOCATION    7 /* at most so many problems has one location by itself */
#define FACTS_MAX      1000

#define MEGABYTE     (1024 * 1024LL)
#define DISK_LOW     (1024 * MEGABYTE)
#define DISK_FULL    (200 * MEGABYTE)
#define CLOCK_OFF_MS (2 * 60 * 1000LL) /* an answer is not under way so long */
#define OF_SERVER    8                 /* at most so many has the whole server */

#define SETTING_PAGE "/setting/ios/vpp"

struct gathering {
	struct app *app;
	struct ctx *cx;
	struct db *db;
	int64_t now;
	struct location *locations;
	size_t location_count;
	struct problem *list;
	size_t count;
};

static struct problem *add(struct gathering *g, const char *kind, enum problem_severity severity,
	const struct location *l)
{
	struct problem *p = &g->list[g->count++];
	*p = (struct problem){ .kind = kind,
		.severity = severity,
		.location_id = l ? l->id : 0,
		.location_name = l ? l->name : NULL,
		.count = 1,
		.days_left = -1,
		.path = SETTING_PAGE };
	return p;
}

static const struct location *location_of(const struct gathering *g, int64_t id)
{
	for (size_t i = 0; i < g->location_count; i++)
		if (g->locations[i].id == id)
			return &g->locations[i];
	return NULL;
}

/* --- what a location shows by itself -------------------------------------------------------- */

static void add_token(struct gathering *g, const struct location *l)
{
	const char *state = location_token_shown(l, g->now);
	int step = location_token_step(l, g->now);
	bool is_expiring = text_equal(state, "expiring");
	struct problem *p;
	if (text_equal(state, "valid"))
		return;
	if (is_expiring)
		p = add(g, "token_expiring",
			step <= 7    ? PROBLEM_DANGER
			: step <= 30 ? PROBLEM_WARNING
				     : PROBLEM_INFO,
			l);
	else
		p = add(g, text_equal(state, "revoked") ? "token_revoked" : "token_refused",
			PROBLEM_DANGER, l);
	p->state = state;
	p->reason = l->token_reason;
	if (is_expiring)
		p->since = l->token_expires_at - step * DAY_MS;
	else if (text_equal(state, "expired"))
		p->since = l->token_expires_at;
	p->days_left = l->token_expires_at > g->now ? (l->token_expires_at - g->now) / DAY_MS : 0;
	p->detail = is_expiring       ? arena_printf(g->cx->mem,
						"The content token ends in %" PRId64
						" days. Download a new one at Apple and put it "
						      "in place.",
						p->days_left)
	            : l->token_reason ? l->token_reason
	                              : "The content token does not work any more. Download a new "
	                                "one at Apple and put it in place.";
}

static void add_owner(struct gathering *g, const struct location *l)
{
	if (!text_equal(l->owner_state, "foreign"))
		return;
	struct problem *p = add(g, "taken_by_other", PROBLEM_DANGER, l);
	p->since = l->owner_since;
	p->name = l->owner_name;
	p->detail = arena_printf(g->cx->mem,
		"%s manages this location now; nothing is written to Apple. Take it back, or "
		"leave it.",
		l->owner_name ? l->owner_name : "Another MDM server");
}

static void add_wait(
	struct gathering *g, const struct location *l, int64_t until, const char *reason)
{
	if (until < g->now + WAIT_LEAST_MS)
		return;
	struct problem *p = add(g, "waiting_for_apple",
		until > g->now + HOUR_MS ? PROBLEM_WARNING : PROBLEM_INFO, l);
	p->until = until;
	p->reason = reason;
	p->path = "/job?state=running";
	p->detail = reason ? reason : "Apple asked to wait.";
}

static enum err add_schedule(struct gathering *g, const struct location *l)
{
	struct schedule schedule;
	enum err e = schedules_get(g->db, g->cx, l->id, &schedule);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (!e && !text_equal(schedule.mode, "off"))
		return OK;
	add(g, "no_schedule", PROBLEM_INFO, l)->detail =
		"The location is not synced by itself. Set a schedule, so that changes of either "
		"side are seen.";
	return OK;
}

static void add_mode(struct gathering *g, const struct location *l)
{
	if (text_equal(l->mode, "observe"))
		add(g, "observe_only", PROBLEM_INFO, l)->detail =
			"This location is only observed: it is read, and nothing is changed at "
			"Apple.";
}

/* Can invitations leave at all? */
static void add_channel(struct gathering *g, const struct location *l, bool has_mail, bool has_mdm)
{
	bool wants_mdm = text_equal(l->message_channel, "notification");
	if (wants_mdm ? has_mdm : has_mail)
		return;
	struct problem *p = add(g, "no_mail", PROBLEM_WARNING, l);
	p->state = wants_mdm ? "notification" : "email";
	p->detail = wants_mdm ? "No MDM connector is set up, so that no invitation can be sent."
	                      : "No mail server is set up, so that no invitation can be sent by "
	                        "e-mail.";
}

static enum err add_locations(struct gathering *g)
{
	struct smtp_settings smtp = { 0 };
	const char *mdm_url = NULL;
	enum err e = message_smtp_load(g->app, g->db, g->cx, &smtp);
	if (!e)
		e = message_mdm_load(g->app, g->db, g->cx, &mdm_url);
	for (size_t i = 0; !e && i < g->location_count; i++) {
		const struct location *l = &g->locations[i];
		add_token(g, l);
		add_owner(g, l);
		add_mode(g, l);
		add_wait(g, l, l->wait_until, l->wait_reason);
		add_channel(g, l, smtp.host != NULL, mdm_url != NULL);
		e = add_schedule(g, l);
	}
	return e;
}

/* --- of the whole server -------------------------------------------------------------------- */

static void add_trail(struct gathering *g)
{
	struct audit_seen seen = { 0 };
	if (g->app->audit_watch)
		audit_watch_read(g->app->audit_watch, &seen);
	if (!seen.bad_id)
		return;
	struct problem *p = add(g, "audit_broken", PROBLEM_DANGER, NULL);
	p->since = seen.bad_since;
	p->path = "/audit";
	p->detail = arena_printf(g->cx->mem,
		"The audit trail is not as it was written: row %" PRId64
		", %s. Compare it with a backup.",
		seen.bad_id, seen.words);
}

static void add_disk(struct gathering *g)
{
	int64_t bytes;
	if (disk_free(g->app->settings.data_folder, &bytes) || bytes >= DISK_LOW)
		return;
	struct problem *p =
		add(g, "disk_full", bytes < DISK_FULL ? PROBLEM_DANGER : PROBLEM_WARNING, NULL);
	p->count = bytes / MEGABYTE;
	p->path = "/about";
	p->detail = arena_printf(g->cx->mem,
		"%" PRId64
		" MB are left on the disk of the data folder. When it is full nothing can be "
		"written down, and nothing is sent to Apple.",
		p->count);
}

static void add_clock(struct gathering *g)
{
	int64_t ahead = g->app->apple ? apple_service_clock_ahead(g->app->apple) : 0;
	if (ahead < CLOCK_OFF_MS && ahead > -CLOCK_OFF_MS)
		return;
	struct problem *p = add(g, "clock_wrong", PROBLEM_WARNING, NULL);
	p->state = ahead > 0 ? "ahead" : "behind";
	p->count = (ahead > 0 ? ahead : -ahead) / (60 * 1000);
	p->path = "/about";
	p->detail = arena_printf(g->cx->mem,
		"The clock of this server is %" PRId64
		" minutes %s Apple's. Syncs begin at the wrong time.",
		p->count, ahead > 0 ? "ahead of" : "behind");
}

static enum err add_beginnings(struct gathering *g)
{
	struct people_filter everyone = people_filter_any();
	struct people_count people = { 0 };
	enum err e = people_count(g->db, g->cx, &everyone, 0, false, &people);
	if (e)
		return e;
	if (!g->location_count)
		add(g, "no_location", PROBLEM_WARNING, NULL)->detail =
			"No content token was uploaded yet. Without one nobody can be invited.";
	if (!people.people) {
		struct problem *p = add(g, "no_people", PROBLEM_INFO, NULL);
		p->path = "/user/import";
		p->detail = "There are no users yet. Import them from a file.";
	}
	add_trail(g);
	const char *host = g->app->apple ? apple_service_refused_host(g->app->apple, g->cx) : NULL;
	if (host) {
		struct problem *p = add(g, "apple_addresses", PROBLEM_WARNING, NULL);
		p->name = host;
		p->detail = arena_printf(g->cx->mem,
			"The list of addresses that came from Apple names %s. It is not used, and "
			"no "
			"token goes there; calls go to Apple's usual addresses. Check the DNS and "
			"the proxy between here and Apple.",
			host);
	}
	add_disk(g);
	add_clock(g);
	if (g->app->apple)
		add_wait(g, NULL, apple_service_closed_until(g->app->apple),
			"Apple's service said that it is closed for everyone until then.");
	return OK;
}

/* --- what rows tell ------------------------------------------------------------------------- */

static const char *job_path(struct gathering *g, const struct problem_fact *f, const char *state)
{
	return f->count == 1 ? arena_printf(g->cx->mem, "/job/%" PRId64, f->id)
	                     : arena_printf(g->cx->mem, "/job?state=%s", state);
}

static void add_messages(struct gathering *g, const struct problem_fact *f)
{
	struct problem *p = add(g, "mail_failing",
		f->since < g->now - HOUR_MS ? PROBLEM_DANGER : PROBLEM_WARNING, NULL);
	p->state = f->name;
	p->reason = f->words;
	p->path = "/history?state=waiting";
	p->detail =
		arena_printf(g->cx->mem, "%" PRId64 " invitations wait. %s", f->count, f->words);
}

static void add_plan(struct gathering *g, const struct problem_fact *f)
{
	struct problem *p = add(g, "plan_waiting", PROBLEM_WARNING, NULL);
	p->path = job_path(g, f, "planned");
	p->detail = "A planned sync waits for somebody to apply it, or to cancel it.";
}

static void add_findings(struct gathering *g, const struct problem_fact *f)
{
	struct problem *p = add(g, "findings_open", PROBLEM_WARNING, NULL);
	p->path = arena_printf(g->cx->mem, "/finding?state=open&location=%" PRId64, f->location_id);
	p->detail = arena_printf(g->cx->mem,
		"%" PRId64 " differences between Apple and here that Pomona did not make.",
		f->count);
}

static void add_licences(struct gathering *g, const struct problem_fact *f)
{
	struct problem *p = add(g, "licences_used_up", PROBLEM_INFO, NULL);
	p->path = arena_printf(g->cx->mem, "/application?location=%" PRId64, f->location_id);
	p->detail = arena_printf(g->cx->mem,
		"Of %" PRId64
		" apps or books no licence is left. Buy more in Apple's portal before "
		"somebody needs one.",
		f->count);
}

static void add_failed(struct gathering *g, const struct problem_fact *f)
{
	struct problem *p = add(g, "jobs_failed", PROBLEM_WARNING, NULL);
	p->reason = f->words;
	p->path = job_path(g, f, "failed");
	p->detail = arena_printf(g->cx->mem,
		"%" PRId64 " jobs of the last 7 days failed, in whole or in part.", f->count);
}

static void add_import(struct gathering *g, const struct problem_fact *f)
{
	struct problem *p = add(g, "import_unfinished", PROBLEM_INFO, NULL);
	p->state = f->words;
	p->name = f->name;
	p->path = arena_printf(g->cx->mem, "/user/import/%" PRId64, f->id);
	p->detail = "A file was uploaded and not applied.";
}

static enum err add_facts(struct gathering *g, const struct problem_fact *facts, size_t count)
{
	static const struct {
		const char *kind;
		void (*add)(struct gathering *g, const struct problem_fact *f);
	} rows[] = {
		{ "mail_failing", add_messages },
		{ "plan_waiting", add_plan },
		{ "findings_open", add_findings },
		{ "licences_used_up", add_licences },
		{ "jobs_failed", add_failed },
		{ "import_unfinished", add_import },
	};
	for (size_t i = 0; i < count; i++)
		for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
			const struct location *l = location_of(g, facts[i].location_id);
			if (!text_equal(rows[r].kind, facts[i].kind))
				continue;
			rows[r].add(g, &facts[i]);
			struct problem *p = &g->list[g->count - 1];
			p->location_id = l ? l->id : 0;
			p->location_name = l ? l->name : NULL;
			p->count = facts[i].count;
			p->since = facts[i].since;
			p->id = facts[i].count == 1 ? facts[i].id : 0;
		}
	return OK;
}

/* The worst first; of one severity as they were found. */
static struct problem *sorted(struct gathering *g)
{
	struct problem *list = ARENA_ARRAY(g->cx->mem, struct problem, g->count + 1);
	size_t count = 0;
	for (int severity = PROBLEM_DANGER; severity <= PROBLEM_INFO; severity++)
		for (size_t i = 0; i < g->count; i++)
			if ((int)g->list[i].severity == severity)
				list[count++] = g->list[i];
	return list;
}

enum err problems_list(
	struct app *app, struct ctx *cx, struct problem **ret_problems, size_t *ret_count)
{
	struct gathering g = { .app = app, .cx = cx, .now = clock_now_ms() };
	struct problem_fact *facts = ARENA_ARRAY(cx->mem, struct problem_fact, FACTS_MAX);
	size_t fact_count = 0;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	g.db = db;
	if (!e)
		e = locations_list(db, cx, &g.locations, &g.location_count);
	if (!e)
		e = problems_facts(db, cx, g.now - FAILED_FOR_MS, g.now - PREVIEW_FOR_MS,
			MESSAGES_MAX, FACTS_MAX, facts, &fact_count);
	if (e)
		return e;
	g.list = ARENA_ARRAY(
		cx->mem, struct problem, OF_LOCATION * g.location_count + OF_SERVER + fact_count);
	e = add_beginnings(&g);
	if (!e)
		e = add_locations(&g);
	if (!e)
		e = add_facts(&g, facts, fact_count);
	if (e)
		return e;
	*ret_problems = sorted(&g);
	*ret_count = g.count;
	return OK;
}
