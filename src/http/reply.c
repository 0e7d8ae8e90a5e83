#include "http/reply.h"

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

void http_list_end(struct json_writer *w)
{
	jw_end_array(w);
	jw_null(w, "next");
	jw_end_object(w);
}
