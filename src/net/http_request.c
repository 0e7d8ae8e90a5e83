/* What libmicrohttpd 0.9.75 lets through although it should not (both lengths, no Host, stray bytes
 * in the head) is refused here, because the whole of a request has to mean the same to us as to a
 * proxy in front of us. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/http_private.h"

struct http_request *http_request_new(
	struct http_server *server, const char *target, struct MHD_Connection *connection)
{
	struct http_request *rq = calloc(1, sizeof(*rq));
	if (!rq)
		abort();
	ctx_init(&rq->cx);
	rq->server = server;
	rq->connection = connection;
	rq->began_at = clock_mono_ms();
	rq->target = arena_strdup(rq->cx.mem, target);
	rq->reply = (struct http_reply){ .cx = &rq->cx, .status = 200 };
	return rq;
}

void http_request_count(struct http_request *rq, bool is_counted)
{
	struct http_server *server = rq->server;
	if (rq->is_counted == is_counted)
		return;
	pthread_mutex_lock(&server->lock);
	server->running += is_counted ? 1 : -1;
	pthread_cond_broadcast(&server->changed);
	pthread_mutex_unlock(&server->lock);
	rq->is_counted = is_counted;
}

void http_request_free(struct http_request *rq)
{
	http_reply_fini(&rq->reply);
	if (rq->body_file)
		fclose(rq->body_file);
	free(rq->body);
	ctx_fini(&rq->cx);
	http_request_count(rq, false);
	free(rq);
}

void http_request_refuse(struct http_request *rq, int status, const char *sentence)
{
	if (rq->refused)
		return;
	rq->refused = status;
	rq->sentence = sentence;
}

void http_request_too_large(struct http_request *rq)
{
	size_t limit = rq->route->body_limit_bytes;
	const char *unit = limit % (1024 * 1024) == 0 ? "MiB" : limit % 1024 == 0 ? "KiB" : "bytes";
	if (unit[0] == 'M')
		limit /= 1024 * 1024;
	else if (unit[0] == 'K')
		limit /= 1024;
	http_request_refuse(rq, 413,
		arena_printf(
			rq->cx.mem, "The body is larger than the %zu %s taken here.", limit, unit));
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decoding, once; NULL for bad escapes, control characters or what is not UTF-8. */
static char *decode(struct http_request *rq, const char *from, size_t length, bool plus_is_space)
{
	char *out = arena_alloc(rq->cx.mem, length + 1), *to = out;
	for (size_t i = 0; i < length; i++) {
		char c = from[i];
		if (c == '%') {
			if (length - i < 3 || hex_value(from[i + 1]) < 0 ||
				hex_value(from[i + 2]) < 0)
				return NULL;
			c = (char)(hex_value(from[i + 1]) << 4 | hex_value(from[i + 2]));
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		*to++ = c;
	}
	return text_is_clean(out, (size_t)(to - out), true) ? out : NULL;
}

static bool path_is_plain(const char *path)
{
	if (path[0] != '/' || strpbrk(path, "\\\r\n\t") || strstr(path, "//"))
		return false;
	for (const char *at = strstr(path, "/."); at; at = strstr(at + 1, "/.")) {
		size_t length = strcspn(at + 1, "/");
		if (length == 1 || (length == 2 && at[2] == '.'))
			return false;
	}
	return true;
}

static bool take_query(struct http_request *rq, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "&"), name_length = strcspn(text, "=&");
		const char *value = text + name_length + (name_length < length);
		struct http_pair pair = {
			.name = decode(rq, text, name_length, true),
			.value = decode(rq, value, (size_t)(text + length - value), true),
		};
		if (!pair.name || !pair.value)
			return false;
		if (length) {
			if (rq->query_count == HTTP_MAX_QUERY || http_query(rq, pair.name))
				return false;
			rq->query[rq->query_count++] = pair;
		}
		text += length + (text[length] == '&');
	}
	return true;
}

static void check_target(struct http_request *rq)
{
	if (strlen(rq->target) > HTTP_MAX_TARGET_BYTES) {
		http_request_refuse(rq, 414, "The address is longer than 8 KiB.");
		return;
	}
	size_t length = strcspn(rq->target, "?");
	rq->path = decode(rq, rq->target, length, false);
	if (!rq->path || !path_is_plain(rq->path)) {
		rq->path = "/";
		http_request_refuse(rq, 400, "The path of the address is malformed.");
		return;
	}
	if (rq->target[length] && !take_query(rq, rq->target + length + 1))
		http_request_refuse(rq, 400,
			"The query of the address is malformed, repeats a parameter, or has more "
			"than 100.");
}

/* What has to be counted over all header lines. */
struct head {
	size_t lines, hosts, lengths, encodings;
	bool has_bad_bytes;
};

static bool is_token(const char *name)
{
	if (!*name)
		return false;
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;
		if (c <= 0x20 || c >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", c))
			return false;
	}
	return true;
}

static bool is_field_value(const char *value)
{
	for (; value && *value; value++)
		if (((unsigned char)*value < 0x20 && *value != '\t') || *value == 0x7f)
			return false;
	return true;
}

static enum MHD_Result see_header(
	void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	struct head *head = cls;
	head->lines++;
	head->hosts += strcasecmp(name, "Host") == 0;
	head->lengths += strcasecmp(name, "Content-Length") == 0;
	head->encodings += strcasecmp(name, "Transfer-Encoding") == 0;
	head->has_bad_bytes = head->has_bad_bytes || !is_token(name) || !is_field_value(value);
	return MHD_YES;
}

static void check_head(struct http_request *rq, const char *version)
{
	struct head head = { 0 };
	MHD_get_connection_values(rq->connection, MHD_HEADER_KIND, see_header, &head);
	const char *encoding = http_header(rq, "Transfer-Encoding");
	const char *compressed = http_header(rq, "Content-Encoding");
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		http_request_refuse(rq, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
	else if (head.has_bad_bytes)
		http_request_refuse(rq, 400, "A header line is malformed.");
	else if (head.lines > HTTP_MAX_HEADERS)
		http_request_refuse(rq, 431, "There are more than 100 header lines.");
	else if (head.hosts > 1 || (head.hosts == 0 && strcmp(version, "HTTP/1.1") == 0))
		http_request_refuse(rq, 400, "There must be exactly one Host header.");
	else if (head.lengths + head.encodings > 1)
		http_request_refuse(rq, 400, "The length of the body is told more than once.");
	else if (encoding && strcasecmp(encoding, "chunked") != 0)
		http_request_refuse(rq, 400, "The only Transfer-Encoding taken is chunked.");
	else if (compressed && strcasecmp(compressed, "identity") != 0)
		http_request_refuse(rq, 415, "Compressed bodies are not taken.");
}

static void check_length(struct http_request *rq)
{
	const char *text = http_header(rq, "Content-Length");
	int64_t length = 0;
	if (text && text_parse_i64(text, 0, INT64_MAX, &length)) {
		http_request_refuse(rq, 400, "The Content-Length is not a number.");
		return;
	}
	if (!rq->route)
		return;
	size_t limit = rq->route->body_limit_bytes;
	if (!limit && (length || http_header(rq, "Transfer-Encoding")))
		http_request_refuse(rq, 413, "This address takes no body.");
	else if ((uint64_t)length > limit)
		http_request_too_large(rq);
}

static void find_peer(struct http_request *rq)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(rq->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[INET6_ADDRSTRLEN] = "";
	if (info && info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((struct sockaddr_in *)info->client_addr)->sin_addr, text,
			sizeof(text));
	else if (info && info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((struct sockaddr_in6 *)info->client_addr)->sin6_addr, text,
			sizeof(text));
	rq->peer = arena_strdup(rq->cx.mem, strncmp(text, "::ffff:", 7) == 0 ? text + 7 : text);
}

bool http_request_begin(struct http_request *rq, const char *method, const char *version)
{
	rq->method = arena_strdup(rq->cx.mem, method);
	find_peer(rq);
	check_target(rq);
	check_head(rq, version);
	if (!rq->refused) {
		int status = http_routes_find(rq);
		if (status == 404)
			http_request_refuse(rq, 404, "There is nothing at this address.");
		else if (status)
			http_request_refuse(rq, 405, "This address does not take this method.");
	}
	check_length(rq);
	return !rq->refused;
}

const char *http_method(const struct http_request *rq)
{
	return rq->method;
}

const char *http_path(const struct http_request *rq)
{
	return rq->path;
}

const struct http_route *http_route_of(const struct http_request *rq)
{
	return rq->route;
}

static const char *find_pair(const struct http_pair *pairs, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(pairs[i].name, name) == 0)
			return pairs[i].value;
	return NULL;
}

const char *http_path_param(const struct http_request *rq, const char *name)
{
	return find_pair(rq->params, rq->param_count, name);
}

const char *http_query(const struct http_request *rq, const char *name)
{
	return find_pair(rq->query, rq->query_count, name);
}

bool http_query_at(
	const struct http_request *rq, size_t index, const char **ret_name, const char **ret_value)
{
	if (index >= rq->query_count)
		return false;
	*ret_name = rq->query[index].name;
	*ret_value = rq->query[index].value;
	return true;
}

const char *http_header(const struct http_request *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->connection, MHD_HEADER_KIND, name);
}

const char *http_cookie(const struct http_request *rq, const char *name)
{
	const char *text = http_header(rq, "Cookie");
	size_t name_length = strlen(name);
	while (text && *text) {
		text += strspn(text, " ;");
		size_t length = strcspn(text, ";");
		if (length > name_length && text[name_length] == '=' &&
			strncmp(text, name, name_length) == 0)
			return arena_strndup(((struct http_request *)(uintptr_t)rq)->cx.mem,
				text + name_length + 1, length - name_length - 1);
		text += length;
	}
	return NULL;
}

const char *http_peer(const struct http_request *rq)
{
	return rq->peer;
}

const char *http_body(const struct http_request *rq)
{
	return rq->body ? rq->body : "";
}

size_t http_body_length(const struct http_request *rq)
{
	return rq->body_length;
}

FILE *http_body_file(const struct http_request *rq)
{
	return rq->body_file;
}
