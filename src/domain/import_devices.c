#include "domain/import_devices.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/eligibility.h"
#include "store/devices.h"
#include "store/people.h"

#define SERIAL_LEAST 6
#define SERIAL_MOST  20
#define TEXT_MOST    200

struct word {
	const char *word;
	const char *state;
};

/* How consoles call what we call activated, pending and left; after import_plain. */
static const struct word state_words[] = {
	{ "activated", "activated" },
	{ "active", "activated" },
	{ "enrolled", "activated" },
	{ "managed", "activated" },
	{ "registered", "activated" },
	{ "supervised", "activated" },
	{ "connected", "activated" },
	{ "yes", "activated" },
	{ "true", "activated" },
	{ "aktiviert", "activated" },
	{ "aktiv", "activated" },
	{ "verwaltet", "activated" },
	{ "registriert", "activated" },
	{ "ja", "activated" },
	{ "pending", "pending" },
	{ "provisioned", "pending" },
	{ "assigned", "pending" },
	{ "invited", "pending" },
	{ "enrolling", "pending" },
	{ "notenrolled", "pending" },
	{ "notcontacted", "pending" },
	{ "ausstehend", "pending" },
	{ "nichtregistriert", "pending" },
	{ "left", "left" },
	{ "retired", "left" },
	{ "removed", "left" },
	{ "unenrolled", "left" },
	{ "deactivated", "left" },
	{ "inactive", "left" },
	{ "unmanaged", "left" },
	{ "wiped", "left" },
	{ "deleted", "left" },
	{ "no", "left" },
	{ "false", "left" },
	{ "nichtverwaltet", "left" },
	{ "deaktiviert", "left" },
	{ "entfernt", "left" },
	{ "nein", "left" },
};

/* Text columns of a device that are compared and kept as they are. */
static const struct {
	enum import_field field;
	size_t offset;
	const char *key; /* in JSON, and in words */
} plain_columns[] = {
	{ FIELD_MODEL, offsetof(struct device, model), "model" },
	{ FIELD_DEVICE_NAME, offsetof(struct device, name), "name" },
	{ FIELD_OS_VERSION, offsetof(struct device, os_version), "os_version" },
	{ FIELD_UDID, offsetof(struct device, udid), "udid" },
};
#define PLAIN_COLUMNS (sizeof(plain_columns) / sizeof(plain_columns[0]))

static enum err read_serial(struct ctx *cx, const char *text, const char **ret_serial)
{
	char *serial = arena_strdup(cx->mem, text);

	for (char *c = serial; *c; c++) {
		if (!isascii((unsigned char)*c) || !isalnum((unsigned char)*c))
			return err_set(cx, ERR_INVALID, "import.serial",
				"\"%.40s\" is not a serial number: it may hold letters and digits "
				"only%s.",
				text,
				strstr(text, "E+") ? " (a spreadsheet turned it into a number; "
						     "format the column as text)"
						   : "");
		*c = (char)toupper((unsigned char)*c);
	}
	if (strlen(serial) < SERIAL_LEAST || strlen(serial) > SERIAL_MOST)
		return err_set(cx, ERR_INVALID, "import.serial",
			"\"%.40s\" is not a serial number: it has %zu characters, not %d to %d.",
			text, strlen(serial), SERIAL_LEAST, SERIAL_MOST);
	*ret_serial = serial;
	return OK;
}

static enum err read_platform(struct ctx *cx, const char *text, struct json_writer *w)
{
	const char *platform;

	if (!text || !*text)
		return OK;
	platform = platform_name(text);
	if (!platform)
		return err_set(cx, ERR_INVALID, "import.platform",
			"The platform \"%.40s\" is not one of Apple's: iOS, iPadOS, macOS, tvOS, "
			"watchOS, visionOS.",
			text);
	jw_str(w, "platform", platform);
	return OK;
}

static enum err read_state(struct ctx *cx, const char *text, struct json_writer *w)
{
	const char *word;

	if (!text || !*text)
		return OK;
	word = import_plain(cx->mem, text);
	for (size_t i = 0; i < sizeof(state_words) / sizeof(state_words[0]); i++) {
		if (!strcmp(word, state_words[i].word)) {
			jw_str(w, "state", state_words[i].state);
			return OK;
		}
	}
	return err_set(cx, ERR_INVALID, "import.state_word",
		"The state \"%.40s\" is not known; write activated, pending or left.", text);
}

/* Nothing depends on it yet, so what is not known is not refused. */
static void read_enrolment(struct ctx *cx, const char *text, struct json_writer *w)
{
	const char *word;

	if (!text || !*text)
		return;
	word = import_plain(cx->mem, text);
	if (strstr(word, "account"))
		jw_str(w, "enrolment_type", "account_driven");
	else if (strstr(word, "user") || strstr(word, "benutzer") || strstr(word, "byod"))
		jw_str(w, "enrolment_type", "user");
	else if (strstr(word, "device") || strstr(word, "automated") || strstr(word, "dep") ||
		 strstr(word, "ade") || strstr(word, "gerat"))
		jw_str(w, "enrolment_type", "device");
	else
		jw_str(w, "enrolment_type", "unknown");
}

static enum err read_text(struct ctx *cx, const char *key, const char *text, struct json_writer *w)
{
	if (!text)
		return OK;
	if (strlen(text) > TEXT_MOST || !text_is_clean(text, strlen(text), false))
		return err_set(cx, ERR_INVALID, "import.text",
			"The %s is longer than %d bytes or has a line break in it.", key,
			TEXT_MOST);
	jw_str(w, key, text_nfc(cx->mem, text));
	return OK;
}

static enum err read_cells(struct ctx *cx, const struct import_columns *c,
	const struct csv_record *r, struct json_writer *w)
{
	struct arena *a = cx->mem;
	enum err e = read_platform(cx, import_cell(a, c, r, FIELD_PLATFORM), w);

	for (size_t i = 0; !e && i < PLAIN_COLUMNS; i++)
		e = read_text(
			cx, plain_columns[i].key, import_cell(a, c, r, plain_columns[i].field), w);
	if (!e)
		e = read_state(cx, import_cell(a, c, r, FIELD_STATE), w);
	if (!e)
		e = read_text(cx, "user", import_cell(a, c, r, FIELD_USER), w);
	if (!e)
		e = read_text(cx, "user_email", import_cell(a, c, r, FIELD_USER_EMAIL), w);
	read_enrolment(cx, import_cell(a, c, r, FIELD_ENROLMENT), w);
	return e;
}

enum err import_device_read(struct ctx *cx, const struct import_columns *columns,
	const struct csv_record *record, struct import_row *row)
{
	const char *text = import_cell(cx->mem, columns, record, FIELD_SERIAL);
	struct json_writer w;
	BUF_AUTO(out, 16 * 1024);
	enum err e;

	if (!text || !*text)
		return err_set(cx, ERR_INVALID, "import.no_key", "The serial number is missing.");
	row->label = text;
	e = read_serial(cx, text, &row->row_key);
	if (e)
		return e;
	row->label = row->row_key;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	e = read_cells(cx, columns, record, &w);
	if (e)
		return e;
	jw_end_object(&w);
	row->data_json = arena_strdup(cx->mem, out.bytes);
	return OK;
}

static enum err find_user(struct db *db, struct ctx *cx, const struct import_known *known,
	const char *text, struct person **ret_user)
{
	const char *key = text_fold(cx->mem, text);

	*ret_user = import_known_person(cx, known, key);
	return *ret_user ? OK : people_find_by_email_key(db, cx, key, ret_user);
}

/* The person of the row: by user name, else by e-mail address. *ret_is_said is false when the row
 * does not speak of a person; *ret_user is NULL for "nobody's". */
static enum err read_user(struct db *db, struct ctx *cx, const struct import_known *known,
	const struct json *data, bool *ret_is_said, struct person **ret_user)
{
	const char *user = json_str(data, "user"), *email = json_str(data, "user_email");
	bool has_user = user && *user, has_email = email && *email;
	enum err e = ERR_NOT_FOUND;

	*ret_user = NULL;
	*ret_is_said = has_user || has_email || (user && !has_email);
	if (!has_user && !has_email)
		return OK;
	if (has_user)
		e = find_user(db, cx, known, user, ret_user);
	if (e == ERR_NOT_FOUND && has_email)
		e = find_user(db, cx, known, email, ret_user);
	if (e == ERR_NOT_FOUND)
		return err_set(cx, ERR_INVALID, "import.no_user",
			"There is no user \"%.80s\". Import the people first, or correct it.",
			has_user ? user : email);
	if (e == ERR_CONFLICT)
		return err_set(cx, ERR_INVALID, "import.two_users",
			"More than one user has the address \"%.80s\"; write the user name.",
			has_user ? user : email);
	return e;
}

struct plan {
	struct device *now; /* NULL: a new device */
	struct device merged;
	const char *words; /* what changes; NULL: nothing */
};

static void note_change(struct buf *out, const char *what, const char *from, const char *to)
{
	if (!text_equal(from, to))
		buf_printf(out, "%s%s: %s → %s", out->length ? "; " : "", what,
			from ? from : "none", to ? to : "none");
}

static const char *changes_of(struct ctx *cx, const struct device *from, const struct device *to)
{
	BUF_AUTO(out, 4 * 1024);

	note_change(&out, "platform", from->platform, to->platform);
	for (size_t i = 0; i < PLAIN_COLUMNS; i++)
		note_change(&out, plain_columns[i].key,
			*(const char **)((char *)from + plain_columns[i].offset),
			*(const char **)((char *)to + plain_columns[i].offset));
	note_change(&out, "enrolment_type", from->enrolment_type, to->enrolment_type);
	note_change(&out, "state", from->state, to->state);
	if (from->person_id != to->person_id)
		buf_printf(&out, "%suser: %s → %s", out.length ? "; " : "",
			from->person_name ? from->person_name : "none",
			to->person_name ? to->person_name : "none");
	return out.length ? arena_strdup(cx->mem, out.bytes) : NULL;
}

/* The columns of the row over those of now. */
static void merge_columns(const struct json *data, struct device *d)
{
	const char *platform = json_str(data, "platform"), *state = json_str(data, "state");
	const char *enrolment = json_str(data, "enrolment_type");
	/* A device that only a row of people named so far is unknown but for its number. */
	bool is_new = !d->platform || (!strcmp(d->platform, "other") && !d->model);

	for (size_t i = 0; i < PLAIN_COLUMNS; i++) {
		const char *text = json_str(data, plain_columns[i].key);

		if (text)
			*(const char **)((char *)d + plain_columns[i].offset) = *text ? text : NULL;
	}
	if (platform)
		d->platform = platform;
	else if (is_new && platform_name(d->model))
		d->platform = platform_name(d->model);
	if (state)
		d->state = state;
	else if (is_new)
		d->state = "activated";
	d->enrolment_type = enrolment ? enrolment : d->enrolment_type;
}

static enum err make_plan(struct db *db, struct ctx *cx, const struct import_known *known,
	const struct import_row *row, int64_t at, struct plan *plan)
{
	const struct json *data;
	struct person *user;
	bool is_said;
	enum err e = json_parse(cx, row->data_json, strlen(row->data_json), &data);

	*plan = (struct plan){ 0 };
	if (e)
		return e;
	plan->now = import_known_device(cx, known, row->row_key);
	plan->merged = plan->now ? *plan->now
	                         : (struct device){ .serial_number = row->row_key,
					   .enrolment_type = "unknown",
					   .source = "csv",
					   .created_at = at };
	merge_columns(data, &plan->merged);
	if (!plan->merged.platform)
		return err_set(cx, ERR_INVALID, "import.platform",
			"The platform is missing, and the model does not tell it.");
	e = read_user(db, cx, known, data, &is_said, &user);
	if (e)
		return e;
	if (is_said) {
		plan->merged.person_id = user ? user->id : 0;
		plan->merged.person_name = user ? user->display_name : NULL;
	}
	plan->merged.updated_at = at;
	if (plan->now)
		plan->words = changes_of(cx, plan->now, &plan->merged);
	return OK;
}

static void set_verdict(const struct plan *plan, struct import_row *row)
{
	row->changes = plan->words;
	row->verdict = !plan->now ? "add" : plan->words ? "change" : "same";
}

enum err import_device_judge(
	struct db *db, struct ctx *cx, const struct import_known *known, struct import_row *row)
{
	struct plan plan;
	enum err e = make_plan(db, cx, known, row, 0, &plan);

	if (!e)
		set_verdict(&plan, row);
	return e;
}

enum err import_device_apply(struct db *db, struct ctx *cx, const struct import_known *known,
	struct import_row *row, int64_t at)
{
	struct plan plan;
	enum err e = make_plan(db, cx, known, row, at, &plan);

	if (e)
		return e;
	set_verdict(&plan, row);
	if (!strcmp(row->verdict, "same"))
		return OK;
	e = plan.now ? devices_update(db, cx, &plan.merged)
	             : devices_insert(db, cx, &plan.merged, NULL);
	if (!e && plan.now && plan.now->person_id != plan.merged.person_id)
		e = people_refresh(db, cx, plan.now->person_id);
	return e ? e : people_refresh(db, cx, plan.merged.person_id);
}
