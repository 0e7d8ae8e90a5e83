#include "domain/person.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/audit_change.h"
#include "domain/events.h"
#include "store/audit.h"
#include "store/people.h"

static enum err refuse_taken(struct ctx *cx, const char *user_name)
{
	return err_set_field(cx, ERR_CONFLICT, "person.exists", "/user_name",
		"There is already a person with the user name \"%s\".", user_name);
}

/* Is the user name of p another living person's? */
static enum err check_free(struct db *db, struct ctx *cx, const struct person *p)
{
	struct person *other;
	enum err e = people_find_by_user_key(db, cx, p->user_key, &other);

	if (e == ERR_NOT_FOUND)
		return OK;
	if (e)
		return e;
	return other->id == p->id ? OK : refuse_taken(cx, p->user_name);
}

enum err person_add(struct app *app, struct ctx *cx, struct person_input *in, int64_t *ret_id)
{
	struct person p;
	DB_AUTO(db);
	int64_t id;
	enum err e;

	if (!in->user_name)
		return err_set_field(cx, ERR_INVALID, "person.user_name", "/user_name",
			"A person needs a user name.");
	e = person_input_check(cx, in);
	if (e)
		return e;
	p = person_merge(cx->mem, NULL, in, "manual", clock_now_ms());
	e = db_write(app->db, cx, &db);
	if (!e)
		e = check_free(db, cx, &p);
	if (!e)
		e = people_insert(db, cx, &p, &id);
	if (!e)
		e = people_refresh(db, cx, id);
	if (!e)
		e = audit_write(db, cx, "person.add", "person", id, p.display_name, NULL);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("person.added");
	if (e)
		return e;
	events_post(app, "people-changed", 0, "{}");
	*ret_id = id;
	return OK;
}

enum err person_change(struct app *app, struct ctx *cx, int64_t id, struct person_input *in)
{
	struct person *now, p;
	AUDIT_CHANGE(change, cx);
	DB_AUTO(db);
	enum err e = person_input_check(cx, in);

	if (!e)
		e = db_write(app->db, cx, &db);
	if (!e)
		e = people_find(db, cx, id, 0, &now);
	if (e)
		return e;
	p = person_merge(cx->mem, now, in, now->source, clock_now_ms());
	if (!person_changes(cx, now, &p))
		return OK;
	person_audit(&change, now, &p);
	e = check_free(db, cx, &p);
	if (!e)
		e = people_update(db, cx, &p);
	if (!e)
		e = people_refresh(db, cx, id);
	if (!e)
		e = audit_write(db, cx, "person.change", "person", id, p.display_name,
			audit_change_json(&change));
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("person.changed");
	if (!e)
		events_post(app, "people-changed", 0, "{}");
	return e;
}

enum err person_take_out(struct app *app, struct ctx *cx, int64_t id)
{
	struct person *now;
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);

	if (!e)
		e = people_find(db, cx, id, 0, &now);
	if (!e)
		e = people_delete(db, cx, id, clock_now_ms());
	if (!e)
		e = audit_write(db, cx, "person.delete", "person", id, now->display_name, NULL);
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("person.taken_out");
	if (!e)
		events_post(app, "people-changed", 0, "{}");
	return e;
}
