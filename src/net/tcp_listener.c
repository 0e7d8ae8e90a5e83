#include "net/tcp_listener.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/ctx.h"
#include "net/listen.h"

#define MOST         32
#define LINE_BYTES   4096
#define WAIT_SECONDS 60

struct tcp_conn {
	struct tcp_listener *listener;
	int fd; /* -1: this place is free */
	bool has_thread;
	pthread_t thread;
	size_t start, end;
	char bytes[LINE_BYTES + 1];
};

struct tcp_listener {
	struct tcp_listener_options options;
	int fd, port;
	pthread_t thread;
	pthread_mutex_t lock; /* guards conns[].fd, has_thread and is_over */
	pthread_cond_t changed;
	bool is_over;
	struct tcp_conn conns[MOST];
};

static void *converse(void *argument)
{
	struct tcp_conn *conn = argument;
	struct tcp_listener *listener = conn->listener;
	listener->options.serve(listener->options.app, conn);
	pthread_mutex_lock(&listener->lock);
	close(conn->fd);
	conn->fd = -1;
	pthread_cond_broadcast(&listener->changed);
	pthread_mutex_unlock(&listener->lock);
	return NULL;
}

/* A free place, its last thread joined; NULL when the listener is over. Waits while all are taken. */
static struct tcp_conn *free_place(struct tcp_listener *listener)
{
	for (;;) {
		if (listener->is_over)
			return NULL;
		for (size_t i = 0; i < MOST; i++) {
			struct tcp_conn *conn = &listener->conns[i];
			if (conn->fd >= 0)
				continue;
			if (conn->has_thread)
				pthread_join(conn->thread, NULL);
			conn->has_thread = false;
			return conn;
		}
		pthread_cond_wait(&listener->changed, &listener->lock);
	}
}

static bool begin(struct tcp_listener *listener, int fd)
{
	pthread_mutex_lock(&listener->lock);
	struct tcp_conn *conn = free_place(listener);
	if (conn) {
		struct timeval wait = { .tv_sec = WAIT_SECONDS };
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
		conn->listener = listener;
		conn->fd = fd;
		conn->start = conn->end = 0;
		conn->has_thread = pthread_create(&conn->thread, NULL, converse, conn) == 0;
		if (!conn->has_thread)
			abort();
	} else {
		close(fd);
	}
	pthread_mutex_unlock(&listener->lock);
	return conn != NULL;
}

static void *accept_all(void *argument)
{
	struct tcp_listener *listener = argument;
	for (;;) {
		int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0 && !begin(listener, fd))
			return NULL;
		pthread_mutex_lock(&listener->lock);
		bool is_over = listener->is_over;
		pthread_mutex_unlock(&listener->lock);
		if (is_over)
			return NULL;
	}
}

enum err tcp_listener_start(struct ctx *cx, const struct tcp_listener_options *options,
	struct tcp_listener **ret_listener)
{
	int fd = -1, port = 0;
	enum err e = listen_open(cx, options->listen, &fd, &port);
	if (e)
		return e;
	struct tcp_listener *listener = calloc(1, sizeof(*listener));
	if (!listener)
		abort();
	listener->options = *options;
	listener->fd = fd;
	listener->port = port;
	for (size_t i = 0; i < MOST; i++)
		listener->conns[i].fd = -1;
	pthread_mutex_init(&listener->lock, NULL);
	pthread_cond_init(&listener->changed, NULL);
	if (pthread_create(&listener->thread, NULL, accept_all, listener))
		abort();
	*ret_listener = listener;
	return OK;
}

int tcp_listener_port(const struct tcp_listener *listener)
{
	return listener->port;
}

void tcp_listener_stop(struct tcp_listener *listener)
{
	if (!listener)
		return;
	pthread_mutex_lock(&listener->lock);
	listener->is_over = true;
	shutdown(listener->fd, SHUT_RDWR);
	for (size_t i = 0; i < MOST; i++)
		if (listener->conns[i].fd >= 0)
			shutdown(listener->conns[i].fd, SHUT_RDWR);
	pthread_cond_broadcast(&listener->changed);
	pthread_mutex_unlock(&listener->lock);
	pthread_join(listener->thread, NULL);
	for (size_t i = 0; i < MOST; i++)
		if (listener->conns[i].has_thread)
			pthread_join(listener->conns[i].thread, NULL);
	close(listener->fd);
	pthread_cond_destroy(&listener->changed);
	pthread_mutex_destroy(&listener->lock);
	free(listener);
}

/* More bytes behind those that are there; false at the end. */
static bool read_more(struct tcp_conn *conn)
{
	memmove(conn->bytes, conn->bytes + conn->start, conn->end - conn->start);
	conn->end -= conn->start;
	conn->start = 0;
	ssize_t n = recv(conn->fd, conn->bytes + conn->end, LINE_BYTES - conn->end, 0);
	if (n <= 0)
		return false;
	conn->end += (size_t)n;
	return true;
}

const char *tcp_conn_line(struct tcp_conn *conn, size_t *ret_length)
{
	char *newline;
	while (!(newline = memchr(conn->bytes + conn->start, '\n', conn->end - conn->start))) {
		if (conn->end - conn->start == LINE_BYTES || !read_more(conn))
			return NULL;
	}
	char *line = conn->bytes + conn->start;
	size_t length = (size_t)(newline - line);
	conn->start += length + 1;
	if (length && line[length - 1] == '\r')
		length--;
	line[length] = 0;
	if (ret_length)
		*ret_length = length;
	return line;
}

void tcp_conn_write(struct tcp_conn *conn, const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = send(conn->fd, bytes, length, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		bytes += n;
		length -= (size_t)n;
	}
}
