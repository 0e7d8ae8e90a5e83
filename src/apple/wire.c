#include "apple/wire.h"

#include "apple/client.h"
#include "apple/users.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"

void apple_page_read(const struct json *root, struct apple_page *ret_page)
{
	*ret_page = (struct apple_page){
		.index = json_i64(root, "currentPageIndex", 0),
		.next = json_i64(root, "nextPageIndex", -1),
		.total_pages = json_i64(root, "totalPages", 0),
		.version_id = json_str(root, "versionId"),
	};
}

enum err apple_event_id_read(struct ctx *cx, const struct json *root, struct apple_reply *reply,
	const char **ret_event_id)
{
	const char *id = json_str(root, "eventId");
	if (text_is_blank(id)) {
		reply->class = APPLE_UNKNOWN;
		return err_set(cx, ERR_UNCERTAIN, "apple.not_known",
			"Apple answered without an event number. It is not known yet whether it "
			"did "
			"this; Pomona looks before it tries again.");
	}
	*ret_event_id = id;
	return OK;
}

void apple_query_add(struct ctx *cx, struct buf *query, const char *name, const char *value)
{
	if (value)
		buf_printf(query, "%s%s=%s", query->length ? "&" : "", name,
			text_url_encode(cx->mem, value));
}
