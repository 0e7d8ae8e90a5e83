#include <stdlib.h>
#include <string.h>

#include "net/http_private.h"

#define KEPT_BYTES (256 * 1024)

struct http_stream {
	pthread_mutex_t lock; /* guards all below */
	int owners;           /* the connection and the one who posts */
	bool is_over;         /* the connection is gone, or should end */
	bool is_suspended;
	struct MHD_Connection *connection; /* NULL before the response and once it is gone */
	struct http_server *server;        /* whose list it is in; guarded by that one's lock */
	char *bytes;
	size_t length, capacity;
	LIST_ENTRY(http_stream) link;
};

struct http_stream *http_reply_stream(struct http_reply *rp)
{
	struct http_stream *s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	pthread_mutex_init(&s->lock, NULL);
	s->owners = 2;
	rp->stream = s;
	rp->content_type = "text/event-stream";
	return s;
}

static void disown(struct http_stream *s)
{
	pthread_mutex_lock(&s->lock);
	bool is_last = --s->owners == 0;
	pthread_mutex_unlock(&s->lock);
	if (!is_last)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s->bytes);
	free(s);
}

/* Called with the lock held. */
static void wake(struct http_stream *s)
{
	if (!s->is_suspended)
		return;
	s->is_suspended = false;
	MHD_resume_connection(s->connection);
}

static ssize_t read_stream(void *cls, uint64_t position, char *to, size_t most)
{
	(void)position;
	struct http_stream *s = cls;
	ssize_t result = 0;
	pthread_mutex_lock(&s->lock);
	if (s->length) {
		size_t length = s->length < most ? s->length : most;
		memcpy(to, s->bytes, length);
		memmove(s->bytes, s->bytes + length, s->length - length);
		s->length -= length;
		result = (ssize_t)length;
	} else if (s->is_over) {
		result = MHD_CONTENT_READER_END_OF_STREAM;
	} else {
		s->is_suspended = true;
		MHD_suspend_connection(s->connection);
	}
	pthread_mutex_unlock(&s->lock);
	return result;
}

static void response_gone(void *cls)
{
	struct http_stream *s = cls;
	pthread_mutex_lock(&s->server->lock);
	LIST_REMOVE(s, link);
	pthread_mutex_unlock(&s->server->lock);
	http_stream_abandon(s);
}

struct MHD_Response *http_stream_response(struct http_stream *s, struct http_request *rq)
{
	s->server = rq->server;
	/* An open stream is not waited for when the server stops: it is ended. */
	http_request_count(rq, false);
	pthread_mutex_lock(&s->server->lock);
	LIST_INSERT_HEAD(&s->server->streams, s, link);
	pthread_mutex_lock(&s->lock);
	s->connection = rq->connection;
	s->is_over = s->is_over || s->server->is_stopping;
	pthread_mutex_unlock(&s->lock);
	pthread_mutex_unlock(&s->server->lock);
	return MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, 16 * 1024, read_stream, s, response_gone);
}

void http_stream_abandon(struct http_stream *s)
{
	pthread_mutex_lock(&s->lock);
	s->is_over = true;
	s->connection = NULL;
	pthread_mutex_unlock(&s->lock);
	disown(s);
}

/* Makes room by dropping whole events, the oldest first. */
static void drop_oldest(struct http_stream *s, size_t needed)
{
	while (s->length && s->length + needed > KEPT_BYTES) {
		char *end = memmem(s->bytes, s->length, "\n\n", 2);
		size_t length = end ? (size_t)(end - s->bytes) + 2 : s->length;
		memmove(s->bytes, s->bytes + length, s->length - length);
		s->length -= length;
	}
}

bool http_stream_post(struct http_stream *s, const char *bytes, size_t length)
{
	pthread_mutex_lock(&s->lock);
	bool is_open = !s->is_over && length <= KEPT_BYTES;
	if (is_open) {
		drop_oldest(s, length);
		if (s->length + length > s->capacity) {
			s->capacity = (s->length + length) * 2;
			s->bytes = realloc(s->bytes, s->capacity);
			if (!s->bytes)
				abort();
		}
		memcpy(s->bytes + s->length, bytes, length);
		s->length += length;
		wake(s);
	}
	pthread_mutex_unlock(&s->lock);
	return is_open;
}

bool http_stream_is_open(struct http_stream *s)
{
	pthread_mutex_lock(&s->lock);
	bool is_open = !s->is_over;
	pthread_mutex_unlock(&s->lock);
	return is_open;
}

void http_stream_release(struct http_stream *s)
{
	pthread_mutex_lock(&s->lock);
	s->is_over = true;
	wake(s);
	pthread_mutex_unlock(&s->lock);
	disown(s);
}

/* A comment line now and then, because a suspended connection does not notice that its peer is
 * gone until something is written to it. */
void http_streams_beat(struct http_server *server)
{
	struct http_stream *s;
	pthread_mutex_lock(&server->lock);
	LIST_FOREACH(s, &server->streams, link)
	http_stream_post(s, ":\n\n", 3);
	pthread_mutex_unlock(&server->lock);
}

void http_streams_end(struct http_server *server)
{
	struct http_stream *s;
	pthread_mutex_lock(&server->lock);
	LIST_FOREACH(s, &server->streams, link)
	{
		pthread_mutex_lock(&s->lock);
		s->is_over = true;
		wake(s);
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&server->lock);
}
