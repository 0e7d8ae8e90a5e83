/* smtp_client.h - hands messages to a mail server (libcurl).
 *
 * The outcome says what the mail server's answer means for the message, and whether it may have
 * been taken although no answer came.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct smtp_client; /* keeps its connection for the next message; one thread at a time */

enum smtp_security { SMTP_PLAIN, SMTP_STARTTLS, SMTP_TLS };

struct smtp_server {
	const char *host;
	int port;
	enum smtp_security security;
	const char *user, *password; /* NULL: no sign-in */
	const char *ehlo_name;       /* NULL: the host's name */
};

enum smtp_outcome {
	SMTP_TAKEN,
	SMTP_LATER,     /* 4xx, refused connection, time-out before the message: try again */
	SMTP_REFUSED,   /* 5xx for this message or recipient */
	SMTP_NO_ACCESS, /* sign-in, policy or encryption: all mail should wait for an admin */
	SMTP_UNKNOWN,   /* broke after the message's end, before the answer */
};

struct smtp_result {
	enum smtp_outcome outcome;
	int code;           /* the last SMTP code; 0: none */
	bool is_general;    /* failed before the recipient was named: others will fare the same */
	const char *words;  /* for a human, in cx->mem: the server's words or what failed */
	const char *dialog; /* the conversation with secrets removed, in cx->mem (at most 8 KiB) */
};

must_check enum err smtp_client_new(struct ctx *cx, struct smtp_client **ret_client);
void smtp_client_free(struct smtp_client *client); /* accepts NULL */
/* From any thread: what is under way breaks off, later messages are not begun. */
void smtp_client_cancel(struct smtp_client *client);
/* For who cannot be told from outside: asked about once a second, true breaks off. */
void smtp_client_ask(
	struct smtp_client *client, bool (*is_over)(const void *about), const void *about);

/* message: a whole RFC 5322 message with CRLF ends. Always fills ret_result; OK only for
 * SMTP_TAKEN, else ERR_REMOTE "smtp.failed". */
must_check enum err smtp_send(struct smtp_client *client, struct ctx *cx,
	const struct smtp_server *server, const char *mail_from, const char *rcpt_to,
	const char *message, size_t length, struct smtp_result *ret_result);
