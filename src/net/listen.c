#include "net/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ctx.h"
#include "base/text.h"

static enum err split(struct ctx *cx, const char *address, char **ret_host, const char **ret_port)
{
	const char *colon = address ? strrchr(address, ':') : NULL;
	int64_t port;
	if (!colon || text_parse_i64(colon + 1, 0, 65535, &port))
		return err_set(cx, ERR_INVALID, "listen.address",
			"\"%s\" is not an address to listen on. Write it like 127.0.0.1:8080 or "
			"[::1]:8080.",
			address ? address : "");
	const char *from = address, *end = colon;
	if (*from == '[' && end > from + 1 && end[-1] == ']') {
		from++;
		end--;
	}
	*ret_host = arena_strndup(cx->mem, from, (size_t)(end - from));
	*ret_port = colon + 1;
	return OK;
}

static int try_open(const struct addrinfo *one)
{
	int fd = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	int on = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Inherited by accepted sockets: answers and events are not held back. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, one->ai_addr, one->ai_addrlen) == 0 && listen(fd, 512) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static int port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} name;
	socklen_t length = sizeof(name);
	if (getsockname(fd, &name.any, &length))
		return 0;
	return ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
}

enum err listen_open(struct ctx *cx, const char *address, int *ret_socket, int *ret_port)
{
	char *host;
	const char *port;
	enum err e = split(cx, address, &host, &port);
	if (e)
		return e;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE },
			*found = NULL;
	int failure = getaddrinfo(*host ? host : NULL, port, &hints, &found);
	if (failure)
		return err_set(cx, ERR_IO, "http.listen", "Cannot listen on %s: %s.", address,
			gai_strerror(failure));
	int fd = try_open(found);
	freeaddrinfo(found);
	if (fd < 0)
		return err_set(cx, ERR_IO, "http.listen", "Cannot listen on %s: %s.", address,
			strerror(errno));
	*ret_socket = fd;
	*ret_port = port_of(fd);
	return OK;
}
