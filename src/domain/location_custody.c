/* How near the end of a content token is, and warning of it once at each step. */
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/location_guard.h"

#define DAY_MS (24 * 60 * 60 * 1000LL)

int location_token_step(const struct location *location, int64_t now)
{
	static const int steps[] = { 1, 7, 14, 30, 60 };
	int64_t left = location->token_expires_at - now;
	for (size_t i = 0; left > 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		if (left <= steps[i] * DAY_MS)
			return steps[i];
	return 0;
}

const char *location_token_shown(const struct location *location, int64_t now)
{
	const char *state = location_token_state(location, now);
	bool is_near = text_equal(state, "valid") && location_token_step(location, now);
	return is_near ? "expiring" : state;
}

/* A location that was renewed begins anew: the store forgets the step with the old token. */
static bool is_new_step(const struct location *l, int64_t now)
{
	const char *state = location_token_state(l, now);
	int step = location_token_step(l, now);
	bool is_usable = text_equal(state, "valid") || text_equal(state, "read_only");
	return is_usable && step && (!l->token_warned_days || step < l->token_warned_days);
}

enum err location_token_warnings(struct app *app, struct ctx *cx, int64_t now,
	struct location **ret_locations, size_t *ret_count)
{
	size_t all = 0;
	DB_AUTO(reader);
	*ret_count = 0;
	enum err e = db_read(app->db, cx, &reader);
	if (!e)
		e = locations_list(reader, cx, ret_locations, &all);
	db_release(&reader);
	if (e)
		return e;
	size_t count = 0;
	for (size_t i = 0; i < all; i++)
		if (is_new_step(&(*ret_locations)[i], now))
			(*ret_locations)[count++] = (*ret_locations)[i];
	if (!count)
		return OK;
	DB_AUTO(db);
	e = db_write(app->db, cx, &db);
	for (size_t i = 0; !e && i < count; i++) {
		struct location *l = &(*ret_locations)[i];
		l->token_warned_days = location_token_step(l, now);
		e = locations_set_token_warned(db, cx, l->id, l->token_warned_days);
	}
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("token.warned");
	if (!e)
		*ret_count = count;
	return e;
}
