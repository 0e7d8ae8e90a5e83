/* data_folder.h - the folder with the database, the key and uploads; one process at a time. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct ctx;
struct db_pool;

/* Makes the folder and its tmp/ (0700) when they are not there, and empties tmp/. ERR_IO. */
must_check enum err data_folder_open(struct ctx *cx, const char *path);

/* Locks it until data_folder_unlock or the end of the process; a kill leaves no lock behind. Waits
 * wait_ms for one that holds it. ERR_CONFLICT "data.in_use". */
must_check enum err data_folder_lock(
	struct ctx *cx, const char *path, int64_t wait_ms, int *ret_lock);
void data_folder_unlock(int lock);

/* Opens and migrates the database: url, or pomona.db in the folder when it is NULL. */
must_check enum err data_folder_database(
	struct ctx *cx, const char *path, const char *url, struct db_pool **ret_pool);
