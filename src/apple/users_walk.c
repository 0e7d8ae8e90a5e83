/* A list of users page by page. Pages are given in order; what the caller does with one goes on while the
 * next ones travel. */
#include <stdlib.h>
#include <string.h>

#include "apple/session.h"
#include "apple/users.h"
#include "base/clock.h"

#define WAIT_MS 60000

struct apple_users_walk {
	struct apple_session *session;
	struct ctx cx; /* of the query's texts */
	struct apple_users_query query;
	int64_t next;       /* the page that is given next */
	int64_t asked;      /* pages from next up to here are under way */
	int64_t total;      /* pages, as the last one told; 0: not known */
	int64_t not_before; /* monotonic; our next turn */
	bool is_refused;    /* nothing more may be asked for, but for what comes next */
	struct apple_flight flights[APPLE_MAX_PAGES_IN_FLIGHT];
};

static size_t place_of(int64_t page)
{
	return (size_t)(page % APPLE_MAX_PAGES_IN_FLIGHT);
}

struct apple_users_walk *apple_users_walk_open(
	struct apple_session *s, const struct apple_users_query *query)
{
	struct apple_users_walk *w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	ctx_init(&w->cx);
	for (size_t i = 0; i < APPLE_MAX_PAGES_IN_FLIGHT; i++)
		ctx_init(&w->flights[i].cx);
	w->session = s;
	w->query = *query;
	w->query.client_user_id = arena_strdup(w->cx.mem, query->client_user_id);
	w->query.since_version_id = arena_strdup(w->cx.mem, query->since_version_id);
	w->next = w->asked = query->page_index;
	return w;
}

static void drop_all(struct apple_users_walk *w)
{
	for (size_t i = 0; i < APPLE_MAX_PAGES_IN_FLIGHT; i++)
		http_client_drop(w->session->client, i);
}

void apple_users_walk_close(struct apple_users_walk *w)
{
	if (!w)
		return;
	drop_all(w);
	for (size_t i = 0; i < APPLE_MAX_PAGES_IN_FLIGHT; i++)
		ctx_fini(&w->flights[i].cx);
	ctx_fini(&w->cx);
	free(w);
}

static bool may_ask(const struct apple_users_walk *w)
{
	bool is_room = !w->is_refused && w->asked - w->next < APPLE_MAX_PAGES_IN_FLIGHT;
	return w->asked == w->next || (is_room && w->asked < w->total);
}

/* Asks for one more page; *ret_wait_ms says when to try again. */
static enum err ask(struct apple_users_walk *w, struct apple_reply *reply, int64_t *ret_wait_ms)
{
	struct apple_flight *f = &w->flights[place_of(w->asked)];
	int64_t now = clock_mono_ms();
	*ret_wait_ms = w->not_before > now ? w->not_before - now : 0;
	if (*ret_wait_ms)
		return OK;
	ctx_reset(&f->cx);
	const char *query = apple_users_query_text(&f->cx, &w->query, w->asked);
	enum err e = apple_read_begin(
		w->session, f, "getUsers", query, place_of(w->asked), reply, ret_wait_ms);
	if (e)
		return e;
	w->not_before = now + *ret_wait_ms;
	w->asked += *ret_wait_ms == 0;
	return OK;
}

int64_t apple_users_walk_idle_ms(const struct apple_users_walk *w)
{
	bool is_there =
		w->asked > w->next && http_client_is_over(w->session->client, place_of(w->next));
	int64_t idle = w->not_before - clock_mono_ms();
	return is_there || idle < 0 ? 0 : idle;
}

/* Until the next page is there; meanwhile more are asked for. A turn that is refused ends the asking:
 * what is under way is read first. */
static enum err wait_for_next(struct apple_users_walk *w, struct apple_reply *reply)
{
	for (;;) {
		int64_t wait = WAIT_MS;
		while (may_ask(w)) {
			enum err e = ask(w, reply, &wait);
			if (e && w->asked == w->next)
				return e;
			w->is_refused = e != OK;
			if (wait)
				break;
			wait = WAIT_MS;
		}
		if (w->asked > w->next &&
			http_client_is_over(w->session->client, place_of(w->next)))
			return OK;
		http_client_go_on(w->session->client, wait);
	}
}

static enum err pass_error(struct ctx *cx, const struct ctx *from, enum err e)
{
	cx->error = from->error;
	cx->error.sentence = arena_strdup(cx->mem, from->error.sentence);
	cx->error.internal = arena_strdup(cx->mem, from->error.internal);
	return e;
}

enum err apple_users_walk_next(struct apple_users_walk *w, struct ctx *cx,
	struct apple_reply *ret_reply, struct apple_users_page *ret_page)
{
	const struct json *root = NULL;
	struct apple_flight *f = &w->flights[place_of(w->next)];
	*ret_page = (struct apple_users_page){ 0 };
	enum err e = wait_for_next(w, ret_reply);
	if (!e)
		e = apple_read_take(w->session, f, place_of(w->next), ret_reply, &root);
	if (!e)
		e = apple_users_page_read(&f->cx, root, w->next, ret_reply, ret_page);
	if (e)
		return pass_error(cx, &f->cx, e);
	w->total = ret_page->page.total_pages;
	/* A list without the page after this one: what was asked for beyond is of no use. */
	if (ret_page->page.next != w->next + 1) {
		drop_all(w);
		w->asked = ret_page->page.next;
		w->next = w->asked;
		return OK;
	}
	w->next++;
	return OK;
}
