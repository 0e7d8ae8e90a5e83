#include "twin/accept_page.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/text.h"
#include "net/http_server.h"
#include "twin/apple.h"
#include "twin/location.h"
#include "twin/notices.h"
#include "twin/page.h"
#include "twin/twin.h"
#include "twin/wire.h"

struct user *accept_find(struct twin *twin, const char *code, struct location **ret_location)
{
	for (size_t i = 0; code && *code && i < twin->count; i++) {
		struct user *user = map_get(&twin->list[i]->users.by_code, code);
		if (user) {
			*ret_location = twin->list[i];
			return user->status == USER_REGISTERED ? user : NULL;
		}
	}
	return NULL;
}

struct user *accept_as(
	struct twin *twin, struct location *l, struct user *user, const char *account)
{
	struct user *now;
	users_accept(&l->users, user, account, &now);
	if (now != user) {
		assets_user_revived(&l->assets, now);
		assets_move(&l->assets, user, now);
	}
	record_applied(&twin->record, &(struct applied){ .at = twin_now(twin),
					      .location = l->uid,
					      .kind = "ACCEPT",
					      .user = now,
					      .client_user_id = now->client_user_id });
	notices_of_association(twin, l, now);
	return now;
}

static void show_form(
	struct page *p, const struct location *l, const struct user *user, const char *code)
{
	page_open(p, "Join the programme");
	page_printf(p, "<main class=\"store\"><h1>%s</h1>", page_text(p, l->organisation));
	page_puts(p, "<p>invites you to receive apps and books that it pays for, with an Apple "
		     "Account of your choice. Your own purchases stay yours.</p>");
	page_printf(p, "<form method=\"post\" action=\"" APPLE_INVITE "?inviteCode=%s&amp;mt=8\">",
		page_text(p, code));
	page_printf(
		p, "<input type=\"hidden\" name=\"inviteCode\" value=\"%s\">", page_text(p, code));
	page_printf(p,
		"<label>Apple Account <input name=\"account\" required maxlength=\"200\" "
		"value=\"%s\"></label>",
		page_text(p, user->email ? user->email : ""));
	page_puts(p, "<button>Accept</button></form><p class=\"quiet\">Any name will do: nobody "
		     "checks it against the address that was invited. A simulator, not "
		     "Apple.</p></main>");
}

static void show_done(struct page *p, const struct location *l, const char *account)
{
	page_open(p, "You have joined");
	page_printf(p,
		"<main class=\"store\"><h1>You have joined</h1><p><strong>%s</strong> now "
		"receives what <strong>%s</strong> assigns.</p></main>",
		page_text(p, account), page_text(p, l->organisation));
}

static void show_unknown(struct page *p)
{
	p->status = 404;
	page_open(p, "Invitation not found");
	page_puts(p, "<main class=\"store\"><h1>This invitation cannot be used</h1><p>It was "
		     "accepted before, or taken back, or the link is not complete. Ask the person "
		     "who sent it for a new one.</p></main>");
}

void accept_page_serve(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	PAGE_AUTO(p, cx);
	struct location *l;
	const char *code = http_query(rq, "inviteCode");
	const char *account = NULL;
	if (!strcmp(http_method(rq), "POST")) {
		const char *posted = wire_form_field(cx->mem, http_body(rq), "inviteCode");
		code = posted ? posted : code;
		account = wire_form_field(cx->mem, http_body(rq), "account");
		account = account ? text_trim(cx->mem, account) : "";
	}
	TWIN_LOCK(twin);
	struct user *user = accept_find(twin, code, &l);
	if (!user) {
		show_unknown(&p);
	} else if (account && *account && strlen(account) <= 200) {
		accept_as(twin, l, user, account);
		show_done(&p, l, account);
	} else {
		show_form(&p, l, user, code);
	}
	page_reply(&p, rp);
}
