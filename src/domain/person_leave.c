#include "domain/person_leave.h"

#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/person.h"
#include "domain/remove.h"
#include "domain/selection.h"
#include "store/locations.h"
#include "store/people.h"
#include "store/vpp_users.h"

static enum err load(
	struct app *app, struct ctx *cx, int64_t id, struct person_place *places, size_t *ret_count)
{
	int64_t ids[PERSON_PLACES_MAX];
	struct person *person = NULL;
	struct location location;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = people_find(db, cx, id, 0, &person);
	if (!e)
		e = vpp_users_places(db, cx, id, PERSON_PLACES_MAX, ids, ret_count);
	for (size_t i = 0; !e && i < *ret_count; i++) {
		e = locations_get(db, cx, ids[i], &location);
		places[i].location_id = ids[i];
		if (!e)
			places[i].location_name = location.name;
	}
	return e;
}

static enum err select_one(struct ctx *cx, int64_t id, int64_t location_id,
	struct selection *selection, struct action *ret)
{
	*ret = (struct action){ .location_id = location_id, .selection = selection };
	return selection_of_ids(cx, &id, 1, selection);
}

static enum err judge(struct app *app, struct ctx *cx, int64_t id, struct person_place *place)
{
	struct selection selection;
	struct action action;
	struct action_preview preview = { 0 };
	enum err e = select_one(cx, id, place->location_id, &selection, &action);
	if (!e)
		e = remove_preview(app, cx, &action, &preview);
	if (e == ERR_CONFLICT) {
		place->words = cx->error.sentence;
		return OK;
	}
	if (e)
		return e;
	place->is_retired = preview.will_do > 0;
	place->words = preview.will_count   ? preview.will[0].words
	               : preview.skip_count ? preview.skip[0].words
	                                    : "";
	place->licences = preview.licences;
	place->licences_stay = preview.licences_stay;
	return OK;
}

enum err person_leave_preview(struct app *app, struct ctx *cx, int64_t id,
	struct person_place **ret_places, size_t *ret_count)
{
	*ret_places = ARENA_ARRAY(cx->mem, struct person_place, PERSON_PLACES_MAX);
	enum err e = load(app, cx, id, *ret_places, ret_count);
	for (size_t i = 0; !e && i < *ret_count; i++)
		e = judge(app, cx, id, &(*ret_places)[i]);
	return e;
}

/* The retires first: should the process end in between, the person is still there to be asked for
 * again, and is on the way out at Apple. */
enum err person_leave(
	struct app *app, struct ctx *cx, int64_t id, int64_t *ret_jobs, size_t *ret_count)
{
	struct person_place *places;
	size_t count = 0;
	*ret_count = 0;
	enum err e = person_leave_preview(app, cx, id, &places, &count);
	for (size_t i = 0; !e && i < count; i++) {
		struct selection selection;
		struct action action;
		bool is_repeat = false;
		if (!places[i].is_retired)
			continue;
		e = select_one(cx, id, places[i].location_id, &selection, &action);
		if (!e)
			e = remove_start(app, cx, &action, &ret_jobs[*ret_count], &is_repeat);
		*ret_count += !e;
	}
	return e ? e : person_take_out(app, cx, id);
}
