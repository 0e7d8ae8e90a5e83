/* devices.h - the device rows.
 *
 * A device belongs to at most one person. Who changes a device's person, state or platform calls
 * people_refresh for the person before and after, in the same transaction. Besides the codes it
 * names, every function may return ERR_DB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct device {
	int64_t id;
	const char *serial_number; /* upper case, unique */
	const char *udid;
	const char *name;
	const char *model;
	const char *platform; /* iOS, iPadOS, macOS, tvOS, watchOS, visionOS, other */
	const char *os_version;
	const char *enrolment_type; /* device, user, account_driven, unknown */
	const char *state;          /* activated, pending, left */
	int64_t person_id;          /* 0: nobody's */
	const char *person_name;    /* display name, read only; NULL: nobody's */
	const char *mdm_id;
	const char *source;
	int64_t created_at;
	int64_t updated_at;
};

struct devices_filter {
	const char *q;        /* upper case, found anywhere in serial number, name or model */
	const char *platform; /* NULL: all */
	const char *state;    /* NULL: all */
	int64_t person_id;    /* 0: all */
};

/* In order of serial number, after the given one (NULL: from the beginning). */
must_check enum err devices_list(struct db *db, struct ctx *cx, const struct devices_filter *filter,
	const char *after_serial, int limit, struct device **ret_devices, size_t *ret_count);
must_check enum err devices_count(
	struct db *db, struct ctx *cx, const struct devices_filter *filter, int64_t *ret_count);

/* All devices of one person (at most 100), activated ones first, the most recently changed first
 * among equals: where a notification goes. */
must_check enum err devices_of_person(struct db *db, struct ctx *cx, int64_t person_id,
	struct device **ret_devices, size_t *ret_count);

/* ERR_NOT_FOUND without detail. */
must_check enum err devices_find_by_serial(
	struct db *db, struct ctx *cx, const char *serial_number, struct device **ret_device);

/* Those whose serial numbers are in a JSON array, in no order. */
must_check enum err devices_of_serials(struct db *db, struct ctx *cx, const char *serials_json,
	int limit, struct device **ret_devices, size_t *ret_count);

/* Writes all columns but id and person_name. Without ret_id it is not waited for (db_run_later). ERR_CONFLICT "db.unique" when the serial number is
 * there already. */
must_check enum err devices_insert(
	struct db *db, struct ctx *cx, const struct device *device, int64_t *ret_id);
must_check enum err devices_update(struct db *db, struct ctx *cx, const struct device *device);
