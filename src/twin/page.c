#include "twin/page.h"

#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "net/http_server.h"

#define PAGE_LIMIT (4u * 1024 * 1024)

const char page_style[] =
	":root{color-scheme:light dark;--line:#8884;--quiet:#777;--act:#0a6b2d}\n"
	"body{font:16px/1.5 system-ui,sans-serif;margin:0}\n"
	"nav{padding:.6rem 1.2rem;border-bottom:1px solid var(--line)}\n"
	"nav a{margin-right:1.2rem}\n"
	"main{max-width:60rem;margin:1.2rem auto;padding:0 1.2rem}\n"
	"main.store{max-width:28rem;margin-top:10vh;text-align:center}\n"
	"h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.15rem;margin-top:2rem}\n"
	"table{border-collapse:collapse;width:100%}\n"
	"td,th{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);"
	"vertical-align:top}\n"
	"input{font:inherit;padding:.4rem;width:100%;box-sizing:border-box;margin:.2rem 0 .8rem}\n"
	"label{display:block;text-align:left}\n"
	"button,.button{font:inherit;display:inline-block;background:var(--act);color:#fff;border:"
	"0;"
	"border-radius:.4rem;padding:.5rem 1.1rem;text-decoration:none;cursor:pointer}\n"
	"article{border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;margin:1rem "
	"0}\n"
	"pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\n"
	"code{overflow-wrap:anywhere}\n"
	"iframe{width:100%;height:24rem;border:1px solid var(--line);background:#fff}\n"
	".quiet{color:var(--quiet);font-size:.9rem}\n";

void page_init(struct page *p, struct ctx *cx)
{
	p->cx = cx;
	p->status = 200;
	buf_init(&p->out, PAGE_LIMIT);
}

void page_fini(struct page *p)
{
	buf_fini(&p->out);
}

void page_puts(struct page *p, const char *html)
{
	buf_puts(&p->out, html);
}

void page_printf(struct page *p, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_puts(&p->out, arena_vprintf(p->cx->mem, format, args));
	va_end(args);
}

const char *page_text(struct page *p, const char *s)
{
	return s ? text_html_escape(p->cx->mem, s) : "";
}

const char *page_url(struct page *p, const char *s)
{
	return s ? text_url_encode(p->cx->mem, s) : "";
}

const char *page_time(struct page *p, int64_t ms)
{
	char *text = clock_rfc3339(p->cx->mem, ms);
	if (strlen(text) >= 19) {
		text[10] = ' ';
		text[19] = '\0';
	}
	return text;
}

void page_open(struct page *p, const char *title)
{
	page_printf(p,
		"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width\">"
		"<title>%s – Apple twin</title>"
		"<link rel=\"stylesheet\" href=\"/style.css\"></head><body>\n",
		page_text(p, title));
}

void page_reply(struct page *p, struct http_reply *rp)
{
	page_puts(p, "</body></html>\n");
	http_reply_status(rp, p->status);
	http_reply_header(rp, "Content-Security-Policy",
		"default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
		"base-uri 'none'");
	http_reply_header(rp, "Referrer-Policy", "no-referrer");
	http_reply_header(rp, "X-Content-Type-Options", "nosniff");
	http_reply_body(rp, "text/html; charset=utf-8", p->out.bytes, p->out.length);
}
