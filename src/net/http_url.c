#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "base/ctx.h"
#include "net/curl_start.h"
#include "net/http_client.h"

static const char *part(struct ctx *cx, CURLU *url, CURLUPart which, const char *fallback)
{
	char *text = NULL;
	if (curl_url_get(url, which, &text, which == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0))
		return fallback;
	char *copy = arena_strdup(cx->mem, text);
	curl_free(text);
	return copy;
}

enum err http_url_parse(struct ctx *cx, const char *url, struct http_url *ret_url)
{
	curl_start();
	CURLU *parsed = curl_url();
	if (!parsed || !url || strpbrk(url, " \t\r\n\\") ||
		curl_url_set(parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER)) {
		curl_url_cleanup(parsed);
		return ERR_INVALID;
	}
	*ret_url = (struct http_url){
		.scheme = part(cx, parsed, CURLUPART_SCHEME, ""),
		.host = part(cx, parsed, CURLUPART_HOST, ""),
		.port = part(cx, parsed, CURLUPART_PORT, ""),
		.path = part(cx, parsed, CURLUPART_PATH, "/"),
		.query = part(cx, parsed, CURLUPART_QUERY, NULL),
	};
	curl_url_cleanup(parsed);
	bool is_http =
		strcmp(ret_url->scheme, "http") == 0 || strcmp(ret_url->scheme, "https") == 0;
	return is_http && *ret_url->host ? OK : ERR_INVALID;
}

bool http_host_is_loopback(const char *host)
{
	struct in_addr v4;
	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
		strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}
