/* queries.h - every query of the store, for the test that prepares each on both databases. */
#pragma once

#include "db/db.h"

extern const struct db_query *const store_queries[]; /* ends with NULL */
