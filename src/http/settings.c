/* How messages go out: the mail server and the MDM connector. */
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/message_settings.h"
#include "http/input.h"
#include "http/reply.h"
#include "http/routes.h"
#include "mail/message.h"
#include "mail/words.h"
#include "net/smtp_client.h"

static const char *const securities[] = { "none", "starttls", "tls", NULL };

static enum err load_smtp(struct app *app, struct ctx *cx, struct smtp_settings *ret_settings)
{
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	return e ? e : message_smtp_load(app, db, cx, ret_settings);
}

static enum err reply_smtp(struct app *app, struct ctx *cx, struct http_reply *rp)
{
	struct smtp_settings s;
	enum err e = load_smtp(app, cx, &s);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_str(&w, "host", s.host);
	jw_i64(&w, "port", s.port);
	jw_str(&w, "security", smtp_security_name(s.security));
	jw_str(&w, "user", s.user);
	jw_bool(&w, "password_set", s.password || s.is_password_lost);
	jw_str(&w, "from_address", s.is_from_set ? s.from_address : NULL);
	jw_str(&w, "from_name", s.from_name);
	jw_time(&w, "changed_at", s.changed_at);
	jw_str(&w, "language", s.language);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_smtp_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const none[] = { NULL };
	enum err e = http_query_only(cx, rq, none);
	return e ? e : reply_smtp(app, cx, rp);
}

static enum err read_smtp(struct ctx *cx, const struct json *body, struct smtp_settings *ret_s,
	enum secret_change *ret_password)
{
	struct smtp_settings s = { 0 };
	const char *security = NULL;
	enum err e = http_member_text(cx, body, "host", HTTP_REQUIRED, 253, &s.host);
	if (!e)
		e = http_member_i64(cx, body, "port", HTTP_REQUIRED, 1, 65535, 0, &s.port);
	if (!e)
		e = http_member_word(cx, body, "security", HTTP_REQUIRED, securities, &security);
	if (!e)
		e = http_member_text(cx, body, "user", HTTP_OPTIONAL, 254, &s.user);
	if (!e)
		e = http_member_secret(cx, body, "password", HTTP_OPTIONAL, &s.password);
	if (!e)
		e = http_member_text(cx, body, "from_address", HTTP_REQUIRED, 254, &s.from_address);
	if (!e)
		e = http_member_text(cx, body, "from_name", HTTP_OPTIONAL, 100, &s.from_name);
	if (!e)
		e = http_member_text(cx, body, "language", HTTP_OPTIONAL, 35, &s.language);
	if (e)
		return e;
	s.security = text_equal(security, "tls")        ? SMTP_TLS
	             : text_equal(security, "starttls") ? SMTP_STARTTLS
	                                                : SMTP_PLAIN;
	*ret_password = s.password                            ? SECRET_SET
	                : http_member_given(body, "password") ? SECRET_FORGET
	                                                      : SECRET_KEEP;
	*ret_s = s;
	return OK;
}

enum err http_smtp_put(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "host", "port", "security", "user", "password",
		"from_address", "from_name", "language", NULL };
	const struct json *body = NULL;
	struct smtp_settings s;
	enum secret_change password;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = read_smtp(cx, body, &s, &password);
	if (!e)
		e = message_smtp_save(app, cx, &s, password);
	return e ? e : reply_smtp(app, cx, rp);
}

static enum err reply_test(struct ctx *cx, struct http_reply *rp, const struct smtp_result *result)
{
	bool is_taken = result->outcome == SMTP_TAKEN;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_bool(&w, "ok", is_taken);
	jw_str(&w, "words",
		is_taken ? "The mail server took the message. Look into the mailbox."
			 : arena_printf(cx->mem, "The message was not taken: %s.", result->words));
	jw_str(&w, "dialog", *result->dialog ? result->dialog : NULL);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

static bool is_ending(const void *rq)
{
	return http_is_ending(rq);
}

/* A mail server that says nothing holds its answer for minutes, which no stop of ours waits for. */
static enum err send_test(struct ctx *cx, const struct http_request *rq,
	const struct smtp_settings *s, const char *to, struct smtp_result *ret_result)
{
	struct mail_words words = mail_words_test(cx, s->language, cx->actor.name);
	struct mail_message message = { .from_address = s->from_address,
		.from_name = s->from_name ? s->from_name : "Pomona",
		.to_address = to,
		.subject = words.subject,
		.message_id = mail_message_id(cx, s->from_address),
		.at_ms = clock_now_ms(),
		.text = words.text,
		.html = words.html,
		.language = words.language };
	struct smtp_server server = { .host = s->host,
		.port = (int)s->port,
		.security = s->security,
		.user = s->user,
		.password = s->password };
	const char *bytes = NULL;
	size_t length = 0;
	struct smtp_client *client = NULL;
	enum err e = mail_compose(cx, &message, &bytes, &length);
	if (!e)
		e = smtp_client_new(cx, &client);
	if (e)
		return e;
	smtp_client_ask(client, is_ending, rq);
	e = smtp_send(client, cx, &server, s->from_address, to, bytes, length, ret_result);
	(void)e; /* a refusal is the answer that was asked for */
	smtp_client_free(client);
	return OK;
}

enum err http_smtp_test(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "to", NULL };
	const struct json *body = NULL;
	const char *to = NULL;
	struct smtp_settings s;
	struct smtp_result result;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e)
		e = http_member_text(cx, body, "to", HTTP_REQUIRED, 254, &to);
	if (e)
		return e;
	if (!text_is_email(to))
		return err_set_field(
			cx, ERR_INVALID, "smtp.to", "/to", "This is not an e-mail address.");
	e = load_smtp(app, cx, &s);
	if (e)
		return e;
	if (!s.host)
		return err_set(cx, ERR_CONFLICT, "smtp.not_set_up",
			"No mail server is set up yet. Save one first.");
	if (s.is_password_lost)
		return err_set(cx, ERR_CONFLICT, "smtp.password_lost",
			"The stored password cannot be opened. Enter it again and save.");
	e = send_test(cx, rq, &s, to, &result);
	/* It takes mail: what waits for it need not wait for its next try. */
	if (!e && result.outcome == SMTP_TAKEN)
		e = message_smtp_works(app, cx);
	return e ? e : reply_test(cx, rp, &result);
}

static enum err reply_mdm(struct app *app, struct ctx *cx, struct http_reply *rp)
{
	const char *url = NULL;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = message_mdm_load(app, db, cx, &url);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	jw_object(&w, NULL);
	jw_str(&w, "url", url);
	jw_end_object(&w);
	return http_reply_json(cx, rp, 200, &out);
}

enum err http_mdm_get(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const none[] = { NULL };
	enum err e = http_query_only(cx, rq, none);
	return e ? e : reply_mdm(app, cx, rp);
}

enum err http_mdm_put(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	static const char *const known[] = { "url", NULL };
	const struct json *body = NULL;
	const char *url = NULL;
	enum err e = http_json_body(cx, rq, known, &body);
	if (!e && !http_member_given(body, "url"))
		e = err_set_field(cx, ERR_INVALID, "input.missing", "/url",
			"The member url is missing; null switches notifications off.");
	if (!e)
		e = http_member_text(cx, body, "url", HTTP_OPTIONAL, 500, &url);
	if (!e)
		e = message_mdm_save(app, cx, url);
	return e ? e : reply_mdm(app, cx, rp);
}
