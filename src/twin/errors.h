/* errors.h - the error numbers of the service; rows in errors.def. */
#pragma once

#include <stddef.h>

/* HTTP status of a number; 400 for one that is not in the table. */
int errors_status(int number);
/* Its text; "Unknown error." for one that is not in the table. */
const char *errors_text(int number);
/* Walks the table: 0 past the end. */
int errors_at(size_t index);
