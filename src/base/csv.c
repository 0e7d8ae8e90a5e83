/* Bytes of the file are decoded to UTF-8 into one buffer that always holds the whole of the record
 * being read, because a quote that is never closed can only be noticed far behind the place where
 * it was opened: reading then goes back and on with the line after it. */
#include "base/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"

#define RECORD_BYTES (64 * 1024)
#define READ_BYTES   (16 * 1024)
/* One byte of UTF-16 becomes at most one and a half of UTF-8. */
#define BUFFER_BYTES (RECORD_BYTES + 3 * READ_BYTES)

enum encoding { UTF8, UTF16_LE, UTF16_BE };

struct csv {
	FILE *file;
	enum encoding encoding;
	char delimiter;
	bool is_at_end;       /* the file has been read to its end */
	bool has_failed;      /* ... by a read error */
	unsigned char odd[4]; /* bytes of a UTF-16 character that is not whole yet */
	size_t odd_count;
	size_t start, end; /* what is decoded and not used yet */
	int64_t line;
	const char *fields[CSV_MAX_FIELDS];
	char buffer[BUFFER_BYTES];
	char out[RECORD_BYTES + CSV_MAX_FIELDS + 1];
};

static void put_utf8(struct csv *csv, uint32_t c)
{
	char *to = csv->buffer + csv->end;
	if (c < 0x80) {
		to[0] = (char)c;
		csv->end += 1;
	} else if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 63));
		csv->end += 2;
	} else if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 63));
		to[2] = (char)(0x80 | (c & 63));
		csv->end += 3;
	} else {
		to[0] = (char)(0xf0 | c >> 18);
		to[1] = (char)(0x80 | (c >> 12 & 63));
		to[2] = (char)(0x80 | (c >> 6 & 63));
		to[3] = (char)(0x80 | (c & 63));
		csv->end += 4;
	}
}

static uint32_t unit(const struct csv *csv, const unsigned char *b)
{
	return csv->encoding == UTF16_LE ? (uint32_t)(b[0] | b[1] << 8)
	                                 : (uint32_t)(b[0] << 8 | b[1]);
}

/* A half of a pair that stands alone comes out as a surrogate, which is not valid UTF-8: the
 * record that holds it is then reported. */
static void decode_utf16(struct csv *csv, const unsigned char *bytes, size_t count)
{
	size_t i = 0;
	while (count - i >= 2) {
		uint32_t c = unit(csv, bytes + i);
		bool is_high = c >= 0xd800 && c < 0xdc00;
		if (is_high && count - i < 4 && !csv->is_at_end)
			break;
		uint32_t low = is_high && count - i >= 4 ? unit(csv, bytes + i + 2) : 0;
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		i += 2;
		put_utf8(csv, c);
	}
	csv->odd_count = count - i;
	memcpy(csv->odd, bytes + i, csv->odd_count);
}

/* Reads on until the buffer holds RECORD_BYTES or the file ends. */
static void fill(struct csv *csv)
{
	if (csv->end - csv->start >= RECORD_BYTES || csv->is_at_end)
		return;
	memmove(csv->buffer, csv->buffer + csv->start, csv->end - csv->start);
	csv->end -= csv->start;
	csv->start = 0;
	while (csv->end < RECORD_BYTES && !csv->is_at_end) {
		unsigned char bytes[READ_BYTES + sizeof(csv->odd)];
		memcpy(bytes, csv->odd, csv->odd_count);
		size_t n = fread(bytes + csv->odd_count, 1, READ_BYTES, csv->file);
		csv->is_at_end = n < READ_BYTES;
		csv->has_failed = ferror(csv->file) != 0;
		if (csv->encoding == UTF8) {
			memcpy(csv->buffer + csv->end, bytes, n);
			csv->end += n;
		} else {
			decode_utf16(csv, bytes, csv->odd_count + n);
		}
	}
}

static void find_encoding(struct csv *csv)
{
	unsigned char mark[3];
	size_t n = fread(mark, 1, sizeof(mark), csv->file);
	if (n == 3 && memcmp(mark, "\xef\xbb\xbf", 3) == 0)
		return;
	if (n >= 2 && memcmp(mark, "\xff\xfe", 2) == 0)
		csv->encoding = UTF16_LE;
	else if (n >= 2 && memcmp(mark, "\xfe\xff", 2) == 0)
		csv->encoding = UTF16_BE;
	if (csv->encoding == UTF8) {
		memcpy(csv->buffer, mark, n);
		csv->end = n;
	} else if (n == 3) {
		csv->odd[0] = mark[2];
		csv->odd_count = 1;
	}
	csv->is_at_end = n < sizeof(mark);
}

static bool is_text(const struct csv *csv)
{
	static const char *const others[] = { "%PDF", "PK\x03\x04", "PK\x05\x06",
		"\xd0\xcf\x11\xe0", "\x1f\x8b", "\x89PNG", "\xff\xd8\xff", "{\\rtf", "<!DOCTYPE",
		"<!doctype", "<html", "<?xml" };
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		size_t length = strlen(others[i]);
		if (csv->end >= length && memcmp(csv->buffer, others[i], length) == 0)
			return false;
	}
	for (size_t i = 0; i < csv->end; i++) {
		unsigned char c = (unsigned char)csv->buffer[i];
		if (c < 0x20 && c != '\t' && c != '\r' && c != '\n' && c != '\f')
			return false;
	}
	return true;
}

/* Of the first line that holds anything, outside of quotes: the one there is most of. */
static char find_delimiter(const struct csv *csv)
{
	static const char candidates[] = ",;\t";
	size_t counts[3] = { 0 };
	bool is_quoted = false, has_text = false;
	for (size_t i = csv->start; i < csv->end; i++) {
		char c = csv->buffer[i];
		if (c == '"')
			is_quoted = !is_quoted;
		if ((c == '\n' || c == '\r') && !is_quoted && has_text)
			break;
		has_text = has_text || (c != '\n' && c != '\r' && c != ' ');
		const char *found = c ? strchr(candidates, c) : NULL;
		if (found && !is_quoted)
			counts[found - candidates]++;
	}
	size_t best = 0;
	for (size_t i = 1; i < 3; i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

/* "sep=;" alone in the first line is how people tell Excel the delimiter. */
static bool take_separator_line(struct csv *csv)
{
	const char *at = csv->buffer + csv->start;
	size_t left = csv->end - csv->start;
	if (left < 6 || strncasecmp(at, "sep=", 4) != 0 || (at[5] != '\r' && at[5] != '\n'))
		return false;
	csv->delimiter = at[4];
	csv->start += left > 6 && at[5] == '\r' && at[6] == '\n' ? 7 : 6;
	csv->line++;
	return true;
}

enum err csv_open(struct ctx *cx, FILE *file, struct csv **ret_csv)
{
	struct csv *csv = calloc(1, sizeof(*csv));
	if (!csv)
		abort();
	csv->file = file;
	csv->line = 1;
	find_encoding(csv);
	fill(csv);
	enum err e = OK;
	if (csv->has_failed)
		e = err_set(cx, ERR_IO, "csv.read", "The file cannot be read.");
	else if (csv->end == 0)
		e = err_set(cx, ERR_INVALID, "csv.empty", "The file is empty.");
	else if (!is_text(csv))
		e = err_set(cx, ERR_INVALID, "csv.not_text",
			"This is not a CSV file: it begins like another kind of file. Save the "
			"table as "
			"\"CSV UTF-8\" and upload that.");
	if (e) {
		csv_close(csv);
		return e;
	}
	if (!take_separator_line(csv))
		csv->delimiter = find_delimiter(csv);
	*ret_csv = csv;
	return OK;
}

void csv_close(struct csv *csv)
{
	free(csv);
}

char csv_delimiter(const struct csv *csv)
{
	return csv->delimiter;
}

/* Where a record is being read. */
struct reader {
	const char *at, *end; /* of the decoded text */
	char *out;            /* where the next byte of a field goes */
	int64_t lines;        /* newlines passed */
	bool has_text;
	const char *problem;
};

static bool is_newline(char c)
{
	return c == '\n' || c == '\r';
}

static void pass_newline(struct reader *r)
{
	r->at += *r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n' ? 2 : 1;
	r->lines++;
}

static void read_quoted(struct csv *csv, struct ctx *cx, struct reader *r)
{
	int64_t opened = csv->line + r->lines;
	r->at++;
	for (;;) {
		if (r->at == r->end) {
			r->problem = arena_printf(cx->mem,
				"The quote that opens in line %lld is not closed.",
				(long long)opened);
			return;
		}
		if (*r->at == '"' && (r->at + 1 == r->end || r->at[1] != '"'))
			break;
		if (is_newline(*r->at)) {
			const char *from = r->at;
			pass_newline(r);
			r->out = mempcpy(r->out, from, (size_t)(r->at - from));
			continue;
		}
		r->at += *r->at == '"';
		*r->out++ = *r->at++;
	}
	r->at++;
	while (r->at < r->end && *r->at == ' ')
		r->at++;
	if (r->at < r->end && *r->at != csv->delimiter && !is_newline(*r->at))
		r->problem = arena_printf(cx->mem,
			"There is text after the closing quote in line %lld. Quotes inside a "
			"quoted "
			"field are written twice.",
			(long long)(csv->line + r->lines));
}

/* One field; the delimiter or newline behind it is not taken. */
static void read_field(struct csv *csv, struct ctx *cx, struct reader *r)
{
	const char *from = r->out;
	if (r->at < r->end && *r->at == '"') {
		read_quoted(csv, cx, r);
		r->has_text = true;
	} else {
		while (r->at < r->end && *r->at != csv->delimiter && !is_newline(*r->at))
			*r->out++ = *r->at++;
	}
	size_t length = (size_t)(r->out - from);
	if (!r->problem && length > CSV_MAX_FIELD_BYTES)
		r->problem = arena_printf(
			cx->mem, "A field is longer than %d bytes.", CSV_MAX_FIELD_BYTES);
	else if (!r->problem && !text_is_clean(from, length, true))
		r->problem = "The line holds bytes that are not UTF-8 text. Save the file as "
			     "\"CSV UTF-8\".";
	r->has_text = r->has_text || length;
	*r->out++ = 0;
}

static void read_record(struct csv *csv, struct ctx *cx, struct reader *r, size_t *ret_count)
{
	size_t count = 0;
	for (;;) {
		if (count == CSV_MAX_FIELDS) {
			r->problem = arena_printf(
				cx->mem, "The line has more than %d fields.", CSV_MAX_FIELDS);
			return;
		}
		csv->fields[count++] = r->out;
		read_field(csv, cx, r);
		if (r->problem)
			return;
		if (r->at == r->end || *r->at != csv->delimiter)
			break;
		r->at++;
	}
	if (r->at < r->end)
		pass_newline(r);
	*ret_count = count;
}

/* After a problem: to the line behind the one where the record starts. */
static void skip_line(struct csv *csv)
{
	for (;;) {
		const char *at = csv->buffer + csv->start, *end = csv->buffer + csv->end;
		while (at < end && !is_newline(*at))
			at++;
		csv->start = (size_t)(at - csv->buffer);
		if (at < end || csv->is_at_end)
			break;
		fill(csv);
	}
	fill(csv);
	if (csv->start == csv->end)
		return;
	struct reader r = { .at = csv->buffer + csv->start, .end = csv->buffer + csv->end };
	pass_newline(&r);
	csv->start = (size_t)(r.at - csv->buffer);
	csv->line++;
}

enum err csv_next(struct csv *csv, struct ctx *cx, struct csv_record *ret_record)
{
	for (;;) {
		fill(csv);
		if (csv->has_failed)
			return err_set(
				cx, ERR_IO, "csv.read", "The file cannot be read to its end.");
		if (csv->start == csv->end)
			return ERR_NOT_FOUND;
		size_t limit = csv->end - csv->start;
		bool is_cut = limit > RECORD_BYTES;
		if (is_cut)
			limit = RECORD_BYTES;
		const char *from = csv->buffer + csv->start;
		struct reader r = { .at = from, .end = from + limit, .out = csv->out };
		struct csv_record record = { .line = csv->line, .fields = csv->fields };
		read_record(csv, cx, &r, &record.count);
		is_cut = is_cut || !csv->is_at_end;
		if (!r.problem && r.at == r.end && is_cut && !is_newline(r.at[-1]))
			r.problem = "The line is too long.";
		record.problem = r.problem;
		if (r.problem) {
			skip_line(csv);
		} else {
			csv->start += (size_t)(r.at - from);
			csv->line += r.lines;
		}
		/* Rows without any text, as spreadsheets leave them at the end, are blank lines. */
		if (!r.problem && !r.has_text)
			continue;
		*ret_record = record;
		return OK;
	}
}
