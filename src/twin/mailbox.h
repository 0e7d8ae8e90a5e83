/* mailbox.h - the mail that came in, kept by recipient, and how the sink behaves.
 *
 * The sink's manners are set through the control API: refuse at a verb with a code, or close the
 * connection there, or take the message and close after its last dot without an answer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "twin/map.h"

struct ctx;
struct json;
struct json_writer;

struct mail {
	uint64_t number; /* from 1 */
	int64_t at;
	char *from, *to; /* of the envelope */
	char *raw;
	struct mail *older; /* of the same recipient */
};

enum mail_verb { VERB_CONNECT, VERB_EHLO, VERB_MAIL, VERB_RCPT, VERB_DATA, VERB_DOT, VERB_COUNT };

struct manner {
	int code; /* 0: as usual; negative: close without an answer */
	char words[128];
	int64_t left; /* times it still applies; negative: always */
	int64_t delay_ms;
};

struct mailbox {
	struct mail **all;
	size_t count, capacity;
	struct map newest; /* recipient in lower case → newest mail */
	struct manner manners[VERB_COUNT];
};

void mailbox_fini(struct mailbox *m); /* empty then, with good manners */

/* Copies; the recipient is folded to lower case. */
struct mail *mailbox_add(
	struct mailbox *m, int64_t at, const char *from, const char *to, const char *raw);
struct mail *mailbox_find(const struct mailbox *m, uint64_t number);
struct mail *mailbox_newest(const struct mailbox *m, const char *to);

/* {"verb":"rcpt","code":550,"words":"…","count":-1}; verb null or absent with code 0: all good. */
must_check enum err mailbox_set_manner(
	struct mailbox *m, struct ctx *cx, const struct json *object);
/* The manner for this time, used up by one. */
struct manner mailbox_take_manner(struct mailbox *m, enum mail_verb verb);
void mailbox_write_manners(const struct mailbox *m, struct json_writer *w);
/* {"items":[…],"next":N,"total":N} without braces; to NULL: all. */
void mailbox_write(const struct mailbox *m, struct ctx *cx, const char *to, uint64_t after,
	size_t limit, struct json_writer *w);
