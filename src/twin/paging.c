/* paging.c - pages of a list, versions of a data set, and the query parameters that all share. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_server.h"
#include "twin/apple.h"
#include "twin/location.h"
#include "twin/twin.h"

int apple_query_bool(struct apple_call *call, const char *name, bool *ret_value)
{
	const char *value = http_query(call->rq, name);
	*ret_value = value && !strcmp(value, "true");
	return !value || *ret_value || !strcmp(value, "false") ? 0 : 9602;
}

static size_t page_count(const struct apple_call *call, size_t count)
{
	size_t size = (size_t)call->twin->knobs.page_size;
	return count ? (count + size - 1) / size : 1;
}

int apple_page(struct apple_call *call, size_t count, struct apple_page *ret_page)
{
	const char *text = http_query(call->rq, "pageIndex");
	size_t size = (size_t)call->twin->knobs.page_size;
	int64_t index = 0;
	if (text && text_parse_i64(text, INT32_MIN, INT32_MAX, &index))
		return 9602;
	if (index < 0 || (size_t)index >= page_count(call, count))
		return 9650;
	ret_page->start = (size_t)index * size;
	ret_page->end = ret_page->start + size < count ? ret_page->start + size : count;
	return 0;
}

void apple_page_members(struct apple_call *call, size_t count, const struct apple_page *page,
	const char *version_id)
{
	size_t index = page->start / (size_t)call->twin->knobs.page_size;
	size_t pages = page_count(call, count);
	jw_i64(call->w, "currentPageIndex", (int64_t)index);
	if (index + 1 < pages)
		jw_i64(call->w, "nextPageIndex", (int64_t)index + 1);
	jw_i64(call->w, "size", (int64_t)(page->end - page->start));
	jw_i64(call->w, "totalPages", (int64_t)pages);
	jw_str(call->w, "versionId", version_id);
	call->elements = page->end - page->start;
}

/* One text per start, location and data set: a version id of another is not taken for ours. */
static char *version_mark(struct apple_call *call, const char *set)
{
	uint64_t h = call->twin->birth_mark;
	for (const char *s = call->location->uid; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	for (const char *s = set; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return arena_printf(call->cx->mem, "%08x-%04x-4%03x-8%03x", (unsigned)(h >> 32),
		(unsigned)(h >> 16 & 0xffff), (unsigned)(h & 0xfff), (unsigned)(h >> 12 & 0xfff));
}

char *apple_version_id(struct apple_call *call, const char *set, uint64_t version)
{
	return arena_printf(call->cx->mem, "%s-%012" PRIx64, version_mark(call, set), version);
}

int apple_since(struct apple_call *call, const char *set, uint64_t version, bool *ret_has,
	uint64_t *ret_since)
{
	const char *text = http_query(call->rq, "sinceVersionId");
	*ret_has = text != NULL;
	if (!text)
		return 0;
	const char *mark = version_mark(call, set);
	char *end;
	if (call->twin->knobs.forget_versions || strlen(text) != 36 ||
		strncmp(text, mark, strlen(mark)))
		return 9721;
	*ret_since = strtoull(text + strlen(mark) + 1, &end, 16);
	return *end || *ret_since > version ? 9721 : 0;
}
