#include "apple/wire.h"

#include "apple/client.h"
#include "apple/users.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"

#include <limits.h>
#include <string.h>

const char *apple_bounded(const char *text, size_t most_bytes)
{
	return text && strlen(text) <= most_bytes ? text : NULL;
}

int apple_number(const struct json *object, const char *key)
{
	int64_t number = json_i64(object, key, 0);
	return number < INT_MIN || number > INT_MAX ? INT_MAX : (int)number;
}

enum err apple_page_read(struct ctx *cx, const struct json *root, int64_t asked,
	struct apple_reply *reply, struct apple_page *ret_page)
{
	*ret_page = (struct apple_page){
		.index = json_i64(root, "currentPageIndex", asked),
		.next = json_i64(root, "nextPageIndex", -1),
		.total_pages = json_i64(root, "totalPages", 0),
		.version_id = apple_bounded(json_str(root, "versionId"), APPLE_ID_BYTES),
	};
	bool is_last = ret_page->next < 0;
	ret_page->is_odd = ret_page->index != asked || (is_last ? ret_page->total_pages > asked + 1
								: ret_page->next != asked + 1);
	if (ret_page->next < 0 || (ret_page->next > asked && ret_page->next < APPLE_PAGES_MAX))
		return OK;
	reply->class = APPLE_WAIT;
	return err_set(cx, ERR_REMOTE, "apple.unreadable",
		"Apple's list does not end: after page %lld it names page %lld.", (long long)asked,
		(long long)ret_page->next);
}

enum err apple_event_id_read(struct ctx *cx, const struct json *root, struct apple_reply *reply,
	const char **ret_event_id)
{
	const char *id = json_str(root, "eventId");
	if (text_is_blank(id) || !apple_bounded(id, APPLE_ID_BYTES)) {
		reply->class = APPLE_UNKNOWN;
		return err_set(cx, ERR_UNCERTAIN, "apple.not_known",
			"Apple answered without an event number that can be used. It is not known "
			"yet whether it did this; Pomona looks before it tries again.");
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
