#include "base/kill_point.h"

#ifdef POMONA_TEST_BUILD

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

void kill_point(const char *name)
{
	static atomic_long reached;
	const char *wanted = getenv("POMONA_KILL_AT");
	if (!wanted)
		return;
	size_t length = strcspn(wanted, ":");
	if (strlen(name) != length || strncmp(wanted, name, length) != 0)
		return;
	long nth = wanted[length] ? strtol(wanted + length + 1, NULL, 10) : 1;
	if (atomic_fetch_add(&reached, 1) + 1 == nth)
		raise(SIGKILL);
}

#else

/* A translation unit needs one declaration. */
typedef int kill_point_is_for_tests;

#endif
