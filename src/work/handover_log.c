#include "work/handover_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "base/text.h"

#define BOOT_ID    "/proc/sys/kernel/random/boot_id"
#define BOOT_BYTES 64
#define FILE_BYTES (64 * 1024)
#define LINE_BYTES 512
#define WORD_BYTES 8

/* --- the file ------------------------------------------------------------------------------- */

struct handover_log {
	int fd;
	char boot[BOOT_BYTES];
};

static const char *path_of(struct ctx *cx, const char *folder, size_t courier)
{
	return arena_printf(cx->mem, "%s/handover-%zu", folder, courier);
}

/* The bytes of a file up to a limit; "" when it cannot be read. */
static void read_file(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t length = fd < 0 ? -1 : read(fd, to, size - 1);
	to[length > 0 ? length : 0] = 0;
	if (fd >= 0)
		close(fd);
}

/* "": the kernel does not tell, so nothing that is written can be believed later. */
static void read_boot(char to[static BOOT_BYTES])
{
	read_file(BOOT_ID, to, BOOT_BYTES);
	to[strcspn(to, "\n")] = 0;
}

static enum err failed(struct ctx *cx)
{
	return err_set(cx, ERR_IO, "handover.write",
		"How far messages came cannot be written to the data folder: %s.", strerror(errno));
}

enum err handover_log_open(
	struct ctx *cx, const char *folder, size_t courier, struct handover_log **ret_log)
{
	int fd = open(path_of(cx, folder, courier),
		O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return failed(cx);
	struct handover_log *log = calloc(1, sizeof(*log));
	if (!log)
		abort();
	log->fd = fd;
	read_boot(log->boot);
	*ret_log = log;
	return OK;
}

void handover_log_close(struct handover_log *log)
{
	if (!log)
		return;
	close(log->fd);
	free(log);
}

static enum err append(struct handover_log *log, struct ctx *cx, const char *bytes, size_t length)
{
	return write(log->fd, bytes, length) == (ssize_t)length ? OK : failed(cx);
}

enum err handover_log_taken(
	struct handover_log *log, struct ctx *cx, const struct delivery *deliveries, size_t count)
{
	if (ftruncate(log->fd, 0))
		return failed(cx);
	BUF_AUTO(lines, FILE_BYTES);
	buf_printf(&lines, "boot %s\n", log->boot);
	for (size_t i = 0; i < count; i++)
		buf_printf(&lines, "taken %s\n", deliveries[i].row.message_id);
	return append(log, cx, lines.bytes, lines.length);
}

enum err handover_log_begun(struct handover_log *log, struct ctx *cx, const char *message_id)
{
	const char *line = arena_printf(cx->mem, "begun %s\n", message_id);
	return append(log, cx, line, strlen(line));
}

void handover_log_answered(struct handover_log *log, struct ctx *cx, const char *message_id,
	enum delivery_outcome outcome)
{
	if (outcome == DELIVERY_UNKNOWN)
		return;
	const char *word = outcome == DELIVERY_SENT ? "sent" : "back";
	const char *line = arena_printf(cx->mem, "%s %s\n", word, message_id);
	enum err e = append(log, cx, line, strlen(line));
	(void)e; /* it stays in doubt, as it was */
}

void handover_log_forget(struct handover_log *log)
{
	/* Lines that stay are of messages that are settled, and nobody asks for them. */
	int failed_at = ftruncate(log->fd, 0);
	(void)failed_at;
}

/* --- what is remembered --------------------------------------------------------------------- */

struct memory_of_one {
	char *lines; /* whole ones only */
	struct memory_of_one *next;
};

struct handover_memory {
	struct memory_of_one *first;
};

const struct handover_memory *handover_memory_read(
	struct ctx *cx, const char *folder, size_t couriers)
{
	struct handover_memory *memory = ARENA_NEW(cx->mem, struct handover_memory);
	*memory = (struct handover_memory){ 0 };
	char boot[BOOT_BYTES];
	read_boot(boot);
	const char *first_line = arena_printf(cx->mem, "boot %s\n", boot);
	for (size_t i = 0; *boot && i < couriers; i++) {
		char *lines = arena_alloc(cx->mem, FILE_BYTES);
		read_file(path_of(cx, folder, i), lines, FILE_BYTES);
		char *last = strrchr(lines, '\n');
		if (!last || !text_starts_with(lines, first_line))
			continue;
		last[1] = 0;
		struct memory_of_one *one = ARENA_NEW(cx->mem, struct memory_of_one);
		*one = (struct memory_of_one){ .lines = lines, .next = memory->first };
		memory->first = one;
	}
	return memory;
}

/* Does a line say this word of the message? */
static bool says(const char *lines, const char *word, const char *message_id)
{
	char line[LINE_BYTES];
	int length = snprintf(line, sizeof(line), "\n%s %s\n", word, message_id);
	return length > 0 && (size_t)length < sizeof(line) && strstr(lines, line);
}

/* A message that came back may have been taken by another courier before the first one's file forgot it.
 * Of two files the one that is less sure counts. */
enum delivery_outcome handover_recall(const void *memory, const char *message_id)
{
	const struct handover_memory *m = memory;
	bool is_taken = false, is_sent = false;
	for (const struct memory_of_one *one = m->first; one && message_id; one = one->next) {
		bool is_here = says(one->lines, "sent", message_id);
		is_taken |= says(one->lines, "taken", message_id);
		is_sent |= is_here;
		if (says(one->lines, "begun", message_id) && !is_here &&
			!says(one->lines, "back", message_id))
			return DELIVERY_UNKNOWN;
	}
	if (is_sent)
		return DELIVERY_SENT;
	return is_taken ? DELIVERY_UNTRIED : DELIVERY_UNKNOWN;
}
