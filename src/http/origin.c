#include "http/origin.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/ctx.h"
#include "base/text.h"
#include "domain/app.h"
#include "http/auth.h"
#include "net/http_server.h"

/* Endings that no registry sells (RFC 6761, 6762, 8375, and .internal). */
static const char *const local_endings[] = { ".local", ".localhost", ".test", ".internal",
	".home.arpa", ".lan", NULL };

bool origin_is_local_name(const char *host)
{
	struct in_addr address;
	size_t length = strlen(host);
	if (!strchr(host, '.') || host[0] == '[' || inet_pton(AF_INET, host, &address) == 1)
		return true;
	for (size_t i = 0; local_endings[i]; i++) {
		size_t ending = strlen(local_endings[i]);
		if (length > ending && !strcasecmp(host + length - ending, local_endings[i]))
			return true;
	}
	return false;
}

/* "https://pomona.example:8443/x" → "pomona.example:8443". NULL when it is no origin. */
static char *authority_of(struct ctx *cx, const char *url)
{
	const char *begin = url ? strstr(url, "://") : NULL;
	if (!begin)
		return NULL;
	begin += 3;
	return arena_strndup(cx->mem, begin, strcspn(begin, "/?#"));
}

/* "[::1]:8080" → "[::1]" */
static const char *without_port(struct ctx *cx, const char *authority)
{
	const char *end = strrchr(authority, ':');
	if (!end || strchr(end, ']'))
		return authority;
	return arena_strndup(cx->mem, authority, (size_t)(end - authority));
}

static enum err check_host(struct app *app, struct ctx *cx, const struct http_request *rq)
{
	const char *host = http_header(rq, "Host");
	const char *known = authority_of(cx, app->settings.public_url);
	if (!host || (known && !strcasecmp(without_port(cx, host), without_port(cx, known))) ||
		origin_is_local_name(without_port(cx, host)))
		return OK;
	return err_set(cx, ERR_DENIED, "host.unknown",
		"This server does not know itself by the name %.200s. If the name is right, start "
		"the server with --public-url https://%.200s.",
		host, host);
}

enum err origin_check(struct app *app, struct ctx *cx, const struct http_request *rq)
{
	enum err e = check_host(app, cx, rq);
	if (e || auth_is_read(http_method(rq)))
		return e;
	const char *site = http_header(rq, "Sec-Fetch-Site");
	const char *origin = http_header(rq, "Origin");
	bool is_ours = true;
	if (site) {
		is_ours = text_equal(site, "same-origin") || text_equal(site, "none");
	} else if (origin) {
		/* The scheme is not compared: a proxy may have ended TLS before us. */
		const char *asked = authority_of(cx, origin);
		const char *host = http_header(rq, "Host");
		const char *known = authority_of(cx, app->settings.public_url);
		is_ours = asked && ((host && !strcasecmp(asked, host)) ||
					   (known && !strcasecmp(asked, known)));
	}
	if (is_ours)
		return OK;
	return err_set(cx, ERR_DENIED, "csrf.origin",
		"This request was made by a page of another site, so it was not carried out.");
}
