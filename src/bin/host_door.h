/* host_door.h - what the host's own command line asks a running server: a socket in the data folder.
 *
 * SQLite must have one writing process (docs/design/host-door.md), so `pomona token create` lets a
 * running server write. Who may open the socket may also read the database beside it; the peer's
 * user must be the server's or root. One line of JSON each way.
 */
#pragma once

#include "base/err.h"

struct app;
struct ctx;
struct host_door;

/* ERR_IO. */
must_check enum err host_door_open(struct app *app, struct ctx *cx, struct host_door **ret_door);
void host_door_close(struct host_door *door); /* accepts NULL */

/* The asking side. ERR_NOT_FOUND "host.nobody" when no server listens; else what the server said. */
must_check enum err host_door_ask_token(struct ctx *cx, const char *data_folder, const char *name,
	const char *role, const char *asker, char **ret_token);
