#include "apple/assignments.h"

#include "apple/wire.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>

static bool read_assignment(
	struct ctx *cx, const struct json *object, struct apple_assignment *ret_assignment)
{
	const char *pricing = apple_bounded(json_str(object, "pricingParam"), APPLE_ID_BYTES);
	*ret_assignment = (struct apple_assignment){
		.adam_id = apple_bounded(json_str_or_number(cx, object, "adamId"), APPLE_ID_BYTES),
		.pricing_param = pricing ? pricing : "STDQ",
		.client_user_id = apple_bounded(json_str(object, "clientUserId"), APPLE_ID_BYTES),
		.serial_number = apple_bounded(json_str(object, "serialNumber"), APPLE_ID_BYTES),
	};
	return ret_assignment->adam_id &&
	       !ret_assignment->client_user_id != !ret_assignment->serial_number;
}

static const char *page_query(struct ctx *cx, const struct apple_assignments_query *q, int64_t page)
{
	BUF_AUTO(text, 4096);
	buf_printf(&text, "pageIndex=%" PRId64, page);
	apple_query_add(cx, &text, "adamId", q->adam_id);
	apple_query_add(cx, &text, "pricingParam", q->pricing_param);
	apple_query_add(cx, &text, "clientUserId", q->client_user_id);
	apple_query_add(cx, &text, "serialNumber", q->serial_number);
	apple_query_add(cx, &text, "sinceVersionId", q->since_version_id);
	assert(!text.is_full);
	return arena_strndup(cx->mem, text.bytes, text.length);
}

static enum err read_page(struct ctx *cx, const struct json *root, int64_t asked,
	struct apple_reply *reply, struct apple_assignments_page *ret_page)
{
	const struct json *list = json_get(root, "assignments");
	size_t listed = json_count(list);
	*ret_page = (struct apple_assignments_page){
		.assignments = ARENA_ARRAY(cx->mem, struct apple_assignment, listed),
	};
	for (size_t i = 0; i < listed; i++)
		if (read_assignment(cx, json_at(list, i), &ret_page->assignments[ret_page->count]))
			ret_page->count++;
	return apple_page_read(cx, root, asked, reply, &ret_page->page);
}

enum err apple_assignments_get(struct apple_session *s, struct ctx *cx,
	const struct apple_assignments_query *query, struct apple_reply *ret_reply,
	struct apple_assignments_page *ret_page)
{
	const struct json *root;
	*ret_page = (struct apple_assignments_page){ 0 };
	enum err e = apple_read(s, cx, "getAssignments", page_query(cx, query, query->page_index),
		ret_reply, &root);
	return e ? e : read_page(cx, root, query->page_index, ret_reply, ret_page);
}
