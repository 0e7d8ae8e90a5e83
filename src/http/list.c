#include "http/list.h"

#include <inttypes.h>
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/app.h"
#include "http/input.h"
#include "http/reply.h"
#include "net/http_server.h"

#define LIMIT_DEFAULT    50
#define LIMIT_MAX        200
#define CURSOR_MAX_BYTES 4096
#define KNOWN_MAX        20

/* base64url without padding of "<id>" or "<id>:<text>": a cursor is not for reading. */
char *http_list_cursor(struct ctx *cx, const char *text, int64_t id)
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

static enum err read_cursor(struct ctx *cx, const char *cursor, struct http_list *list)
{
	size_t length = strlen(cursor), decoded_length;
	uint8_t *decoded;
	if (length > CURSOR_MAX_BYTES)
		return ERR_INVALID;
	char *base64 = arena_alloc(cx->mem, length + 4);
	for (size_t i = 0; i < length; i++)
		base64[i] = cursor[i] == '-' ? '+' : cursor[i] == '_' ? '/' : cursor[i];
	while (length % 4)
		base64[length++] = '=';
	if (text_base64_decode(cx->mem, base64, length, &decoded, &decoded_length))
		return ERR_INVALID;
	char *plain = arena_strndup(cx->mem, (const char *)decoded, decoded_length);
	if (strlen(plain) != decoded_length || !text_is_clean(plain, decoded_length, false))
		return ERR_INVALID;
	char *colon = strchr(plain, ':');
	if (colon) {
		*colon = '\0';
		list->after_text = colon + 1;
	}
	if (text_parse_i64(plain, 0, INT64_MAX, &list->after_id))
		return ERR_INVALID;
	list->has_after = true;
	return OK;
}

/* The names of a list's own parameters, and of those that every list has. */
static const char *const *with_common(struct ctx *cx, const char *const *known)
{
	const char **all = ARENA_ARRAY(cx->mem, const char *, KNOWN_MAX);
	size_t count = 0;
	for (; known[count] && count < KNOWN_MAX - 3; count++)
		all[count] = known[count];
	all[count++] = "limit";
	all[count++] = "after";
	all[count] = NULL;
	return all;
}

static enum err read_parameters(struct ctx *cx, const struct http_request *rq,
	const char *const *known, struct http_list *list)
{
	int64_t limit = 0;
	int count = 0;
	const char *after = http_query(rq, "after");
	enum err e = http_query_only(cx, rq, with_common(cx, known));
	if (!e)
		e = http_query_i64(cx, rq, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit);
	if (!e)
		e = http_query_flag(cx, rq, "count", 0, &count);
	if (!e && after && *after && read_cursor(cx, after, list))
		return err_set_field(cx, ERR_INVALID, "query.cursor", "after",
			"after is not a cursor of this list; begin again without it.");
	list->limit = (size_t)limit;
	list->most = list->limit + 1;
	list->wants_total = count;
	return e;
}

enum err http_list_open(struct app *app, struct ctx *cx, const struct http_request *rq,
	const char *const *known, struct http_list *ret_list, struct db **ret_db)
{
	*ret_list = (struct http_list){ .total = -1 };
	enum err e = read_parameters(cx, rq, known, ret_list);
	return e ? e : db_read(app->db, cx, ret_db);
}

void http_list_show(struct http_list *list, struct json_writer *w)
{
	list->is_more = list->count > list->limit;
	if (list->is_more)
		list->count = list->limit;
	http_list_begin(w);
}

enum err http_list_reply(
	struct ctx *cx, struct http_reply *rp, const struct http_list *list, struct json_writer *w)
{
	jw_end_array(w);
	jw_str(w, "next",
		list->is_more ? http_list_cursor(cx, list->last_text, list->last_id) : NULL);
	if (list->total >= 0)
		jw_i64(w, "total", list->total);
	if (list->total >= 0 && list->says_more)
		jw_bool(w, "total_is_more", list->total_is_more);
	jw_end_object(w);
	return http_reply_json(cx, rp, 200, w->out);
}
