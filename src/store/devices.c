#include "store/devices.h"

#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "db/db.h"
#include "store/devices.sql.h"

#define DEVICES_OF_PERSON_MAX 100

static void read_device(struct db_stmt *st, struct ctx *cx, struct device *d)
{
	*d = (struct device){
		.id = db_i64(st, 0),
		.serial_number = db_text(st, cx, 1),
		.udid = db_text(st, cx, 2),
		.name = db_text(st, cx, 3),
		.model = db_text(st, cx, 4),
		.platform = db_text(st, cx, 5),
		.os_version = db_text(st, cx, 6),
		.enrolment_type = db_text(st, cx, 7),
		.state = db_text(st, cx, 8),
		.person_id = db_i64(st, 9),
		.person_name = db_text(st, cx, 10),
		.mdm_id = db_text(st, cx, 11),
		.source = db_text(st, cx, 12),
		.created_at = db_i64(st, 13),
		.updated_at = db_i64(st, 14),
	};
}

static enum err read_devices(struct db_stmt *st, struct ctx *cx, int limit,
	struct device **ret_devices, size_t *ret_count)
{
	struct device *devices = ARENA_ARRAY(cx->mem, struct device, limit);
	size_t count = 0;
	enum err e;

	while ((e = db_step(st, cx)) == OK && count < (size_t)limit)
		read_device(st, cx, &devices[count++]);
	if (e && e != ERR_NOT_FOUND)
		return e;
	*ret_devices = devices;
	*ret_count = count;
	return OK;
}

static char *contains_pattern(struct arena *a, const char *q)
{
	char *out = arena_alloc(a, 2 * strlen(q) + 3);
	size_t n = 0;

	out[n++] = '%';
	for (; *q; q++) {
		if (*q == '%' || *q == '_' || *q == '\\')
			out[n++] = '\\';
		out[n++] = *q;
	}
	out[n++] = '%';
	return out;
}

static void bind_filter(struct db_stmt *st, struct ctx *cx, const struct devices_filter *f)
{
	db_bind_text(st, f->q && f->q[0] ? contains_pattern(cx->mem, f->q) : NULL);
	db_bind_text(st, f->platform);
	db_bind_text(st, f->state);
	db_bind_id(st, f->person_id);
}

enum err devices_list(struct db *db, struct ctx *cx, const struct devices_filter *filter,
	const char *after_serial, int limit, struct device **ret_devices, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &devices_list_query);

	db_bind_text(st, after_serial ? after_serial : "");
	bind_filter(st, cx, filter);
	db_bind_i64(st, limit);
	return read_devices(st, cx, limit, ret_devices, ret_count);
}

enum err devices_count(
	struct db *db, struct ctx *cx, const struct devices_filter *filter, int64_t *ret_count)
{
	struct db_stmt *st = db_query(db, &devices_count_query);

	bind_filter(st, cx, filter);
	return db_run_i64(st, cx, ret_count);
}

enum err devices_of_person(struct db *db, struct ctx *cx, int64_t person_id,
	struct device **ret_devices, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &devices_of_person_query);

	db_bind_i64(st, person_id);
	return read_devices(st, cx, DEVICES_OF_PERSON_MAX, ret_devices, ret_count);
}

enum err devices_find_by_serial(
	struct db *db, struct ctx *cx, const char *serial_number, struct device **ret_device)
{
	DB_STMT_AUTO(st, db, &devices_find_by_serial_query);
	enum err e;

	db_bind_text(st, serial_number);
	e = db_step(st, cx);
	if (e)
		return e;
	*ret_device = ARENA_NEW(cx->mem, struct device);
	read_device(st, cx, *ret_device);
	return OK;
}

enum err devices_of_serials(struct db *db, struct ctx *cx, const char *serials_json, int limit,
	struct device **ret_devices, size_t *ret_count)
{
	DB_STMT_AUTO(st, db, &devices_of_serials_query);

	db_bind_text(st, serials_json);
	return read_devices(st, cx, limit, ret_devices, ret_count);
}

static void bind_device(struct db_stmt *st, const struct device *d)
{
	db_bind_text(st, d->serial_number);
	db_bind_text(st, d->udid);
	db_bind_text(st, d->name);
	db_bind_text(st, d->model);
	db_bind_text(st, d->platform);
	db_bind_text(st, d->os_version);
	db_bind_text(st, d->enrolment_type);
	db_bind_text(st, d->state);
	db_bind_id(st, d->person_id);
	db_bind_text(st, d->mdm_id);
	db_bind_text(st, d->source);
}

enum err devices_insert(struct db *db, struct ctx *cx, const struct device *device, int64_t *ret_id)
{
	struct db_stmt *st = db_query(db, &devices_insert_query);

	bind_device(st, device);
	db_bind_i64(st, device->created_at);
	db_bind_i64(st, device->updated_at);
	return ret_id ? db_run_i64(st, cx, ret_id) : db_run_later(st, cx);
}

enum err devices_update(struct db *db, struct ctx *cx, const struct device *device)
{
	struct db_stmt *st = db_query(db, &devices_update_query);

	db_bind_i64(st, device->id);
	bind_device(st, device);
	db_bind_i64(st, device->updated_at);
	return db_run(st, cx, NULL);
}
