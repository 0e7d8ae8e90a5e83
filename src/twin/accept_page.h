/* accept_page.h - the page behind the invitation link: "accept as <account>". */
#pragma once

struct ctx;
struct http_reply;
struct http_request;
struct location;
struct twin;
struct user;

/* GET shows the form, POST accepts; a used or unknown code is a page with status 404. */
void accept_page_serve(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp);

/* What accepting does, for the control API too; the lock is held, user is Registered. Gives the
 * record that is associated now. */
struct user *accept_as(
	struct twin *twin, struct location *l, struct user *user, const char *account);
/* The location and the Registered user behind a code; NULL when it is used or unknown. */
struct user *accept_find(struct twin *twin, const char *code, struct location **ret_location);
