#include "http/csv.h"

#include "base/buf.h"
#include "base/text.h"

void csv_cell(struct buf *out, const char *s, bool is_first)
{
	buf_puts(out, is_first ? "\"" : ",\"");
	if (s && text_is_formula(s))
		buf_putc(out, '\'');
	for (; s && *s; s++) {
		if (*s == '"')
			buf_putc(out, '"');
		buf_putc(out, *s);
	}
	buf_putc(out, '"');
}

void csv_line_end(struct buf *out)
{
	buf_puts(out, "\r\n");
}

void csv_broke_off(struct buf *out)
{
	csv_cell(out, "The export broke off here: the database failed. Try again.", true);
	csv_line_end(out);
}
