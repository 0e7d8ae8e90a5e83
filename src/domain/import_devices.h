/* import_devices.h - one row of a file of devices: read, judged, applied. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "domain/import_columns.h"
#include "domain/import_known.h"
#include "store/imports.h"

struct ctx;
struct db;

/* As the functions of import_people.h. */
must_check enum err import_device_read(struct ctx *cx, const struct import_columns *columns,
	const struct csv_record *record, struct import_row *row);
must_check enum err import_device_judge(
	struct db *db, struct ctx *cx, const struct import_known *known, struct import_row *row);
must_check enum err import_device_apply(struct db *db, struct ctx *cx,
	const struct import_known *known, struct import_row *row, int64_t at);
