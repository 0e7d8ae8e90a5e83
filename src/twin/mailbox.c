#include "twin/mailbox.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "twin/memory.h"
#include "twin/mime.h"

#define MAIL_MOST 200000

static const char *const verbs[VERB_COUNT] = { "connect", "ehlo", "mail", "rcpt", "data", "dot" };

void mailbox_fini(struct mailbox *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->all[i]->from);
		free(m->all[i]->to);
		free(m->all[i]->raw);
		free(m->all[i]);
	}
	free(m->all);
	map_fini(&m->newest);
	*m = (struct mailbox){ 0 };
}

struct mail *mailbox_add(
	struct mailbox *m, int64_t at, const char *from, const char *to, const char *raw)
{
	if (m->count >= MAIL_MOST)
		return NULL;
	struct mail *x = memory_new(sizeof(*x));
	x->number = m->count + 1;
	x->at = at;
	x->from = memory_strdup(from);
	x->to = memory_strdup(to);
	for (char *c = x->to; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	x->raw = memory_strdup(raw);
	x->older = map_get(&m->newest, x->to);
	map_put(&m->newest, x->to, x);
	m->all = memory_grow(m->all, m->count, &m->capacity, sizeof(struct mail *));
	m->all[m->count++] = x;
	return x;
}

struct mail *mailbox_find(const struct mailbox *m, uint64_t number)
{
	return number && number <= m->count ? m->all[number - 1] : NULL;
}

struct mail *mailbox_newest(const struct mailbox *m, const char *to)
{
	char folded[256];
	size_t n = 0;
	for (; to[n] && n < sizeof(folded) - 1; n++)
		folded[n] = (char)tolower((unsigned char)to[n]);
	folded[n] = '\0';
	return map_get(&m->newest, folded);
}

enum err mailbox_set_manner(struct mailbox *m, struct ctx *cx, const struct json *object)
{
	const char *verb = json_str(object, "verb");
	struct manner manner = { .code = (int)json_i64(object, "code", 0),
		.left = json_i64(object, "count", -1),
		.delay_ms = json_i64(object, "delay_ms", 0) };
	const char *words = json_str(object, "words");
	snprintf(manner.words, sizeof(manner.words), "%s",
		words ? words : "as told by the control API");
	if (json_bool(object, "close", false))
		manner.code = -1;
	if (manner.code > 0 && (manner.code < 200 || manner.code > 599))
		return err_set_field(cx, ERR_INVALID, "smtp.code", "/code",
			"code is an SMTP code from 200 to 599, or 0 for none.");
	if (!verb) {
		memset(m->manners, 0, sizeof(m->manners));
		return OK;
	}
	for (size_t i = 0; i < VERB_COUNT; i++) {
		if (!strcmp(verbs[i], verb)) {
			m->manners[i] = manner;
			return OK;
		}
	}
	return err_set_field(cx, ERR_INVALID, "smtp.verb", "/verb",
		"verb is one of connect, ehlo, mail, rcpt, data, dot.");
}

struct manner mailbox_take_manner(struct mailbox *m, enum mail_verb verb)
{
	struct manner *manner = &m->manners[verb];
	struct manner taken = *manner;
	if (manner->left > 0 && --manner->left == 0)
		*manner = (struct manner){ 0 };
	return taken;
}

void mailbox_write_manners(const struct mailbox *m, struct json_writer *w)
{
	for (size_t i = 0; i < VERB_COUNT; i++) {
		jw_object(w, verbs[i]);
		jw_i64(w, "code", m->manners[i].code);
		jw_i64(w, "count", m->manners[i].left);
		jw_i64(w, "delay_ms", m->manners[i].delay_ms);
		jw_end_object(w);
	}
}

static void write_mail(const struct mail *x, struct ctx *cx, struct json_writer *w)
{
	struct mime_message read;
	mime_read(cx->mem, x->raw, &read);
	jw_object(w, NULL);
	jw_i64(w, "number", (int64_t)x->number);
	jw_time(w, "at", x->at);
	jw_str(w, "from", x->from);
	jw_str(w, "to", x->to);
	jw_str(w, "subject", read.subject);
	jw_str(w, "message_id", read.message_id);
	jw_str(w, "text", read.text);
	jw_str(w, "html", read.html);
	jw_array(w, "links");
	for (size_t i = 0; i < read.link_count; i++)
		jw_str(w, NULL, read.links[i]);
	jw_end_array(w);
	jw_end_object(w);
}

void mailbox_write(const struct mailbox *m, struct ctx *cx, const char *to, uint64_t after,
	size_t limit, struct json_writer *w)
{
	uint64_t i = after;
	size_t n = 0;
	jw_array(w, "items");
	for (; i < m->count && n < limit; i++) {
		if (to && strcasecmp(to, m->all[i]->to))
			continue;
		write_mail(m->all[i], cx, w);
		n++;
	}
	jw_end_array(w);
	jw_i64(w, "next", (int64_t)i);
	jw_i64(w, "total", (int64_t)m->count);
}
