/* fake_smtp.h - a mail server for tests: takes what it is sent, and misbehaves as it is told. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ctx;
struct fake_smtp;

/* Where it answers with something else than yes. */
enum fake_smtp_at {
	FAKE_CONNECT,
	FAKE_MAIL,
	FAKE_RCPT,
	FAKE_DATA,
	FAKE_DOT,
	FAKE_AUTH,
	FAKE_PLACES
};

struct fake_smtp *fake_smtp_start(struct ctx *cx);
int fake_smtp_port(const struct fake_smtp *fake);
void fake_smtp_stop(struct fake_smtp *fake);

/* answer: "451 4.7.1 later", or "" to close the connection there; NULL: well again. times: how often
 * (negative: always). */
void fake_smtp_set(struct fake_smtp *fake, enum fake_smtp_at at, const char *answer, int times);

size_t fake_smtp_count(struct fake_smtp *fake); /* messages that arrived whole */
size_t fake_smtp_connections(struct fake_smtp *fake);
/* A copy of the message in cx->mem, as it came; index 0 is the first. */
char *fake_smtp_message(struct fake_smtp *fake, struct ctx *cx, size_t index);
