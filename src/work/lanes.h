/* lanes.h - the manager: gives each location that has something to do a thread of its own.
 *
 * A location's lane ends when nothing is left for it, and is made again when there is. At most
 * LANES_MAX run at once, so that many locations share the machine fairly.
 */
#pragma once

struct work;

#define LANES_MAX 8

void lanes_run(struct work *w);
