#include "net/smtp_client.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"
#include "net/curl_start.h"
#include "net/outgoing.h"

#define CONNECT_MS   10000L
#define TOTAL_MS     120000L
#define DIALOG_BYTES 8192

struct smtp_client {
	CURL *curl;
	atomic_bool is_cancelled;
	bool (*is_over)(const void *about); /* NULL: nobody is asked */
	const void *about;
};

/* One message under way. */
struct talk {
	struct smtp_client *client;
	const char *left;
	size_t left_length;
	bool is_named;   /* we have named the recipient */
	bool is_given;   /* curl has read the message to its end */
	bool is_leaving; /* we have said goodbye: what comes now is no answer to us */
	int code;        /* of the server's last line */
	int final_code;  /* ... that came after the message's end; 0: none */
	char words[512]; /* the server's last line */
	struct buf dialog;
	char failure[CURL_ERROR_SIZE];
};

enum err smtp_client_new(struct ctx *cx, struct smtp_client **ret_client)
{
	curl_start();
	struct smtp_client *client = calloc(1, sizeof(*client));
	if (!client)
		abort();
	client->curl = curl_easy_init();
	if (!client->curl) {
		free(client);
		return err_set(cx, ERR_IO, "smtp.client", "The mail client cannot start.");
	}
	*ret_client = client;
	return OK;
}

void smtp_client_free(struct smtp_client *client)
{
	if (!client)
		return;
	curl_easy_cleanup(client->curl);
	free(client);
}

void smtp_client_cancel(struct smtp_client *client)
{
	client->is_cancelled = true;
}

void smtp_client_ask(
	struct smtp_client *client, bool (*is_over)(const void *about), const void *about)
{
	client->is_over = is_over;
	client->about = about;
}

static size_t give(char *to, size_t size, size_t count, void *cls)
{
	struct talk *t = cls;
	size_t length = size * count;
	if (length > t->left_length)
		length = t->left_length;
	memcpy(to, t->left, length);
	t->left += length;
	t->left_length -= length;
	/* The final dot follows once curl knows that this was all. */
	t->is_given = length == 0;
	KILL_POINT("message.given");
	return length;
}

static int check_cancelled(void *cls, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	struct smtp_client *client = ((struct talk *)cls)->client;
	if (client->is_over && client->is_over(client->about))
		client->is_cancelled = true;
	return client->is_cancelled;
}

static void heard(struct talk *t, const char *line, size_t length)
{
	buf_printf(&t->dialog, "< %.*s\n", (int)length, line);
	if (t->is_leaving || length < 3 || line[0] < '2' || line[0] > '5')
		return;
	t->code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
	if (t->is_given)
		t->final_code = t->code;
	if (length >= sizeof(t->words))
		length = sizeof(t->words) - 1;
	memcpy(t->words, line, length);
	t->words[length] = 0;
}

static void said(struct talk *t, const char *line, size_t length)
{
	t->is_leaving = t->is_leaving || (length >= 4 && strncmp(line, "QUIT", 4) == 0);
	t->is_named = t->is_named || (length > 8 && strncmp(line, "RCPT TO:", 8) == 0);
	if (length > 5 && strncasecmp(line, "AUTH ", 5) == 0) {
		size_t shown = 5 + strcspn(line + 5, " \r\n");
		buf_printf(&t->dialog, "> %.*s (hidden)\n", (int)shown, line);
	} else if (t->code == 334) {
		buf_puts(&t->dialog, "> (hidden)\n");
	} else {
		buf_printf(&t->dialog, "> %.*s\n", (int)length, line);
	}
}

static int listen_in(CURL *curl, curl_infotype kind, char *bytes, size_t length, void *cls)
{
	(void)curl;
	struct talk *t = cls;
	while (length && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
		length--;
	if (kind == CURLINFO_HEADER_IN)
		heard(t, bytes, length);
	else if (kind == CURLINFO_HEADER_OUT)
		said(t, bytes, length);
	return 0;
}

static bool host_is_plain(const char *host)
{
	return host && *host && strlen(host) <= 253 &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") ==
	               strlen(host);
}

static void set_server(struct ctx *cx, CURL *curl, const struct smtp_server *server)
{
	const char *scheme = server->security == SMTP_TLS ? "smtps" : "smtp";
	bool is_v6 = strchr(server->host, ':') != NULL;
	const char *ehlo = server->ehlo_name ? text_url_encode(cx->mem, server->ehlo_name) : "";
	const char *url = arena_printf(cx->mem, "%s://%s%s%s:%d/%s", scheme, is_v6 ? "[" : "",
		server->host, is_v6 ? "]" : "", server->port, ehlo);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	/* Never CURLUSESSL_TRY: it would go on in clear text. */
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
		(long)(server->security == SMTP_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (server->user && *server->user) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password ? server->password : "");
	}
}

static void set_talk(CURL *curl, struct talk *t)
{
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, outgoing_socket);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TOTAL_MS);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, t);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_in);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, t);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, check_cancelled);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->failure);
}

static enum smtp_outcome outcome_of_code(int code)
{
	if (code >= 400 && code < 500)
		return SMTP_LATER;
	return code == 530 || code == 534 || code == 535 || code == 538 ? SMTP_NO_ACCESS
	                                                                : SMTP_REFUSED;
}

static enum smtp_outcome outcome_of(const struct talk *t, CURLcode result)
{
	if (result == CURLE_OK)
		return SMTP_TAKEN;
	if (t->is_given && t->final_code < 400)
		/* A 2xx that curl did not count: the message was taken all the same. */
		return t->final_code >= 200 && t->final_code < 300 ? SMTP_TAKEN : SMTP_UNKNOWN;
	switch (result) {
	case CURLE_LOGIN_DENIED:
		return t->code >= 400 && t->code < 500 ? SMTP_LATER : SMTP_NO_ACCESS;
	case CURLE_USE_SSL_FAILED:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
		return SMTP_NO_ACCESS;
	default:
		return t->code >= 400 ? outcome_of_code(t->code) : SMTP_LATER;
	}
}

static const char *words_of(struct ctx *cx, const struct talk *t, CURLcode result)
{
	if (t->code >= 400)
		/* Servers speak Latin-1 too; what is kept and shown is UTF-8. */
		return arena_printf(cx->mem, "the mail server said: %s",
			text_readable(cx->mem, t->words, sizeof(t->words)));
	if (t->client->is_cancelled)
		return "it was broken off because the server stops";
	const char *failure = curl_words(cx, t->failure, result);
	if (t->is_given)
		return arena_printf(cx->mem, "no answer came after the message (%s)", failure);
	return failure;
}

static CURLcode carry_out(struct smtp_client *client, const char *mail_from, const char *rcpt_to)
{
	struct curl_slist *to = curl_slist_append(NULL, rcpt_to);
	curl_easy_setopt(client->curl, CURLOPT_MAIL_FROM, mail_from);
	curl_easy_setopt(client->curl, CURLOPT_MAIL_RCPT, to);
	CURLcode result = curl_easy_perform(client->curl);
	curl_slist_free_all(to);
	return result;
}

enum err smtp_send(struct smtp_client *client, struct ctx *cx, const struct smtp_server *server,
	const char *mail_from, const char *rcpt_to, const char *message, size_t length,
	struct smtp_result *ret_result)
{
	*ret_result = (struct smtp_result){ .outcome = SMTP_REFUSED, .words = "", .dialog = "" };
	if (!text_is_email(mail_from) || !text_is_email(rcpt_to)) {
		ret_result->words = "the address is not an e-mail address";
		return err_set(
			cx, ERR_REMOTE, "smtp.failed", "The address is not an e-mail address.");
	}
	if (!host_is_plain(server->host) || server->port < 1 || server->port > 65535) {
		ret_result->outcome = SMTP_NO_ACCESS;
		ret_result->words = "the mail server's name or port is not valid";
		return err_set(
			cx, ERR_REMOTE, "smtp.failed", "The mail server is not set up rightly.");
	}
	struct talk t = { .client = client, .left = message, .left_length = length };
	buf_init(&t.dialog, DIALOG_BYTES);
	curl_easy_reset(client->curl);
	set_server(cx, client->curl, server);
	set_talk(client->curl, &t);
	CURLcode result = carry_out(client, mail_from, rcpt_to);
	ret_result->outcome = outcome_of(&t, result);
	ret_result->code = t.code;
	ret_result->is_general = !t.is_named;
	ret_result->words = words_of(cx, &t, result);
	ret_result->dialog = arena_strdup(cx->mem, t.dialog.bytes);
	buf_fini(&t.dialog);
	/* curl keeps pointers to t otherwise, and speaks once more when the connection ends. */
	curl_easy_reset(client->curl);
	if (ret_result->outcome == SMTP_TAKEN)
		return OK;
	return err_set(
		cx, ERR_REMOTE, "smtp.failed", "The message was not taken: %s.", ret_result->words);
}
