/* csv.h - a reader of comma-separated files as people really have them.
 *
 * RFC 4180 quoting with newlines inside quotes; CRLF, LF or CR; a byte-order mark; UTF-8, or
 * UTF-16LE/BE with a mark; the delimiter is found among , ; TAB from the first record. Memory is
 * bounded: a field of at most CSV_MAX_FIELD_BYTES, a record of at most CSV_MAX_FIELDS fields. The
 * reader streams from a FILE, so that a file may be larger than memory.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

struct ctx;
struct csv;

#define CSV_MAX_FIELDS      64
#define CSV_MAX_FIELD_BYTES 8192

struct csv_record {
	int64_t line; /* where the record starts, from 1 */
	size_t count;
	const char **fields; /* UTF-8, trimmed of nothing; valid until the next csv_next */
	/* NULL, or what is wrong with this record ("the quote that opens in line 7 is not closed");
	 * fields must not be used then. Reading may go on after it. */
	const char *problem;
};

/* Does not take the file over. ERR_INVALID "csv.not_text" when the first bytes are not text (NUL
 * bytes, PDF, ZIP or XLSX signatures), "csv.empty" when there is nothing. */
must_check enum err csv_open(struct ctx *cx, FILE *file, struct csv **ret_csv);
void csv_close(struct csv *csv); /* accepts NULL */

/* ERR_NOT_FOUND (without detail) at the end of the file, ERR_IO. Blank lines are skipped. */
must_check enum err csv_next(struct csv *csv, struct ctx *cx, struct csv_record *ret_record);

char csv_delimiter(const struct csv *csv);
