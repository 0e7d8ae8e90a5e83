/* people_pages.h - the twin for people: front page, persons with mailbox and devices. Plain HTML
 * that needs no script. */
#pragma once

struct ctx;
struct http_reply;
struct http_request;
struct twin;

typedef void people_page(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp);

people_page people_page_front, people_page_list, people_page_person, people_page_mail,
	people_page_token, people_page_style;
