/* plant.h - planted bugs: wrong turns that tests/torture has to find, or nobody believes its zeros.
 *
 * In the test build, POMONA_PLANT=repeat_at_once takes that turn at the one place that asks
 * PLANT("repeat_at_once"). In a release the question is the constant false.
 */
#pragma once

#include <stdbool.h>

#ifdef POMONA_TEST_BUILD
bool planted(const char *name);
#define PLANT(name) planted(name)
#else
#define PLANT(name) false
#endif
