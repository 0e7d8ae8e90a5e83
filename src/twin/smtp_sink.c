#include "twin/smtp_sink.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "net/tcp_listener.h"
#include "twin/people.h"
#include "twin/twin.h"

#define MESSAGE_LIMIT (8u * 1024 * 1024)
#define RECIPIENTS    100

struct session {
	struct twin *twin;
	struct tcp_conn *conn;
	struct arena *mem;
	const char *from;
	const char *to[RECIPIENTS];
	size_t to_count;
};

static void say(struct session *s, int code, const char *words)
{
	char line[256];
	int n = snprintf(line, sizeof(line), "%d %s\r\n", code, words);
	tcp_conn_write(s->conn, line, (size_t)n);
}

/* Answers as the control API wants it at this verb. False: the conversation ends here. is_good
 * tells whether the verb counts. */
static bool answer(
	struct session *s, enum mail_verb verb, int code, const char *words, bool *ret_is_good)
{
	struct manner manner;
	{
		TWIN_LOCK(s->twin);
		manner = mailbox_take_manner(&s->twin->mail, verb);
	}
	if (manner.delay_ms) {
		struct timespec wait = { manner.delay_ms / 1000, manner.delay_ms % 1000 * 1000000 };
		nanosleep(&wait, NULL);
	}
	*ret_is_good = manner.code == 0 || (manner.code > 0 && manner.code < 400);
	if (manner.code < 0)
		return false;
	if (manner.code)
		say(s, manner.code, manner.words);
	else
		say(s, code, words);
	return manner.code != 421;
}

/* "MAIL FROM:<a@b> SIZE=…" → "a@b" */
static const char *address(struct session *s, const char *line)
{
	const char *open = strchr(line, '<');
	const char *close = open ? strchr(open, '>') : NULL;
	return close ? arena_strndup(s->mem, open + 1, (size_t)(close - open - 1)) : "";
}

/* Reads to the dot; false when the connection broke first. */
static bool read_message(struct session *s, struct buf *out)
{
	size_t length;
	const char *line;
	while ((line = tcp_conn_line(s->conn, &length))) {
		if (length == 1 && *line == '.')
			return true;
		if (*line == '.') {
			line++;
			length--;
		}
		buf_append(out, line, length);
		buf_puts(out, "\r\n");
	}
	return false;
}

static void keep(struct session *s, const char *raw)
{
	TWIN_LOCK(s->twin);
	for (size_t i = 0; i < s->to_count; i++) {
		mailbox_add(&s->twin->mail, twin_now(s->twin), s->from, s->to[i], raw);
		people_meet_email(&s->twin->people, s->to[i]);
	}
}

static bool take_message(struct session *s)
{
	bool is_good;
	if (!answer(s, VERB_DATA, 354, "end with a dot", &is_good))
		return false;
	if (!is_good)
		return true;
	BUF_AUTO(raw, MESSAGE_LIMIT);
	if (!read_message(s, &raw))
		return false;
	if (raw.is_full) {
		say(s, 552, "the message is too large");
		return true;
	}
	/* "Close after the dot" takes the message all the same: that is what makes it unkind. */
	struct manner dot;
	{
		TWIN_LOCK(s->twin);
		dot = s->twin->mail.manners[VERB_DOT];
	}
	if (dot.code < 400)
		keep(s, raw.bytes ? raw.bytes : "");
	bool goes_on = answer(s, VERB_DOT, 250, "kept", &is_good);
	s->from = NULL;
	s->to_count = 0;
	return goes_on;
}

static bool starts(const char *line, const char *verb)
{
	return !strncasecmp(line, verb, strlen(verb));
}

static bool serve_envelope(struct session *s, const char *line)
{
	bool is_good;
	if (starts(line, "MAIL FROM:")) {
		const char *from = address(s, line);
		bool goes_on = answer(s, VERB_MAIL, 250, "ok", &is_good);
		s->from = is_good ? from : NULL;
		s->to_count = 0;
		return goes_on;
	}
	if (!s->from || s->to_count == RECIPIENTS) {
		say(s, s->from ? 452 : 503, s->from ? "too many recipients" : "MAIL FROM first");
		return true;
	}
	const char *to = address(s, line);
	bool goes_on = answer(s, VERB_RCPT, 250, "ok", &is_good);
	if (is_good)
		s->to[s->to_count++] = to;
	return goes_on;
}

static bool serve_auth(struct session *s, const char *line)
{
	size_t length;
	if (starts(line, "AUTH LOGIN")) {
		say(s, 334, "VXNlcm5hbWU6");
		if (!tcp_conn_line(s->conn, &length))
			return false;
		say(s, 334, "UGFzc3dvcmQ6");
		if (!tcp_conn_line(s->conn, &length))
			return false;
	} else if (!strcasecmp(line, "AUTH PLAIN")) {
		say(s, 334, "");
		if (!tcp_conn_line(s->conn, &length))
			return false;
	}
	say(s, 235, "ok");
	return true;
}

static bool serve_line(struct session *s, const char *line)
{
	bool is_good;
	if (starts(line, "EHLO")) {
		struct manner manner;
		{
			TWIN_LOCK(s->twin);
			manner = s->twin->mail.manners[VERB_EHLO];
		}
		static const char offers[] = "250-twin\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n";
		if (!manner.code)
			tcp_conn_write(s->conn, offers, sizeof(offers) - 1);
		return answer(s, VERB_EHLO, 250, "SIZE 8388608", &is_good);
	}
	if (starts(line, "HELO"))
		return answer(s, VERB_EHLO, 250, "twin", &is_good);
	if (starts(line, "AUTH"))
		return serve_auth(s, line);
	if (starts(line, "MAIL FROM:") || starts(line, "RCPT TO:"))
		return serve_envelope(s, line);
	if (starts(line, "DATA") && s->to_count)
		return take_message(s);
	if (starts(line, "QUIT")) {
		say(s, 221, "bye");
		return false;
	}
	if (starts(line, "RSET")) {
		s->from = NULL;
		s->to_count = 0;
	}
	if (starts(line, "RSET") || starts(line, "NOOP"))
		say(s, 250, "ok");
	else
		say(s, 503, "not now");
	return true;
}

void smtp_sink_serve(void *app, struct tcp_conn *conn)
{
	struct session s = { .twin = app, .conn = conn, .mem = arena_new() };
	bool is_good;
	size_t length;
	const char *line;
	bool goes_on = answer(&s, VERB_CONNECT, 220, "twin mail sink", &is_good) && is_good;
	while (goes_on && (line = tcp_conn_line(conn, &length)))
		goes_on = serve_line(&s, line);
	arena_free(s.mem);
}
