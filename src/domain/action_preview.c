/* The dry run of an action. A few thousand people are judged one by one; of a million the classes are
 * (store/people_classes.h), and one by one only those about whom a class does not tell all. */
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"
#include "domain/action.h"
#include "domain/app.h"
#include "domain/selection.h"
#include "store/people_classes.h"

#define REASONS_MAX   24
#define UNSETTLED_MAX 2000 /* judged one by one beside the classes: some tens of milliseconds */

static void count_reason(
	struct ctx *cx, struct action_preview *p, const char *reason, int64_t people)
{
	for (size_t i = 0; i < p->reason_count; i++)
		if (!strcmp(p->reasons[i].reason, reason)) {
			p->reasons[i].count += people;
			return;
		}
	if (p->reason_count == REASONS_MAX)
		return;
	p->reasons[p->reason_count++] =
		(struct action_reason){ arena_strdup(cx->mem, reason), people };
}

/* So many more of them (or fewer) will be skipped for that reason; NULL: it will be done for them. */
static void count_people(
	struct ctx *cx, struct action_preview *p, const char *why_not, int64_t people)
{
	if (!why_not) {
		p->will_do += people;
		return;
	}
	p->will_skip += people;
	count_reason(cx, p, why_not, people);
}

/* Names who it is, on the side where there is room. */
static void keep_line(struct ctx *cx, struct action_preview *p, const struct person *person,
	const struct action_choice *choice)
{
	size_t *count = choice->is_skipped ? &p->skip_count : &p->will_count;
	struct action_line *lines = choice->is_skipped ? p->skip : p->will;
	if (*count == ACTION_PREVIEW_PEOPLE)
		return;
	lines[(*count)++] = (struct action_line){ person->id,
		arena_strdup(cx->mem, person->display_name), arena_strdup(cx->mem, choice->words) };
}

static void sort_reasons(struct action_preview *p)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->reason_count; i++)
		if (p->reasons[i].count > 0)
			p->reasons[kept++] = p->reasons[i];
	p->reason_count = kept;
	for (size_t i = 1; i < p->reason_count; i++)
		for (size_t k = i; k > 0 && p->reasons[k].count > p->reasons[k - 1].count; k--) {
			struct action_reason r = p->reasons[k];
			p->reasons[k] = p->reasons[k - 1];
			p->reasons[k - 1] = r;
		}
}

/* One verdict, looked up; the licences count in any case. */
static enum err judge(const struct action_run *run, struct db *db, struct ctx *page,
	const struct action_verb *verb, const struct person *person, struct action_preview *p,
	struct action_choice *ret_choice)
{
	*ret_choice = (struct action_choice){ 0 };
	enum err e = verb->choose(run, db, page, person, ret_choice);
	if (e)
		return e;
	p->looked_at++;
	if (!ret_choice->is_skipped) {
		p->licences += ret_choice->licences;
		p->licences_stay += ret_choice->licences_stay;
	}
	return OK;
}

/* The people of the selection one by one, most of them at most (0: all). is_counted: they count, too. */
static enum err look(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct action_verb *verb, const struct action *action, bool is_counted,
	struct action_preview *p)
{
	int64_t after = 0, most = action->look_most ? action->look_most : INT64_MAX;
	size_t count = 0;
	do {
		CTX_AUTO(page);
		struct person *people = NULL;
		int limit = most - p->looked_at < ACTION_PAGE_PEOPLE ? (int)(most - p->looked_at)
		                                                     : ACTION_PAGE_PEOPLE;
		enum err e = selection_next(db, &page, action->selection, action->location_id,
			after, limit, &people, &count);
		for (size_t i = 0; !e && i < count; i++) {
			struct action_choice choice;
			e = judge(run, db, &page, verb, &people[i], p, &choice);
			if (!e && is_counted)
				count_people(cx, p, choice.is_skipped ? choice.words : NULL, 1);
			if (!e && choice.is_recent &&
				(is_counted || p->counted == ACTION_COUNTED_ABOUT))
				p->recent++;
			if (!e)
				keep_line(cx, p, &people[i], &choice);
			after = people[i].id;
		}
		if (e)
			return action_pass_error(cx, &page, e);
	} while (count && p->looked_at < most);
	return OK;
}

/* Takes somebody out of what the class said, and with a choice puts them in as they were judged. */
static enum err correct(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct action_verb *verb, int64_t person_id, bool is_excluded,
	struct action_preview *p)
{
	CTX_AUTO(page);
	struct person *person = NULL;
	struct action_choice choice = { 0 };
	enum err e = people_find(db, &page, person_id, run->location_id, &person);
	if (!e && !is_excluded)
		e = verb->choose(run, db, &page, person, &choice);
	if (e)
		return action_pass_error(cx, &page, e);
	count_people(cx, p, verb->why_not(person), -1);
	if (!is_excluded) {
		count_people(cx, p, choice.is_skipped ? choice.words : NULL, 1);
		p->recent += choice.is_recent;
	}
	return OK;
}

static enum err leave_out(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct action_verb *verb, const struct selection *s, struct action_preview *p)
{
	enum err e = OK;
	for (size_t i = 0; !e && i < s->exclude_count; i++) {
		bool matches = false;
		e = people_matches(db, cx, &s->filter, run->location_id, s->exclude[i], &matches);
		if (!e && matches)
			e = correct(run, db, cx, verb, s->exclude[i], true, p);
	}
	return e;
}

static enum err judge_unsettled(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct action_verb *verb, const struct selection *s, struct action_preview *p)
{
	int64_t *ids;
	size_t count;
	bool is_more, is_meant;
	int64_t since = verb->minds_recent ? run->now - ACTION_RECENT_MS : 0;
	enum err e = people_classes_unsettled(
		db, cx, run->location_id, since, UNSETTLED_MAX, &ids, &count, &is_more);
	if (!e && is_more)
		p->counted = ACTION_COUNTED_ABOUT;
	for (size_t i = 0; !e && !is_more && i < count; i++) {
		e = people_matches(db, cx, &s->filter, run->location_id, ids[i], &is_meant);
		if (!e && is_meant && !selection_excludes(s, ids[i]))
			e = correct(run, db, cx, verb, ids[i], false, p);
	}
	return e;
}

static enum err count_classes(const struct action_run *run, struct db *db, struct ctx *cx,
	const struct action_verb *verb, const struct selection *s, struct action_preview *p)
{
	struct people_class *classes =
		ARENA_ARRAY(cx->mem, struct people_class, PEOPLE_CLASSES_MAX);
	size_t count = 0;
	enum err e = people_classes_count(db, cx, &s->filter, run->location_id, classes, &count);
	for (size_t i = 0; !e && i < count; i++)
		count_people(cx, p, verb->why_not(&classes[i].alike), classes[i].people);
	if (!e)
		e = leave_out(run, db, cx, verb, s, p);
	return e ? e : judge_unsettled(run, db, cx, verb, s, p);
}

enum err action_preview(struct app *app, struct ctx *cx, const struct action_verb *verb,
	const struct action *action, struct action_preview *ret_preview)
{
	const struct selection *s = action->selection;
	struct action_run run = action_run_of(app, action);
	struct action_preview p = {
		.will = ARENA_ARRAY(cx->mem, struct action_line, ACTION_PREVIEW_PEOPLE),
		.skip = ARENA_ARRAY(cx->mem, struct action_line, ACTION_PREVIEW_PEOPLE),
		.reasons = ARENA_ARRAY(cx->mem, struct action_reason, REASONS_MAX),
	};
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = action_check_mode(db, cx, verb, action->location_id);
	if (!e)
		e = selection_check(db, cx, s, action->location_id, &p.selected);
	if (e)
		return e;
	bool is_whole = !action->look_most || p.selected <= action->look_most;
	/* Whom a channel reaches, no class tells. */
	bool has_classes =
		!is_whole && s->is_filter && !action->channel && people_classes_can(&s->filter);
	if (!is_whole && !has_classes)
		p.counted = ACTION_COUNTED_PART;
	if (has_classes)
		e = count_classes(&run, db, cx, verb, s, &p);
	if (!e)
		e = look(&run, db, cx, verb, action, !has_classes, &p);
	sort_reasons(&p);
	*ret_preview = p;
	return e;
}
