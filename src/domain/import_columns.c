#include "domain/import_columns.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "domain/import_headings.h"

static const char *const field_names[IMPORT_FIELDS] = {
	[FIELD_USER_NAME] = "user_name",
	[FIELD_EMAIL] = "email",
	[FIELD_DISPLAY_NAME] = "display_name",
	[FIELD_FIRST_NAME] = "first_name",
	[FIELD_LAST_NAME] = "last_name",
	[FIELD_ACCOUNT] = "managed_apple_account",
	[FIELD_DEPARTMENT] = "department",
	[FIELD_GROUPS] = "groups",
	[FIELD_LANGUAGE] = "language",
	[FIELD_ACTIVE] = "active",
	[FIELD_BLOCKED] = "blocked",
	[FIELD_SERIALS] = "serials",
	[FIELD_SERIAL] = "serial_number",
	[FIELD_PLATFORM] = "platform",
	[FIELD_MODEL] = "model",
	[FIELD_DEVICE_NAME] = "name",
	[FIELD_OS_VERSION] = "os_version",
	[FIELD_UDID] = "udid",
	[FIELD_ENROLMENT] = "enrolment_type",
	[FIELD_STATE] = "state",
	[FIELD_USER] = "user",
	[FIELD_USER_EMAIL] = "user_email",
};

static enum err refuse_no_key(
	struct ctx *cx, enum import_kind kind, const struct csv_record *header)
{
	BUF_AUTO(names, 400);

	for (size_t i = 0; i < header->count && !names.is_full; i++)
		buf_printf(&names, "%s\"%.40s\"", i ? ", " : "", header->fields[i]);
	if (kind == IMPORT_PEOPLE)
		return err_set(cx, ERR_INVALID, "csv.no_key_column",
			"No column of the file holds the user name. Its first row must name the "
			"columns, and one of them user_name, \"User ID\", \"Username\", "
			"userPrincipalName, Login or Benutzername. Found: %s.",
			names.bytes);
	return err_set(cx, ERR_INVALID, "csv.no_key_column",
		"No column of the file holds the serial number. Its first row must name the "
		"columns, and one of them serial_number, \"Serial Number\", Serial or "
		"Seriennummer. Found: %s.",
		names.bytes);
}

static enum import_field key_of(enum import_kind kind)
{
	return kind == IMPORT_PEOPLE ? FIELD_USER_NAME : FIELD_SERIAL;
}

const char *const *import_columns_fields(enum import_kind kind, size_t *ret_count)
{
	*ret_count = kind == IMPORT_PEOPLE ? FIELD_SERIAL : IMPORT_FIELDS - FIELD_SERIAL;
	return field_names + (kind == IMPORT_PEOPLE ? FIELD_USER_NAME : FIELD_SERIAL);
}

const char *import_columns_key(enum import_kind kind)
{
	return field_names[key_of(kind)];
}

const char *import_columns_field_at(const struct import_columns *columns, size_t at)
{
	for (size_t f = 0; f < IMPORT_FIELDS; f++) {
		if (columns->column[f] == (int)at)
			return field_names[f];
	}
	return NULL;
}

enum err import_columns_check(struct ctx *cx, const struct csv_record *header)
{
	const char *first = header->problem ? "" : text_trim(cx->mem, header->fields[0]);

	if (header->problem)
		return err_set(cx, ERR_INVALID, "csv.header",
			"The first row, which must name the columns, cannot be read: %s",
			header->problem);
	if (*first == '{' || *first == '[' || *first == '<')
		return err_set(cx, ERR_INVALID, "csv.not_text",
			"This is not a CSV file: it begins like JSON or a web page. Save the table "
			"as \"CSV UTF-8\" and upload that.");
	return OK;
}

const char *import_columns_heading(struct ctx *cx, const struct csv_record *header)
{
	char hash[SECRET_HASH_HEX];
	BUF_AUTO(row, CSV_MAX_FIELDS * (CSV_MAX_FIELD_BYTES + 8));

	for (size_t i = 0; i < header->count; i++) {
		const char *name = text_fold(cx->mem, text_trim(cx->mem, header->fields[i]));

		buf_printf(&row, "%zu:%s,", strlen(name), name);
	}
	secret_hash(row.bytes, row.length, hash);
	return arena_strdup(cx->mem, hash);
}

static const char *columns_json(
	struct ctx *cx, const struct import_columns *columns, const struct csv_record *header)
{
	struct json_writer w;
	BUF_AUTO(out, 64 * 1024);

	jw_init(&w, &out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < header->count; i++) {
		jw_object(&w, NULL);
		jw_str(&w, "header", text_readable(cx->mem, header->fields[i], 200));
		jw_str(&w, "field", import_columns_field_at(columns, i));
		jw_end_object(&w);
	}
	jw_end_array(&w);
	return arena_strdup(cx->mem, out.bytes);
}

static void begin(struct import_columns *c, enum import_kind kind, const struct csv_record *header)
{
	*c = (struct import_columns){ .kind = kind, .count = header->count };
	for (size_t f = 0; f < IMPORT_FIELDS; f++)
		c->column[f] = -1;
}

enum err import_columns_read(struct ctx *cx, enum import_kind kind, const struct csv_record *header,
	struct import_columns *ret_columns)
{
	enum err e = import_columns_check(cx, header);

	if (e)
		return e;
	begin(ret_columns, kind, header);
	e = import_headings_take(cx, header, ret_columns);
	if (!e && ret_columns->column[key_of(kind)] < 0)
		e = refuse_no_key(cx, kind, header);
	ret_columns->json = columns_json(cx, ret_columns, header);
	return e;
}

/* The field of a word; IMPORT_FIELDS when the kind has none of that name. */
static size_t find_field(enum import_kind kind, const char *word)
{
	size_t count;
	const char *const *names = import_columns_fields(kind, &count);

	for (size_t i = 0; i < count; i++) {
		if (!strcmp(names[i], word))
			return (size_t)key_of(kind) + i;
	}
	return IMPORT_FIELDS;
}

static enum err refuse_word(struct ctx *cx, enum import_kind kind, const struct csv_record *header,
	size_t at, const char *word)
{
	size_t count;
	const char *const *names = import_columns_fields(kind, &count);
	BUF_AUTO(list, 600);

	for (size_t i = 0; i < count; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
	return err_set_field(cx, ERR_INVALID, "import.column_field", "columns",
		"Column %zu (\"%.40s\") cannot be matched with \"%.40s\". A field is one of %s, or "
		"nothing when the column is not imported.",
		at + 1, at < header->count ? header->fields[at] : "", word, list.bytes);
}

static enum err take_word(struct ctx *cx, const struct csv_record *header, size_t at,
	const char *word, struct import_columns *c)
{
	size_t field = find_field(c->kind, word);

	if (!*word)
		return OK;
	if (field == IMPORT_FIELDS)
		return refuse_word(cx, c->kind, header, at, word);
	if (c->column[field] >= 0)
		return err_set_field(cx, ERR_INVALID, "import.column_taken", "columns",
			"%s is matched with two columns, %d (\"%.40s\") and %zu (\"%.40s\"). "
			"Choose one of them.",
			word, c->column[field] + 1, header->fields[c->column[field]], at + 1,
			header->fields[at]);
	c->column[field] = (int)at;
	return OK;
}

enum err import_columns_choose(struct ctx *cx, enum import_kind kind,
	const struct csv_record *header, const char *fields, struct import_columns *ret_columns)
{
	char *rest = arena_strdup(cx->mem, fields);
	size_t at = 0;
	enum err e = import_columns_check(cx, header);

	if (e)
		return e;
	begin(ret_columns, kind, header);
	for (char *word; !e && (word = strsep(&rest, ",")) != NULL; at++) {
		if (at < header->count)
			e = take_word(cx, header, at, text_trim(cx->mem, word), ret_columns);
	}
	if (!e && at != header->count)
		e = err_set_field(cx, ERR_INVALID, "import.columns_count", "columns",
			"The file has %zu columns, and %zu are matched. Say a field, or nothing, "
			"for "
			"each column in order.",
			header->count, at);
	if (!e && ret_columns->column[key_of(kind)] < 0)
		e = err_set_field(cx, ERR_INVALID, "import.no_key_chosen", "columns",
			"No column is matched with %s, by which each row is known. Choose the "
			"column "
			"that holds it.",
			import_columns_key(kind));
	ret_columns->json = columns_json(cx, ret_columns, header);
	return e;
}

const char *import_cell(struct arena *a, const struct import_columns *columns,
	const struct csv_record *record, enum import_field field)
{
	int column = columns->column[field];
	const char *text;

	if (column < 0 || (size_t)column >= record->count)
		return NULL;
	text = text_trim(a, record->fields[column]);
	if (!*text)
		return NULL;
	if (!strcmp(text, "-"))
		return "";
	return text[0] == '\'' && text_is_formula(text + 1) ? text + 1 : text;
}
