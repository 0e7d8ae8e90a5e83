/* fuzz_import.c - a file of people or devices as it comes in: from bytes to what is kept of its
 * rows. What is kept must be clean text within its limits, and must be read back as it was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/ctx.h"
#include "base/text.h"
#include "domain/import_columns.h"
#include "domain/import_devices.h"
#include "domain/import_people.h"
#include "fuzz.h"

static void hold(bool is_true, const char *what)
{
	if (is_true)
		return;
	fprintf(stderr, "not so: %s\n", what);
	abort();
}

static void check_person(struct ctx *cx, const struct import_row *row)
{
	struct person_input in;
	hold(row->row_key && *row->row_key, "a good row has a key");
	hold(person_input_from_json(cx, row->data_json, &in) == OK, "what is kept is JSON");
	hold(in.user_name && strlen(in.user_name) <= PERSON_NAME_MAX, "the user name is in bounds");
	hold(!in.email || !*in.email || text_is_email(in.email), "the e-mail is an address");
	hold(text_equal(person_input_to_json(cx, &in), row->data_json),
		"JSON and back is the same");
}

static void check_row(
	struct ctx *cx, const struct import_columns *columns, const struct csv_record *record)
{
	struct import_row row = { 0 };
	bool is_people = columns->kind == IMPORT_PEOPLE;
	enum err e = is_people ? import_person_read(cx, columns, record, &row)
	                       : import_device_read(cx, columns, record, &row);
	if (e) {
		hold(e == ERR_INVALID && cx->error.sentence, "a bad row says why");
		return;
	}
	hold(text_is_clean(row.data_json, strlen(row.data_json), false), "what is kept is clean");
	if (is_people)
		check_person(cx, &row);
}

static void read_all(struct ctx *cx, enum import_kind kind, FILE *file)
{
	struct csv *csv;
	struct csv_record record;
	struct import_columns columns;
	if (csv_open(cx, file, &csv))
		return;
	if (csv_next(csv, cx, &record) == OK &&
		import_columns_read(cx, kind, &record, &columns) == OK)
		while (csv_next(csv, cx, &record) == OK)
			if (!record.problem)
				check_row(cx, &columns, &record);
	csv_close(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	FILE *file = length ? fmemopen((void *)bytes, length, "rb") : NULL;
	if (!file)
		return 0;
	for (int kind = IMPORT_PEOPLE; kind <= IMPORT_DEVICES; kind++) {
		CTX_AUTO(cx);
		rewind(file);
		read_all(&cx, (enum import_kind)kind, file);
	}
	fclose(file);
	return 0;
}
