/* handover_log.h - how far a courier came with the messages that it took together.
 *
 * Their rows all say "sending", because one transaction a message would be most of what a large job
 * costs. So that a kill leaves one message in doubt and not all of them, the courier writes here which
 * it took, and of each when it begins and what the server answered. A file a courier, in the data folder,
 * written without a flush: it survives the end of the process. After an end of the machine it may lack its
 * last lines, and is not believed (it names the boot it was written in).
 */
#pragma once

#include <stddef.h>

#include "domain/invitation_queue.h"

struct ctx;

/* What the couriers of the last process left, in cx->mem. Files that are missing, of another boot, or not
 * ours are as if empty: what was being sent is then in doubt. */
const struct handover_memory *handover_memory_read(
	struct ctx *cx, const char *folder, size_t couriers);
/* A delivery_recall. */
enum delivery_outcome handover_recall(const void *memory, const char *message_id);

struct handover_log;

/* Opens the file of a courier and empties it, once what it remembered is settled. ERR_IO. */
must_check enum err handover_log_open(
	struct ctx *cx, const char *folder, size_t courier, struct handover_log **ret_log);
void handover_log_close(struct handover_log *log); /* accepts NULL */

/* Before any of them begins. ERR_IO: none may be begun. */
must_check enum err handover_log_taken(
	struct handover_log *log, struct ctx *cx, const struct delivery *deliveries, size_t count);
/* Before the first byte of one leaves. ERR_IO: it may not be begun. */
must_check enum err handover_log_begun(
	struct handover_log *log, struct ctx *cx, const char *message_id);
/* After the server's answer, which ends the doubt unless it is DELIVERY_UNKNOWN. A failure is no error:
 * the message is then in doubt, as it was. */
void handover_log_answered(struct handover_log *log, struct ctx *cx, const char *message_id,
	enum delivery_outcome outcome);
/* What came of them is in the database. */
void handover_log_forget(struct handover_log *log);
