#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "net/http_private.h"

void http_reply_status(struct http_reply *rp, int status)
{
	rp->status = status;
}

int http_reply_status_of(const struct http_reply *rp)
{
	return rp->status;
}

const char *http_reply_bytes(
	const struct http_reply *rp, size_t *ret_length, const char **ret_content_type)
{
	*ret_length = rp->length;
	*ret_content_type = rp->content_type;
	return rp->owned ? rp->owned : rp->fixed;
}

void http_reply_header(struct http_reply *rp, const char *name, const char *value)
{
	struct http_header_line *line = ARENA_NEW(rp->cx->mem, struct http_header_line);
	*line = (struct http_header_line){ .name = arena_strdup(rp->cx->mem, name),
		.value = arena_strdup(rp->cx->mem, value) };
	struct http_header_line **end = &rp->headers;
	while (*end)
		end = &(*end)->next;
	*end = line;
}

static void forget_body(struct http_reply *rp)
{
	free(rp->owned);
	rp->owned = NULL;
	rp->fixed = NULL;
	rp->length = 0;
	if (rp->next_piece && rp->free_pieces)
		rp->free_pieces(rp->pieces);
	rp->next_piece = NULL;
}

void http_reply_body(
	struct http_reply *rp, const char *content_type, const void *bytes, size_t length)
{
	void *copy = malloc(length + 1);
	if (!copy)
		abort();
	if (length)
		memcpy(copy, bytes, length);
	forget_body(rp);
	rp->content_type = content_type;
	rp->owned = copy;
	rp->length = length;
}

void http_reply_static(
	struct http_reply *rp, const char *content_type, const void *bytes, size_t length)
{
	forget_body(rp);
	rp->content_type = content_type;
	rp->fixed = bytes;
	rp->length = length;
}

void http_reply_cut(struct http_reply *rp, size_t after_bytes)
{
	rp->is_cut = true;
	rp->cut_after = after_bytes;
}

void http_reply_delay(struct http_reply *rp, int64_t delay_ms)
{
	rp->delay_ms = delay_ms;
}

void http_reply_pieces(struct http_reply *rp, const char *content_type,
	bool (*next)(void *state, struct buf *out), void (*free_state)(void *state), void *state)
{
	forget_body(rp);
	rp->content_type = content_type;
	rp->next_piece = next;
	rp->free_pieces = free_state;
	rp->pieces = state;
}

/* A body made while it is sent. */
struct pieces {
	bool (*next)(void *state, struct buf *out);
	void (*free)(void *state);
	void *state;
	struct buf ready;
	size_t used;
	bool is_last;
};

#define PIECE_BYTES (1024 * 1024)

static ssize_t read_pieces(void *cls, uint64_t position, char *to, size_t most)
{
	(void)position;
	struct pieces *p = cls;
	while (p->used == p->ready.length) {
		if (p->is_last)
			return MHD_CONTENT_READER_END_OF_STREAM;
		buf_clear(&p->ready);
		p->used = 0;
		p->is_last = !p->next(p->state, &p->ready);
	}
	size_t length = p->ready.length - p->used;
	if (length > most)
		length = most;
	memcpy(to, p->ready.bytes + p->used, length);
	p->used += length;
	return (ssize_t)length;
}

static void free_pieces(void *cls)
{
	struct pieces *p = cls;
	if (p->free)
		p->free(p->state);
	buf_fini(&p->ready);
	free(p);
}

static struct MHD_Response *pieces_response(struct http_reply *rp)
{
	struct pieces *p = calloc(1, sizeof(*p));
	if (!p)
		abort();
	*p = (struct pieces){
		.next = rp->next_piece, .free = rp->free_pieces, .state = rp->pieces
	};
	buf_init(&p->ready, PIECE_BYTES);
	rp->next_piece = NULL;
	return MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, 16 * 1024, read_pieces, p, free_pieces);
}

/* A body that breaks off. */
struct torn {
	size_t length;
	char bytes[];
};

static ssize_t read_torn(void *cls, uint64_t position, char *to, size_t most)
{
	struct torn *torn = cls;
	if (position >= torn->length)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	size_t length = torn->length - (size_t)position;
	if (length > most)
		length = most;
	memcpy(to, torn->bytes + position, length);
	return (ssize_t)length;
}

static struct MHD_Response *torn_response(const struct http_reply *rp)
{
	size_t length = rp->cut_after < rp->length ? rp->cut_after : rp->length;
	struct torn *torn = malloc(sizeof(*torn) + length);
	if (!torn)
		abort();
	torn->length = length;
	memcpy(torn->bytes, rp->owned ? rp->owned : rp->fixed, length);
	/* One more than there is, so that it breaks off even when all bytes were let through. */
	return MHD_create_response_from_callback(rp->length + 1, 4096, read_torn, torn, free);
}

static struct MHD_Response *make_response(struct http_request *rq)
{
	struct http_reply *rp = &rq->reply;
	if (rp->stream) {
		struct http_stream *s = rp->stream;
		rp->stream = NULL;
		return http_stream_response(s, rq);
	}
	if (rp->next_piece)
		return pieces_response(rp);
	if (rp->is_cut && rp->length)
		return torn_response(rp);
	if (rp->owned) {
		void *owned = rp->owned;
		rp->owned = NULL;
		return MHD_create_response_from_buffer(rp->length, owned, MHD_RESPMEM_MUST_FREE);
	}
	return MHD_create_response_from_buffer(
		rp->length, (void *)(uintptr_t)rp->fixed, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result http_reply_send(struct http_request *rq)
{
	struct http_reply *rp = &rq->reply;
	if (rp->is_cut && !rp->cut_after)
		return MHD_NO;
	struct MHD_Response *response = make_response(rq);
	if (!response)
		return MHD_NO;
	if (rp->content_type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, rp->content_type);
	for (const struct http_header_line *line = rp->headers; line; line = line->next)
		MHD_add_response_header(response, line->name, line->value);
	enum MHD_Result result =
		MHD_queue_response(rq->connection, (unsigned int)rp->status, response);
	MHD_destroy_response(response);
	return result;
}

void http_reply_fini(struct http_reply *rp)
{
	forget_body(rp);
	if (rp->stream)
		http_stream_abandon(rp->stream);
	rp->stream = NULL;
}
