#include <stdlib.h>
#include <string.h>

#include "net/http_private.h"

static bool is_param(const char *segment)
{
	return segment[0] == '{';
}

static bool is_rest(const char *segment)
{
	size_t length = strlen(segment);
	return is_param(segment) && length > 5 && strcmp(segment + length - 4, "...}") == 0;
}

static int rank(const char *segment)
{
	return is_rest(segment) ? 2 : is_param(segment) ? 1 : 0;
}

/* Literals first, so that the first pattern that fits is the best one. */
static int compare(const void *a, const void *b)
{
	const struct http_compiled_route *ra = a, *rb = b;
	for (size_t i = 0; i < ra->count && i < rb->count; i++) {
		int difference = rank(ra->segments[i]) - rank(rb->segments[i]);
		if (difference)
			return difference;
	}
	return (int)ra->count - (int)rb->count;
}

void http_routes_compile(struct http_server *server)
{
	size_t count = server->options.route_count;
	server->routes = calloc(count + 1, sizeof(*server->routes));
	if (!server->routes)
		abort();
	for (size_t i = 0; i < count; i++) {
		struct http_compiled_route *one = &server->routes[i];
		one->route = &server->options.routes[i];
		char *rest = strdup(one->route->pattern + 1);
		if (!rest)
			abort();
		/* The first segment owns the memory of all. */
		do {
			one->segments[one->count++] = strsep(&rest, "/");
		} while (rest && one->count < sizeof(one->segments) / sizeof(*one->segments));
	}
	qsort(server->routes, count, sizeof(*server->routes), compare);
}

void http_routes_free(struct http_server *server)
{
	for (size_t i = 0; server->routes && i < server->options.route_count; i++)
		free(server->routes[i].segments[0]);
	free(server->routes);
}

static const char *param_name(struct http_request *rq, const char *segment, size_t tail)
{
	return arena_strndup(rq->cx.mem, segment + 1, strlen(segment) - 1 - tail);
}

/* path without its first slash. Fills the params as far as it fits. */
static bool fits(struct http_request *rq, const struct http_compiled_route *one, const char *path)
{
	rq->param_count = 0;
	for (size_t i = 0; i < one->count; i++) {
		const char *segment = one->segments[i];
		if (!path)
			return false;
		if (is_rest(segment)) {
			rq->params[rq->param_count++] =
				(struct http_pair){ param_name(rq, segment, 4), path };
			return true;
		}
		size_t length = strcspn(path, "/");
		if (is_param(segment)) {
			if (!length || rq->param_count == HTTP_MAX_PARAMS)
				return false;
			rq->params[rq->param_count++] =
				(struct http_pair){ param_name(rq, segment, 1),
					arena_strndup(rq->cx.mem, path, length) };
		} else if (strlen(segment) != length || strncmp(segment, path, length) != 0) {
			return false;
		}
		path = path[length] ? path + length + 1 : NULL;
	}
	return !path;
}

static bool allows(const struct http_route *route, const char *method)
{
	return strcmp(route->method, method) == 0 ||
	       (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

int http_routes_find(struct http_request *rq)
{
	const char *allowed = NULL;
	for (size_t i = 0; i < rq->server->options.route_count; i++) {
		const struct http_compiled_route *one = &rq->server->routes[i];
		if (!fits(rq, one, rq->path + 1))
			continue;
		if (allows(one->route, rq->method)) {
			rq->route = one->route;
			return 0;
		}
		if (!allowed)
			allowed = one->route->method;
		else if (!strstr(allowed, one->route->method))
			allowed = arena_printf(rq->cx.mem, "%s, %s", allowed, one->route->method);
	}
	rq->param_count = 0;
	if (!allowed)
		return 404;
	http_reply_header(&rq->reply, "Allow", allowed);
	return 405;
}
