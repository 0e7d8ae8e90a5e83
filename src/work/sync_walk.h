/* sync_walk.h - reading Apple's list of users for a sync, over several rounds of the lane.
 *
 * Private to work/. A wait of Apple's, a broken page, or other work of the location interrupts the
 * walk; it goes on at the page where it was. It lives in the lane's memory: after a restart Apple is
 * read again. The rules of when a list is believed are in docs/design/sync.md.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct ctx;
struct job;
struct lane;
struct sync_reading;
struct sync_walk;

/* Begins the walk of the job, or finds the one that was interrupted. *ret_walk is NULL while another
 * job's walk is under way. */
must_check enum err sync_walk_of(
	struct lane *lane, struct ctx *cx, const struct job *job, struct sync_walk **ret_walk);
/* Reads on; *ret_is_over when there is nothing more to read, and then how it was read. */
must_check enum err sync_walk_go_on(struct sync_walk *w, struct ctx *cx, const struct job *job,
	struct sync_reading *ret_reading, bool *ret_is_over);
/* The version that the list had, "" when Apple told none. */
const char *sync_walk_version(const struct sync_walk *w);
/* The lane has no walk any more. */
void sync_walk_end(struct lane *lane);
