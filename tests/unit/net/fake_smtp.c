#include "fake_smtp.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "net/tcp_listener.h"

#define MOST_MESSAGES 4096

struct fake_smtp {
	struct tcp_listener *listener;
	pthread_mutex_t lock; /* guards all below */
	char *answers[FAKE_PLACES];
	int times[FAKE_PLACES];
	char *messages[MOST_MESSAGES];
	size_t count, connections;
};

static void say(struct tcp_conn *conn, const char *line)
{
	tcp_conn_write(conn, line, strlen(line));
	tcp_conn_write(conn, "\r\n", 2);
}

/* Answers as told, else with good. False: the connection is to be closed. */
static bool answer(struct fake_smtp *fake, struct tcp_conn *conn, enum fake_smtp_at at,
	const char *good, bool *ret_is_good)
{
	char line[256];
	pthread_mutex_lock(&fake->lock);
	*ret_is_good = !fake->answers[at] || fake->times[at] == 0;
	snprintf(line, sizeof(line), "%s", *ret_is_good ? good : fake->answers[at]);
	if (!*ret_is_good && fake->times[at] > 0)
		fake->times[at]--;
	pthread_mutex_unlock(&fake->lock);
	if (!line[0])
		return false;
	say(conn, line);
	return true;
}

static bool take_message(struct fake_smtp *fake, struct tcp_conn *conn)
{
	const char *line;
	BUF_AUTO(message, 1024 * 1024);
	while ((line = tcp_conn_line(conn, NULL)) && strcmp(line, ".") != 0)
		buf_printf(&message, "%s\n", line[0] == '.' ? line + 1 : line);
	if (!line)
		return false;
	pthread_mutex_lock(&fake->lock);
	fake->messages[fake->count++ % MOST_MESSAGES] = strdup(message.bytes);
	pthread_mutex_unlock(&fake->lock);
	return true;
}

/* False: the conversation is over. */
static bool reply_to(struct fake_smtp *fake, struct tcp_conn *conn, const char *line)
{
	bool is_good = true;
	if (strncmp(line, "EHLO", 4) == 0) {
		say(conn, "250-fake.test");
		say(conn, "250 AUTH PLAIN LOGIN");
	} else if (strncmp(line, "AUTH", 4) == 0) {
		say(conn, "334 ");
		return tcp_conn_line(conn, NULL) &&
		       answer(fake, conn, FAKE_AUTH, "235 welcome", &is_good);
	} else if (strncmp(line, "MAIL", 4) == 0) {
		return answer(fake, conn, FAKE_MAIL, "250 ok", &is_good);
	} else if (strncmp(line, "RCPT", 4) == 0) {
		return answer(fake, conn, FAKE_RCPT, "250 ok", &is_good);
	} else if (strncmp(line, "DATA", 4) == 0) {
		if (!answer(fake, conn, FAKE_DATA, "354 go on", &is_good))
			return false;
		if (is_good)
			return take_message(fake, conn) &&
			       answer(fake, conn, FAKE_DOT, "250 taken", &is_good);
	} else if (strncmp(line, "QUIT", 4) == 0) {
		say(conn, "221 bye");
		return false;
	} else {
		say(conn, "250 ok");
	}
	return true;
}

static void serve(void *app, struct tcp_conn *conn)
{
	struct fake_smtp *fake = app;
	bool is_good;
	pthread_mutex_lock(&fake->lock);
	fake->connections++;
	pthread_mutex_unlock(&fake->lock);
	if (!answer(fake, conn, FAKE_CONNECT, "220 fake.test", &is_good))
		return;
	const char *line;
	while ((line = tcp_conn_line(conn, NULL)) && reply_to(fake, conn, line)) {
	}
}

struct fake_smtp *fake_smtp_start(struct ctx *cx)
{
	struct fake_smtp *fake = calloc(1, sizeof(*fake));
	if (!fake)
		abort();
	pthread_mutex_init(&fake->lock, NULL);
	struct tcp_listener_options options = {
		.listen = "127.0.0.1:0", .serve = serve, .app = fake
	};
	if (tcp_listener_start(cx, &options, &fake->listener))
		abort();
	return fake;
}

int fake_smtp_port(const struct fake_smtp *fake)
{
	return tcp_listener_port(fake->listener);
}

void fake_smtp_stop(struct fake_smtp *fake)
{
	tcp_listener_stop(fake->listener);
	for (size_t i = 0; i < FAKE_PLACES; i++)
		free(fake->answers[i]);
	for (size_t i = 0; i < MOST_MESSAGES; i++)
		free(fake->messages[i]);
	pthread_mutex_destroy(&fake->lock);
	free(fake);
}

void fake_smtp_set(struct fake_smtp *fake, enum fake_smtp_at at, const char *text, int times)
{
	pthread_mutex_lock(&fake->lock);
	free(fake->answers[at]);
	fake->answers[at] = text ? strdup(text) : NULL;
	fake->times[at] = times;
	pthread_mutex_unlock(&fake->lock);
}

size_t fake_smtp_count(struct fake_smtp *fake)
{
	pthread_mutex_lock(&fake->lock);
	size_t count = fake->count;
	pthread_mutex_unlock(&fake->lock);
	return count;
}

size_t fake_smtp_connections(struct fake_smtp *fake)
{
	pthread_mutex_lock(&fake->lock);
	size_t count = fake->connections;
	pthread_mutex_unlock(&fake->lock);
	return count;
}

char *fake_smtp_message(struct fake_smtp *fake, struct ctx *cx, size_t index)
{
	pthread_mutex_lock(&fake->lock);
	char *copy = index < fake->count ? arena_strdup(cx->mem, fake->messages[index]) : NULL;
	pthread_mutex_unlock(&fake->lock);
	return copy;
}
