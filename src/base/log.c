#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"

#define LINE_BYTES 8192

static const char *const level_names[] = { "debug", "info", "warning", "error" };
static enum log_level least = LOG_INFO; /* written by log_init alone, before threads begin */

void log_init(void)
{
	const char *wanted = getenv("POMONA_LOG");
	for (size_t i = 0; wanted && i < sizeof(level_names) / sizeof(*level_names); i++)
		if (strcmp(level_names[i], wanted) == 0)
			least = (enum log_level)i;
}

void log_event(enum log_level level, const char *event, const char *fields, ...)
{
	if (level < least)
		return;
	struct arena *a = arena_new();
	va_list args;
	va_start(args, fields);
	const char *text = arena_vprintf(a, fields, args);
	va_end(args);
	char *line = arena_printf(a, "%s %s %s%s%s", clock_rfc3339_ms(a, clock_now_ms()),
		level_names[level], event, *text ? " " : "", text);
	size_t length = strlen(line);
	if (length > LINE_BYTES)
		length = LINE_BYTES;
	for (size_t i = 0; i < length; i++)
		if (line[i] == '\n' || line[i] == '\r')
			line[i] = ' ';
	/* One write, so that the lines of several threads stay whole. */
	fprintf(stderr, "%.*s\n", (int)length, line);
	arena_free(a);
}

const char *log_quote(struct arena *a, const char *value)
{
	if (!value)
		return "-";
	BUF_AUTO(out, LINE_BYTES);
	buf_putc(&out, '"');
	for (const char *c = value; *c; c++) {
		if (*c == '"' || *c == '\\')
			buf_printf(&out, "\\%c", *c);
		else if (*c == '\n')
			buf_puts(&out, "\\n");
		else if ((unsigned char)*c < 0x20 || *c == 0x7f)
			buf_printf(&out, "\\x%02x", (unsigned char)*c);
		else
			buf_putc(&out, *c);
	}
	buf_putc(&out, '"');
	return arena_strdup(a, out.bytes);
}
