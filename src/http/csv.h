/* csv.h - the rows of a CSV file that a browser saves.
 *
 * Every cell is quoted; one that a spreadsheet would run as a formula gets a ' in front, which the
 * import takes off again. Lines end with CRLF.
 */
#pragma once

#include <stdbool.h>

struct buf;

/* Begins a file, so that spreadsheets read it as UTF-8. */
#define CSV_MARK "\xef\xbb\xbf"

/* NULL is an empty cell. */
void csv_cell(struct buf *out, const char *text, bool is_first);
void csv_line_end(struct buf *out);
/* The last line of a file that could not be made to its end. */
void csv_broke_off(struct buf *out);
