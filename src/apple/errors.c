#include "apple/errors.h"

#include <stdlib.h>

#define ERROR_ROW(number, http, class, fixer, means, how)                                          \
	{ number, http, APPLE_##class, APPLE_FIXER_##fixer, means, how },
static const struct apple_error rows[] = {
#include "apple/errors.def"
};
#undef ERROR_ROW

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct apple_error unknown = {
	0,
	0,
	APPLE_UNKNOWN,
	APPLE_FIXER_POMONA,
	"Apple gave an error that Pomona does not know.",
	"Pomona looks what was done before it tries again. If it comes back, send a report with "
	"the "
	"number.",
};

static int by_number(const void *key, const void *row)
{
	return *(const int *)key - ((const struct apple_error *)row)->number;
}

const struct apple_error *apple_error_find(int number)
{
	const struct apple_error *found =
		bsearch(&number, rows, ROW_COUNT, sizeof(rows[0]), by_number);
	return found ? found : &unknown;
}

size_t apple_error_count(void)
{
	return ROW_COUNT;
}

const struct apple_error *apple_error_at(size_t index)
{
	return &rows[index];
}

const char *apple_class_name(enum apple_class class)
{
	switch (class) {
	case APPLE_FINE:
		return "fine";
	case APPLE_ITEM:
		return "item";
	case APPLE_TOKEN:
		return "token";
	case APPLE_WAIT:
		return "wait";
	case APPLE_FIX_US:
		return "fix-us";
	case APPLE_OWNER:
		return "owner";
	case APPLE_UNKNOWN:
		return "unknown";
	}
	abort();
}

const char *apple_fixer_name(enum apple_fixer fixer)
{
	switch (fixer) {
	case APPLE_FIXER_ADMIN:
		return "admin";
	case APPLE_FIXER_PERSON:
		return "person";
	case APPLE_FIXER_APPLE:
		return "apple";
	case APPLE_FIXER_POMONA:
		return "pomona";
	}
	abort();
}
