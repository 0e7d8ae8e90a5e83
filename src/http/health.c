/* Is the server able to answer, and to read its database? */
#include "base/ctx.h"
#include "db/db.h"
#include "http/reply.h"
#include "http/routes.h"

enum err http_health_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)rq;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_str(&w, "status", "ok");
	jw_str(&w, "version", POMONA_VERSION);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}
