#include "http/static.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ctx.h"
#include "base/text.h"
#include "http/portal_files.h"
#include "http/problem.h"
#include "net/http_server.h"

/* Own files only, nothing inline, no string becomes script. */
#define PAGE_POLICY                                                                                \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "          \
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "               \
	"frame-ancestors 'none'; require-trusted-types-for 'script'"

static const char no_portal[] =
	"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Pomona</title>"
	"<h1>Pomona runs, but without its portal</h1>"
	"<p>This program was built before the portal was. In the source folder run "
	"<code>script/build</code>, which builds both, and start Pomona again.</p>"
	"<p>The API answers meanwhile: <a href=\"/healthz\">/healthz</a>.</p></html>\n";

static int compare_path(const void *path, const void *file)
{
	return strcmp(path, ((const struct portal_file *)file)->path);
}

static const struct portal_file *find(const char *path)
{
	return bsearch(
		path, portal_files, portal_file_count, sizeof(portal_files[0]), compare_path);
}

/* Does Accept-Encoding take the coding? "br", "br;q=0.5", but not "br;q=0". */
static bool takes(const struct http_request *rq, const char *coding)
{
	const char *p = http_header(rq, "Accept-Encoding");
	size_t length = strlen(coding);
	while (p && *p) {
		p += strspn(p, " \t,");
		size_t item = strcspn(p, ",");
		if (item >= length && !strncasecmp(p, coding, length) &&
			(item == length || strchr("; \t", p[length]))) {
			const char *q = memmem(p, item, "q=0", 3);
			return !q || strspn(q + 3, ".0") + 3 < (size_t)(p + item - q);
		}
		p += item;
	}
	return false;
}

static void reply_file(struct ctx *cx, const struct http_request *rq,
	const struct portal_file *file, struct http_reply *rp)
{
	const char *known = http_header(rq, "If-None-Match");
	const struct portal_form *form = &file->plain;
	const char *coding = NULL;
	if (file->brotli.length && takes(rq, "br")) {
		form = &file->brotli;
		coding = "br";
	} else if (file->gzip.length && takes(rq, "gzip")) {
		form = &file->gzip;
		coding = "gzip";
	}
	/* Each form is another representation, so it has another strong tag. */
	const char *etag = coding ? arena_printf(cx->mem, "%.*s-%s\"", (int)strlen(file->etag) - 1,
					    file->etag, coding)
	                          : file->etag;
	http_reply_header(rp, "ETag", etag);
	http_reply_header(rp, "Vary", "Accept-Encoding");
	http_reply_header(rp, "Cache-Control",
		file->is_hashed ? "public, max-age=31536000, immutable" : "no-cache");
	if (known && strstr(known, etag)) {
		http_reply_status(rp, 304);
		return;
	}
	if (coding)
		http_reply_header(rp, "Content-Encoding", coding);
	http_reply_status(rp, 200);
	http_reply_static(rp, file->type, portal_blob + form->place, form->length);
}

/* An address of the portal's own router: no file name at its end, or a browser asks for a page. */
static bool is_client_route(const struct http_request *rq)
{
	const char *path = http_path(rq), *accept = http_header(rq, "Accept");
	if (text_starts_with(path, "/assets/"))
		return false;
	return !strchr(strrchr(path, '/'), '.') || (accept && strstr(accept, "text/html"));
}

void static_reply(struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	http_reply_header(rp, "Content-Security-Policy", PAGE_POLICY);
	if (!portal_file_count) {
		http_reply_status(rp, 503);
		http_reply_header(rp, "Cache-Control", "no-store");
		http_reply_static(rp, "text/html; charset=utf-8", no_portal, sizeof(no_portal) - 1);
		return;
	}
	const struct portal_file *file = find(http_path(rq));
	if (!file && is_client_route(rq))
		file = find("/index.html");
	if (file) {
		reply_file(cx, rq, file, rp);
		return;
	}
	http_reply_header(rp, "Cache-Control", "no-store");
	http_problem_plain(
		cx, 404, "not_found", "There is no file of this name in the portal.", rp);
}
