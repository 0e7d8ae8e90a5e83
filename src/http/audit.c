/* The audit trail, newest first. */
#include "base/ctx.h"
#include "db/db.h"
#include "http/input.h"
#include "http/list.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/audit.h"

static void audit_to_json(struct json_writer *w, const struct audit_row *row)
{
	jw_object(w, NULL);
	jw_i64(w, "id", row->id);
	jw_time(w, "at", row->at);
	jw_object(w, "actor");
	jw_str(w, "kind", row->actor_kind);
	jw_i64_or_null(w, "id", row->actor_id);
	jw_str(w, "name", row->actor_name);
	jw_str(w, "from", row->from_address);
	jw_end_object(w);
	jw_str(w, "act", row->act);
	jw_object(w, "target");
	jw_str(w, "kind", row->target_kind);
	jw_str(w, "id", row->target_id);
	jw_str(w, "name", row->target_name);
	jw_end_object(w);
	if (row->detail)
		jw_raw(w, "detail", row->detail);
	else
		jw_null(w, "detail");
	jw_end_object(w);
}

enum err http_audit_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "target_kind", "target_id", NULL };
	struct http_list list;
	struct audit_row *rows;
	const char *kind, *id;
	DB_AUTO(db);
	enum err e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = http_query_text(cx, rq, "target_kind", 40, &kind);
	if (!e)
		e = http_query_text(cx, rq, "target_id", 40, &id);
	if (!e)
		e = audit_list(db, cx, kind, id, list.after_id, (int)list.most, &rows, &list.count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		audit_to_json(&w, &rows[i]);
		list.last_id = rows[i].id;
	}
	return http_list_reply(cx, rp, &list, &w);
}
