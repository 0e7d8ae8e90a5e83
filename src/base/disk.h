/* disk.h - how much room is left where a folder is. */
#pragma once

#include <stdint.h>

#include "base/err.h"

/* Bytes that this process may still write; ERR_IO without detail when that cannot be told. A test build
 * reads the number from the file that POMONA_DISK_FREE_FILE names. */
must_check enum err disk_free(const char *folder, int64_t *ret_bytes);
