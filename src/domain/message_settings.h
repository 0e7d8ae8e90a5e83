/* message_settings.h - through what messages go out: the mail server and the MDM connector, as an
 * admin set them up, or as the command line told until then.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/smtp_client.h"

struct app;
struct ctx;
struct db;

struct smtp_settings {
	const char *host; /* NULL: no mail server is set up */
	int64_t port;
	enum smtp_security security;
	const char *user;     /* NULL: no sign-in */
	const char *password; /* plain; NULL: none. Never shown */
	const char *from_address;
	const char *from_name; /* NULL: the organisation's */
	const char *language;  /* of messages to people whose own is not known */
	int64_t changed_at;    /* 0: never saved here */
	bool is_from_set;      /* an admin named the sender, so that people may write to it */
	bool is_password_lost; /* its box does not open: the key was exchanged */
};

/* "none", "starttls", "tls" */
const char *smtp_security_name(enum smtp_security security);

must_check enum err message_smtp_load(
	struct app *app, struct db *db, struct ctx *cx, struct smtp_settings *ret_settings);

enum secret_change { SECRET_KEEP, SECRET_SET, SECRET_FORGET };

/* Checks and writes them with their audit row; what waits for mail is tried at once. ERR_INVALID
 * with the field. settings->password counts only with SECRET_SET. */
must_check enum err message_smtp_save(struct app *app, struct ctx *cx,
	const struct smtp_settings *settings, enum secret_change password);

/* The mail server just took a message: what waits for it is tried at once. */
must_check enum err message_smtp_works(struct app *app, struct ctx *cx);

/* The connector's address; NULL: none is set up. */
must_check enum err message_mdm_load(
	struct app *app, struct db *db, struct ctx *cx, const char **ret_url);
/* NULL switches notifications off. ERR_INVALID "mdm.url". */
must_check enum err message_mdm_save(struct app *app, struct ctx *cx, const char *url);
