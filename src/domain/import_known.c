#include "domain/import_known.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "domain/import.h"
#include "store/devices.h"
#include "store/people.h"

/* A row's key and two names for a user, of at most 8 KiB each before JSON's escapes. */
#define KEYS_MAX_BYTES ((size_t)64 * 1024 * 1024)

static int compare_people(const void *a, const void *b)
{
	return strcmp(((const struct person *)a)->user_key, ((const struct person *)b)->user_key);
}

static int compare_devices(const void *a, const void *b)
{
	return strcmp(((const struct device *)a)->serial_number,
		((const struct device *)b)->serial_number);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(
		((const struct import_row *)a)->row_key, ((const struct import_row *)b)->row_key);
}

static const char *row_keys(struct ctx *cx, const struct import_row *rows, size_t count)
{
	struct json_writer w;
	BUF_AUTO(out, KEYS_MAX_BYTES);

	jw_init(&w, &out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < count; i++)
		if (rows[i].data_json)
			jw_str(&w, NULL, rows[i].row_key);
	jw_end_array(&w);
	return arena_strdup(cx->mem, out.bytes);
}

/* The users that rows of devices name, as keys. */
static enum err user_keys(
	struct ctx *cx, const struct import_row *rows, size_t count, const char **ret_json)
{
	static const char *const members[] = { "user", "user_email" };
	struct json_writer w;
	BUF_AUTO(out, KEYS_MAX_BYTES);

	jw_init(&w, &out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < count; i++) {
		const struct json *data;
		enum err e = OK;

		if (!rows[i].data_json)
			continue;
		e = json_parse(cx, rows[i].data_json, strlen(rows[i].data_json), &data);
		if (e)
			return e;
		for (size_t m = 0; m < 2; m++) {
			const char *user = json_str(data, members[m]);

			if (user && *user)
				jw_str(&w, NULL, text_fold(cx->mem, user));
		}
	}
	jw_end_array(&w);
	*ret_json = arena_strdup(cx->mem, out.bytes);
	return OK;
}

enum err import_known_read(struct db *db, struct ctx *cx, bool is_people,
	const struct import_row *rows, size_t count, struct import_known *ret_known)
{
	struct import_known known = { 0 };
	const char *keys = row_keys(cx, rows, count), *users = keys;
	enum err e = OK;

	if (!is_people) {
		e = devices_of_serials(
			db, cx, keys, IMPORT_CHUNK_ROWS, &known.devices, &known.device_count);
		if (!e)
			e = user_keys(cx, rows, count, &users);
	}
	if (!e)
		e = people_of_user_keys(
			db, cx, users, 2 * IMPORT_CHUNK_ROWS, &known.people, &known.person_count);
	if (e)
		return e;
	if (known.person_count)
		qsort(known.people, known.person_count, sizeof(*known.people), compare_people);
	if (known.device_count)
		qsort(known.devices, known.device_count, sizeof(*known.devices), compare_devices);
	*ret_known = known;
	return OK;
}

enum err import_known_read_lines(struct db *db, struct ctx *cx, int64_t import_id,
	const struct import_row *rows, size_t count, struct import_known *known)
{
	enum err e = imports_lines_of_keys(db, cx, import_id, row_keys(cx, rows, count),
		IMPORT_CHUNK_ROWS, &known->lines, &known->line_count);

	if (!e && known->line_count)
		qsort(known->lines, known->line_count, sizeof(*known->lines), compare_lines);
	return e;
}

struct person *import_known_person(
	struct ctx *cx, const struct import_known *known, const char *user_key)
{
	struct person wanted = { .user_key = user_key }, *copy;
	const struct person *found = known->person_count
	                                     ? bsearch(&wanted, known->people, known->person_count,
						       sizeof(wanted), compare_people)
	                                     : NULL;

	if (!found)
		return NULL;
	copy = ARENA_NEW(cx->mem, struct person);
	*copy = *found;
	return copy;
}

struct device *import_known_device(
	struct ctx *cx, const struct import_known *known, const char *serial_number)
{
	struct device wanted = { .serial_number = serial_number }, *copy;
	const struct device *found = known->device_count
	                                     ? bsearch(&wanted, known->devices, known->device_count,
						       sizeof(wanted), compare_devices)
	                                     : NULL;

	if (!found)
		return NULL;
	copy = ARENA_NEW(cx->mem, struct device);
	*copy = *found;
	return copy;
}

int64_t import_known_line(const struct import_known *known, const char *row_key)
{
	struct import_row wanted = { .row_key = row_key };
	const struct import_row *found = known->line_count
	                                         ? bsearch(&wanted, known->lines, known->line_count,
							   sizeof(wanted), compare_lines)
	                                         : NULL;

	return found ? found->line : 0;
}
