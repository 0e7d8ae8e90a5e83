#include "apple/users.h"

#include "apple/wire.h"

#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stddef.h>

#define BATCH_LIMIT_BYTES (4 * 1024 * 1024)
#define TEXT_BYTES        1024

static const char *const operations[] = {
	[APPLE_USERS_CREATE] = "createUsers",
	[APPLE_USERS_UPDATE] = "updateUsers",
	[APPLE_USERS_RETIRE] = "retireUsers",
};

static const char *batch_text(struct ctx *cx, const struct apple_batch *batch, size_t *ret_length)
{
	struct json_writer w;
	BUF_AUTO(body, BATCH_LIMIT_BYTES);
	assert(batch->count > 0);
	jw_init(&w, &body);
	jw_object(&w, NULL);
	jw_array(&w, "users");
	for (size_t i = 0; i < batch->count; i++) {
		const struct apple_request_user *user = &batch->users[i];
		jw_object(&w, NULL);
		jw_str(&w, "clientUserId", user->client_user_id);
		if (user->email)
			jw_str(&w, "email", user->email);
		if (user->managed_apple_id)
			jw_str(&w, "managedAppleId", user->managed_apple_id);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	assert(!body.is_full);
	*ret_length = body.length;
	return arena_strndup(cx->mem, body.bytes, body.length);
}

struct sending {
	struct ctx *cx;
	const struct apple_batches *batches;
};

static struct apple_write_one *next_write(void *arg)
{
	struct sending *s = arg;
	struct apple_batch *batch = s->batches->next(s->batches->arg);
	if (!batch)
		return NULL;
	batch->write = (struct apple_write_one){ .body = NULL };
	batch->write.body = batch_text(s->cx, batch, &batch->write.length);
	return &batch->write;
}

static void write_done(void *arg, struct apple_write_one *write)
{
	struct sending *s = arg;
	struct apple_batch *batch =
		(struct apple_batch *)((char *)write - offsetof(struct apple_batch, write));
	batch->reply = write->reply;
	batch->result = write->result;
	batch->event_id = NULL;
	if (!write->result)
		batch->result =
			apple_event_id_read(s->cx, write->root, &batch->reply, &batch->event_id);
	s->batches->done(s->batches->arg, batch);
}

void apple_users_send(struct apple_session *s, struct ctx *cx, enum apple_users_verb verb,
	const struct apple_batches *batches)
{
	struct sending sending = { cx, batches };
	struct apple_writer writer = { next_write, write_done, &sending };
	apple_write_row(s, cx, operations[verb], &writer);
}

struct single {
	struct apple_batch batch;
	bool is_given;
};

static struct apple_batch *single_next(void *arg)
{
	struct single *single = arg;
	bool was_given = single->is_given;
	single->is_given = true;
	return was_given ? NULL : &single->batch;
}

static void single_done(void *arg, struct apple_batch *batch)
{
	(void)arg;
	(void)batch;
}

static enum err send_one(struct apple_session *s, struct ctx *cx, enum apple_users_verb verb,
	struct apple_batch batch, struct apple_reply *ret_reply, const char **ret_event_id)
{
	struct single single = { .batch = batch };
	struct apple_batches batches = { single_next, single_done, &single };
	apple_users_send(s, cx, verb, &batches);
	*ret_reply = single.batch.reply;
	if (!single.batch.result)
		*ret_event_id = single.batch.event_id;
	return single.batch.result;
}

enum err apple_users_create(struct apple_session *s, struct ctx *cx,
	const struct apple_request_user *users, size_t count, struct apple_reply *ret_reply,
	const char **ret_event_id)
{
	struct apple_batch batch = { .users = users, .count = count };
	return send_one(s, cx, APPLE_USERS_CREATE, batch, ret_reply, ret_event_id);
}

enum err apple_users_update(struct apple_session *s, struct ctx *cx,
	const struct apple_request_user *users, size_t count, struct apple_reply *ret_reply,
	const char **ret_event_id)
{
	struct apple_batch batch = { .users = users, .count = count };
	return send_one(s, cx, APPLE_USERS_UPDATE, batch, ret_reply, ret_event_id);
}

enum err apple_users_retire(struct apple_session *s, struct ctx *cx,
	const struct apple_request_user *users, size_t count, struct apple_reply *ret_reply,
	const char **ret_event_id)
{
	struct apple_batch batch = { .users = users, .count = count };
	return send_one(s, cx, APPLE_USERS_RETIRE, batch, ret_reply, ret_event_id);
}

enum apple_user_status apple_user_status(const char *word)
{
	if (text_equal(word, "Registered"))
		return APPLE_USER_REGISTERED;
	if (text_equal(word, "Associated"))
		return APPLE_USER_ASSOCIATED;
	if (text_equal(word, "Retired"))
		return APPLE_USER_RETIRED;
	if (text_equal(word, "Deleted"))
		return APPLE_USER_DELETED;
	return APPLE_USER_OTHER;
}

bool apple_user_read(const struct json *object, struct apple_user *ret_user)
{
	const char *id = apple_bounded(json_str(object, "clientUserId"), APPLE_ID_BYTES);
	if (!id)
		return false;
	const char *status = apple_bounded(json_str(object, "status"), APPLE_ID_BYTES);
	*ret_user = (struct apple_user){
		.client_user_id = id,
		.status = apple_user_status(status),
		.status_text = status ? status : "",
		.email = apple_bounded(json_str(object, "email"), TEXT_BYTES),
		.invite_code = apple_bounded(json_str(object, "inviteCode"), TEXT_BYTES),
		.id_hash = apple_bounded(json_str(object, "idHash"), TEXT_BYTES),
	};
	return true;
}

const char *apple_users_query_text(struct ctx *cx, const struct apple_users_query *q, int64_t page)
{
	BUF_AUTO(text, 4096);
	buf_printf(&text, "pageIndex=%" PRId64, page);
	apple_query_add(cx, &text, "clientUserId", q->client_user_id);
	apple_query_add(cx, &text, "sinceVersionId", q->since_version_id);
	if (q->active_only)
		buf_puts(&text, "&activeOnly=true");
	assert(!text.is_full);
	return arena_strndup(cx->mem, text.bytes, text.length);
}

enum err apple_users_page_read(struct ctx *cx, const struct json *root, int64_t asked,
	struct apple_reply *reply, struct apple_users_page *ret_page)
{
	const struct json *list = json_get(root, "users");
	size_t listed = json_count(list);
	*ret_page = (struct apple_users_page){
		.users = ARENA_ARRAY(cx->mem, struct apple_user, listed),
	};
	for (size_t i = 0; i < listed; i++)
		if (apple_user_read(json_at(list, i), &ret_page->users[ret_page->count]))
			ret_page->count++;
	return apple_page_read(cx, root, asked, reply, &ret_page->page);
}

enum err apple_users_get(struct apple_session *s, struct ctx *cx,
	const struct apple_users_query *query, struct apple_reply *ret_reply,
	struct apple_users_page *ret_page)
{
	const struct json *root = NULL;
	const char *text = apple_users_query_text(cx, query, query->page_index);
	*ret_page = (struct apple_users_page){ 0 };
	enum err e = apple_read(s, cx, "getUsers", text, ret_reply, &root);
	return e ? e : apple_users_page_read(cx, root, query->page_index, ret_reply, ret_page);
}
