#include "store/user_list.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/ctx.h"
#include "base/text.h"
#include "db/scratch.h"

struct user_list {
	struct db_scratch *rows;
	int64_t reading, active;
};

enum err user_list_open(struct ctx *cx, const char *data_folder, struct user_list **ret_list)
{
	struct user_list *list = calloc(1, sizeof(*list));
	if (!list)
		abort();
	enum err e = db_scratch_open(cx, data_folder, &list->rows);
	if (e) {
		free(list);
		return e;
	}
	*ret_list = list;
	return OK;
}

void user_list_close(struct user_list *list)
{
	if (!list)
		return;
	db_scratch_close(list->rows);
	free(list);
}

void user_list_next_reading(struct user_list *list)
{
	list->reading++;
}

int64_t user_list_active(const struct user_list *list)
{
	return list->active;
}

enum err user_list_put(struct user_list *list, struct ctx *cx, const struct staged_user *user)
{
	bool is_active =
		text_equal(user->status, "Registered") || text_equal(user->status, "Associated");
	struct db_scratch_row row = {
		.key = user->client_user_id,
		.rank = 2 * list->reading + is_active,
		.texts = { user->status, user->email, user->id_hash, user->invite_code_box },
	};
	list->active += is_active;
	return db_scratch_put(list->rows, cx, &row);
}

static struct staged_user user_of(const struct db_scratch_row *row)
{
	return (struct staged_user){
		.client_user_id = row->key,
		.status = row->texts[0],
		.email = row->texts[1],
		.id_hash = row->texts[2],
		.invite_code_box = row->texts[3],
	};
}

enum err user_list_find(struct user_list *list, struct ctx *cx, const char *client_user_id,
	struct staged_user *ret_user)
{
	struct db_scratch_row row;
	enum err e = db_scratch_find(list->rows, cx, client_user_id, &row);
	if (!e)
		*ret_user = user_of(&row);
	return e;
}

enum err user_list_part(struct user_list *list, struct ctx *cx, size_t limit,
	struct staged_user *ret_users, size_t *ret_count)
{
	struct db_scratch_row *rows = ARENA_ARRAY(cx->mem, struct db_scratch_row, limit);
	enum err e = db_scratch_part(list->rows, cx, limit, rows, ret_count);
	for (size_t i = 0; !e && i < *ret_count; i++)
		ret_users[i] = user_of(&rows[i]);
	return e;
}

enum err user_list_take_out(struct user_list *list, struct ctx *cx, const char *client_user_id)
{
	return db_scratch_take_out(list->rows, cx, client_user_id);
}

enum err user_list_rewind(struct user_list *list, struct ctx *cx)
{
	return db_scratch_rewind(list->rows, cx);
}

enum err user_list_page(struct user_list *list, struct ctx *cx, size_t limit,
	struct staged_user *ret_users, size_t *ret_count)
{
	struct db_scratch_row row;
	size_t count = 0;
	enum err e = OK;
	while (count < limit && !(e = db_scratch_next(list->rows, cx, &row))) {
		row.key = arena_strdup(cx->mem, row.key);
		for (int i = 0; i < DB_SCRATCH_TEXTS; i++)
			row.texts[i] = arena_strdup(cx->mem, row.texts[i]);
		ret_users[count++] = user_of(&row);
	}
	*ret_count = count;
	return e == ERR_NOT_FOUND ? OK : e;
}
