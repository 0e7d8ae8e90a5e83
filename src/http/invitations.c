/* The messages that were sent, newest first; and the link itself, for who hands it over. */
#include "base/ctx.h"
#include "db/db.h"
#include "domain/invitation_link.h"
#include "domain/app.h"
#include "domain/message_settings.h"
#include "http/input.h"
#include "http/list.h"
#include "http/location_param.h"
#include "http/reply.h"
#include "http/routes.h"
#include "mail/words.h"
#include "store/invitations.h"
#include "store/locations.h"

#define NAME_MAX_CHARS 200

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
	static const char *const known[] = { "state", "channel", "person", "since", NULL };
	struct http_list list;
	struct invitation_row *rows;
	struct invitation_filter filter = { 0 };
	DB_AUTO(db);
	enum err e = http_list_open(app, cx, rq, known, &list, &db);
	if (!e)
		e = http_query_word(cx, rq, "state", states, &filter.state);
	if (!e)
		e = http_query_word(cx, rq, "channel", channels, &filter.channel);
	if (!e)
		e = http_query_i64(cx, rq, "person", 1, INT64_MAX, 0, &filter.person_id);
	if (!e)
		e = http_query_time(cx, rq, "since", &filter.since);
	if (!e)
		e = invitations_list(db, cx, &filter, list.after_id, list.most, &rows, &list.count);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_show(&list, &w);
	for (size_t i = 0; i < list.count; i++) {
		invitation_to_json(&w, &rows[i]);
		list.last_id = rows[i].invitation.id;
	}
	return http_list_reply(cx, rp, &list, &w);
}

/* The words of a mail to somebody of that name, as the courier has them. */
static struct mail_words sample(struct app *app, struct ctx *cx, const struct location *location,
	const struct smtp_settings *s, const char *name)
{
	const char *link = invitation_link_sample(app, cx, location);
	return mail_words_invitation(
		cx, &(struct mail_invitation){ .language = s->language,
			    .organisation = location->organisation,
			    .person_name = name,
			    .link = link ? link : "…",
			    .contact = s->is_from_set ? s->from_address : NULL });
}

enum err http_invitations_sample(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "location", "name", NULL };
	const char *name = NULL;
	int64_t id = 0;
	struct location location;
	struct smtp_settings smtp;
	DB_AUTO(db);
	enum err e = http_query_only(cx, rq, known);
	if (!e)
		e = http_query_text(cx, rq, "name", NAME_MAX_CHARS, &name);
	if (!e)
		e = db_read(app->db, cx, &db);
	if (!e)
		e = http_location_param(db, cx, rq, &id);
	if (!e)
		e = locations_get(db, cx, id, &location);
	if (!e)
		e = message_smtp_load(app, db, cx, &smtp);
	if (e)
		return e;
	struct mail_words words = sample(app, cx, &location, &smtp, name ? name : "Ada Lovelace");
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_str(&w, "language", words.language);
	jw_str(&w, "subject", words.subject);
	jw_str(&w, "text", words.text);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_people_link(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "location", NULL };
	const struct json *body;
	const char *link;
	int64_t id, location;
	enum err e = http_path_id(cx, rq, "id", &id);
	if (!e)
		e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_body_location(app, cx, body, &location);
	if (!e)
		e = invitation_link_show(app, cx, id, location, &link);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_str(&w, "link", link);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}
