#include "domain/sync_judge.h"

#include "base/ctx.h"
#include "base/text.h"
#include "domain/life_cycle.h"
#include "store/items.h"
#include "store/jobs.h"
#include "store/people.h"

#define OPEN_ITEMS 16

/* Is something on its way, or about to be? A plan that waits for a person is neither. */
static enum err counts_as_busy(
	struct db *db, struct ctx *cx, const struct item *item, bool *ret_busy)
{
	struct job job;
	*ret_busy = !text_equal(item->kind, "message") && !text_equal(item->kind, "look");
	if (!*ret_busy || !text_equal(item->state, "planned"))
		return OK;
	enum err e = jobs_find(db, cx, item->job_id, &job);
	*ret_busy = !text_equal(job.state, "planned");
	return e;
}

enum err sync_is_busy(
	struct db *db, struct ctx *cx, int64_t vpp_user_id, int64_t own_item_id, bool *ret_is_busy)
{
	struct item items[OPEN_ITEMS];
	size_t count = 0;
	*ret_is_busy = false;
	enum err e = items_open_of(db, cx, vpp_user_id, OPEN_ITEMS, items, &count);
	for (size_t i = 0; !e && !*ret_is_busy && i < count; i++)
		if (items[i].id != own_item_id)
			e = counts_as_busy(db, cx, &items[i], ret_is_busy);
	return e;
}

/* Whose is a record that nobody here made? The one person with its e-mail address, or with it as
 * Managed Apple Account, if that person has no record. */
static enum err find_owner(struct db *db, struct ctx *cx, int64_t location_id, const char *email,
	int64_t *ret_person_id)
{
	struct person *person = NULL;
	struct vpp_user live;
	*ret_person_id = 0;
	if (!text_is_email(email))
		return OK;
	const char *key = text_fold(cx->mem, email);
	enum err e = people_find_by_email_key(db, cx, key, &person);
	if (e == ERR_NOT_FOUND)
		e = people_find_by_account_key(db, cx, key, &person);
	if (e == ERR_NOT_FOUND || e == ERR_CONFLICT)
		return OK;
	if (e)
		return e;
	e = vpp_users_find_live(db, cx, location_id, person->id, &live);
	if (e == ERR_NOT_FOUND) {
		*ret_person_id = person->id;
		return OK;
	}
	return e;
}

static enum err wish_of(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct sync_case *c, struct reconcile_wish *wish, int64_t *ret_person_id)
{
	struct person *person = NULL;
	*ret_person_id = c->last ? c->last->person_id : 0;
	if (!c->last) {
		enum err e =
			find_owner(db, cx, reading->location_id, c->staged->email, ret_person_id);
		wish->has_person = *ret_person_id != 0;
		return e;
	}
	if (!c->last->person_id)
		return OK;
	if (c->facts) {
		const char *email = c->facts->person_email;
		wish->has_person = c->facts->has_person;
		wish->is_wanted = c->facts->person_is_wanted;
		wish->email = text_is_email(email) ? email : NULL;
		return OK;
	}
	enum err e = people_find_even_deleted(db, cx, c->last->person_id, 0, &person);
	if (e)
		return e;
	wish->has_person = true;
	wish->is_wanted = person->is_active && !person->deleted_at;
	wish->email = text_is_email(person->email) ? person->email : NULL;
	return OK;
}

static struct reconcile_news news_of(const struct sync_reading *reading, const struct sync_case *c)
{
	struct reconcile_news news = { .list_is_consistent = reading->is_consistent };
	bool is_newer_here = c->last && c->read_at && c->last->apple_seen_at > c->read_at;
	if (c->staged && !is_newer_here) {
		news.is_listed = true;
		news.status = c->staged->status;
		news.email = c->staged->email;
		news.id_hash = c->staged->id_hash;
	} else if (c->last && c->last->apple_status && (reading->is_delta || is_newer_here)) {
		news.is_listed = true;
		news.status = c->last->apple_status;
		news.email = c->last->apple_email;
		news.id_hash = c->last->id_hash;
	}
	return news;
}

static const char *words_of(struct ctx *cx, const struct reconcile_row *row,
	const struct reconcile_wish *wish, const struct sync_case *c,
	const struct reconcile_news *news)
{
	if (row->plan == PLAN_UPDATE)
		return arena_printf(cx->mem, "E-mail at Apple: %s → %s",
			news->email ? news->email : "none", wish->email);
	if (row->plan == PLAN_NOTHING && c->last)
		return arena_printf(cx->mem, "In step with Apple: %s. Nothing to change.",
			life_cycle_label(c->last->state));
	if (row->plan == PLAN_FOREIGN || row->plan == PLAN_ADOPT)
		return arena_printf(cx->mem, "%s (%s, %s)", row->words,
			c->staged->email ? c->staged->email : "no e-mail", c->staged->status);
	return row->words;
}

enum err sync_judge(struct db *db, struct ctx *cx, const struct sync_reading *reading,
	const struct sync_case *c, struct sync_verdict *ret_verdict)
{
	struct reconcile_wish wish = { 0 };
	bool busy = false;
	bool may_be_busy = c->last && (!c->facts || c->facts->has_open_items);
	enum err e = may_be_busy ? sync_is_busy(db, cx, c->last->id, c->own_item_id, &busy) : OK;
	if (!e)
		e = wish_of(db, cx, reading, c, &wish, &ret_verdict->person_id);
	if (e)
		return e;
	struct reconcile_news news = news_of(reading, c);
	ret_verdict->row = reconcile(&wish, c->last, &news, busy);
	ret_verdict->words = NULL;
	if (c->facts && ret_verdict->row.plan == PLAN_NOTHING)
		return OK;
	ret_verdict->words = busy ? "Not judged: work of ours for this person is under way."
	                          : words_of(cx, &ret_verdict->row, &wish, c, &news);
	return OK;
}
