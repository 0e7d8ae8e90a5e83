/* scratch.h - rows put in any order and read back in the order of their keys: on disk beside the
 * database, gone with the process, and never more than a few MiB of memory.
 *
 * A file of SQLite whatever the database is, without a name as soon as it is open. Nothing of it is
 * flushed: what must outlive the process belongs in the database. One thread at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db_scratch;

#define DB_SCRATCH_TEXTS 4

/* Of rows with the same key the one with the highest rank counts, of equal ones the last. */
struct db_scratch_row {
	const char *key;
	int64_t rank;
	const char *texts[DB_SCRATCH_TEXTS]; /* NULL: none */
};

/* ERR_IO "scratch.open". */
must_check enum err db_scratch_open(
	struct ctx *cx, const char *folder, struct db_scratch **ret_scratch);
void db_scratch_close(struct db_scratch *s); /* accepts NULL */

/* ERR_DB "db.full" and its like from here on. */
must_check enum err db_scratch_put(
	struct db_scratch *s, struct ctx *cx, const struct db_scratch_row *row);
/* ERR_NOT_FOUND without detail. The texts are in cx->mem. */
must_check enum err db_scratch_find(
	struct db_scratch *s, struct ctx *cx, const char *key, struct db_scratch_row *ret_row);

/* While rows are still put: the next at most limit rows that are done with being sorted, each once, in
 * the order of their keys within a part. Texts are in cx->mem. 0 rows: none at the moment. A row of the
 * last answer may be taken out, so that it is not given back again. */
must_check enum err db_scratch_part(struct db_scratch *s, struct ctx *cx, size_t limit,
	struct db_scratch_row *ret_rows, size_t *ret_count);
must_check enum err db_scratch_take_out(struct db_scratch *s, struct ctx *cx, const char *key);

/* From the smallest key (memcmp) on; nothing may be put any more. */
must_check enum err db_scratch_rewind(struct db_scratch *s, struct ctx *cx);
/* ERR_NOT_FOUND without detail at the end. The row lives until the next call. */
must_check enum err db_scratch_next(
	struct db_scratch *s, struct ctx *cx, struct db_scratch_row *ret_row);
