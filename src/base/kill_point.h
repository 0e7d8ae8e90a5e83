/* kill_point.h - named places where a test ends the process as `kill -9` would.
 *
 * In the test build, POMONA_KILL_AT=call.sent kills at the first time the place is reached,
 * POMONA_KILL_AT=call.sent:3 at the third. In a release nothing is left of it.
 */
#pragma once

#ifdef POMONA_TEST_BUILD
void kill_point(const char *name);
#define KILL_POINT(name) kill_point(name)
#else
#define KILL_POINT(name) ((void)0)
#endif
