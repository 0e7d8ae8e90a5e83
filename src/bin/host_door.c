#include "bin/host_door.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/log.h"
#include "domain/access.h"
#include "domain/app.h"

#define LINE_MAX_BYTES 4096
#define TALK_SECONDS   10
#define SOCKET_NAME    "host.sock"

struct host_door {
	struct app *app;
	int listening, stop_reader, stop_writer;
	pthread_t thread;
};

/* Addresses of sockets hold 108 bytes, paths may be longer: the folder's descriptor shortens it. */
static void address_in(int folder, struct sockaddr_un *ret_address)
{
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(ret_address->sun_path, sizeof(ret_address->sun_path), "/proc/self/fd/%d/%s",
		folder, SOCKET_NAME);
}

static void limit_time(int fd)
{
	struct timeval limit = { .tv_sec = TALK_SECONDS };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

/* One line without its end; NULL when there was none in time. */
static char *read_line(struct ctx *cx, int fd)
{
	char *line = arena_alloc(cx->mem, LINE_MAX_BYTES + 1);
	size_t length = 0;
	while (length < LINE_MAX_BYTES) {
		ssize_t got = read(fd, line + length, LINE_MAX_BYTES - length);
		if (got <= 0)
			return NULL;
		length += (size_t)got;
		char *end = memchr(line, '\n', length);
		if (end) {
			*end = '\0';
			return line;
		}
	}
	return NULL;
}

static bool write_line(int fd, const struct buf *out)
{
	return send(fd, out->bytes, out->length, MSG_NOSIGNAL) == (ssize_t)out->length &&
	       send(fd, "\n", 1, MSG_NOSIGNAL) == 1;
}

static enum err make_token(
	struct host_door *door, struct ctx *cx, const char *line, char **ret_token)
{
	const struct json *asked;
	struct api_token row;
	enum err e = json_parse(cx, line, strlen(line), &asked);
	if (e)
		return e;
	const char *asker = json_str(asked, "asker");
	cx->actor = (struct actor){ .kind = "cli", .name = asker ? asker : "host", .from = "" };
	const char *name = json_str(asked, "name"), *role = json_str(asked, "role");
	return access_token_create(
		door->app, cx, name ? name : "", role ? role : "", 0, &row, ret_token);
}

static void serve_one(struct host_door *door, int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);
	CTX_AUTO(cx);
	limit_time(fd);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) ||
		(peer.uid != 0 && peer.uid != geteuid()))
		return;
	char *line = read_line(&cx, fd), *token = NULL;
	if (!line)
		return;
	enum err e = make_token(door, &cx, line, &token);
	BUF_AUTO(out, LINE_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	if (e)
		jw_str(&w, "problem", cx.error.sentence ? cx.error.sentence : err_name(e));
	else
		jw_str(&w, "token", token);
	jw_end_object(&w);
	log_event(e ? LOG_WARNING : LOG_INFO, "host.token", "actor=%s outcome=%s",
		log_quote(cx.mem, cx.actor.name), e ? err_name(e) : "made");
	write_line(fd, &out);
}

static void *run(void *argument)
{
	struct host_door *door = argument;
	struct pollfd both[2] = {
		{ .fd = door->listening, .events = POLLIN },
		{ .fd = door->stop_reader, .events = POLLIN },
	};
	for (;;) {
		if (poll(both, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (both[1].revents)
			return NULL;
		int fd = both[0].revents ? accept4(door->listening, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (fd >= 0) {
			serve_one(door, fd);
			close(fd);
		}
	}
}

static enum err listen_in(struct ctx *cx, const char *data_folder, int *ret_fd)
{
	struct sockaddr_un address;
	int folder = open(data_folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	enum err e = OK;
	if (folder >= 0)
		unlinkat(folder, SOCKET_NAME, 0);
	address_in(folder, &address);
	if (folder < 0 || fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
		fchmodat(folder, SOCKET_NAME, 0600, 0) || listen(fd, 8))
		e = err_set(cx, ERR_IO, "host.listen",
			"The socket %s in the data folder cannot be made: %s.", SOCKET_NAME,
			strerror(errno));
	if (folder >= 0)
		close(folder);
	if (e && fd >= 0)
		close(fd);
	*ret_fd = fd;
	return e;
}

enum err host_door_open(struct app *app, struct ctx *cx, struct host_door **ret_door)
{
	int listening, ends[2];
	enum err e = listen_in(cx, app->settings.data_folder, &listening);
	if (e)
		return e;
	struct host_door *door = calloc(1, sizeof(*door));
	if (!door || pipe2(ends, O_CLOEXEC))
		abort();
	*door = (struct host_door){
		.app = app, .listening = listening, .stop_reader = ends[0], .stop_writer = ends[1]
	};
	if (pthread_create(&door->thread, NULL, run, door))
		abort();
	*ret_door = door;
	return OK;
}

void host_door_close(struct host_door *door)
{
	if (!door)
		return;
	close(door->stop_writer);
	pthread_join(door->thread, NULL);
	close(door->stop_reader);
	close(door->listening);
	free(door);
}

enum err host_door_ask_token(struct ctx *cx, const char *data_folder, const char *name,
	const char *role, const char *asker, char **ret_token)
{
	struct sockaddr_un address;
	const struct json *answer;
	int folder = open(data_folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address_in(folder, &address);
	bool is_there = folder >= 0 && fd >= 0 &&
	                !connect(fd, (struct sockaddr *)&address, sizeof(address));
	BUF_AUTO(out, LINE_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_str(&w, "name", name);
	jw_str(&w, "role", role);
	jw_str(&w, "asker", asker);
	jw_end_object(&w);
	char *line = NULL;
	if (is_there) {
		limit_time(fd);
		line = write_line(fd, &out) ? read_line(cx, fd) : NULL;
	}
	if (folder >= 0)
		close(folder);
	if (fd >= 0)
		close(fd);
	if (!is_there)
		return err_set(cx, ERR_NOT_FOUND, "host.nobody",
			"The data folder is in use, but its server does not answer yet.");
	if (!line)
		return err_set(cx, ERR_IO, "host.silent",
			"The server that uses the data folder did not answer.");
	enum err e = json_parse(cx, line, strlen(line), &answer);
	if (e)
		return e;
	if (!json_str(answer, "token"))
		return err_set(cx, ERR_INVALID, "host.refused", "%s",
			json_str(answer, "problem") ? json_str(answer, "problem") : "Refused.");
	*ret_token = arena_strdup(cx->mem, json_str(answer, "token"));
	return OK;
}
