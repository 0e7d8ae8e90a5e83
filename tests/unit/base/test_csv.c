#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "base/csv.h"
#include "base/ctx.h"
#include "base/secret.h"

/* Records are written "field|field" and end with a newline; a record with a problem is "!line". */
static void read_all(struct ctx *cx, struct csv *csv, char *out, size_t size)
{
	FILE *to = fmemopen(out, size, "w");
	struct csv_record record;
	enum err e;
	while ((e = csv_next(csv, cx, &record)) == OK) {
		if (record.problem) {
			fprintf(to, "!%lld\n", (long long)record.line);
			continue;
		}
		for (size_t i = 0; i < record.count; i++)
			fprintf(to, "%s%s", i ? "|" : "", record.fields[i]);
		fputc('\n', to);
	}
	assert_int_equal(e, ERR_NOT_FOUND);
	fclose(to);
}

static const struct {
	const char *name;
	const char *bytes;
	size_t length; /* 0: strlen */
	char delimiter;
	const char *expected;
} records[] = {
	{ "plain", "a,b\nc,d\n", 0, ',', "a|b\nc|d\n" },
	{ "no newline at the end", "a,b\nc,d", 0, ',', "a|b\nc|d\n" },
	{ "carriage returns and newlines", "a,b\r\nc,d\r\n", 0, ',', "a|b\nc|d\n" },
	{ "carriage returns alone", "a,b\rc,d\r", 0, ',', "a|b\nc|d\n" },
	{ "byte-order mark",
		"\xef\xbb\xbf"
		"a,b\n",
		0, ',', "a|b\n" },
	{ "semicolons with commas inside", "a;b;c\n1,5;2;3\n", 0, ';', "a|b|c\n1,5|2|3\n" },
	{ "tabs", "a\tb\n1\t2\n", 0, '\t', "a|b\n1|2\n" },
	{ "sep line", "sep=;\na;b,c\n", 0, ';', "a|b,c\n" },
	{ "newline in quotes", "a,b\n\"one\ntwo\",3\n", 0, ',', "a|b\none\ntwo|3\n" },
	{ "doubled quotes", "\"say \"\"hi\"\"\",b\n", 0, ',', "say \"hi\"|b\n" },
	{ "empty fields", "a,,c\n,,x\n", 0, ',', "a||c\n||x\n" },
	{ "quote inside a field is text", "5\" disk,b\n", 0, ',', "5\" disk|b\n" },
	{ "blank lines and rows of nothing", "a,b\n\n,,,\n\r\nc,d\n", 0, ',', "a|b\nc|d\n" },
	{ "names in several scripts", "Zo\xc3\xab,\xe6\x9d\x8e\xe5\xa8\x9c\n", 0, ',',
		"Zo\xc3\xab|\xe6\x9d\x8e\xe5\xa8\x9c\n" },
	{ "unterminated quote goes on after its line", "a,b\n\"c,d\ne,f\n", 0, ',',
		"a|b\n!2\ne|f\n" },
	{ "text after the closing quote", "a,b\n\"c\"x,d\ne,f\n", 0, ',', "a|b\n!2\ne|f\n" },
	{ "Latin-1 is not UTF-8", "a,b\nZo\xeb,d\ne,f\n", 0, ',', "a|b\n!2\ne|f\n" },
	{ "UTF-16LE",
		"\xff\xfe"
		"a\0,\0\xe9\0\n\0",
		10, ',', "a|\xc3\xa9\n" },
	{ "UTF-16BE with a pair",
		"\xfe\xff"
		"\0a\0,\xd8\x3d\xde\x00\0\n",
		12, ',', "a|\xf0\x9f\x98\x80\n" },
	{ "UTF-16 with half a pair",
		"\xff\xfe"
		"a\0\n\0\x3d\xd8\n\0b\0\n\0",
		14, ',', "a\n!2\nb\n" },
};

static void test_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(records); i++) {
		CTX_AUTO(cx);
		size_t length = records[i].length ? records[i].length : strlen(records[i].bytes);
		FILE *file = fmemopen((void *)(uintptr_t)records[i].bytes, length, "r");
		struct csv *csv = NULL;
		char out[512] = "";
		print_message("%s\n", records[i].name);
		assert_int_equal(csv_open(&cx, file, &csv), OK);
		assert_int_equal(csv_delimiter(csv), records[i].delimiter);
		read_all(&cx, csv, out, sizeof(out));
		assert_string_equal(out, records[i].expected);
		csv_close(csv);
		fclose(file);
	}
}

static const struct {
	const char *name, *bytes;
	size_t length;
	const char *reason;
} refused[] = {
	{ "empty", "", 0, "csv.empty" },
	{ "only a mark", "\xef\xbb\xbf", 3, "csv.empty" },
	{ "PDF", "%PDF-1.7 and so on", 18, "csv.not_text" },
	{ "XLSX", "PK\x03\x04\x14\0\x06\0", 8, "csv.not_text" },
	{ "NUL bytes", "a,b\0c", 5, "csv.not_text" },
	{ "HTML", "<!DOCTYPE html><p>", 18, "csv.not_text" },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		CTX_AUTO(cx);
		FILE *file = tmpfile();
		fwrite(refused[i].bytes, 1, refused[i].length, file);
		rewind(file);
		struct csv *csv = NULL;
		print_message("%s\n", refused[i].name);
		assert_int_equal(csv_open(&cx, file, &csv), ERR_INVALID);
		assert_string_equal(cx.error.reason, refused[i].reason);
		fclose(file);
	}
}

/* A file much larger than the buffer, with a quote that nobody closes in the middle. */
static void test_large_file_with_an_open_quote(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	FILE *file = tmpfile();
	for (int i = 1; i <= 20000; i++)
		fprintf(file, i == 10000 ? "\"row %d,open\n" : "row %d,closed\n", i);
	rewind(file);
	struct csv *csv = NULL;
	assert_int_equal(csv_open(&cx, file, &csv), OK);
	struct csv_record record;
	int64_t line = 0;
	while (csv_next(csv, &cx, &record) == OK) {
		line++;
		assert_int_equal(record.line, line);
		assert_int_equal(record.problem != NULL, line == 10000);
		if (!record.problem) {
			char expected[32];
			snprintf(expected, sizeof(expected), "row %lld", (long long)line);
			assert_string_equal(record.fields[0], expected);
		}
	}
	assert_int_equal(line, 20000);
	csv_close(csv);
	fclose(file);
}

static void test_limits(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	FILE *file = tmpfile();
	fputs("head,er\n", file);
	for (int i = 0; i < CSV_MAX_FIELD_BYTES; i++)
		fputc('x', file);
	fputs(",fits\n", file);
	for (int i = 0; i <= CSV_MAX_FIELD_BYTES; i++)
		fputc('y', file);
	fputs(",too long\n", file);
	for (int i = 0; i < CSV_MAX_FIELDS + 1; i++)
		fputs("z,", file);
	fputc('\n', file);
	for (int i = 0; i < 200000; i++)
		fputs("one endless line ", file);
	fputs("\nlast,row\n", file);
	rewind(file);
	static const bool is_bad[] = { false, false, true, true, true, false };
	struct csv *csv = NULL;
	assert_int_equal(csv_open(&cx, file, &csv), OK);
	for (size_t i = 0; i < COUNT(is_bad); i++) {
		struct csv_record record;
		assert_int_equal(csv_next(csv, &cx, &record), OK);
		assert_int_equal(record.line, (int64_t)i + 1);
		assert_int_equal(record.problem != NULL, is_bad[i]);
	}
	struct csv_record none;
	assert_int_equal(csv_next(csv, &cx, &none), ERR_NOT_FOUND);
	csv_close(csv);
	fclose(file);
}

int main(void)
{
	secret_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_large_file_with_an_open_quote),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
