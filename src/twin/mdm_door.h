/* mdm_door.h - where a connector hands commands to the simulated MDM. */
#pragma once

struct ctx;
struct http_reply;
struct http_request;
struct twin;

/* POST /mdm/commands/{serial}: the command as a property list. The answer is {"status":…} with what
 * the device said; "down" is HTTP 503. A callback (?callback=URL) also gets the device's answer as a
 * property list, soon after. */
void mdm_door_command(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp);
