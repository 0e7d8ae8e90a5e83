#include "http/problem.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_server.h"

#define PROBLEM_MAX_BYTES (64 * 1024)

/* One row per code of base/err.h. apple: did anything happen there? A domain that knows better
 * names a reason of the second table. */
static const struct {
	int status;
	const char *reason; /* when nothing set one */
	const char *sentence;
	const char *apple;
} by_code[] = {
	[ERR_INVALID] = { 400, "invalid", "The request is not valid.", "no" },
	[ERR_DENIED] = { 403, "denied", "Your role does not allow this.", "no" },
	[ERR_NOT_FOUND] = { 404, "not_found", "There is nothing here by that name or id.", "no" },
	[ERR_CONFLICT] = { 409, "conflict", "The present state does not allow this.", "no" },
	[ERR_LIMITED] = { 429, "limited", "That is too much or too often. Wait a little.", "no" },
	[ERR_UNCERTAIN] = { 502, "uncertain",
		"Apple may or may not have done it. Pomona looks before it does anything else.",
		"unknown" },
	[ERR_REMOTE] = { 502, "remote", "Another server did not answer as it should.", "no" },
	[ERR_DB] = { 503, "db.failed",
		"The database could not do it. Nothing was changed. The server's log has the "
		"reason.",
		"no" },
	[ERR_IO] = { 503, "io.failed",
		"A file of the server could not be read or written. The server's log has the "
		"reason.",
		"no" },
	[ERR_BUG] = { 500, "bug",
		"Pomona made a mistake. Its log has the details under this trace.", "no" },
};

/* Reasons whose status is not that of their code. */
static const struct {
	const char *reason;
	int status;
} by_reason[] = {
	{ "session.none", 401 },
	{ "session.ended", 401 },
	{ "session.refused", 401 },
	{ "api_token.refused", 401 },
	{ "api_token.revoked", 401 },
	{ "api_token.expired", 401 },
	{ "hook.refused", 401 },
	{ "body.too_large", 413 },
	{ "csv.too_large", 413 },
	{ "token.too_large", 413 },
	{ "body.type", 415 },
	{ "host.unknown", 421 },
	{ "session.busy", 503 },
	{ "apple.wait", 503 },
	{ "db.waits", 503 },
};

static const struct {
	int status;
	const char *title;
} titles[] = {
	{ 400, "The request is not valid" },
	{ 401, "Sign-in is needed" },
	{ 403, "Not allowed" },
	{ 404, "Not found" },
	{ 405, "Not possible here" },
	{ 408, "The request came too slowly" },
	{ 409, "Not possible in the present state" },
	{ 411, "The length of the body is missing" },
	{ 413, "Too large" },
	{ 414, "The address is too long" },
	{ 415, "Another content type is needed" },
	{ 421, "Asked under another name" },
	{ 429, "Too many requests" },
	{ 431, "The headers are too large" },
	{ 500, "A mistake of the server" },
	{ 502, "Another server failed" },
	{ 503, "Not possible at present" },
};

static const char *title_of(int status)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "The request was refused";
}

int http_problem_status(enum err e, const char *reason)
{
	for (size_t i = 0; reason && i < sizeof(by_reason) / sizeof(by_reason[0]); i++)
		if (text_equal(by_reason[i].reason, reason))
			return by_reason[i].status;
	return e > OK && e <= ERR_BUG ? by_code[e].status : 500;
}

static void write_document(struct ctx *cx, int status, const char *reason, const char *sentence,
	const char *pointer, const char *apple, struct http_reply *rp)
{
	BUF_AUTO(out, PROBLEM_MAX_BYTES);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_str(&w, "type", arena_printf(cx->mem, "/problems/%s", reason));
	jw_str(&w, "title", title_of(status));
	jw_i64(&w, "status", status);
	jw_str(&w, "detail", sentence);
	jw_array(&w, "errors");
	if (pointer) {
		jw_object(&w, NULL);
		jw_str(&w, "pointer", pointer);
		jw_str(&w, "detail", sentence);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_str(&w, "apple", apple);
	jw_str(&w, "trace", cx->trace);
	jw_end_object(&w);
	http_reply_status(rp, status);
	http_reply_body(rp, "application/problem+json", out.bytes, out.length);
}

void http_problem(struct ctx *cx, enum err e, struct http_reply *rp)
{
	if (e <= OK || e > ERR_BUG)
		e = ERR_BUG;
	const struct err_detail *detail = &cx->error;
	bool is_told = detail->code == e && detail->reason;
	const char *reason = is_told ? detail->reason : by_code[e].reason;
	const char *sentence = is_told && detail->sentence ? detail->sentence : by_code[e].sentence;
	int status = http_problem_status(e, reason);
	if (is_told && detail->retry_after_ms > 0)
		http_reply_header(rp, "Retry-After",
			arena_printf(
				cx->mem, "%lld", (long long)(detail->retry_after_ms + 999) / 1000));
	if (status == 401)
		http_reply_header(rp, "WWW-Authenticate", "Bearer realm=\"pomona\"");
	write_document(cx, status, reason, sentence, is_told ? detail->pointer : NULL,
		by_code[e].apple, rp);
}

void http_problem_plain(
	struct ctx *cx, int status, const char *reason, const char *sentence, struct http_reply *rp)
{
	write_document(cx, status, reason, sentence, NULL, "no", rp);
}
