/* page.h - a small HTML page: head, style sheet, and text that is always escaped. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct ctx;
struct http_reply;

struct page {
	struct ctx *cx;
	struct buf out;
	int status;
};

void page_init(struct page *p, struct ctx *cx);
void page_fini(struct page *p);
#define PAGE_AUTO(name, cx)                                                                        \
	__attribute__((cleanup(page_fini))) struct page name = { 0 };                              \
	page_init(&name, (cx))

void page_open(struct page *p, const char *title); /* up to <body>; escapes the title */
void page_puts(struct page *p, const char *html);
/* The format is HTML; its strings must come through page_text or be our own. */
void page_printf(struct page *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Escaped, for text and for quoted attributes. NULL gives "". */
const char *page_text(struct page *p, const char *s);
/* Percent-encoded, for a path segment or a parameter. */
const char *page_url(struct page *p, const char *s);
/* "2026-11-23 15:22:01" */
const char *page_time(struct page *p, int64_t ms);
void page_reply(struct page *p, struct http_reply *rp);

extern const char page_style[]; /* the style sheet, served at /style.css on both ports */
