#include "twin/people_pages.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/text.h"
#include "net/http_server.h"
#include "twin/accept_page.h"
#include "twin/location.h"
#include "twin/mime.h"
#include "twin/page.h"
#include "twin/twin.h"
#include "twin/wire.h"

#define ROWS_MOST 200 /* of a list, on one page */
#define MAIL_MOST 20  /* of one person, on one page */

static void open_page(struct page *p, const char *title)
{
	page_open(p, title);
	page_puts(p, "<nav><a href=\"/\">Apple twin</a><a href=\"/people\">People</a></nav><main>");
	page_printf(p, "<h1>%s</h1>", page_text(p, title));
}

static void close_page(struct page *p, struct http_reply *rp)
{
	page_puts(p, "</main>");
	page_reply(p, rp);
}

static void show_not_found(struct page *p, const char *sentence)
{
	p->status = 404;
	open_page(p, "Not found");
	page_printf(p, "<p>%s</p>", page_text(p, sentence));
}

void people_page_style(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)twin;
	(void)cx;
	(void)rq;
	http_reply_static(rp, "text/css", page_style, strlen(page_style));
}

void people_page_token(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char *uid = http_path_param(rq, "uid");
	TWIN_LOCK(twin);
	struct location *l = uid && !strcmp(uid, "first") && twin->count ? twin->list[0]
	                                                                 : location_find(twin, uid);
	if (!l) {
		PAGE_AUTO(p, cx);
		show_not_found(&p, "There is no location with this number.");
		close_page(&p, rp);
		return;
	}
	const char *text = token_file(cx->mem, location_best_token(l));
	http_reply_header(rp, "Content-Disposition",
		arena_printf(cx->mem, "attachment; filename=\"sToken_for_%s.vpptoken\"", l->uid));
	http_reply_body(rp, "application/octet-stream", text, strlen(text));
}

static void show_locations(struct page *p, const struct twin *twin)
{
	page_puts(p,
		"<table><thead><tr><th>Location</th><th>Organisation</th><th>Users</th>"
		"<th>Apps and books</th><th>Managed by</th><th>Content token</th></tr></thead>");
	for (size_t i = 0; i < twin->count && i < ROWS_MOST; i++) {
		const struct location *l = twin->list[i];
		const size_t *n = l->users.status_counts;
		page_printf(p, "<tr><td>%s</td><td>%s (%s)</td>", page_text(p, l->name),
			page_text(p, l->organisation), page_text(p, l->country));
		page_printf(p, "<td>%zu registered, %zu associated, %zu retired</td><td>%zu</td>",
			n[USER_REGISTERED], n[USER_ASSOCIATED], n[USER_RETIRED], l->assets.count);
		page_printf(p, "<td>%s</td>", l->mdm_name ? page_text(p, l->mdm_name) : "nobody");
		page_printf(p,
			"<td><a class=\"button\" href=\"/control/locations/%s/token.vpptoken\">"
			"Download .vpptoken</a></td></tr>",
			l->uid);
	}
	page_puts(p, "</table>");
}

void people_page_front(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)rq;
	PAGE_AUTO(p, cx);
	TWIN_LOCK(twin);
	open_page(&p, "Apple twin");
	page_printf(&p,
		"<p>A stand-in for Apple’s Apps and Books service, with a mail server and an MDM, "
		"for trying Pomona out. Nothing here reaches Apple or a real person%s.</p>",
		twin->state_path ? "" : ", and everything is forgotten when the twin ends");
	show_locations(&p, twin);
	page_puts(&p, "<h2>How to use it</h2><ol>"
		      "<li>Download the content token above and upload it in Pomona under "
		      "<em>Setting › iOS › VPP Server Setting</em>.</li>");
	page_printf(&p,
		"<li>Let Pomona send its mail to this machine, port <code>%d</code>, without "
		"sign-in and encryption.</li>",
		twin_port(twin, "smtp"));
	page_printf(&p,
		"<li>The MDM address for notifications to devices is "
		"<code>http://127.0.0.1:%d</code>.</li>",
		twin_port(twin, "control"));
	page_puts(&p,
		"<li>Import people, invite them, then be one of them: open "
		"<a href=\"/people\">People</a>, read the invitation, and accept it.</li></ol>");
	page_printf(&p,
		"<p class=\"quiet\">Seed %" PRIu64 ", %s. Apple’s side listens on port %d "
		"under <code>/twin/mdm/v2</code>; the control API is described in "
		"docs/twin.md.</p>",
		twin->seed, twin->is_calm ? "calm" : "unkind", twin_port(twin, "apple"));
	close_page(&p, rp);
}

static bool fits(const struct person *x, const char *q)
{
	if (!q || !*q || (x->email && strcasestr(x->email, q)) ||
		(x->name && strcasestr(x->name, q)))
		return true;
	for (size_t i = 0; i < x->serial_count; i++) {
		if (strcasestr(x->serials[i], q))
			return true;
	}
	return false;
}

static void show_row(struct page *p, struct twin *twin, const struct person *x)
{
	size_t mails = 0, commands = 0;
	for (const struct mail *m = x->email ? mailbox_newest(&twin->mail, x->email) : NULL; m;
		m = m->older)
		mails++;
	page_printf(p, "<tr><td><a href=\"/people/%s\">%s</a></td><td>%s</td><td>",
		page_url(p, person_key(x)), page_text(p, person_key(x)), page_text(p, x->name));
	for (size_t i = 0; i < x->serial_count; i++) {
		const struct device *d = map_get(&twin->devices.by_serial, x->serials[i]);
		commands += d ? d->command_count : 0;
		page_printf(p, "%s<code>%s</code>", i ? ", " : "", page_text(p, x->serials[i]));
	}
	page_printf(p, "</td><td>%zu</td><td>%zu</td></tr>", mails, commands);
}

void people_page_list(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	PAGE_AUTO(p, cx);
	const char *q = http_query(rq, "q");
	size_t shown = 0;
	TWIN_LOCK(twin);
	open_page(&p, "People");
	page_printf(&p,
		"<form action=\"/people\"><label>Search by address, name or serial number "
		"<input name=\"q\" value=\"%s\"></label></form>",
		page_text(&p, q));
	page_puts(&p, "<table><thead><tr><th>Person</th><th>Name</th><th>Devices</th><th>Mail</th>"
		      "<th>Notifications</th></tr></thead>");
	/* The newest first: whom something was just sent to. */
	for (size_t i = twin->people.count; i-- > 0 && shown < ROWS_MOST;) {
		if (!fits(twin->people.all[i], q) || !*person_key(twin->people.all[i]))
			continue;
		show_row(&p, twin, twin->people.all[i]);
		shown++;
	}
	page_puts(&p, "</table>");
	if (!shown)
		page_puts(&p,
			"<p>Nobody yet: a person appears when the first invitation is sent.</p>");
	if (shown == ROWS_MOST)
		page_puts(&p, "<p class=\"quiet\">More people than are shown; search for one.</p>");
	close_page(&p, rp);
}

/* Whether the link leads to the twin's own invitation page, and what became of it. */
static void show_link(struct page *p, struct twin *twin, const char *link)
{
	const char *query = strchr(link, '?');
	const char *code = query ? wire_form_field(p->cx->mem, query + 1, "inviteCode") : NULL;
	struct location *l = NULL;
	bool is_ours = code && strstr(link, "associateVPPUserWithITSAccount");
	if (is_ours && !accept_find(twin, code, &l))
		page_printf(p, "<p class=\"quiet\">%s</p>",
			l ? "This invitation was accepted or taken back."
			  : "This invitation is not known here.");
	else if (is_ours)
		page_printf(
			p, "<p><a class=\"button\" href=\"%s\">Accept</a></p>", page_text(p, link));
	else
		page_printf(
			p, "<p><a href=\"%s\">%s</a></p>", page_text(p, link), page_text(p, link));
}

static void show_mail(struct page *p, struct twin *twin, const struct mail *m)
{
	struct mime_message read;
	mime_read(p->cx->mem, m->raw, &read);
	page_printf(p, "<article><strong>%s</strong><p class=\"quiet\">%s, from %s</p>",
		page_text(p, read.subject), page_time(p, m->at), page_text(p, read.from));
	page_printf(p, "<pre>%s</pre>", page_text(p, read.text));
	for (size_t i = 0; i < read.link_count; i++)
		show_link(p, twin, read.links[i]);
	if (*read.html)
		page_printf(p,
			"<details><summary>As HTML</summary><iframe sandbox=\"\" "
			"title=\"The message as HTML\" src=\"/mail/%" PRIu64
			"\"></iframe></details>",
			m->number);
	page_puts(p, "</article>");
}

static void show_device(struct page *p, struct twin *twin, const char *serial)
{
	const struct device *d = map_get(&twin->devices.by_serial, serial);
	page_printf(p, "<h2>Device %s</h2>", page_text(p, serial));
	if (!d || !d->newest)
		page_puts(p, "<p>Nothing has come to this device yet.</p>");
	size_t shown = 0;
	for (const struct device_command *c = d ? d->newest : NULL; c && shown < MAIL_MOST;
		c = c->older, shown++) {
		page_printf(p, "<article><strong>%s</strong><p class=\"quiet\">%s, answered %s</p>",
			c->invitation_url
				? "Your organisation invites you to receive apps and books"
				: page_text(p, c->request_type),
			page_time(p, c->at), page_text(p, c->status));
		if (c->invitation_url && !strcmp(c->status, "Acknowledged"))
			show_link(p, twin, c->invitation_url);
		page_puts(p, "</article>");
	}
}

void people_page_person(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	PAGE_AUTO(p, cx);
	TWIN_LOCK(twin);
	const struct person *x = people_find(&twin->people, http_path_param(rq, "key"));
	if (!x) {
		show_not_found(&p,
			"The twin has not heard of this person: nothing was sent to this "
			"address or serial number yet.");
		close_page(&p, rp);
		return;
	}
	open_page(&p, x->name ? x->name : person_key(x));
	if (x->email) {
		size_t shown = 0;
		page_printf(&p, "<h2>Mailbox of %s</h2>", page_text(&p, x->email));
		for (const struct mail *m = mailbox_newest(&twin->mail, x->email);
			m && shown < MAIL_MOST; m = m->older, shown++)
			show_mail(&p, twin, m);
		if (!shown)
			page_puts(&p, "<p>The mailbox is empty.</p>");
	}
	for (size_t i = 0; i < x->serial_count; i++)
		show_device(&p, twin, x->serials[i]);
	close_page(&p, rp);
}

/* The HTML of one message, as it came, in a sandbox: no scripts, no forms, nothing loaded. */
void people_page_mail(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	int64_t number = 0;
	struct mime_message read = { .html = "" };
	if (text_parse_i64(http_path_param(rq, "number"), 1, INT64_MAX, &number))
		number = 0;
	TWIN_LOCK(twin);
	const struct mail *m = mailbox_find(&twin->mail, (uint64_t)number);
	if (m)
		mime_read(cx->mem, m->raw, &read);
	http_reply_status(rp, m ? 200 : 404);
	http_reply_header(rp, "Content-Security-Policy",
		"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
	http_reply_header(rp, "Referrer-Policy", "no-referrer");
	http_reply_body(rp, "text/html; charset=utf-8", read.html, strlen(read.html));
}
