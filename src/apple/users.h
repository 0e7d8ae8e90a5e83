/* users.h - Apple's user records: create, update, retire in batches, and list them in pages. */
#pragma once

#include <stddef.h>

#include "apple/client.h"

struct apple_request_user {
	const char *client_user_id;
	const char *email;            /* NULL: left out */
	const char *managed_apple_id; /* NULL: left out */
};

enum apple_user_status {
	APPLE_USER_REGISTERED,
	APPLE_USER_ASSOCIATED,
	APPLE_USER_RETIRED,
	APPLE_USER_DELETED,
	APPLE_USER_OTHER, /* a word that we do not know; status_text has it */
};

struct apple_user {
	const char *client_user_id; /* never NULL: records without one (or with one of
	                               more than 255 bytes) are left out */
	enum apple_user_status status;
	const char *status_text;
	const char *email;
	const char *invite_code; /* a secret */
	const char *id_hash;
};

/* Paging members that users, assets and assignments share. */
struct apple_page {
	int64_t index;
	int64_t next; /* -1: this was the last one. The end is told by this alone */
	int64_t total_pages;
	const char *version_id;
	/* Not the page that was asked for, or it leaves pages out: who is absent may be on one of them. */
	bool is_odd;
};

struct apple_users_page {
	struct apple_page page;
	struct apple_user *users;
	size_t count;
};

struct apple_users_query {
	const char *client_user_id;   /* NULL: all */
	const char *since_version_id; /* NULL: all */
	bool active_only;
	int64_t page_index;
};

/* One batch of 1 … apple_limits().max_users users. The answer is an event number only. Write the
 * intent down first. */
must_check enum err apple_users_create(struct apple_session *s, struct ctx *cx,
	const struct apple_request_user *users, size_t count, struct apple_reply *ret_reply,
	const char **ret_event_id);
must_check enum err apple_users_update(struct apple_session *s, struct ctx *cx,
	const struct apple_request_user *users, size_t count, struct apple_reply *ret_reply,
	const char **ret_event_id);
must_check enum err apple_users_retire(struct apple_session *s, struct ctx *cx,
	const struct apple_request_user *users, size_t count, struct apple_reply *ret_reply,
	const char **ret_event_id);

/* Batches one after the other at Apple's pace, a few of them under way: apple_write_row. */
enum apple_users_verb { APPLE_USERS_CREATE, APPLE_USERS_UPDATE, APPLE_USERS_RETIRE };
struct apple_batch {
	const struct apple_request_user *users;
	size_t count;
	enum err result; /* from here on: set by the call */
	struct apple_reply reply;
	const char *event_id; /* NULL unless the result is OK */
	struct apple_write_one write;
};
struct apple_batches {
	struct apple_batch *(*next)(void *arg);
	void (*done)(void *arg, struct apple_batch *batch);
	void *arg;
};
void apple_users_send(struct apple_session *s, struct ctx *cx, enum apple_users_verb verb,
	const struct apple_batches *batches);

must_check enum err apple_users_get(struct apple_session *s, struct ctx *cx,
	const struct apple_users_query *query, struct apple_reply *ret_reply,
	struct apple_users_page *ret_page);

/* A long list: its pages are given in order, while up to APPLE_MAX_PAGES_IN_FLIGHT are under way at
 * the pace that Apple allows. The first page is asked for alone: it tells how many there are. No
 * write may be made in the session meanwhile. */
struct apple_users_walk;
struct apple_users_walk *apple_users_walk_open(struct apple_session *s,
	const struct apple_users_query *query); /* from query->page_index */
/* As apple_users_get for the next page, which lives until the next call. After an error the walk is
 * over: another one can begin at that page. After the last page (page.next is -1) it may not be
 * called. */
must_check enum err apple_users_walk_next(struct apple_users_walk *w, struct ctx *cx,
	struct apple_reply *ret_reply, struct apple_users_page *ret_page);
/* How long nothing will happen but waiting for our turn; 0: not known, or the next page is there. */
int64_t apple_users_walk_idle_ms(const struct apple_users_walk *w);
void apple_users_walk_close(struct apple_users_walk *w); /* accepts NULL */

/* For apple/ alone: the query and the page of an answer. */
const char *apple_users_query_text(
	struct ctx *cx, const struct apple_users_query *query, int64_t page_index);
must_check enum err apple_users_page_read(struct ctx *cx, const struct json *root, int64_t asked,
	struct apple_reply *reply, struct apple_users_page *ret_page);

/* One user object of an answer or a notification; false when it has no clientUserId. */
bool apple_user_read(const struct json *object, struct apple_user *ret_user);
enum apple_user_status apple_user_status(const char *word);
