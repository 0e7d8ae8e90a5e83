/* log.h - one line per fact: time, level, event, then key=value pairs.
 *
 * Levels: error, someone must act; warning, look tomorrow; info, what an operator would tell a
 * colleague; debug, for us. Only doors (http/, work/, bin/, twin/) log; lower floors return errors.
 * Values are quoted and escaped here, so a line is always one line. Never log a secret, an invite
 * code, a token or a whole body.
 */
#pragma once

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Lines go to stderr. From POMONA_LOG=debug|info|warning|error; info when unset. */
void log_init(void);

/* fields is a printf format that yields `key=value` pairs:
 *   log_event(LOG_INFO, "job.done", "job=%" PRId64 " state=%s", id, state);
 * A value that may hold spaces or quotes goes through log_quote. */
void log_event(enum log_level level, const char *event, const char *fields, ...)
	__attribute__((format(printf, 3, 4)));

struct arena;
/* The value in quotes with escapes, in the arena; NULL gives "-". */
const char *log_quote(struct arena *a, const char *value);
