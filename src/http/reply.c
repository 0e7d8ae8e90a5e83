#include "http/reply.h"

#include <inttypes.h>
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"

enum err http_reply_json(struct ctx *cx, struct http_reply *rp, int status, const struct buf *out)
{
	if (out->is_full)
		return err_set(cx, ERR_BUG, "reply.too_large", "The answer is too large to send.");
	http_reply_status(rp, status);
	http_reply_body(rp, "application/json", out->bytes, out->length);
	return OK;
}

enum err http_reply_nothing(struct http_reply *rp)
{
	http_reply_status(rp, 204);
	return OK;
}

void http_list_begin(struct json_writer *w)
{
	jw_object(w, NULL);
	jw_array(w, "items");
}

void http_list_end(struct json_writer *w, const char *next, int64_t total)
{
	jw_end_array(w);
	jw_str(w, "next", next);
	if (total >= 0)
		jw_i64(w, "total", total);
	jw_end_object(w);
}

void http_list_end_counted(struct json_writer *w, const char *next, int64_t total, bool is_more)
{
	jw_end_array(w);
	jw_str(w, "next", next);
	if (total >= 0) {
		jw_i64(w, "total", total);
		jw_bool(w, "total_is_more", is_more);
	}
	jw_end_object(w);
}

/* base64url without padding of "<id>" or "<id>:<text>": a cursor is not for reading. */
char *http_cursor(struct ctx *cx, const char *text, int64_t id)
{
	char *plain = text ? arena_printf(cx->mem, "%" PRId64 ":%s", id, text)
	                   : arena_printf(cx->mem, "%" PRId64, id);
	char *cursor = text_base64(cx->mem, plain, strlen(plain));
	for (char *p = cursor; *p; p++) {
		if (*p == '+')
			*p = '-';
		else if (*p == '/')
			*p = '_';
		else if (*p == '=')
			*p = '\0';
		if (!*p)
			break;
	}
	return cursor;
}
