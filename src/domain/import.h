/* import.h - a file of people or devices: judged row by row, shown, then applied.
 *
 * A file is read once, in chunks; memory does not grow with it. Each row gets a verdict (add,
 * change, same, bad) with the reason, and nothing else is written until an admin applies the
 * import. Applying is a job of kind import; it judges each row again, because the world may have
 * moved since the preview. Absence from a file never deletes or deactivates anyone.
 * docs/design/import.md has the rules of the columns.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "store/imports.h"

struct app;
struct ctx;

#define IMPORT_MAX_ROWS   1000000
#define IMPORT_CHUNK_ROWS 500 /* in one transaction */

/* What is said of a file beside its bytes; both may be NULL. */
struct import_upload {
	const char *file_name;
	const char *fields; /* of the columns in order, as import_columns_choose wants them */
};

/* kind: "people" or "devices". Reads the whole file; *ret_import is in state preview. ERR_INVALID
 * import.kind, csv.empty, csv.not_text, csv.header, csv.no_key_column, csv.column_twice, and those of
 * import_columns_choose; ERR_LIMITED import.too_many_rows. A refused file leaves nothing behind. */
must_check enum err import_preview(struct app *app, struct ctx *cx, const char *kind, FILE *file,
	const struct import_upload *upload, struct import *ret_import);

/* What the audit trail says of an import. */
const char *import_describe(struct ctx *cx, const struct import *import);

/* Makes the job and rings app->import_wake. key and request_hash (NULL: none) are those of the
 * request: the same again gives the same job. ERR_CONFLICT import.applied, import.discarded,
 * import.reading, idempotency.other_request. */
must_check enum err import_apply(struct app *app, struct ctx *cx, int64_t import_id,
	const char *key, const char *request_hash, int64_t *ret_job_id);

/* Applies the next chunk of the oldest import that is being applied, in one transaction;
 * *ret_job_id is its job, or 0 when there is nothing to do. */
must_check enum err import_step(struct app *app, struct ctx *cx, int64_t *ret_job_id);
