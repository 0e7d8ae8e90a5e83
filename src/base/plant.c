#include "base/plant.h"

#ifdef POMONA_TEST_BUILD

#include <stdlib.h>
#include <string.h>

bool planted(const char *name)
{
	const char *wanted = getenv("POMONA_PLANT");
	return wanted && strcmp(wanted, name) == 0;
}

#else

/* A translation unit needs one declaration. */
typedef int plant_is_for_tests;

#endif
