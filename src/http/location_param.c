#include "http/location_param.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "domain/app.h"
#include "http/input.h"
#include "store/locations.h"

#define NAMES_MAX 5

/* "1 (North), 2 (South)"; of many the first few. */
static const char *names_of(struct ctx *cx, const struct location *locations, size_t count)
{
	const char *names = "";
	for (size_t i = 0; i < count && i < NAMES_MAX; i++)
		names = arena_printf(cx->mem, "%s%s%" PRId64 " (%s)", names, i ? ", " : "",
			locations[i].id, locations[i].name);
	return count > NAMES_MAX ? arena_printf(cx->mem, "%s and more", names) : names;
}

enum err http_location_or_only(struct db *db, struct ctx *cx, int64_t given, int64_t *ret_id)
{
	struct location *locations, location;
	size_t count;
	enum err e;

	if (given) {
		e = locations_get(db, cx, given, &location);
		if (!e)
			*ret_id = given;
		return e;
	}
	e = locations_list(db, cx, &locations, &count);
	if (e)
		return e;
	if (count > 1)
		return err_set_field(cx, ERR_INVALID, "location.needed", "location",
			"There are %zu locations: %s. Say which one is meant: its number as "
			"location.",
			count, names_of(cx, locations, count));
	*ret_id = count ? locations[0].id : 0;
	return OK;
}

enum err http_location_param(
	struct db *db, struct ctx *cx, const struct http_request *rq, int64_t *ret_id)
{
	int64_t given;
	enum err e = http_query_i64(cx, rq, "location", 1, INT64_MAX, 0, &given);

	return e ? e : http_location_or_only(db, cx, given, ret_id);
}

enum err http_body_location(
	struct app *app, struct ctx *cx, const struct json *body, int64_t *ret_id)
{
	int64_t given = 0;
	enum err e = http_member_i64(cx, body, "location", HTTP_OPTIONAL, 1, INT64_MAX, 0, &given);
	DB_AUTO(db);

	if (!e)
		e = db_read(app->db, cx, &db);
	if (!e)
		e = http_location_or_only(db, cx, given, ret_id);
	if (!e && !*ret_id)
		return err_set(cx, ERR_CONFLICT, "location.none",
			"There is no location yet. Upload its content token first, in Setting > "
			"iOS > "
			"VPP Server Setting.");
	return e;
}
