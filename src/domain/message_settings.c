#include "domain/message_settings.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/kill_point.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "domain/audit_change.h"
#include "mail/words.h"
#include "net/http_client.h"
#include "store/audit.h"
#include "store/invitations.h"
#include "store/settings.h"

#define PASSWORD_PURPOSE "smtp.password"
#define DETAIL_BYTES     4096
#define FALLBACK_FROM    "pomona@localhost"

static const char *const security_names[] = {
	[SMTP_PLAIN] = "none", [SMTP_STARTTLS] = "starttls", [SMTP_TLS] = "tls"
};

const char *smtp_security_name(enum smtp_security security)
{
	return security_names[security];
}

static enum smtp_security security_of(const char *name)
{
	for (size_t i = 0; i < sizeof(security_names) / sizeof(security_names[0]); i++)
		if (text_equal(security_names[i], name))
			return (enum smtp_security)i;
	return SMTP_STARTTLS;
}

/* "host:port" of the command line. */
static void from_command_line(struct app *app, struct ctx *cx, struct smtp_settings *s)
{
	const char *given = app->settings.smtp;
	const char *colon = given ? strrchr(given, ':') : NULL;
	if (!colon || text_parse_i64(colon + 1, 1, 65535, &s->port))
		return;
	s->host = arena_strndup(cx->mem, given, (size_t)(colon - given));
	s->security = SMTP_PLAIN;
}

static enum err load_stored(struct app *app, struct db *db, struct ctx *cx, struct smtp_settings *s)
{
	const char *port = NULL, *security = NULL, *box = NULL;
	enum err e = settings_get(db, cx, "smtp.port", &port);
	if (!e)
		e = settings_get(db, cx, "smtp.security", &security);
	if (!e)
		e = settings_get(db, cx, "smtp.user", &s->user);
	if (!e)
		e = settings_get(db, cx, "smtp.password", &box);
	if (e)
		return e;
	if (text_parse_i64(port, 1, 65535, &s->port))
		s->port = 587;
	s->security = security_of(security);
	char *password = NULL;
	s->is_password_lost =
		box && secret_unseal(cx, app->key, PASSWORD_PURPOSE, box, &password) != OK;
	s->password = password;
	return OK;
}

enum err message_smtp_load(
	struct app *app, struct db *db, struct ctx *cx, struct smtp_settings *ret_settings)
{
	struct smtp_settings s = { .port = 587, .security = SMTP_STARTTLS };
	enum err e = settings_get(db, cx, "smtp.host", &s.host);
	if (!e)
		e = settings_get(db, cx, "smtp.from_address", &s.from_address);
	if (!e)
		e = settings_get(db, cx, "smtp.from_name", &s.from_name);
	if (!e)
		e = settings_get(db, cx, "smtp.language", &s.language);
	if (!e && s.host)
		e = load_stored(app, db, cx, &s);
	if (e)
		return e;
	e = settings_changed_at(db, cx, "smtp.", "smtp/", &s.changed_at);
	if (e)
		return e;
	if (!s.host)
		from_command_line(app, cx, &s);
	s.language = mail_words_language(s.language);
	s.is_from_set = s.from_address != NULL;
	if (!s.from_address)
		s.from_address = FALLBACK_FROM;
	*ret_settings = s;
	return OK;
}

static enum err check_name(struct ctx *cx, const char *pointer, const char *value, size_t max)
{
	if (!value || (strlen(value) <= max && text_is_clean(value, strlen(value), false)))
		return OK;
	return err_set_field(cx, ERR_INVALID, "smtp.text", pointer,
		"This is longer than %zu bytes, or holds a line break or another control "
		"character.",
		max);
}

static enum err check_smtp(struct ctx *cx, const struct smtp_settings *s)
{
	static const char host_characters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
	size_t length = s->host ? strlen(s->host) : 0;
	if (!length || length > 253 || strspn(s->host, host_characters) != length)
		return err_set_field(cx, ERR_INVALID, "smtp.host", "/host",
			"The mail server is a name or an address, like smtp.example.org.");
	if (s->port < 1 || s->port > 65535)
		return err_set_field(cx, ERR_INVALID, "smtp.port", "/port",
			"The port is a number from 1 to 65535; most often 587 or 465.");
	if (!text_is_email(s->from_address))
		return err_set_field(cx, ERR_INVALID, "smtp.from_address", "/from_address",
			"The sender is an e-mail address, like it-help@example.org.");
	if (s->user && s->security == SMTP_PLAIN && !http_host_is_loopback(s->host))
		return err_set_field(cx, ERR_INVALID, "smtp.clear_text", "/security",
			"User and password would cross the network in clear text. Choose STARTTLS "
			"or TLS, "
			"or leave the user empty.");
	if (s->language && !mail_words_speaks(s->language))
		return err_set_field(cx, ERR_INVALID, "smtp.language", "/language",
			"Messages are written in en, de, ko or ar.");
	enum err e = check_name(cx, "/user", s->user, 254);
	if (!e)
		e = check_name(cx, "/password", s->password, 512);
	if (!e)
		e = check_name(cx, "/from_name", s->from_name, 400);
	return e;
}

static enum err store_smtp(struct app *app, struct db *db, struct ctx *cx,
	const struct smtp_settings *s, enum secret_change password)
{
	enum err e = settings_put(db, cx, "smtp.host", s->host);
	if (!e)
		e = settings_put(
			db, cx, "smtp.port", arena_printf(cx->mem, "%lld", (long long)s->port));
	if (!e)
		e = settings_put(db, cx, "smtp.security", smtp_security_name(s->security));
	if (!e)
		e = settings_put(db, cx, "smtp.user", s->user);
	if (!e)
		e = settings_put(db, cx, "smtp.from_address", s->from_address);
	if (!e)
		e = settings_put(db, cx, "smtp.from_name", s->from_name);
	if (!e)
		e = settings_put(db, cx, "smtp.language", s->language);
	if (e || password == SECRET_KEEP)
		return e;
	const char *box = NULL;
	if (password == SECRET_SET)
		box = secret_seal(cx->mem, app->key, PASSWORD_PURPOSE, s->password);
	return settings_put(db, cx, "smtp.password", box);
}

static const char *smtp_detail(struct ctx *cx, const struct smtp_settings *old,
	const struct smtp_settings *s, enum secret_change password)
{
	AUDIT_CHANGE(c, cx);
	audit_change_str(&c, "host", old->host, s->host);
	audit_change_i64(&c, "port", old->host ? old->port : 0, s->port);
	audit_change_str(&c, "security", old->host ? smtp_security_name(old->security) : NULL,
		smtp_security_name(s->security));
	audit_change_str(&c, "user", old->user, s->user);
	audit_change_str(
		&c, "from_address", old->is_from_set ? old->from_address : NULL, s->from_address);
	audit_change_str(&c, "from_name", old->from_name, s->from_name);
	audit_change_str(&c, "language", old->language, s->language);
	audit_change_secret(&c, "password", password != SECRET_KEEP);
	return audit_change_json(&c);
}

enum err message_smtp_save(struct app *app, struct ctx *cx, const struct smtp_settings *settings,
	enum secret_change password)
{
	enum err e = check_smtp(cx, settings);
	if (e)
		return e;
	DB_AUTO(db);
	struct smtp_settings old;
	e = db_write(app->db, cx, &db);
	if (!e)
		e = message_smtp_load(app, db, cx, &old);
	if (!e)
		e = store_smtp(app, db, cx, settings, password);
	if (!e)
		e = audit_write(db, cx, "settings.smtp", "setting", 0, "smtp",
			smtp_detail(cx, &old, settings, password));
	if (!e)
		e = invitations_hurry(db, cx, "email", NULL, clock_now_ms());
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("settings.mail_saved");
	if (!e)
		wake_ring(app->deliver_wake);
	return e;
}

enum err message_smtp_works(struct app *app, struct ctx *cx)
{
	DB_AUTO(db);
	enum err e = db_write(app->db, cx, &db);
	if (!e)
		e = invitations_hurry(db, cx, "email", NULL, clock_now_ms());
	if (!e)
		e = db_commit(&db, cx);
	if (!e)
		wake_ring(app->deliver_wake);
	return e;
}

enum err message_mdm_load(struct app *app, struct db *db, struct ctx *cx, const char **ret_url)
{
	const char *url = NULL;
	enum err e = settings_get(db, cx, "mdm.url", &url);
	if (e)
		return e;
	if (!url)
		url = app->settings.mdm_url;
	/* The empty text stands for "switched off", so that the command line does not come back. */
	*ret_url = text_is_blank(url) ? NULL : url;
	return OK;
}

static enum err check_mdm(struct ctx *cx, const char *url)
{
	struct http_url parts;
	if (strlen(url) > 500 || http_url_parse(cx, url, &parts) || parts.query)
		return err_set_field(cx, ERR_INVALID, "mdm.url", "/url",
			"The connector's address is a URL without a query, like "
			"https://mdm.example.org/connector.");
	if (!text_equal(parts.scheme, "https") && !http_host_is_loopback(parts.host))
		return err_set_field(cx, ERR_INVALID, "mdm.url", "/url",
			"The connector must be reached by https: invitation links are secrets. "
			"Plain http "
			"is taken for this machine only.");
	return OK;
}

enum err message_mdm_save(struct app *app, struct ctx *cx, const char *url)
{
	enum err e = url ? check_mdm(cx, url) : OK;
	if (e)
		return e;
	DB_AUTO(db);
	AUDIT_CHANGE(change, cx);
	const char *old = NULL;
	e = db_write(app->db, cx, &db);
	if (!e)
		e = message_mdm_load(app, db, cx, &old);
	audit_change_str(&change, "url", old, url);
	if (!e)
		e = settings_put(db, cx, "mdm.url", url ? url : "");
	if (!e)
		e = audit_write(db, cx, "settings.mdm", "setting", 0, url ? url : "off",
			audit_change_json(&change));
	if (!e)
		e = invitations_hurry(db, cx, "notification", NULL, clock_now_ms());
	if (!e)
		e = db_commit(&db, cx);
	KILL_POINT("settings.mdm_saved");
	if (!e)
		wake_ring(app->deliver_wake);
	return e;
}
