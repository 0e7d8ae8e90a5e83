/* The messages that were sent, newest first. */
#include "base/ctx.h"
#include "db/db.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/invitations.h"

static const char *const channels[] = { "notification", "email", NULL };
static const char *const states[] = { "waiting", "sending", "sent", "failed", "unknown", "replaced",
	NULL };

static void invitation_to_json(struct json_writer *w, const struct invitation_row *row)
{
	const struct invitation *n = &row->invitation;
	jw_object(w, NULL);
	jw_i64(w, "id", n->id);
	if (row->person_id) {
		jw_object(w, "person");
		jw_i64(w, "id", row->person_id);
		jw_str(w, "display_name", row->person_name);
		jw_end_object(w);
	} else {
		jw_null(w, "person");
	}
	jw_str(w, "channel", n->channel);
	jw_str(w, "state", n->state);
	jw_str(w, "recipient", n->recipient);
	jw_i64(w, "attempts", n->attempts);
	jw_str(w, "reason", n->reason);
	jw_time(w, "created_at", n->created_at);
	jw_time(w, "sent_at", n->sent_at);
	jw_end_object(w);
}

enum err http_invitations_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "state", "channel", "limit", "after", NULL };
	struct http_page page;
	const char *state, *channel;
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_page_read(cx, rq, &page);
	if (!e)
		e = http_query_word(cx, rq, "state", states, &state);
	if (!e)
		e = http_query_word(cx, rq, "channel", channels, &channel);
	if (e)
		return e;
	DB_AUTO(db);
	e = db_read(app->db, cx, &db);
	if (e)
		return e;
	struct invitation_row *rows;
	size_t count;
	e = invitations_list(
		db, cx, state, channel, page.after_id, (size_t)page.limit + 1, &rows, &count);
	if (e)
		return e;
	bool is_more = http_page_cut(&page, &count);
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < count; i++)
		invitation_to_json(&w, &rows[i]);
	http_list_end(
		&w, is_more ? http_cursor(cx, NULL, rows[count - 1].invitation.id) : NULL, -1);
	return http_reply_json(cx, rp, 200, &out);
}
