#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/http_private.h"

static void throw_away(struct http_request *rq)
{
	free(rq->body);
	rq->body = NULL;
	if (rq->body_file)
		fclose(rq->body_file);
	rq->body_file = NULL;
}

static void disk_failed(struct http_request *rq)
{
	http_request_refuse(rq, 503,
		errno == ENOSPC ? "The disk of the server is full."
				: "The server cannot keep the uploaded file.");
	throw_away(rq);
}

static void append_to_file(struct http_request *rq, const char *bytes, size_t length)
{
	if (!rq->body_file) {
		int fd = open(
			rq->server->options.temporary_folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		rq->body_file = fd < 0 ? NULL : fdopen(fd, "w+e");
		if (!rq->body_file && fd >= 0)
			close(fd);
	}
	if (!rq->body_file || fwrite(bytes, 1, length, rq->body_file) != length)
		disk_failed(rq);
}

static void append_to_memory(struct http_request *rq, const char *bytes, size_t length)
{
	if (rq->body_length + length > rq->body_capacity) {
		size_t capacity = rq->body_capacity ? rq->body_capacity : 4096;
		while (capacity < rq->body_length + length)
			capacity *= 2;
		char *larger = realloc(rq->body, capacity + 1);
		if (!larger)
			abort();
		rq->body = larger;
		rq->body_capacity = capacity;
	}
	memcpy(rq->body + rq->body_length, bytes, length);
	rq->body[rq->body_length + length] = 0;
}

bool http_body_take(struct http_request *rq, const char *bytes, size_t length)
{
	if (clock_mono_ms() - rq->began_at > HTTP_REQUEST_MS ||
		rq->body_length + length > HTTP_MAX_THROWN_BYTES)
		return false;
	bool is_kept = !rq->refused && !rq->is_answered;
	if (is_kept && rq->body_length + length > rq->route->body_limit_bytes) {
		http_request_too_large(rq);
		throw_away(rq);
		is_kept = false;
	}
	if (is_kept && rq->route->flags & HTTP_BODY_TO_FILE)
		append_to_file(rq, bytes, length);
	else if (is_kept)
		append_to_memory(rq, bytes, length);
	rq->body_length += length;
	return true;
}

void http_body_end(struct http_request *rq)
{
	if (rq->refused || rq->is_answered)
		return;
	if (rq->route->flags & HTTP_BODY_TO_FILE && !rq->body_file)
		append_to_file(rq, "", 0);
	if (rq->body_file && fflush(rq->body_file))
		disk_failed(rq);
	if (rq->body_file)
		rewind(rq->body_file);
}
